// What an agent decides before a payment starts. Nothing here takes a card: there is no place to write one.

import { h } from "./desk-dom.js";
import { currency, decimalOf, money, say, t } from "./desk-words.js";

const BANKS = ["consumer-checking", "consumer-savings", "commercial-checking"];

// draftFor is what the flow offers, as the form begins.
export function draftFor(handover, before) {
  if (!handover) return null;
  const offer = handover.offer ?? { amount: { currency: currency(), text: "" }, ask_postal: true };
  const from = before ?? offer;
  return {
    call: handover.call_sid, offered: handover.offer ? offer.amount : null, limit: offer.limit?.currency ? offer.limit : null,
    amount: decimalOf(from.amount), currency: from.amount?.currency || offer.amount?.currency,
    reference: from.reference ?? "", intent: from.intent ?? "charge", method: from.method || "credit-card",
    bank: from.bank_account_type || "consumer-checking", token: from.token_type || offer.token_type || "",
    slow: Boolean(before?.slow), confirm: false, askPostal: false, postal: offer.postal_code ?? "", postalAsked: offer.ask_postal,
    consent: false, reason: "", needsReason: false, noCard: "",
  };
}

// bodyOf is the wish as the API takes it.
export function bodyOf(draft) {
  const body = {
    intent: draft.intent, method: draft.method, reference: draft.reference.trim(), slow: draft.slow, confirm: draft.confirm,
    ask_postal: draft.askPostal, first: "first",
  };
  if (draft.intent === "charge") body.amount = { decimal: draft.amount, currency: draft.currency };
  if (draft.method === "ach-debit") body.bank_account_type = draft.bank;
  if (draft.intent === "save" && draft.token) body.token_type = draft.token;
  if (draft.reason.trim()) body.reason = draft.reason.trim();
  return body;
}

// minor is an exact decimal in the smallest unit, given how many places the currency has; null for anything else.
function minor(decimal, places) {
  const m = /^(\d{1,9})(?:[.,](\d+))?$/.exec((decimal ?? "").trim());
  if (!m || (m[2] ?? "").length > places) return null;
  return Number(m[1] + (m[2] ?? "").padEnd(places, "0"));
}

// faultOf is why this draft cannot start yet; null when it can.
export function faultOf(draft, mayRaise) {
  if (draft.intent === "charge") {
    const wanted = minor(draft.amount, placesOf(draft));
    if (wanted === null || wanted === 0) return { field: "amount", text: t("faultAmount") };
    if (draft.offered?.currency && wanted > draft.offered.minor && !mayRaise) return { field: "amount", text: t("faultRaised", { amount: money(draft.offered) }) };
    if (draft.limit && wanted > draft.limit.minor) return { field: "amount", text: t("faultLimit", { amount: money(draft.limit) }) };
  }
  if (needsConsent(draft) && !draft.consent) return { field: "consent", text: t("faultConsent") };
  if (draft.needsReason && !draft.reason.trim()) return { field: "reason", text: t("faultReason") };
  return null;
}

// placesOf is how many decimal places the currency has, as far as the server has shown one of its amounts.
const placesOf = (draft) => (draft.offered?.currency ? (decimalOf(draft.offered).split(".")[1] ?? "").length : 2);

const needsConsent = (draft) => draft.method === "ach-debit" || draft.intent === "save";

// shownAmount is the amount of a draft as money, where it is one.
export function shownAmount(draft) {
  if (draft.intent === "save") return "";
  const places = placesOf(draft);
  const wanted = minor(draft.amount, places);
  if (wanted === null) return "";
  const digits = String(wanted).padStart(places + 1, "0");
  const decimal = places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits;
  return money({ currency: draft.currency, text: decimal });
}

export function drawForm(draft, { language, mayRaise, busy, touched, problem }) {
  const fault = faultOf(draft, mayRaise);
  const wrong = (name) => (fault?.field === name && touched.has(name) ? h("p", { class: "desk-fault", id: `fault-${name}` }, `! ${fault.text}`) : null);
  return h("form", { class: "desk-form", "data-key": `form-${draft.call}`, autocomplete: "off", novalidate: true },
    h("div", { class: "desk-form-top" },
      amountOf(draft, wrong("amount")),
      textField(draft, "reference", 80)),
    h("div", { class: "desk-form-row" },
      choice("method", draft.method, [["credit-card", t("methodCard")], ["ach-debit", t("methodBank")]]),
      choice("intent", draft.intent, [["charge", t("intentCharge")], ["save", t("intentSave")]]),
      draft.method === "ach-debit" && h("label", { class: "desk-label", "data-key": "bank" }, h("span", {}, t("bankType")),
        h("select", { name: "bank" }, BANKS.map((b) => h("option", { value: b, selected: b === draft.bank }, t(`bank.${b}`)))))),
    needsConsent(draft) && consent(draft, language, wrong("consent")),
    draft.needsReason && h("div", { "data-key": "reason" }, textField(draft, "reason", 120), wrong("reason")),
    h("details", { class: "desk-options", "data-key": "options" },
      h("summary", {}, t("options")),
      tick("slow", draft.slow, t("slow"), t("slowHint")),
      tick("confirm", draft.confirm, t("confirmLast"), t("confirmLastHint")),
      draft.postal && draft.postalAsked && tick("askPostal", draft.askPostal, t("askPostal", { code: draft.postal }), t("askPostalHint"))),
    problem,
    h("div", { class: "desk-bar", "data-key": "bar" },
      h("button", { type: "button", class: "desk-button quiet", "data-do": "keypad", "data-key": "keypad", "aria-disabled": fault || busy || !draft.offered ? "true" : null }, t("sendToKeypad")),
      h("button", { type: "submit", class: "desk-button strong", "data-do": "start", "data-key": "start", "aria-disabled": fault || busy ? "true" : null },
        h("span", {}, busy ? t("starting") : t("takePayment")), shownAmount(draft) && h("b", { class: "num" }, shownAmount(draft)))));
}

function amountOf(draft, fault) {
  if (draft.intent === "save") return h("p", { class: "desk-amount-none", "data-key": "none" }, h("b", {}, t("saveNothing")), h("span", { class: "soft" }, t("saveNothingHint")));
  return h("label", { class: "desk-label desk-amount", "data-key": "amount" }, h("span", {}, t("amountOf")),
    h("span", { class: "desk-amount-in" },
      h("input", { name: "amount", inputmode: "decimal", maxlength: 12, value: draft.amount, autocomplete: "off", spellcheck: "false", "data-lpignore": "true", "data-1p-ignore": true,
        "aria-describedby": "amount-hint", "aria-invalid": fault ? "true" : null }),
      h("span", { class: "desk-currency" }, draft.currency)),
    fault ?? h("span", { class: "soft", id: "amount-hint" }, draft.offered?.currency ? t("amountHint", { amount: money(draft.offered) }) : ""));
}

function textField(draft, name, longest) {
  return h("label", { class: "desk-label", "data-key": name }, h("span", {}, t(`label.${name}`)),
    h("input", { name, type: "text", maxlength: longest, value: draft[name], autocomplete: "off", spellcheck: "false", "data-nocard": true, "data-lpignore": "true", "data-1p-ignore": true }),
    draft.noCard === name && h("span", { class: "desk-fault" }, `! ${t("noCardHere")}`));
}

function choice(name, chosen, options) {
  return h("fieldset", { class: "desk-choice", "data-key": name }, h("legend", {}, t(`label.${name}`)),
    h("span", { class: "switch" }, options.map(([value, text]) => h("label", { "data-key": value },
      h("input", { type: "radio", name, value, checked: value === chosen }), h("span", {}, text)))));
}

function tick(name, on, text, hint) {
  return h("label", { class: "desk-tick", "data-key": name }, h("input", { type: "checkbox", name, checked: on }), h("span", {}, text, h("small", { class: "soft" }, hint)));
}

function consent(draft, language, fault) {
  const words = say(language, draft.intent === "save" ? `consent.save.${draft.method}` : "consent.ach", {
    amount: shownAmount(draft) || t("theAmount"), account: t(`bank.${draft.bank}`).toLowerCase(),
  });
  return h("div", { class: "desk-consent", "data-key": `consent-${draft.method}-${draft.intent}` },
    h("p", { class: "desk-say" }, h("span", { class: "desk-say-who" }, t("readAloud")), " ", h("q", { lang: words?.lang }, words?.text ?? "")),
    h("label", { class: "desk-tick" }, h("input", { type: "checkbox", name: "consent", checked: draft.consent, required: true, "aria-describedby": fault ? "fault-consent" : null }),
      h("span", {}, t("consentGiven"))),
    fault);
}
