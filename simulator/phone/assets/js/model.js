// What is known of one call, built from the events of the simulator's feed. No drawing here: after each event the
// page draws what the model says.

import { find } from "./twiml.js";

const CARD_FIELDS = ["payment-card-number", "expiration-date", "postal-code", "security-code"];
const BANK_FIELDS = ["bank-routing-number", "bank-account-number"];

// The webhook parameters that carry a payment field, masked by the phone network.
const VALUES = {
  "payment-card-number": "PaymentCardNumber",
  "expiration-date": "ExpirationDate",
  "postal-code": "PaymentCardPostalCode",
  "security-code": "SecurityCode",
  "bank-routing-number": "BankRoutingNumber",
  "bank-account-number": "BankAccountNumber",
};

export class Call {
  status = "queued";
  waitingFor = "";
  keys = 0; // typed so far into what is waited for
  heard = []; // {text, language}
  rows = []; // of the timeline, oldest first; see the add… methods
  payment = null; // {amount, currency, fields: [{name, state, digits, value, trouble}], result}
  app = null; // what our own server says of the call
  answeredAt = null; // ms since the call was created
  endedAt = null;
  #hooks = new Map(); // row of each webhook by its number
  #entry = {}; // rows of the field that an agent has asked for: its keys, and its callbacks, of which there is one a key

  constructor({ sid, from, to, created }) {
    Object.assign(this, { sid, from, to, created });
    this.rows.push({ kind: "rang", at: 0 });
  }

  get ended() {
    return this.endedAt !== null;
  }

  get live() {
    return this.status === "in-progress";
  }

  // take applies one event of the feed.
  take(event) {
    this[`on_${event.type}`]?.(event);
  }

  on_status(e) {
    this.status = e.status;
    if (e.status === "in-progress") this.answeredAt = e.at_ms;
  }

  on_ended(e) {
    this.status = e.status;
    this.waitingFor = "";
    this.endedAt = e.at_ms;
    this.rows.push({ kind: "ended", at: e.at_ms, status: e.status });
  }

  on_heard(e) {
    this.heard.push({ text: e.text, language: e.language });
  }

  on_waiting(e) {
    this.waitingFor = e.waiting_for;
    this.keys = 0;
    this.#entry = {};
  }

  on_key(e) {
    if (e.ignored) {
      this.rows.push({ kind: "ignored", at: e.at_ms, count: e.ignored });
      return;
    }
    this.keys += 1;
    const last = this.#entry.keys ?? this.rows.at(-1);
    const masked = Boolean(e.masked);
    const field = this.waitingFor;
    if (last?.kind === "keys" && last.masked === masked && last.field === field) {
      last.count += 1;
      last.keys += e.key ?? "";
    } else {
      const row = { kind: "keys", at: e.at_ms, masked, field, count: 1, keys: e.key ?? "" };
      this.rows.push(row);
      if (this.#assisted) this.#entry.keys = row;
    }
  }

  // #assisted tells whether an agent's question is being answered.
  get #assisted() {
    return Boolean(this.payment?.assisted) && this.waitingFor.startsWith("pay:");
  }

  on_webhook(e) {
    if (e.purpose === "pay" && this.#assisted && this.#entry.hook) {
      this.#entry.hook.times += 1;
      this.#hooks.set(e.webhook, this.#entry.hook);
      return;
    }
    const row = { kind: "hook", at: e.at_ms, id: e.webhook, purpose: e.purpose, method: e.method, url: e.url };
    this.#hooks.set(e.webhook, row);
    this.rows.push(row);
    if (e.purpose === "pay" && this.#assisted) Object.assign(this.#entry, { hook: Object.assign(row, { times: 1 }) });
  }

  on_answered(e) {
    const row = this.#hooks.get(e.webhook);
    if (row) Object.assign(row, { done: true, status: e.http_status ?? 0, ms: e.duration_ms ?? 0, trouble: e.text, code: e.code });
  }

  on_twiml(e) {
    const row = this.#hooks.get(e.webhook);
    if (!row) return;
    row.body = e.body;
    const pay = find(e.body, "Pay");
    if (pay) this.#expectPayment(pay);
  }

  on_log(e) {
    this.rows.push({ kind: "log", at: e.at_ms, level: e.level, code: e.code, text: e.text });
  }

  on_child(e) {
    this.rows.push({ kind: "leg", at: e.at_ms, to: e.to, status: e.status });
  }

  on_pay(e) {
    if (e.asked) this.payment = assisted(e);
    this.payment ??= blankPayment({});
    if (e.result) {
      this.payment.result = e.result;
      for (const f of this.payment.fields) {
        if (f.state === "waiting") f.state = e.result === "success" ? "done" : "open";
      }
      this.rows.push({ kind: "paid", at: e.at_ms, result: e.result, code: e.code });
      return;
    }
    const field = this.#field(e.field);
    if (!field) return;
    if (e.error_type) {
      Object.assign(field, { state: "wrong", digits: 0, trouble: e.error_type });
      this.keys = 0;
      this.rows.push({ kind: "wrong", at: e.at_ms, field: e.field, trouble: e.error_type, attempt: e.attempt });
      return;
    }
    if (e.taken) Object.assign(field, { state: "done", trouble: null });
    else if (e.agent) this.#askFor(field, e.digits ?? 0);
    else this.#moveTo(field, e.digits ?? 0);
  }

  // hooksArrived adds what the list of webhooks knows beyond the feed: parameters, and through them the masked
  // values of payment fields.
  hooksArrived(list) {
    for (const hook of list) {
      const row = this.#hooks.get(hook.id);
      if (!row) continue;
      Object.assign(row, { params: hook.params, fault: hook.fault, tries: hook.tries });
      if (this.payment) this.#showValues(hook.params ?? {});
    }
  }

  // appArrived takes what our own server says; the scene is where the newest webhook led.
  appArrived(app, hookID) {
    if (!app) return;
    this.app = app;
    const row = this.#hooks.get(hookID);
    if (row) row.scene = app.scenes?.at(-1) ?? "";
  }

  #expectPayment(pay) {
    this.payment = blankPayment(pay);
  }

  #field(name) {
    const fields = this.payment.fields;
    let field = fields.find((f) => f.name === name);
    if (!field && name in VALUES) fields.push(field = blankField(name));
    return field;
  }

  #moveTo(field, digits) {
    for (const f of this.payment.fields) {
      if (f === field) break;
      if (f.state !== "done") Object.assign(f, { state: "done", trouble: null });
    }
    this.#progress(field, digits);
  }

  // askFor is an agent's question: fields come in any order, and a new question takes the place of an open one.
  #askFor(field, digits) {
    for (const f of this.payment.fields) {
      if (f !== field && f.state === "waiting") f.state = "open";
    }
    this.#progress(field, digits);
  }

  #progress(field, digits) {
    field.state = "waiting";
    field.digits = digits;
    if (digits > 0) field.trouble = null;
    if (this.waitingFor.startsWith(`pay:${field.name}`)) this.keys = digits;
  }

  #showValues(params) {
    for (const f of this.payment.fields) {
      const value = params[VALUES[f.name]];
      if (value && f.state === "done") f.value = value;
    }
    if (params.PaymentCardType) this.payment.brand = params.PaymentCardType;
    if (params.PaymentConfirmationCode) this.payment.confirmation = params.PaymentConfirmationCode;
  }
}

function blankPayment(pay) {
  const bank = pay.paymentMethod === "ach-debit";
  const asked = bank ? BANK_FIELDS : CARD_FIELDS.filter((name) =>
    !(name === "security-code" && pay.securityCode === "false") &&
    !(name === "postal-code" && pay.postalCode && pay.postalCode !== "true"));
  return {
    amount: pay.chargeAmount ?? "", currency: pay.currency ?? "usd", about: pay.description ?? "", bank,
    fields: asked.map(blankField), result: "", brand: "", confirmation: "",
  };
}

// assisted is a payment that an agent takes: the fields that are required, whatever order they are asked for in.
function assisted(e) {
  const asked = new Set(e.asked.map((name) => name.replace(/-matcher$/, "")));
  return {
    amount: e.amount ?? "", currency: e.currency ?? "usd", about: "", bank: asked.has("bank-routing-number"),
    fields: [...asked].map(blankField), result: "", brand: "", confirmation: "", assisted: true,
  };
}

function blankField(name) {
  return { name, state: "open", digits: 0, value: "", trouble: null };
}
