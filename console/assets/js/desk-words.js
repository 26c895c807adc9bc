// Sentences come with the page: the server has the one catalogue. Money, numbers and times as people read them.

let catalogue = { words: {}, say: {}, line: "" };

export function useWords(all) {
  catalogue = all;
}

const gaps = (text, values) => text.replaceAll(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

// t is a sentence of the page: t("stillNeeded", {fields: "card number"}).
export function t(key, values = {}) {
  const text = catalogue.words[key];
  return text === undefined ? `⟨${key}⟩` : gaps(text, values);
}

// known tells whether the catalogue has a sentence.
export const known = (key) => key in catalogue.words;

// say is what the agent reads to the caller, in the caller's language, or in English where that has none.
export function say(language, key, values = {}) {
  const lang = language in catalogue.say ? language : Object.keys(catalogue.say).find((l) => l.slice(0, 2) === (language ?? "").slice(0, 2)) ?? "en-US";
  const text = catalogue.say[lang]?.[key];
  return text ? { lang, text: gaps(text, { line: catalogue.line, ...values }) } : null;
}

// currency is what the line takes, where the flow does not say.
export const currency = () => catalogue.currency || "usd";

// money keeps the exact digits of an amount: {minor, currency, text: "84.20 usd"}.
export function money(amount, locale) {
  if (!amount?.currency) return "";
  const decimal = decimalOf(amount);
  const places = (decimal.split(".")[1] ?? "").length;
  try {
    return new Intl.NumberFormat(locale, {
      style: "currency", currency: amount.currency, minimumFractionDigits: places, maximumFractionDigits: places,
    }).format(decimal);
  } catch {
    return `${decimal} ${amount.currency}`;
  }
}

// decimalOf is the exact decimal of an amount, as the server wrote it.
export const decimalOf = (amount) => (amount?.text ?? "").split(" ")[0];

export function phone(number) {
  const us = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number ?? "");
  return us ? `+1 ${us[1]} ${us[2]} ${us[3]}` : number ?? "";
}

// clock writes a time of the day; what is not a time yet is a dash.
export function clock(iso) {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? "–" : at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
}

// span is minutes and seconds.
export function span(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

// spelled is a confirmation as it is read out: "SIM-7F3K2M" is "S I M, 7 F 3 K 2 M".
export const spelled = (code) => (code ?? "").split(/[^\p{L}\p{N}]+/u).filter(Boolean).map((part) => [...part.toUpperCase()].join(" ")).join(", ");

const BRANDS = { visa: "Visa", mastercard: "Mastercard", amex: "Amex", discover: "Discover", jcb: "JCB", "diners-club": "Diners Club", maestro: "Maestro", unionpay: "UnionPay", optima: "Optima", enroute: "enRoute" };

export const brandName = (brand) => BRANDS[brand] ?? (brand ? brand.charAt(0).toUpperCase() + brand.slice(1) : "");

// plain is a name as a computer writes it, in words.
export const plain = (word) => (word ?? "").replaceAll(/[-_]/g, " ");
