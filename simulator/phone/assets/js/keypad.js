// The twelve keys: real buttons, and the keyboard's own digits while the focus is inside the phone.

import { h } from "./dom.js";
import { t } from "./strings.js";

const KEYS = [
  ["1", ""], ["2", "ABC"], ["3", "DEF"],
  ["4", "GHI"], ["5", "JKL"], ["6", "MNO"],
  ["7", "PQRS"], ["8", "TUV"], ["9", "WXYZ"],
  ["*", ""], ["0", "+"], ["#", ""],
];

const SPOKEN = { "*": "keyStar", "#": "keyHash" };

function label(key, letters) {
  if (SPOKEN[key]) return t(SPOKEN[key]);
  const spelled = letters === "+" ? "" : letters.split("").join(" ");
  return spelled ? t("keyLabel", { key, letters: spelled }) : key;
}

export class Keypad {
  #buttons = new Map();
  #press;
  #tones;

  // press(key) is called once for each key that is pressed, by pointer, keyboard or assistive technology.
  constructor(root, inside, { press, tones }) {
    this.#press = press;
    this.#tones = tones;
    for (const [key, letters] of KEYS) {
      const button = h("button", { type: "button", class: "key", "aria-label": label(key, letters), "data-key": key, "data-plain": key in SPOKEN },
        key, key in SPOKEN ? null : h("small", { "aria-hidden": "true", "data-letters": letters }));
      this.#buttons.set(key, button);
      this.#wirePointer(button, key);
      root.append(button);
    }
    this.#wireKeyboard(inside);
  }

  // play shows and sounds a key that the page presses itself.
  async play(key, ms) {
    this.#down(key);
    await new Promise((done) => setTimeout(done, ms));
    this.#up(key);
  }

  enable(on) {
    for (const button of this.#buttons.values()) button.setAttribute("aria-disabled", String(!on));
  }

  #wirePointer(button, key) {
    button.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      button.setPointerCapture(event.pointerId);
      this.#down(key);
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      button.addEventListener(end, () => this.#up(key));
    }
    // A click is what a pointer, Enter, Space and a screen reader have in common.
    button.addEventListener("click", (event) => {
      if (event.detail === 0) this.play(key, 120);
      this.#press(key);
    });
  }

  #wireKeyboard(inside) {
    inside.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !this.#buttons.has(event.key)) return;
      if (event.target.closest("input:not([type=checkbox]), select, textarea")) return;
      event.preventDefault();
      if (event.repeat) return;
      this.#down(event.key);
      this.#press(event.key);
    });
    inside.addEventListener("keyup", (event) => this.#up(event.key));
    // A key let go outside of the window would sound for ever.
    window.addEventListener("blur", () => this.#buttons.forEach((_, key) => this.#up(key)));
  }

  #down(key) {
    this.#buttons.get(key).dataset.down = "";
    this.#tones.down(key);
  }

  #up(key) {
    const button = this.#buttons.get(key);
    if (!button) return;
    delete button.dataset.down;
    this.#tones.up(key);
  }
}
