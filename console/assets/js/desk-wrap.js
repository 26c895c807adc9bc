// After the end: the receipt by text message, and the outcome and note that the agent leaves behind. Asked for, never
// forced: the next call comes all the same.

import { h } from "./desk-dom.js";
import { cardLike, withoutCard } from "./desk-model.js";
import { clock, known, phone, t } from "./desk-words.js";

const OUTCOMES = ["done", "later", "call_back", "refused", "other"];
const LONGEST = 500;

// noteOf is what is being written about a payment; it begins with what is kept, or with what its end suggests.
export function noteOf(model, payment) {
  if (!model.notes.has(payment.id)) {
    model.notes.set(payment.id, { outcome: payment.wrap_up || suggested(payment), note: payment.note ?? "", open: false, noCard: false });
  }
  return model.notes.get(payment.id);
}

const suggested = (payment) => ({ paid: "done", saved: "done", unknown: "call_back", caller_left: "call_back" }[payment.state] ?? "");

// drawWrap asks for the outcome, or shows it. Who did not lead the payment reads it.
export function drawWrap(payment, { model, may, busy }) {
  const draft = may && noteOf(model, payment);
  if (payment.wrap_up && !draft?.open) return kept(payment, may);
  if (!may) return null;
  return h("form", { class: "desk-note", "data-key": `note-${payment.id}`, "data-payment-note": payment.id, autocomplete: "off", novalidate: true },
    h("fieldset", { class: "desk-choice" }, h("legend", {}, t("wrapTitle")),
      h("span", { class: "desk-chips" }, OUTCOMES.map((value) => h("label", { "data-key": value },
        h("input", { type: "radio", name: "outcome", value, checked: value === draft.outcome }), h("span", {}, t(`wrap.${value}`)))))),
    h("label", { class: "desk-label" }, h("span", {}, t("noteLabel")),
      h("textarea", { name: "note", rows: 2, maxlength: LONGEST, autocomplete: "off", spellcheck: "true", "data-lpignore": "true", "data-1p-ignore": true, "aria-describedby": draft.noCard ? "note-card" : null }, draft.note),
      draft.noCard && h("span", { class: "desk-fault", id: "note-card" }, `! ${t("noCardHere")}`)),
    h("p", { class: "desk-next" },
      h("button", { type: "submit", class: "desk-button", "data-key": "keep-note", "aria-disabled": !draft.outcome || busy ? "true" : null }, busy ? t("noteKeeping") : t("noteKeep")),
      payment.wrap_up && h("button", { type: "button", class: "desk-button quiet", "data-do": "note-close", "data-key": "note-close" }, t("goBack")),
      !draft.outcome && h("span", { class: "soft" }, t("noteChoose"))));
}

function kept(payment, may) {
  return h("div", { class: "desk-note kept", "data-key": `kept-${payment.id}` },
    h("p", {}, h("span", { class: "tag" }, wrapWord(payment)), payment.note && h("span", { class: "desk-note-text" }, ` ${payment.note}`)),
    may && h("button", { type: "button", class: "desk-act quiet", "data-do": "note-open", "data-key": "note-open" }, t("noteChange")));
}

// wrapWord is the outcome in words.
export const wrapWord = (payment) => (known(`wrap.${payment.wrap_up}`) ? t(`wrap.${payment.wrap_up}`) : "");

// drawReceipt offers the receipt by text message, or says what became of it.
export function drawReceipt(payment, { may, busy }) {
  const receipt = payment.receipt;
  if (payment.state !== "paid" || !receipt) return null;
  const to = phone(receipt.to);
  const button = (text) => may && h("button", { type: "button", class: "desk-button", "data-do": "receipt", "data-key": "receipt", "aria-disabled": busy ? "true" : null },
    busy ? t("receiptSending") : text, h("span", { class: "soft num" }, to));
  switch (receipt.state) {
    case "possible":
      return button(t("receiptSend"));
    case "failed":
      return h("div", { class: "desk-receipt", "data-key": "receipt-state", "data-state": "failed" }, h("p", { class: "desk-fault" }, `! ${t("receiptFailed", { to })} `, h("span", { class: "desk-code" }, receipt.why)), button(t("receiptAgain")));
    default:
      return h("p", { class: "desk-receipt", "data-key": "receipt-state", "data-state": receipt.state },
        h("span", { class: receipt.state === "sent" ? "desk-fine" : "soft" }, t(`receipt.${receipt.state}`, { to, time: clock(receipt.at) })));
  }
}

// wireWrap lets a note be written: it is kept in the draft with every key, without digits like a card's.
export function wireWrap(root, { model, acts, voice, changed }) {
  const draftAt = (el) => model.notes.get(el.closest?.("[data-payment-note]")?.dataset.paymentNote);
  root.addEventListener("input", ({ target }) => {
    const draft = draftAt(target);
    if (!draft || !["outcome", "note"].includes(target.name)) return;
    if (target.name === "note" && cardLike(target.value)) {
      target.value = withoutCard(target.value);
      draft.noCard = true; // it stays to be read until the field is left
      voice.alert(t("noCardHere"));
    }
    draft[target.name] = target.value;
    changed();
  });
  root.addEventListener("change", ({ target }) => {
    const draft = draftAt(target);
    if (draft && target.name === "note") draft.noCard = false;
  });
  root.addEventListener("submit", (event) => {
    const draft = draftAt(event.target);
    if (!draft) return;
    event.preventDefault();
    if (draft.outcome) acts.note(draft);
    else voice.status(t("noteChoose"));
  });
}
