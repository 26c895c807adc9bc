// How a payment ended: what it means, what to tell the caller, and what can be done next.

import { h } from "./desk-dom.js";
import { drawReceipt, drawWrap } from "./desk-wrap.js";
import { brandName, known, money, say, spelled, t } from "./desk-words.js";

const MOODS = { paid: "good", saved: "good", declined: "bad", unknown: "warn", unavailable: "bad", cancelled: "", caller_left: "warn" };
const MARKS = { paid: "✓", saved: "✓", declined: "✗", unknown: "?", unavailable: "!", cancelled: "–", caller_left: "!" };

// ending draws the end. can tells whether this person may go on from here.
export function ending(payment, { language, can, offer, model }) {
  const state = payment.state;
  const code = payment.trouble?.code ?? "";
  const why = reason(payment);
  const words = sayEnd(payment, language);
  return h("section", { class: "desk-end", "data-key": "end", "data-mood": MOODS[state] ?? "", "data-end": state },
    h("p", { class: "desk-end-mark", "aria-hidden": "true" }, MARKS[state] ?? ""),
    h("div", { class: "desk-end-main" },
      h("h3", {}, t(`end.${state}`, { amount: money(payment.amount) })),
      h("p", {}, t(`end.${state}.text`, { amount: money(payment.amount) })),
      why && h("p", { class: "desk-trouble" }, h("b", {}, why.what), " ", why.next, payment.trouble?.text && h("span", { class: "soft" }, ` “${payment.trouble.text}”`), " ", code && h("code", { class: "desk-code" }, code)),
      facts(payment),
      words && h("p", { class: "desk-say" }, h("span", { class: "desk-say-who" }, t("sayThis")), " ", h("q", { lang: words.lang }, words.text)),
      can && hints(payment),
      next(payment, can && offer, drawReceipt(payment, { may: can, busy: model.busy.has(`receipt ${payment.id}`) })),
      drawWrap(payment, { model, may: can, busy: model.busy.has(`note ${payment.id}`) })));
}

// reason is why it ended so, in words and with what to do.
export function reason(payment) {
  const code = payment.trouble?.code;
  if (!code) return null;
  const key = known(`trouble.${code}`) ? `trouble.${code}` : /^64\d{3}$/.test(code) ? "trouble.64" : "trouble.other";
  return { code, what: t(key, { code }), next: known(`${key}.do`) ? t(`${key}.do`, { code }) : "" };
}

function facts(payment) {
  if (!payment.last4 && !payment.confirmation) return null;
  return h("dl", { class: "desk-end-facts" },
    payment.last4 && h("div", {}, h("dt", {}, t(payment.method === "ach-debit" ? "account" : "card")), h("dd", {}, `${brandName(payment.brand)} •••• ${payment.last4}`)),
    payment.confirmation && h("div", {}, h("dt", {}, t("confirmation")), h("dd", { class: "mono desk-confirmation" }, payment.confirmation)),
    payment.confirmation && h("div", {}, h("dt", {}, t("readOut")), h("dd", { class: "desk-spelled" }, spelled(payment.confirmation))));
}

function sayEnd(payment, language) {
  const star = payment.trouble?.code === "caller-interrupted-with-star";
  if (payment.state === "caller_left") return null;
  return say(language, star ? "end.star" : `end.${payment.state}`, {
    amount: money(payment.amount, language), last4: payment.last4, confirmation: spelled(payment.confirmation),
  });
}

// next is what can be done from here; a receipt goes first.
function next(payment, can, receipt) {
  const button = (what, text, more = "") => h("button", { type: "button", class: `desk-button ${more}`, "data-do": what, "data-key": what }, text);
  const more = {
    declined: [button("another", t("anotherCard"), "strong"), button("fresh", t("changeFirst"), "quiet")],
    cancelled: [button("another", t("startAgain"), "strong"), button("fresh", t("changeFirst"), "quiet")],
    unavailable: [button("another", t("startAgain"), "strong"), button("fresh", t("changeFirst"), "quiet")],
    paid: [button("fresh", t("anotherPayment"), "quiet")],
    saved: [button("fresh", t("anotherPayment"), "quiet")],
  }[payment.state]; // unknown: nobody may try again before somebody has looked
  const all = [receipt, ...((can && more) || [])].filter(Boolean);
  return all.length > 0 && h("div", { class: "desk-next", "data-key": "next" }, all);
}

function hints(payment) {
  const all = {
    paid: ["wrapReadOut", payment.receipt?.state === "possible" && "wrapReceipt"], saved: ["wrapSaved"], declined: ["wrapDeclined"],
    unknown: ["wrapUnknown1", "wrapUnknown2", "wrapUnknown3"], caller_left: ["wrapLeft"],
  }[payment.state];
  return all && h("ul", { class: "desk-wrap" }, all.filter(Boolean).map((key) => h("li", { "data-key": key }, t(key))));
}
