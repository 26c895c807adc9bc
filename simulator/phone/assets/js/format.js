// Numbers, times and money as people read them.

// phone writes an E.164 number in groups where its country is known to us, and leaves every other as it is.
export function phone(number) {
  const us = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return us ? `+1 ${us[1]} ${us[2]} ${us[3]}` : number;
}

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

export function clock(created, ms) {
  return clockFormat.format(new Date(created.getTime() + ms));
}

export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

// money takes the exact decimal of a payment and keeps its digits.
export function money(amount, currency) {
  try {
    const digits = (String(amount).split(".")[1] ?? "").length;
    return new Intl.NumberFormat(undefined, {
      style: "currency", currency: currency || "usd", minimumFractionDigits: digits, maximumFractionDigits: digits,
    }).format(amount);
  } catch {
    return `${amount} ${currency}`;
  }
}

// masked writes a masked value with dots instead of the network's crosses and stars.
export function masked(value) {
  const dots = value.replace(/[x*-]/gi, "•");
  const last = /^•{4,}(\d{1,4})$/.exec(dots);
  return last ? `•••• ${last[1]}` : dots;
}

const brands = { visa: "Visa", mastercard: "Mastercard", amex: "Amex", discover: "Discover", jcb: "JCB", "diners-club": "Diners Club", maestro: "Maestro" };

export function brand(name) {
  return brands[name] ?? name;
}

// shortSid keeps both ends of an id: enough to tell two apart, and to find one in a log.
export function shortSid(sid) {
  return sid.length > 12 ? `${sid.slice(0, 6)}…${sid.slice(-4)}` : sid;
}
