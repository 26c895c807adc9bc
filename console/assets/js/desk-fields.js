// The rows of a payment: one for each piece of card or bank data, with what the caller has pressed so far.

import { h } from "./desk-dom.js";
import { blocks, CARD, clear, slowHelps } from "./desk-model.js";
import { brandName, known, money, plain, say, t } from "./desk-words.js";

export const fieldName = (name) => (known(`field.${name}`) ? t(`field.${name}`) : plain(name));

// errorOf is what went wrong with a field, in words: what it was and what to do.
export function errorOf(field, payment, offer) {
  const code = field.error || (field.state === "silent" ? "input-timeout" : "");
  if (!code) return null;
  const key = code === "timeout" ? "input-timeout" : code;
  const values = {
    seconds: payment.key_timeout_s, brand: brandName(payment.brand) || t("thisBrand"),
    cards: (offer?.cards ?? []).map(brandName).join(", ") || t("otherCards"), code,
  };
  const base = known(`error.${key}`) ? `error.${key}` : "error.other";
  return { code, what: t(base, values), next: t(`${base}.do`, values) };
}

// wordsFor is the sentence to read now: for the error, if there is one, else for the field.
export function wordsFor(field, payment, language) {
  const values = { digits: payment.brand === "amex" ? "4" : "3" };
  const wrong = ["wrong", "silent"].includes(field.state) && say(language, `wrong.${field.error === "timeout" ? "input-timeout" : field.error || "input-timeout"}`, values);
  const key = field.name === "security-code" && payment.brand === "amex" ? "ask.security-code.amex" : `ask.${field.name}`;
  const ask = wrong || say(language, key, values);
  if (!ask) return null;
  const slowly = payment.slow || slowHelps(payment) ? say(language, "slowly")?.text : "";
  return { lang: ask.lang, text: [ask.text, slowly].filter(Boolean).join(" ") };
}

// drawFields makes the rows. can is what this screen may do: act, or only look.
export function drawFields(payment, { offer, language, can, timeLeft }) {
  const focus = payment.asking || payment.fields.find((f) => ["wrong", "silent"].includes(f.state))?.name
    || (can ? payment.fields.find((f) => f.state !== "right")?.name : "");
  return h("ol", { class: "desk-fields", "aria-label": t("fields") },
    payment.fields.map((field, i) => drawField(field, { payment, offer, language, can, timeLeft, number: i + 1, now: field.name === focus })));
}

const MARKS = { right: "✓", wrong: "✗", silent: "!", stopped: "–" };

function drawField(field, row) {
  const { payment, can, number } = row;
  const trouble = ["wrong", "silent"].includes(field.state) ? errorOf(field, payment, row.offer) : null;
  return h("li", { class: "desk-field", "data-key": field.name, "data-field": field.name, "data-state": field.state },
    h("span", { class: "desk-field-no", "aria-hidden": "true" }, MARKS[field.state] ? h("b", {}, MARKS[field.state]) : number),
    h("div", { class: "desk-field-main" },
      h("div", { class: "desk-field-line" },
        h("h3", {}, fieldName(field.name)),
        drawValue(field, payment),
        drawState(field, row)),
      trouble && h("p", { class: "desk-trouble" }, h("b", {}, trouble.what), " ", trouble.next, " ", h("code", { class: "desk-code" }, trouble.code)),
      row.now && can && payment.state === "open" && drawWords(field, row)),
    h("div", { class: "desk-field-acts" }, can && payment.state === "open" && acts(field, payment, number)));
}

function drawWords(field, { payment, language }) {
  const words = wordsFor(field, payment, language);
  return words && h("p", { class: "desk-say" }, h("span", { class: "desk-say-who" }, t("sayThis")), " ", h("q", { lang: words.lang }, words.text));
}

function drawValue(field, payment) {
  const open = clear(field);
  if (open && (field.state === "right" || field.given)) return h("span", { class: "desk-clear num", "data-value": true }, open);
  if (!field.digits && !["waiting", "typing", "right"].includes(field.state)) return null;
  const drawn = blocks(field, payment.brand);
  if (drawn.length === 0) return null;
  return h("span", { class: "desk-blocks", "data-value": true, "aria-hidden": "true" },
    drawn.map((group) => h("span", { class: "desk-group" },
      group.map((one) => h("i", { class: "desk-digit", "data-on": one === "off" ? null : one.length === 1 ? "shown" : "key" }, one.length === 1 ? one : "")))));
}

// howMany is how far the caller is, in words: "9 of 16", or "9 digits" while the length is a guess.
export function howMany(field) {
  if (field.length) return t("countOf", { n: field.digits, all: field.length });
  return t(field.digits === 1 ? "countOne" : "count", { n: field.digits });
}

function drawState(field, { payment, timeLeft }) {
  const bits = [];
  if (field.name === CARD && payment.brand) {
    bits.push(h("span", { class: "desk-brand", "data-brand": payment.brand }, h("i", { class: "desk-brand-mark", "aria-hidden": "true" }), brandName(payment.brand)));
  }
  const full = field.length > 0 && field.digits >= field.length;
  if (field.state === "typing") bits.push(h("span", { class: "num" }, howMany(field)), full && h("span", { class: "desk-doing" }, t("checking")));
  else if (field.state === "right") bits.push(h("span", { class: "desk-fine" }, field.given ? t("fromTheAccount") : t("wellFormed")));
  else if (known(`state.${field.state}`)) bits.push(h("span", { class: "desk-doing" }, t(`state.${field.state}`)));
  if (field.until && ["asking", "waiting", "typing"].includes(field.state)) {
    bits.push(h("span", { class: "desk-timer num", role: "timer", "data-until": field.until, "data-soon": timeLeft(field.until) <= 10000 ? true : null },
      countdown(field.digits, timeLeft(field.until))));
  }
  return h("span", { class: "desk-field-state" }, bits);
}

// countdown is how long the caller has, in words.
export function countdown(digits, ms) {
  const left = Math.ceil(ms / 1000);
  return left > 0 ? t(digits ? "forNextKey" : "toBegin", { left }) : t("timeUp");
}

function acts(field, payment, number) {
  const asked = payment.asking === field.name;
  const key = number <= 4 ? h("kbd", { "aria-hidden": "true" }, number) : null;
  const name = h("span", { class: "hidden" }, ` ${fieldName(field.name)}`);
  const button = (what, word, more, ...inside) => h("button", { type: "button", class: `desk-act ${more}`, "data-do": what, "data-field": field.name, "data-key": what }, word, name, inside);
  if (asked) {
    return [
      button("more-time", t("moreTime"), "", h("kbd", { "aria-hidden": "true" }, ".")),
      button("ask", t("askAgain"), "", key),
      button("stop", t("stop"), "quiet"),
    ];
  }
  return [button("ask", t(field.tries > 0 || field.state === "right" ? "askAgain" : "ask"), field.state === "right" ? "quiet" : "", key)];
}

// missingWords names the fields that are still needed.
export const missingWords = (payment) => (payment.required ?? []).map((name) => fieldName(name).toLowerCase()).join(", ");

export const amountWords = (payment) => (payment.intent === "save" ? t("nothingCharged") : money(payment.amount));
