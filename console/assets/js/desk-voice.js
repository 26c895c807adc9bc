// What screen readers are told. Digits are counted, at most every two seconds; how a field ended is a status; what
// needs the agent at once is an alert; a timer speaks at 30 and at 10 seconds.

import { over } from "./desk-model.js";
import { fieldName, howMany, errorOf } from "./desk-fields.js";
import { brandName, money, t } from "./desk-words.js";

const EVERY = 2000; // ms between two counts

export class Voice {
  #polite; #status; #alert;
  #spoken = ""; #at = 0; #waiting = null;
  #warned = new Set();
  #seen = new Map(); // by payment: what was said of it

  constructor({ polite, status, alert }) {
    this.#polite = polite;
    this.#status = status;
    this.#alert = alert;
  }

  // heard tells of what is new in a payment, if it is the one that is worked on.
  heard(payment, offer) {
    const before = this.#seen.get(payment.id);
    this.#seen.set(payment.id, { state: payment.state, brand: payment.brand, fields: new Map(payment.fields.map((f) => [f.name, f.state])) });
    const typing = payment.fields.find((f) => f.state === "typing");
    if (typing) this.#count(`${fieldName(typing.name)}: ${typing.length ? t("countDigitsOf", { n: typing.digits, all: typing.length }) : howMany(typing)}`);
    if (!before) return;
    for (const f of payment.fields) {
      if (before.fields.get(f.name) === f.state) continue;
      if (f.state === "right") this.status(t("saidRight", { field: fieldName(f.name), brand: f.name === "payment-card-number" ? brandName(payment.brand) : "" }).trim());
      if (f.state === "wrong" || f.state === "silent") {
        const why = errorOf(f, payment, offer);
        this.status(`${fieldName(f.name)}: ${why?.what ?? ""} ${why?.next ?? ""}`);
      }
      if (f.state === "waiting") this.status(t("saidWaiting", { field: fieldName(f.name) }));
    }
    if (before.state !== payment.state) this.#stage(payment);
  }

  #stage(payment) {
    const text = over(payment) ? `${t(`end.${payment.state}`, { amount: money(payment.amount) })}. ${t(`end.${payment.state}.text`, { amount: money(payment.amount) })}` : t(`stage.${payment.state}`);
    if (["declined", "caller_left", "unknown", "unavailable", "cancelled"].includes(payment.state)) this.alert(text);
    else this.status(text);
  }

  status(text) {
    this.#status.textContent = text;
  }

  alert(text) {
    this.#alert.textContent = text;
  }

  // left tells how much time there is, once at 30 and once at 10 seconds of an ask.
  left(field, ms) {
    for (const at of [30, 10]) {
      const mark = `${field.name} ${field.tries} ${at}`;
      if (ms > at * 1000 || ms <= (at - 4) * 1000 || this.#warned.has(mark)) continue;
      this.#warned.add(mark);
      this.#count(t("saidLeft", { field: fieldName(field.name), n: at }));
    }
  }

  #count(text) {
    if (text === this.#spoken) return;
    clearTimeout(this.#waiting);
    const speak = () => {
      this.#spoken = text;
      this.#at = performance.now();
      this.#polite.textContent = text;
    };
    const wait = this.#at + EVERY - performance.now();
    if (wait <= 0) speak();
    else this.#waiting = setTimeout(speak, wait);
  }
}
