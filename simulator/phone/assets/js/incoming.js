// Legs that ring for somebody who answers in the browser (client:…): the agent's side of a transfer. While one
// rings, the page shows it with Answer and Reject; once answered, with a way to leave.

import { h } from "./dom.js";
import { t } from "./strings.js";

const EVERY = 1500;

export class Incoming {
  #root;
  #simulator;
  #shown = null;

  constructor(root, simulator) {
    this.#root = root;
    this.#simulator = simulator;
    this.#look();
  }

  async #look() {
    if (document.visibilityState === "visible") {
      try {
        this.#draw((await this.#simulator.calls()).filter(forSomebodyHere));
      } catch {
        this.#draw([]);
      }
    }
    setTimeout(() => this.#look(), EVERY);
  }

  // Drawn again only when something changed: it is an alert, and the focus may be on one of its buttons.
  #draw(legs) {
    const shown = legs.map((leg) => `${leg.call_sid} ${leg.status}`).join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#root.replaceChildren(...legs.map((leg) => this.#leg(leg)));
  }

  #leg(leg) {
    const to = leg.to.replace("client:", "");
    const ringing = leg.status !== "in-progress";
    const act = (what) => async () => {
      await this.#simulator[what](leg.call_sid).catch(() => null);
      this.#shown = null; // to be drawn again, whatever it was
    };
    return h("div", { class: "ringing", "data-leg": leg.call_sid },
      h("p", { class: "ringing-text" }, h("b", {}, t(ringing ? "ringsFor" : "onTheLine", { to })), ringing ? t("ringsFrom") : ""),
      ringing ? h("button", { type: "button", class: "action ring", onclick: act("answer") }, t("answer")) : null,
      h("button", { type: "button", class: "action hangup", onclick: act("hangup") }, t(ringing ? "reject" : "agentHangup")));
  }
}

function forSomebodyHere(leg) {
  return !leg.ended && leg.to.startsWith("client:") && ["queued", "ringing", "in-progress"].includes(leg.status);
}
