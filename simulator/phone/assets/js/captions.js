// What is heard, as sentences in a log that screen readers follow, with the caller's own keys between them.

import { h } from "./dom.js";
import { t } from "./strings.js";

export class Captions {
  #root;
  #bubble = null; // the caller's keys since the last sentence

  constructor(root) {
    this.#root = root;
    new ResizeObserver(() => this.#toEnd()).observe(root);
  }

  clear() {
    this.#root.replaceChildren();
    this.#bubble = null;
  }

  said(text, language) {
    this.#add(h("p", { class: "said fresh", lang: language || null }, text));
    this.#bubble = null;
  }

  note(text) {
    this.#add(h("p", { class: "said", "data-kind": "note" }, text));
    this.#bubble = null;
  }

  // pressed adds a key to the caller's bubble. Bubbles are not announced: whoever presses a key knows, and the
  // timeline has the same fact. A masked key is counted and not kept.
  pressed(key, masked) {
    if (!this.#bubble || this.#bubble.masked !== masked) {
      const el = h("p", { class: "pressed", "aria-hidden": "true", "data-masked": masked });
      this.#bubble = { el, masked, keys: "", count: 0 };
      this.#add(el);
    }
    this.#bubble.count += 1;
    if (masked) {
      this.#bubble.el.textContent = "•".repeat(this.#bubble.count).replaceAll(/(.{4})(?=.)/g, "$1 ");
    } else {
      this.#bubble.keys += key;
      this.#bubble.el.textContent = this.#bubble.keys;
    }
    this.#toEnd();
  }

  // nextField starts a new bubble, so that the keys of two payment fields do not run together.
  nextField() {
    this.#bubble = null;
  }

  silent() {
    this.#add(h("p", { class: "pressed", "data-kind": "quiet", "aria-hidden": "true" }, t("youSilent")));
    this.#bubble = null;
  }

  #add(el) {
    this.#root.append(el);
    this.#toEnd();
  }

  #toEnd() {
    this.#root.scrollTop = this.#root.scrollHeight;
  }
}
