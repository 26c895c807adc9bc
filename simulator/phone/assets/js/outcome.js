// How the call ended, in one line: from our own server where it is known, else from what the network saw.

import { h } from "./dom.js";
import { brand, money } from "./format.js";
import { t } from "./strings.js";

const WORDS = {
  paid: ["outcomePaid", "good", "✓"], saved: ["outcomeSaved", "good", "✓"],
  declined: ["outcomeDeclined", "bad", "✗"], cancelled: ["outcomeCancelled", "warn", "✗"],
  gave_up: ["outcomeGaveUp", "warn", "✗"], unavailable: ["outcomeUnavailable", "bad", "!"],
  unknown: ["outcomeUnknown", "warn", "?"], error: ["outcomeError", "bad", "!"],
  hung_up: ["outcomeHungUp", "warn", "!"], called_off: ["outcomeCalledOff", "warn", "✗"],
};

// The network's results, in the words of our ledger.
const RESULTS = {
  success: "paid", "payment-connector-error": "declined", "caller-interrupted-with-star": "cancelled",
  "too-many-failed-attempts": "gave_up", "caller-hung-up": "hung_up", "transaction-cancelled": "called_off", "validation-error": "error", "internal-error": "error",
};

// verdict is what to show of an ended call: {word, lead, mood, mark, facts}.
export function verdict(call) {
  const payment = call.app?.payment ?? fromNetwork(call);
  const outcome = call.app?.outcome ?? "";
  const word = outcome || payment?.result || "";
  const amount = payment?.amount ? money(payment.amount, payment.currency) : "";
  const [key, mood, mark] = WORDS[word] ?? [word ? "outcomeOther" : "outcomeNone", "plain", "·"];
  return { word, mood, mark, lead: t(key, { amount, outcome: word.replaceAll("_", " ") }), payment: key === "outcomeNone" ? null : payment };
}

function fromNetwork(call) {
  if (!call.payment?.result) return null;
  const p = call.payment;
  const number = p.fields.find((f) => f.name === "payment-card-number")?.value ?? "";
  return {
    result: RESULTS[p.result] ?? p.result, amount: p.amount, currency: p.currency,
    brand: p.brand, last4: number.slice(-4), confirmation: p.confirmation,
  };
}

export function drawOutcome(root, call) {
  if (!call?.ended) {
    if (root.firstChild) root.replaceChildren();
    return;
  }
  const v = verdict(call);
  const shown = JSON.stringify(v);
  if (root.dataset.shown === shown && root.firstChild) return; // a status region speaks with every change
  root.dataset.shown = shown;
  root.replaceChildren(h("div", { class: "verdict", "data-mood": v.mood, "data-outcome": v.word },
    h("span", { class: "verdict-mark", "aria-hidden": "true" }, v.mark),
    h("div", {},
      h("p", { class: "verdict-lead" }, v.lead),
      h("p", { class: "verdict-facts" }, ...facts(v.payment)))));
}

function facts(payment) {
  if (!payment) return [];
  const out = [];
  if (payment.last4) out.push(t("outcomeCard", { brand: brand(payment.brand), last4: payment.last4 }));
  if (payment.confirmation) {
    if (out.length) out.push(" · ");
    out.push(`${t("outcomeConfirmation")} `, h("b", { id: "confirmation" }, payment.confirmation));
  }
  return out;
}
