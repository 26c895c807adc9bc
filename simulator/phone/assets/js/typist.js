// Sends keys one after the other, in the order they were pressed, and types test cards the way a caller would.

import { keysFor } from "./cards.js";
import { isPay } from "./waiting.js";

const HOLD = 70; // ms a typed key is held; a phone network wants 40 at least
const GAP = 45; // ms between two
const SETTLE = 500; // ms to wait whether a field ended by itself, before the hash key

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export class Typist {
  busy = false;
  last = ""; // name of the card used last
  #queue = Promise.resolve();

  constructor({ simulator, keypad, failed, changed }) {
    Object.assign(this, { simulator, keypad, failed, changed });
  }

  // press sends one key after those before it. A key is not kept once it was sent.
  press(call, key) {
    this.#queue = this.#queue.then(() => this.simulator.press(call.sid, key)).catch(this.failed);
    return this.#queue;
  }

  // type keys what the payment waits for, and stops when the call goes on to something else.
  async type(call, card) {
    const field = call.waitingFor;
    const keys = keysFor(card, field);
    if (this.busy || keys === "" || !isPay(field)) return;
    this.busy = true;
    this.last = card.name;
    this.changed();
    try {
      for (const key of keys) {
        if (call.waitingFor !== field || call.ended) return;
        await Promise.all([this.press(call, key), this.keypad.play(key, HOLD)]);
        await pause(GAP);
      }
      for (let waited = 0; waited < SETTLE && call.waitingFor === field; waited += HOLD) await pause(HOLD);
      if (call.waitingFor === field && call.keys > 0 && !call.ended) {
        await Promise.all([this.press(call, "#"), this.keypad.play("#", HOLD)]);
      }
    } finally {
      this.busy = false;
      this.changed();
    }
  }
}
