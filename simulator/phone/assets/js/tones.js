// Real DTMF: two sine waves for each key, sounding while it is held.
// Frequencies: ITU-T Q.23, https://www.itu.int/rec/T-REC-Q.23

const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];
const KEYS = ["123", "456", "789", "*0#"];

const GAIN = 0.09; // two waves at once; more is unpleasant
const EDGE = 0.006; // seconds to fade in and out, against clicks

export function frequencies(key) {
  const row = KEYS.findIndex((keys) => keys.includes(key));
  return row < 0 ? null : [ROWS[row], COLUMNS[KEYS[row].indexOf(key)]];
}

export class Tones {
  #context = null;
  #sounding = new Map();
  enabled = true;

  // down starts the tone of a key and stays silent where the browser has no sound.
  down(key) {
    const pair = frequencies(key);
    if (!this.enabled || !pair || this.#sounding.has(key)) return;
    if (navigator.userActivation?.hasBeenActive === false) return; // no sound before the first touch of the page
    try {
      this.#context ??= new AudioContext();
      if (this.#context.state === "suspended") this.#context.resume();
    } catch {
      this.enabled = false;
      return;
    }
    const now = this.#context.currentTime;
    const gain = new GainNode(this.#context, { gain: 0 });
    gain.gain.linearRampToValueAtTime(GAIN, now + EDGE);
    gain.connect(this.#context.destination);
    const waves = pair.map((frequency) => {
      const wave = new OscillatorNode(this.#context, { frequency });
      wave.connect(gain);
      wave.start(now);
      return wave;
    });
    this.#sounding.set(key, { gain, waves, since: now });
  }

  // up ends the tone, after at least 80 ms: shorter ones are not tones to a phone network.
  up(key) {
    const sound = this.#sounding.get(key);
    if (!sound) return;
    this.#sounding.delete(key);
    const end = Math.max(this.#context.currentTime, sound.since + 0.08);
    sound.gain.gain.setValueAtTime(GAIN, end);
    sound.gain.gain.linearRampToValueAtTime(0, end + EDGE);
    for (const wave of sound.waves) wave.stop(end + EDGE);
  }
}
