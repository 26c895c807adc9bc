// Reads what the line says aloud, with the browser's own voices. Off unless switched on.

export class Voice {
  enabled = false;
  #synth = window.speechSynthesis ?? null;

  get available() {
    return this.#synth !== null;
  }

  say(text, language) {
    if (!this.enabled || !this.#synth) return;
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = language || "en-US";
    utterance.voice = this.#voiceFor(utterance.lang);
    this.#synth.speak(utterance);
  }

  // stop is what a caller's key does to a sentence.
  stop() {
    this.#synth?.cancel();
  }

  #voiceFor(language) {
    const voices = this.#synth.getVoices();
    const base = language.split("-")[0];
    return voices.find((v) => v.lang === language) ?? voices.find((v) => v.lang.startsWith(base)) ?? null;
  }
}
