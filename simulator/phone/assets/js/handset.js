// The handset's display and buttons: what they show in each state of a call.

import { $, show } from "./dom.js";
import { duration, phone } from "./format.js";
import { t } from "./strings.js";

const STATES = {
  idle: "stateIdle", queued: "stateQueued", ringing: "stateRinging", "in-progress": "stateInProgress",
  completed: "stateCompleted", busy: "stateBusy", failed: "stateFailed", "no-answer": "stateNoAnswer", canceled: "stateCanceled",
};

export class Handset {
  #numbers;
  #call = null;
  #choosing = true;

  constructor(numbers) {
    this.#numbers = numbers;
    this.#listNumbers();
    $("ring-to").addEventListener("change", () => this.draw());
    $("change").addEventListener("click", () => {
      this.#choosing = true;
      this.draw();
      $("ring-to").focus();
    });
    setInterval(() => this.#drawTimer(), 250);
  }

  get to() {
    return ($("ring-to").value || $("ring-other").value).replaceAll(/[^+\d]/g, "");
  }

  get from() {
    return $("ring-from").value.replaceAll(/[^+\d]/g, "");
  }

  #listNumbers() {
    for (const { number, name } of this.#numbers) {
      $("ring-to").append(new Option(name && name !== number ? `${name} · ${phone(number)}` : phone(number), number));
    }
    $("ring-to").append(new Option(t("otherChoice"), ""));
  }

  nameOf(number) {
    return this.#numbers.find((each) => each.number === number)?.name || phone(number);
  }

  show(call) {
    this.#call = call;
    this.#choosing = false;
    this.draw();
  }

  draw() {
    const call = this.#call;
    const over = !call || call.ended;
    const choosing = over && this.#choosing;
    const state = choosing || !call ? "idle" : call.status;
    $("display").dataset.state = state;
    $("call-state").textContent = t(STATES[state] ?? "stateIdle");
    const to = choosing || !call ? this.to : call.to;
    $("line-name").textContent = to ? this.nameOf(to) : t("otherNumber");
    $("line-number").textContent = this.nameOf(to) === phone(to) ? "" : phone(to);
    show($("ring-other"), $("ring-to").value === "");
    show($("dialler"), choosing || !call);
    show($("captions"), !choosing && Boolean(call));
    show($("waiting"), !over);
    show($("ring"), over);
    show($("change"), over && !choosing && Boolean(call));
    show($("silence"), !over);
    show($("hangup"), !over);
    $("silence").disabled = !call || call.waitingFor === "" || call.waitingFor === "dial";
    this.#drawTimer();
  }

  #drawTimer() {
    const call = this.#call;
    const since = this.#choosing ? null : call?.answeredAt ?? null;
    if (since === null) {
      $("timer").textContent = "";
      return;
    }
    const now = call.endedAt ?? Date.now() - call.created.getTime();
    const text = duration(now - since);
    if ($("timer").textContent !== text) $("timer").textContent = text;
  }
}
