// What an agent can do, each a wish to the server under a key of its own. The page only changes when the server says
// how things stand.

import { newKey } from "./desk-api.js";
import { ask } from "./desk-ask.js";
import { fieldName } from "./desk-fields.js";
import { bodyOf, draftFor, faultOf } from "./desk-form.js";
import { chargeable, live, over } from "./desk-model.js";
import { money, phone, t } from "./desk-words.js";

export class Acts {
  #keys = new Map(); // by intent: the key it is sent under until the server has answered it

  constructor({ model, api, changed, voice }) {
    Object.assign(this, { model, api, changed, voice });
  }

  get payment() {
    return this.model.chosen ? this.model.on(this.model.chosen) : null;
  }

  // key is the key of an intent: made once, kept until it is settled.
  key(intent) {
    if (!this.#keys.has(intent)) this.#keys.set(intent, newKey());
    return this.#keys.get(intent);
  }

  // readied makes the key of a charge when its button becomes enabled, so that two presses are one wish.
  readied(payment) {
    if (chargeable(payment)) this.key(`complete ${payment.id}`);
  }

  // do sends a wish unless it is on its way already.
  async do(intent, path, body, keep = false) {
    if (this.model.busy.has(intent)) return null;
    this.model.busy.add(intent);
    this.model.refused.delete(this.model.chosen);
    this.changed();
    try {
      const answer = await this.api.wish(path, body, this.key(intent));
      if (!keep) this.#keys.delete(intent);
      if (answer?.id) this.model.take(answer);
      return answer;
    } catch (failure) {
      this.#fail(failure, intent);
      return null;
    } finally {
      this.model.busy.delete(intent);
      this.changed();
    }
  }

  // fail says what was refused. A wish that got an answer is settled and its key is gone; one without an answer
  // keeps it, since it may have been heard.
  #fail(failure, intent) {
    const settled = (failure.status >= 400 && failure.status < 500) || (failure.payment && failure.payment.state !== "charging");
    if (settled) this.#keys.delete(intent);
    if (failure.payment) this.model.take(failure.payment);
    if (failure.status === 401) this.model.signedOut = true;
    this.model.refused.set(this.model.chosen, { ...failure.problem, status: failure.status });
    const draft = this.model.drafts.get(this.model.chosen);
    if (draft && failure.problem?.code === "reason_needed") draft.needsReason = true;
    if (failure.payment && this.#told(failure.payment)) return;
    this.voice.alert(failure.status === 0 ? t("noAnswer") : `${failure.problem.title ?? ""}. ${failure.problem.help ?? ""}`);
  }

  // told tells whether the payment says by itself what went wrong: then there is no need to say it twice.
  #told(payment) {
    if (!payment.trouble || this.model.refused.get(this.model.chosen)?.code !== "not_sent") return false;
    this.model.refused.delete(this.model.chosen);
    return true;
  }

  // start opens a payment from the draft of the chosen call, or sends the caller to the keypad with it.
  async start(where = "payments") {
    const call = this.model.chosen;
    const draft = this.model.drafts.get(call);
    if (!draft) return;
    const fault = faultOf(draft, this.model.can("raise_amount"));
    if (fault) {
      this.voice.status(fault.text);
      return;
    }
    await this.#open(call, where, bodyOf(draft));
  }

  async #open(call, where, body) {
    const intent = `${where} ${call} ${JSON.stringify(body)}`;
    if (this.model.busy.has(`open ${call}`)) return;
    this.model.busy.add(`open ${call}`);
    try {
      const answer = await this.do(intent, `/calls/${encodeURIComponent(call)}/${where}`, body);
      if (answer) this.model.drafts.delete(call);
    } finally {
      this.model.busy.delete(`open ${call}`);
      this.changed();
    }
  }

  async ask(field) {
    const p = this.payment;
    if (!p || p.state !== "open" || !field) return;
    const other = p.asking && p.asking !== field;
    const values = { now: fieldName(p.asking).toLowerCase(), next: fieldName(field).toLowerCase() };
    if (other && !(await ask({ title: t("switchTitle", values), text: t("switchText", values), yes: t("switchYes", values) }))) return;
    await this.do(`ask ${p.id} ${field}`, `/payments/${p.id}/ask`, { field });
  }

  simple(what) {
    const p = this.payment;
    return p && live(p) ? this.do(`${what} ${p.id}`, `/payments/${p.id}/${what}`, {}) : null;
  }

  async moreTime() {
    if (this.payment?.asking) await this.simple("more-time");
  }

  // keep does something, so that the payment is not cancelled for doing nothing.
  async keep() {
    const p = this.payment;
    if (p?.asking) await this.moreTime();
    else if (p?.required?.length) await this.ask(p.required[0]);
  }

  async complete() {
    const p = this.payment;
    if (!p || !chargeable(p)) return;
    const { minor, currency } = p.amount;
    await this.do(`complete ${p.id}`, `/payments/${p.id}/complete`, { amount: { minor, currency } }, true);
  }

  async cancel() {
    const p = this.payment;
    if (!p || !live(p)) return;
    if (p.keypad && p.state === "open") {
      this.voice.status(t("keypadNoCancel"));
      return;
    }
    if (p.state === "charging") {
      this.voice.status(t("chargingHint"));
      return;
    }
    if (await ask({ title: t("cancelTitle"), text: t("cancelText"), yes: t("cancelYes"), no: t("cancelNo"), bad: true })) await this.simple("cancel");
  }

  // note keeps the outcome and the note of a payment that is over.
  async note(draft) {
    const p = this.payment;
    if (!p || !over(p)) return;
    const answer = await this.do(`note ${p.id}`, `/payments/${p.id}/note`, { outcome: draft.outcome, note: draft.note.trim() });
    if (!answer) return;
    draft.open = false;
    this.voice.status(t("noteKept"));
    this.changed();
  }

  // receipt sends the receipt. What became of it is told by the payment.
  async receipt() {
    const p = this.payment;
    if (!p || p.state !== "paid") return;
    const answer = await this.do(`receipt ${p.id}`, `/payments/${p.id}/receipt`, {});
    if (answer?.receipt?.state === "sent") this.voice.status(t("receipt.sent", { to: phone(answer.receipt.to), time: "" }));
    else if (!answer && this.model.refused.get(p.call_sid)?.code === "receipt_not_sent") {
      this.model.refused.delete(p.call_sid); // it stands at the receipt, with Twilio's reason
      this.changed();
    }
  }

  async takeOver() {
    const p = this.payment;
    if (!p) return;
    const mine = this.model.mine(p);
    if (await ask({ title: t("takeOverTitle"), text: mine ? t("takeOverMine") : t("takeOverTheirs", { agent: p.agent }), yes: t("takeOver") })) await this.simple("take-over");
  }

  // toKeypad gives the caller to the keypad with what is open now.
  async toKeypad() {
    const p = this.payment;
    if (!p || !(await ask({ title: t("keypadTitle"), text: t("keypadText", { amount: money(p.amount) }), yes: t("sendToKeypad") }))) return;
    await this.#open(p.call_sid, "keypad", again(p));
  }

  // another starts afresh with what is known: only the card is asked again.
  async another() {
    const p = this.payment;
    if (!p || !over(p)) return;
    if (!this.model.handover(p.call_sid)) return;
    await this.#open(p.call_sid, "payments", again(p));
    if (this.model.refused.get(p.call_sid)) this.fresh(p.call_sid === this.model.chosen ? this.model.refused.get(p.call_sid) : null);
  }

  // fresh shows the form again, filled as the last payment was.
  fresh(refused = null) {
    const p = this.payment;
    const draft = p && draftFor(this.model.handover(p.call_sid), p);
    if (!draft) return;
    draft.needsReason = refused?.code === "reason_needed" || (p.state === "paid" && p.intent === "charge");
    this.model.drafts.set(p.call_sid, draft);
    this.changed();
  }
}

// again is the body of a payment like p.
function again(p) {
  const body = { intent: p.intent, method: p.method, reference: p.reference, slow: p.slow, confirm: false, ask_postal: false, first: "first" };
  if (p.intent === "charge") body.amount = { minor: p.amount.minor, currency: p.amount.currency };
  if (p.bank_account_type) body.bank_account_type = p.bank_account_type;
  if (p.intent === "save" && p.token_type) body.token_type = p.token_type;
  return body;
}
