// Test cards: published numbers that belong to nobody. A card button types what the payment waits for, one key
// after the other, as a caller would. A Go test keeps the numbers equal to the sandbox gateway's.

import { h } from "./dom.js";
import { t } from "./strings.js";

export const CARDS = [
  { name: "visa", label: "cardVisa", number: "4242 4242 4242 4242", code: "123", fate: "yes" },
  { name: "mastercard", label: "cardMastercard", number: "5555 5555 5555 4444", code: "123", fate: "yes" },
  { name: "amex", label: "cardAmex", number: "3782 822463 10005", code: "1234", fate: "yes" },
  { name: "declined", label: "cardDeclined", number: "4000 0000 0000 0002", code: "123", fate: "no" },
  { name: "expired", label: "cardExpired", number: "4000 0000 0000 0069", code: "123", fate: "no" },
  { name: "wrong", label: "cardWrong", number: "4242 4242 4242 4241", code: "123", fate: "no" },
];

const EXPIRY = "1230"; // December 2030, month first
const POSTAL = "94109#"; // its length varies, so it needs the hash key
const ROUTING = "110000000"; // a published test routing number
const ACCOUNT = "12345678#"; // one of two that Twilio takes in test mode

// keysFor is what a card types into the field that is waited for; "" where it has nothing to type.
export function keysFor(card, waitingFor) {
  switch (waitingFor.replace(/-matcher$/, "")) {
    case "pay:payment-confirmation": return "1";
    case "pay:payment-card-number": return card.number.replaceAll(" ", "");
    case "pay:expiration-date": return EXPIRY;
    case "pay:security-code": return card.code;
    case "pay:postal-code": return POSTAL;
    case "pay:bank-routing-number": return ROUTING;
    case "pay:bank-account-number": return ACCOUNT;
    default: return "";
  }
}

// preview is how the button says what it will type: never more than the last four digits of a card.
export function preview(card, waitingFor) {
  switch (waitingFor.replace(/-matcher$/, "")) {
    case "pay:payment-confirmation": return "1";
    case "pay:expiration-date": return "12/30";
    case "pay:security-code": return card.code.replaceAll(/\d/g, "•");
    case "pay:postal-code": return "94109 #";
    case "pay:bank-routing-number":
    case "pay:bank-account-number": return "test bank";
    default: return `•••• ${card.number.slice(-4)}`;
  }
}

// drawCards makes the buttons; type(card) is called for a click.
export function drawCards(root, type) {
  root.replaceChildren(...CARDS.map((card) => h("button", {
    type: "button", class: "card", "data-card": card.name, "data-fate": card.fate,
    disabled: true, onclick: () => type(card),
  }, t(card.label), h("small", {}, preview(card, "")))));
}

// updateCards says on each button what it would type now, and which card was used last.
export function updateCards(root, { waitingFor, busy, last }) {
  for (const button of root.children) {
    const card = CARDS.find((each) => each.name === button.dataset.card);
    const useful = keysFor(card, waitingFor) !== "";
    // Not "disabled" while typing: the focus would be lost between two fields.
    button.disabled = !useful && !busy;
    button.setAttribute("aria-disabled", String(busy));
    button.setAttribute("aria-pressed", String(card.name === last));
    button.lastElementChild.textContent = preview(card, waitingFor);
  }
}
