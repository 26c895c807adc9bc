// The payment as the phone network sees it: which field is asked for, how far it is, and never its digits.

import { h, show } from "./dom.js";
import { brand, masked, money } from "./format.js";
import { t } from "./strings.js";
import { fieldName } from "./waiting.js";

const TROUBLES = {
  "input-timeout": "troubleTimeout", timeout: "troubleTimeout",
  "invalid-card-number": "troubleNumber", "invalid-card-type": "troubleType", "invalid-date": "troubleDate",
  "invalid-security-code": "troubleCode", "invalid-postal-code": "troublePostal", "input-matching-failed": "troubleMismatch",
  "invalid-card-number-security-code-capture-sequence": "troubleSequence",
};

// troubleText is an error of a payment field in words.
export function troubleText(code) {
  return TROUBLES[code] ? t(TROUBLES[code]) : t("troubleOther", { code });
}

const MARKS = { open: "", waiting: "▸", done: "✓", wrong: "!" };
const NAMES = { open: "payNext", waiting: "payWaiting", done: "payDone", wrong: "payWrong" };

export function drawPayment(root, payment) {
  show(root, Boolean(payment));
  if (!payment) return;
  const charge = Number(payment.amount) > 0;
  root.replaceChildren(
    h("div", { class: "payment-head" },
      h("span", { class: "payment-amount" }, charge ? money(payment.amount, payment.currency) : t("paySave")),
      h("span", { class: "payment-about" }, about(payment)),
      h("span", { class: "payment-lock" }, t("payLock"))),
    h("div", { class: "fields" }, ...payment.fields.map((field) => drawField(field, payment))));
}

function about(payment) {
  const how = payment.bank ? t("payBank") : t("payCard");
  return payment.about ? `${payment.about}, ${how}` : how;
}

function drawField(field, payment) {
  const name = fieldName(field.name);
  return h("div", { class: "field", "data-state": field.state, "data-field": field.name },
    h("div", { class: "field-name" }, name.charAt(0).toUpperCase() + name.slice(1),
      h("span", { class: "field-mark" }, `${MARKS[field.state]} ${t(NAMES[field.state])}`)),
    h("div", { class: "field-value" }, value(field, payment)),
    field.trouble ? h("div", { class: "field-trouble" }, `! ${troubleText(field.trouble)}`) : null);
}

function value(field, payment) {
  if (field.state === "done" && field.value) {
    if (field.name === "payment-card-number") return `${masked(field.value)} ${brand(payment.brand)}`;
    if (field.name === "expiration-date") return `${field.value.slice(0, 2)}/${field.value.slice(2)}`;
    return masked(field.value);
  }
  if (field.digits > 0) return "•".repeat(field.digits).replaceAll(/(.{4})(?=.)/g, "$1 ");
  return field.state === "done" ? "••••" : "\u00a0";
}
