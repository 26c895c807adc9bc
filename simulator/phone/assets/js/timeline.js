// The call's timeline: keys, payment fields, and every webhook with its answer to unfold. Rows are kept by place:
// a row that did not change is not drawn again, so that what is open stays open and the focus stays where it is.

import { h } from "./dom.js";
import { clock, masked, phone } from "./format.js";
import { troubleText } from "./payment.js";
import { t } from "./strings.js";
import { draw, gist } from "./twiml.js";
import { fieldName, isPay } from "./waiting.js";

// The parameters that come with every webhook and say nothing new go last.
const COMMON = /^(AccountSid|ApiVersion|Call(Sid|Token|er.*|ed.*)|Direction|(From|To)(City|State|Zip|Country)?|StirVerstat|ForwardedFrom)$/;

export class Timeline {
  #root;
  #items = []; // {el, shown} by row
  #open = new Set(); // webhooks that the reader opened or closed; they are left alone
  #pinned = true; // to the newest row, until the reader scrolls up
  keepLatestOpen = true;

  constructor(root) {
    this.#root = root;
    root.addEventListener("scroll", () => { this.#pinned = this.#atEnd(); });
    new ResizeObserver(() => this.#follow()).observe(root);
  }

  clear() {
    this.#root.replaceChildren();
    this.#items = [];
    this.#open.clear();
    this.#pinned = true;
  }

  draw(call) {
    const latest = call.rows.findLast((row) => row.kind === "hook" && row.body)?.id;
    call.rows.forEach((row, i) => {
      const shown = JSON.stringify(row);
      let item = this.#items[i];
      if (!item) {
        item = { el: h("li", {}), shown: "" };
        this.#items.push(item);
        this.#root.append(item.el);
      }
      if (item.shown !== shown) {
        item.shown = shown;
        this.#drawRow(item.el, row, call);
      }
      if (row.kind === "hook") this.#unfold(item.el.firstElementChild, row, latest);
    });
    this.#follow();
  }

  #follow() {
    if (this.#pinned) this.#root.scrollTop = this.#root.scrollHeight;
  }

  #atEnd() {
    return this.#root.scrollHeight - this.#root.scrollTop - this.#root.clientHeight < 40;
  }

  #unfold(details, row, latest) {
    if (!this.#open.has(row.id)) details.open = this.keepLatestOpen && row.id === latest;
  }

  #drawRow(li, row, call) {
    if (row.kind !== "hook") {
      li.replaceChildren(simple(row, call));
      return;
    }
    const was = li.firstElementChild?.open ?? false;
    const focused = li.contains(document.activeElement);
    const details = hook(row, call);
    details.open = was;
    details.firstElementChild.addEventListener("click", () => this.#open.add(row.id));
    li.replaceChildren(details);
    if (focused) details.firstElementChild.focus();
  }
}

// line is the grid that every row has: time, mark, text, end.
function line(name, { row, call, mark, mood, text, end = [] }) {
  return h(name, { class: "row", "data-kind": row.kind },
    h("time", {}, clock(call.created, row.at)),
    h("span", { class: "row-mark", "data-mood": mood, "aria-hidden": "true" }, mark),
    h("span", { class: "row-text" }, ...text),
    h("span", { class: "row-end" }, ...end));
}

function simple(row, call) {
  const [mark, mood, ...text] = sayRow(row, call);
  return line("div", { row, call, mark, mood, text });
}

const mono = (text) => h("span", { class: "mono" }, text);

function sayRow(row, call) {
  switch (row.kind) {
    case "rang": return ["☎", "key", t("rowRang", { from: phone(call.from), to: phone(call.to) })];
    case "keys": {
      const what = row.masked && isPay(row.field) ? `${fieldName(row.field.slice(4))} ` : `${t(row.count === 1 ? "rowKey" : "rowKeys")} `;
      return ["←", "key", what, row.masked ? mono(t("rowMaskedKeys", { count: row.count })) : h("b", {}, mono(row.keys))];
    }
    case "ignored": return ["!", "", t(row.count === 1 ? "rowIgnored" : "rowIgnoredMany", { count: row.count })];
    case "wrong": return ["!", "bad", t("rowWrong", { field: fieldName(row.field), trouble: troubleText(row.trouble) })];
    case "paid": return row.result === "success" ? ["✓", "good", t("rowPaid")] : ["✗", "bad", t("rowNotPaid", { result: row.result.replaceAll("-", " ") })];
    case "leg": return ["☎", "key", t("rowLeg", { to: row.to.replace("client:", ""), status: row.status })];
    case "log": return ["!", row.level === "error" ? "bad" : "", `${row.code || ""} ${row.text}`.trim()];
    case "ended": return ["☎", "", t("rowEnded", { seconds: Math.floor((row.at - (call.answeredAt ?? row.at)) / 1000) })];
    default: return ["·", "", row.kind];
  }
}

function hook(row, call) {
  const url = new URL(row.url, location.href);
  const told = row.body ? gist(row.body) : null;
  const text = [h("span", { class: "path" }, `${row.method} ${url.pathname}`)];
  if (row.times > 1) text.push(h("span", { class: "gist" }, `×${row.times}`));
  if (row.scene) text.push(" ", h("span", { class: "scene-chip" }, row.scene));
  if (told?.verb) text.push(h("span", { class: "gist" }, `<${told.verb}> ${told.text}`));
  else if (row.trouble) text.push(h("span", { class: "gist" }, row.trouble));
  const good = row.status >= 200 && row.status < 300;
  const end = row.done
    ? [h("span", { class: "status", "data-mood": good ? "good" : "bad" }, row.status ? `${row.status}` : t("hookFailed")),
      h("span", { class: "num" }, t("hookMs", { ms: row.ms }))]
    : ["…"];
  return h("details", { class: "hook", "data-purpose": row.purpose },
    line("summary", { row, call, mark: "→", mood: row.done && !good ? "bad" : "", text, end }),
    h("div", { class: "hook-body" },
      h("div", {}, h("h4", {}, t("hookAsked")), params(row.params ?? {})),
      h("div", {}, h("h4", {}, t("hookAnswered")), row.body ? draw(row.body) : h("p", { class: "panel-note" }, t("hookNoAnswer")))));
}

function params(all) {
  const names = Object.keys(all).filter((name) => all[name] !== "");
  names.sort((a, b) => COMMON.test(a) - COMMON.test(b));
  if (names.length === 0) return h("p", { class: "panel-note" }, t("hookNoParams"));
  return h("dl", { class: "params", tabindex: "0", "aria-label": t("hookAsked") },
    ...names.map((name) => h("div", {}, h("dt", {}, name), h("dd", {}, shown(name, all[name])))));
}

function shown(name, value) {
  return /^(PaymentCardNumber|SecurityCode|BankAccountNumber)$/.test(name) ? masked(value) : value;
}
