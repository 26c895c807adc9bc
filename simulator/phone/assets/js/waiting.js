// Says what the line waits for, in words: on the display at once, to screen readers at most every two seconds.

import { t } from "./strings.js";

const FIELDS = {
  "payment-card-number": "fieldCardNumber",
  "expiration-date": "fieldExpiry",
  "security-code": "fieldCode",
  "postal-code": "fieldPostal",
  "bank-routing-number": "fieldRouting",
  "bank-account-number": "fieldAccount",
  "payment-confirmation": "fieldConfirmation",
};

export const isPay = (waitingFor) => waitingFor.startsWith("pay:");

// fieldName is a payment field in words: "card number".
export function fieldName(field) {
  const once = field.replace(/-matcher$/, "");
  if (once !== field) return t("fieldAgain", { field: fieldName(once) });
  return FIELDS[field] ? t(FIELDS[field]) : field;
}

export function waitingText(waitingFor, keys) {
  if (waitingFor === "pay:payment-processing") return t("waitProcessing");
  if (waitingFor === "dial") return t("waitDial");
  if (waitingFor === "record") return t("waitRecord");
  if (waitingFor === "") return t("waitNothing");
  const what = isPay(waitingFor) ? t("waitField", { field: fieldName(waitingFor.slice(4)) }) : t("waitGather");
  if (!keys) return what;
  return t(keys === 1 ? "waitKey" : "waitKeys", { what, count: keys });
}

const SPOKEN_EVERY = 2000;

export class Waiting {
  #shown;
  #spoken;
  #timer = null;
  #text = "";

  constructor(shown, spoken) {
    this.#shown = shown;
    this.#spoken = spoken;
  }

  update(waitingFor, keys) {
    this.#text = waitingText(waitingFor, keys);
    this.#shown.textContent = this.#text;
    this.#shown.toggleAttribute("data-pay", isPay(waitingFor));
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      // Only payment fields are worth interrupting for; a menu says itself that it waits.
      const text = isPay(waitingFor) ? this.#text : "";
      if (this.#spoken.textContent !== text) this.#spoken.textContent = text;
    }, SPOKEN_EVERY);
  }

  clear() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#shown.textContent = "";
    this.#spoken.textContent = "";
  }
}
