// The page from what the model knows: the calls on the left, the one that is worked on in the middle.

import { h } from "./desk-dom.js";
import { amountWords, drawFields, missingWords } from "./desk-fields.js";
import { chargeable, live, over, slowHelps } from "./desk-model.js";
import { ending, reason } from "./desk-ending.js";
import { wrapWord } from "./desk-wrap.js";
import { clock, known, money, phone, plain, span, t } from "./desk-words.js";

const tag = (mood, mark, text, key) => h("span", { class: `tag ${mood}`, "data-key": key }, h("span", { "aria-hidden": "true" }, mark), ` ${text}`);

export function stageTag(payment) {
  const [mood, mark] = { paid: ["good", "✓"], saved: ["good", "✓"], declined: ["bad", "✗"], unknown: ["warn", "!"], unavailable: ["bad", "!"], caller_left: ["warn", "!"], cancelled: ["", "–"] }[payment.state] ?? ["info", "●"];
  return tag(mood, mark, t(`stage.${payment.state}`));
}

const line = (text, key) => h("p", { class: "soft", "data-key": key }, text);

// drawCalls lists the calls that wait or are worked on.
export function drawCalls(model, since) {
  const calls = model.calls();
  if (calls.length === 0) return h("div", { class: "desk-none" }, h("p", {}, t("noCalls")), line(t("noCallsHint")));
  return h("ul", { class: "desk-calls" }, calls.map((call) => {
    const handover = model.handover(call);
    const payment = model.on(call);
    return h("li", { "data-key": call },
      h("button", { type: "button", class: "desk-call", "data-do": "choose", "data-call": call, "aria-current": call === model.chosen ? "true" : null },
        h("span", { class: "desk-call-top" }, h("b", { class: "num" }, handover ? phone(handover.from) : t("callOver")),
          h("span", { class: "soft num", "data-since": handover?.at }, handover ? span(since(handover.at)) : "")),
        h("span", { class: "desk-call-mid" }, handover ? where(handover) : payment?.reference),
        h("span", { class: "desk-call-end" },
          payment ? stageTag(payment) : tag("warn", "●", t("waiting")),
          payment && over(payment) && model.mine(payment) && h("span", { class: "soft" }, payment.wrap_up ? wrapWord(payment) : t("noNoteYet")),
          h("span", { class: "num" }, payment ? amountWords(payment) : money(handover?.offer?.amount)))));
  }));
}

const where = (handover) => [handover.flow, handover.scene].filter(Boolean).join(" ▸ ");

// drawTeam is a supervisor's view: every payment under way, without any digits.
export function drawTeam(model, since) {
  const all = [...model.payments.values()].filter((p) => live(p) && !model.mine(p));
  if (all.length === 0) return line(t("teamNone"));
  return h("ul", { class: "desk-calls" }, all.map((p) => h("li", { "data-key": p.id },
    h("button", { type: "button", class: "desk-call", "data-do": "choose", "data-call": p.call_sid, "aria-current": p.call_sid === model.chosen ? "true" : null },
      h("span", { class: "desk-call-top" }, h("b", {}, p.agent), h("span", { class: "soft num", "data-since": p.started_at }, span(since(p.started_at)))),
      h("span", { class: "desk-call-mid" }, p.reference),
      h("span", { class: "desk-call-end" }, stageTag(p), h("span", {}, t("fieldsDone", { n: p.fields.filter((f) => f.state === "right").length, all: p.fields.length })),
        h("span", { class: "num" }, amountWords(p)))))));
}

// drawEnded is what a supervisor sees of payments that are over: how they ended, and what the agents wrote.
export function drawEnded(model) {
  const all = [...model.payments.values()].filter((p) => over(p) && !model.mine(p)).sort((a, b) => (newerEnd(a, b) ? -1 : 1));
  return all.length > 0 && h("ul", { class: "desk-calls" }, all.map((p) => h("li", { "data-key": p.id },
    h("button", { type: "button", class: "desk-call", "data-do": "choose", "data-call": p.call_sid, "aria-current": p.call_sid === model.chosen ? "true" : null },
      h("span", { class: "desk-call-top" }, h("b", {}, p.agent), h("span", { class: "soft num" }, clock(p.updated_at).slice(0, 5))),
      h("span", { class: "desk-call-mid" }, p.reference),
      h("span", { class: "desk-call-end" }, stageTag(p), p.wrap_up && h("span", { class: "soft" }, wrapWord(p)), h("span", { class: "num" }, amountWords(p))),
      p.note && h("span", { class: "desk-call-note" }, p.note)))));
}

const newerEnd = (a, b) => new Date(a.updated_at) > new Date(b.updated_at);

// drawUnwrapped asks for the outcome of a call before; nothing waits for it.
export function drawUnwrapped(payment) {
  return payment && h("div", { class: "desk-hint desk-ask-note", "data-key": "unwrapped" },
    h("p", {}, t("noteBefore", { amount: amountWords(payment), reference: payment.reference })),
    h("button", { type: "button", class: "desk-act", "data-do": "choose", "data-call": payment.call_sid }, t("noteWrite")));
}

// drawCaller says whose call it is and what the flow knows.
export function drawCaller(handover, payment, since) {
  if (!handover) return h("header", { class: "desk-caller" }, h("div", { class: "desk-caller-top" }, h("h2", {}, t("callOver")), payment && history(payment.call_sid)));
  const seen = handover.agent_sees ?? [];
  return h("header", { class: "desk-caller" },
    h("div", { class: "desk-caller-top" },
      h("h2", { class: "num" }, phone(handover.from)),
      h("span", { class: "soft num", "data-since": handover.at, title: clock(handover.at) }, span(since(handover.at))),
      h("span", { class: "soft" }, t("fromFlow", { where: where(handover) })),
      handover.language && h("span", { class: "tag" }, t("speaks", { language: handover.language })),
      history(handover.call_sid)),
    seen.length > 0 && h("dl", { class: "desk-seen" }, seen.map((s) => h("div", { "data-key": s.name }, h("dt", {}, plain(s.name)), h("dd", {}, s.value)))));
}

const history = (call) => h("a", { class: "desk-history", href: `/calls/${encodeURIComponent(call)}`, target: "_blank", rel: "noopener" }, t("history"));

// badges prove, or say that nothing proves, that nobody hears or records the keys.
export function badges(payment) {
  if (over(payment)) return null;
  const hidden = ["open", "charging"].includes(payment.state);
  const rec = { none: ["good", "✓", t("recordingNone")], paused: ["good", "✓", t("recordingPaused")] }[payment.recording] ?? ["bad", "✗", t("recordingUnknown")];
  return h("p", { class: "desk-badges", "aria-label": t("secure"), role: "group" },
    hidden || payment.keypad ? tag("good", "✓", t("tonesHidden"), "tones") : tag("bad", "✗", t("tonesOpen"), "tones"),
    tag(...rec, "recording"));
}

// drawPayment is a payment, led from here or watched.
export function drawPayment(payment, { model, screen, handover, language, since, timeLeft, problem }) {
  const leads = model.leads(payment, screen);
  const can = leads && !payment.keypad;
  return h("section", { class: "desk-pay", "data-key": payment.id, "data-state": payment.state, "data-payment": payment.id, "aria-labelledby": "pay-title" },
    h("div", { class: "desk-pay-head" },
      h("h2", { id: "pay-title" }, h("span", { class: "desk-sum num" }, amountWords(payment)), h("span", { class: "desk-ref" }, payment.reference)),
      h("span", { class: "tag" }, payment.method === "ach-debit" ? `${t("methodBank")}, ${t(`bank.${payment.bank_account_type || "consumer-checking"}`).toLowerCase()}` : t("methodCard")),
      payment.slow && h("span", { class: "tag" }, t("slow")),
      stageTag(payment),
      live(payment) && h("span", { class: "soft num", "data-since": payment.started_at }, span(since(payment.started_at))),
      badges(payment)),
    drawLead(payment, model, screen),
    live(payment) && payment.idle_ends_at && timeLeft(payment.idle_ends_at) < 60000 && h("div", { class: "desk-warn", "data-key": "idle" },
      h("p", {}, h("b", {}, t("idle")), " ", t("idleText"), " ", h("span", { class: "num", role: "timer", "data-left": payment.idle_ends_at }, span(timeLeft(payment.idle_ends_at)))),
      leads && !payment.keypad && (payment.asking || payment.required.length > 0) && h("button", { type: "button", class: "desk-act", "data-do": "keep" }, t("keepOpen"))),
    payment.keypad && live(payment) ? keypad(payment) : null,
    live(payment) && slowHelps(payment) && can && h("p", { class: "desk-hint", "data-key": "slow" }, t("slowSuggest")),
    live(payment) && payment.trouble && drawTrouble(payment),
    live(payment) && !payment.keypad && payment.fields.length > 0 && drawFields(payment, { offer: handover?.offer, language, can, timeLeft }),
    over(payment) ? ending(payment, { language, can: model.can("take_payments") && model.mine(payment), offer: handover?.offer, model }) : foot(payment, { can: leads, model, language }),
    problem);
}

function foot(payment, { can, model }) {
  const ready = chargeable(payment);
  const busy = model.busy.has(`complete ${payment.id}`);
  const missing = missingWords(payment);
  const save = payment.intent === "save";
  const why = payment.state === "charging" ? t("chargingHint") : payment.state === "open" && !payment.keypad ? (missing ? t("stillNeeded", { fields: missing }) : t("allThere")) : "";
  return h("footer", { "data-key": "foot", class: "desk-foot" },
    h("p", { class: "desk-needed", id: "needed" }, why),
    can && h("div", { class: "desk-bar" },
      h("button", { type: "button", class: "desk-button quiet", "data-do": "cancel", "data-key": "cancel", "aria-disabled": payment.state === "charging" || (payment.keypad && payment.state === "open") ? "true" : null },
        t("cancel"), h("kbd", { "aria-hidden": "true" }, "Esc")),
      !payment.keypad && model.handover(payment.call_sid) && h("button", { type: "button", class: "desk-button quiet", "data-do": "to-keypad", "data-key": "to-keypad", "aria-disabled": payment.state !== "open" ? "true" : null },
        h("span", { class: "desk-wide" }, t("sendToKeypad")), h("span", { class: "desk-narrow" }, t("keypadShort"))),
      !payment.keypad && h("button", {
        type: "button", class: "desk-button strong", id: "charge", "data-do": "complete", "aria-describedby": "needed",
        "aria-disabled": !ready || busy ? "true" : null,
      }, payment.state === "charging" || busy ? t("charging") : save ? t("saveNow") : t("charge"),
      !save && h("b", { class: "num" }, money(payment.amount)), h("kbd", { "aria-hidden": "true" }, "⏎"))));
}

// drawTrouble is what went wrong with a payment that goes on all the same.
function drawTrouble(payment) {
  const why = reason(payment);
  return h("div", { class: "desk-problem", "data-key": "trouble" }, h("p", {}, h("b", {}, why.what), " ", payment.state === "charging" ? t("chargingTrouble") : why.next, " ",
    payment.trouble.text && h("span", {}, `“${payment.trouble.text}” `), h("code", { class: "desk-code" }, why.code)));
}

function keypad(payment) {
  return h("div", { class: "desk-keypad", "data-key": "keypad" }, h("p", {}, h("b", {}, t("withKeypad"))), h("p", { class: "soft" }, t("withKeypadText", { amount: amountWords(payment) })), h("p", { class: "soft" }, t("keypadNoCancel")));
}

// drawLead says who leads, where it is not this screen.
function drawLead(payment, model, screen) {
  if (over(payment) || model.leads(payment, screen)) return null;
  const mine = model.mine(payment);
  const may = mine ? model.can("take_payments") : model.can("take_over");
  return h("div", { class: "desk-warn", "data-key": "lead" },
    h("p", {}, h("b", {}, mine ? t("otherScreen") : t("otherAgent", { agent: payment.agent })), " ", may ? t("takeOverText") : t("onlyLook")),
    may && payment.state !== "charging" && h("button", { type: "button", class: "desk-act", "data-do": "take-over" }, t("takeOver")));
}

// drawLog is what happened, the latest first.
export function drawLog(payment) {
  if (!payment || (payment.log ?? []).length === 0) return null;
  return h("details", { class: "desk-log", "data-key": `log-${payment.id}`, open: true }, h("summary", {}, t("log")),
    h("ol", {}, [...payment.log].reverse().map((row, i) => h("li", { "data-key": `${payment.log.length - i}` },
      h("time", { datetime: row.at }, clock(row.at)),
      h("span", {}, known(`log.${row.what}`) ? t(`log.${row.what}`) : plain(row.what), row.field ? ` ${known(`field.${row.field}`) ? t(`field.${row.field}`).toLowerCase() : plain(row.field)}` : "",
        row.note ? h("span", { class: "soft" }, ` ${plain(row.note)}`) : "", row.who ? h("span", { class: "soft" }, ` · ${row.who}`) : "")))));
}
