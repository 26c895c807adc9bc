// What the desk knows, and what follows from it. Nothing here touches the page.

export const CARD = "payment-card-number";

const OVER = new Set(["paid", "saved", "declined", "unknown", "cancelled", "caller_left", "unavailable"]);

export const over = (payment) => OVER.has(payment.state);

// A caller pays by keypad without the agent: such a payment is watched, not led.
export const live = (payment) => !over(payment);

export class Model {
  me = { id: "", name: "", roles: [], can: [] };
  payments = new Map();
  handovers = [];
  chosen = null; // the call that is worked on
  drafts = new Map(); // by call: what is about to be started
  notes = new Map(); // by payment: the outcome and note that are being written
  refused = new Map(); // by call: the last problem
  busy = new Set(); // wishes under way: "complete pay_1"
  online = true;
  signedOut = false;
  loaded = false;
  heard = 0; // when the server was last heard, by our clock
  skew = 0; // its clock minus ours

  can(permission) {
    return this.me.can.includes(permission);
  }

  now() {
    return Date.now() + this.skew;
  }

  heardAt(now) {
    this.heard = Date.now();
    if (now) this.skew = new Date(now).getTime() - this.heard;
  }

  // take is a payment as the server has it; an older version than ours is not taken.
  take(payment) {
    const have = this.payments.get(payment.id);
    if (have && have.version > payment.version) return false;
    this.payments.set(payment.id, payment);
    return true;
  }

  // load is the whole picture: what is not in it is gone.
  load(desk) {
    this.me = { can: [], ...desk.me };
    this.handovers = desk.handovers ?? [];
    const there = new Set((desk.payments ?? []).map((p) => p.id));
    for (const [id, p] of this.payments) if (!there.has(id) && p.call_sid !== this.chosen) this.payments.delete(id);
    for (const p of desk.payments ?? []) this.take(p);
    this.loaded = true;
    this.heardAt(desk.now);
  }

  handover(call) {
    return this.handovers.find((each) => each.call_sid === call) ?? null;
  }

  // on is the latest payment of a call; null before the first.
  on(call) {
    let last = null;
    for (const p of this.payments.values()) {
      if (p.call_sid === call && (!last || newer(p, last))) last = p;
    }
    return last;
  }

  // calls is every call with something to do or to look at, those handed over first.
  calls() {
    const list = this.handovers.map((handover) => handover.call_sid);
    for (const p of [...this.payments.values()].sort((a, b) => (newer(a, b) ? -1 : 1))) {
      if (!list.includes(p.call_sid) && this.mine(p)) list.push(p.call_sid);
    }
    return list;
  }

  mine(payment) {
    return payment.agent === this.me.id;
  }

  // unwrapped is a payment of one's own that is over and has no outcome yet, but for the call that is worked on.
  unwrapped() {
    return [...this.payments.values()].find((p) => over(p) && this.mine(p) && !p.wrap_up && p.call_sid !== this.chosen && p === this.on(p.call_sid)) ?? null;
  }

  // leads tells whether this very screen may act.
  leads(payment, screen) {
    return this.can("take_payments") && this.mine(payment) && payment.screen === screen;
  }
}

function newer(a, b) {
  if (live(a) !== live(b)) return live(a);
  return new Date(a.started_at) > new Date(b.started_at);
}

// groups is how a brand prints its digits.
function groups(brand, length) {
  if (brand === "amex" && length <= 15) return [4, 6, 5];
  if (brand === "diners-club" && length <= 14) return [4, 6, 4];
  return Array.from({ length: Math.ceil(length / 4) }, (_, i) => Math.min(4, length - 4 * i));
}

// blocks is a field's digits as blocks in groups: "on" for a key that was pressed, "off" for one that is missing,
// or one of the last four digits once they are known.
export function blocks(field, brand) {
  const length = Math.max(field.length || field.digits, field.digits);
  const secret = field.name === CARD || field.name === "bank-account-number";
  const shown = field.state === "right" ? (/\d{1,4}$/.exec(field.value ?? "")?.[0] ?? "") : "";
  const one = (i) => {
    if (secret && shown && i >= length - shown.length) return shown[i - (length - shown.length)];
    return i < field.digits ? "on" : "off";
  };
  let i = 0;
  const sizes = field.name === CARD ? groups(brand, length) : field.name === "expiration-date" ? groups("", length).flatMap((n) => (n === 4 ? [2, 2] : [n])) : [length];
  return sizes.filter((n) => n > 0).map((n) => Array.from({ length: n }, () => one(i++)));
}

// clear is a value that may be read: the expiry date, the postal code, the routing number.
export function clear(field) {
  const value = field.value ?? "";
  if (field.name === "expiration-date" && /^\d{4}$/.test(value)) return `${value.slice(0, 2)}/${value.slice(2)}`;
  if (field.name === "postal-code" || field.name === "bank-routing-number") return /^\d{1,12}$|^[\w -]{1,10}$/.test(value) ? value : "";
  return "";
}

// chargeable tells whether nothing is missing.
export const chargeable = (payment) => payment.state === "open" && !payment.asking && (payment.required ?? []).length === 0;

// slowHelps tells whether the caller seems to press twice, or to struggle: two wrong numbers in a row.
export const slowHelps = (payment) => !payment.slow && (payment.fields ?? []).some((f) => f.tries >= 2 && f.state === "wrong" && /number/.test(f.name));

// cardLike tells whether a text holds as many digits as a card has, parted or not.
export const cardLike = (text) => /(?:\d[ .\-/]?){13,}/.test(text ?? "");

// withoutCard takes such digits out of a text.
export const withoutCard = (text) => (text ?? "").replaceAll(/(?:\d[ .\-/]?){13,}/g, "").trim();
