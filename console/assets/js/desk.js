// The agent's payment desk. The server has the state; this module shows it, counts the seconds, and sends wishes.
// Nothing of a payment is kept in this browser.

import { Acts } from "./desk-acts.js";
import { Api, screenID } from "./desk-api.js";
import { $, fill, h } from "./desk-dom.js";
import { countdown } from "./desk-fields.js";
import { draftFor, drawForm } from "./desk-form.js";
import { keysOn, switchKeys, wireKeys } from "./desk-keys.js";
import { cardLike, live, Model, over, withoutCard } from "./desk-model.js";
import { drawCaller, drawCalls, drawEnded, drawLog, drawPayment, drawTeam, drawUnwrapped } from "./desk-view.js";
import { Voice } from "./desk-voice.js";
import { clock, span, t, useWords } from "./desk-words.js";
import { noteOf, wireWrap } from "./desk-wrap.js";

const SILENT = 40000; // ms without a word from the server, which speaks every 15 s, until the line counts as broken

const root = $("desk");
const model = new Model();
const touched = new Set();
let api, acts, feed, screen, keys = keysOn(), planned = false;

useWords(JSON.parse(root.dataset.words));
const voice = new Voice({ polite: $("desk-polite"), status: $("desk-status"), alert: $("desk-alert") });

const since = (at) => model.now() - new Date(at).getTime();
const timeLeft = (until) => new Date(until).getTime() - model.now();

start();

async function start() {
  screen = await screenID();
  api = new Api({ base: "/api/v1", csrf: root.dataset.csrf, screen });
  acts = new Acts({ model, api, voice, changed: plan });
  $("desk-live").hidden = false;
  $("desk-still")?.remove();
  wire();
  await load();
  listen();
  setInterval(tick, 250);
}

// load takes the whole picture. Who was signed out is told so.
async function load(byItself = false) {
  try {
    model.load(await api.desk(byItself));
    model.online = true;
    choose();
    plan();
    return true;
  } catch (failure) {
    model.online = false;
    model.signedOut = failure.status === 401;
    plan();
    return false;
  }
}

// listen follows what is new. A browser comes back to a broken stream by itself; to one that was refused, we do.
function listen(wait = 1000) {
  feed?.close();
  feed = api.events();
  let opened = false;
  feed.addEventListener("open", () => {
    if (!model.online || opened) load(true);
    opened = model.online = true;
    model.signedOut = false;
    model.heardAt();
    plan();
  });
  feed.addEventListener("payment", (event) => heard(event, (payment) => {
    if (model.take(payment) && payment.call_sid === model.chosen) voice.heard(payment, model.handover(payment.call_sid)?.offer);
  }));
  feed.addEventListener("handovers", (event) => heard(event, (list) => { model.handovers = list; }));
  feed.addEventListener("gone", (event) => heard(event, ({ id, agent }) => {
    const p = model.payments.get(id);
    if (p) model.payments.set(id, { ...p, agent }); // it stays to be seen; who leads it now may change it
  }));
  feed.addEventListener("beat", (event) => heard(event, ({ now }) => model.heardAt(now)));
  feed.addEventListener("error", () => {
    model.online = false;
    plan();
    if (feed.readyState !== EventSource.CLOSED) return;
    setTimeout(async () => {
      await load(true);
      if (!model.signedOut) listen(Math.min(wait * 2, 15000));
    }, wait);
  });
}

function heard(event, take) {
  take(JSON.parse(event.data));
  model.online = true;
  model.heard = Date.now();
  choose();
  plan();
}

// choose takes the first call to work on, where none is chosen or the chosen one is gone.
function choose(call = null) {
  const calls = model.calls();
  if (call) model.chosen = call;
  else if (!model.chosen || !(calls.includes(model.chosen) || model.on(model.chosen))) model.chosen = calls[0] ?? null;
  const handover = model.handover(model.chosen);
  if (handover && !model.on(model.chosen) && !model.drafts.has(model.chosen)) model.drafts.set(model.chosen, draftFor(handover));
}

// plan renews the page once, soon, however much is new.
function plan() {
  if (planned) return;
  planned = true;
  queueMicrotask(() => {
    planned = false;
    render();
  });
}

function render() {
  const p = acts.payment;
  if (p) acts.readied(p);
  const had = document.activeElement;
  const hadFocus = root.contains(had) && had !== root;
  $("desk-calls-panel").toggleAttribute("data-only", model.calls().length === 1 && model.calls()[0] === model.chosen);
  fill($("desk-calls"), model.loaded ? drawCalls(model, since) : h("p", { class: "soft" }, t("loading")));
  $("desk-team-panel").hidden = !(model.can("take_over") || model.can("see_audit"));
  if (!$("desk-team-panel").hidden) fill($("desk-team"), drawTeam(model, since));
  const ended = !$("desk-team-panel").hidden && drawEnded(model);
  $("desk-ended-panel").hidden = !ended;
  fill($("desk-ended"), ended);
  drawBar();
  fill($("desk-work"), drawWork(p));
  fill($("desk-foot"), drawLog(p));
  if (hadFocus && !had.isConnected) $("desk-work").focus({ preventScroll: true });
}

function drawWork(p) {
  const handover = model.handover(model.chosen);
  const draft = model.drafts.get(model.chosen);
  if (!model.chosen) return h("div", { class: "desk-empty" }, h("h2", {}, t("emptyTitle")), h("p", { class: "soft" }, t("emptyText")));
  const language = handover?.language || "en-US";
  const problem = drawProblem(model.refused.get(model.chosen));
  const form = draft && model.can("take_payments") && (!p || over(p));
  return [
    drawCaller(handover, p, since),
    (!p || over(p)) && model.can("take_payments") && drawUnwrapped(model.unwrapped()),
    form ? h("section", { class: "desk-pay", "data-key": `take-${model.chosen}`, "aria-labelledby": "take-title" },
      h("div", { class: "desk-pay-head" }, h("h2", { id: "take-title" }, t("takeTitle")),
        p && h("button", { type: "button", class: "desk-act quiet", "data-do": "back" }, t("backToResult"))),
      drawForm(draft, { language, mayRaise: model.can("raise_amount"), busy: model.busy.has(`open ${model.chosen}`), touched, problem }))
      : p ? drawPayment(p, { model, screen, handover, language, since, timeLeft, problem })
        : h("p", { class: "desk-empty soft", "data-key": "no-offer" }, t("onlyLook")),
  ];
}

// drawProblem says what the server refused, in its words, with what to do.
function drawProblem(problem) {
  if (!problem) return null;
  const title = problem.status === 0 ? t("noAnswer") : problem.title;
  return h("div", { class: "desk-problem", "data-key": "problem" },
    h("p", {}, h("b", {}, `! ${title}`), " ", problem.status === 0 ? t("noAnswerHint") : problem.detail || problem.help || "", " ", problem.code && h("code", { class: "desk-code" }, problem.code)));
}

// drawBar says that the line to the server is broken, and how old everything here is.
function drawBar() {
  const bar = $("desk-offline");
  bar.hidden = model.online && !model.signedOut;
  root.classList.toggle("desk-old", !model.online);
  if (bar.hidden) return fill(bar);
  if (model.signedOut) return fill(bar, h("p", {}, h("b", {}, t("signedOut")), " ", h("a", { href: "/sign-in?next=/desk" }, t("signInAgain"))));
  return fill(bar, h("p", {}, h("b", {}, t("offline")), " ", model.heard ? t("offlineAge", { time: clock(model.heard), age: span(Date.now() - model.heard) }) : t("offlineNever")));
}

// tick renews the seconds, and nothing else.
function tick() {
  if (model.online && model.heard && Date.now() - model.heard > SILENT) {
    model.online = false;
    listen();
  }
  if (!model.online) drawBar();
  for (const el of root.querySelectorAll("[data-since]")) setText(el, span(since(el.dataset.since)));
  for (const el of root.querySelectorAll("[data-left]")) setText(el, span(timeLeft(el.dataset.left)));
  const p = acts.payment;
  if (!p) return;
  const asked = p.fields.find((f) => f.name === p.asking && f.until);
  for (const el of root.querySelectorAll("[data-until]")) {
    const left = timeLeft(el.dataset.until);
    setText(el, countdown(asked?.digits, left));
    el.toggleAttribute("data-soon", left <= 10000);
  }
  if (asked) voice.left(asked, timeLeft(asked.until));
  const idle = live(p) && p.idle_ends_at && timeLeft(p.idle_ends_at) < 60000;
  if (Boolean(idle) !== Boolean(root.querySelector("[data-left]"))) plan();
}

function setText(el, text) {
  if (el.textContent !== text) el.textContent = text;
}

function wire() {
  const doing = {
    start: () => acts.start(), keypad: () => acts.start("keypad"), ask: (el) => acts.ask(el.dataset.field),
    "more-time": () => acts.moreTime(), stop: () => acts.simple("stop"), complete: () => acts.complete(), cancel: () => acts.cancel(),
    "take-over": () => acts.takeOver(), "to-keypad": () => acts.toKeypad(), another: () => acts.another(), fresh: () => acts.fresh(),
    keep: () => acts.keep(), back: () => { model.drafts.delete(model.chosen); plan(); }, help: () => $("desk-help").showModal(),
    choose: (el) => { choose(el.dataset.call); plan(); }, receipt: () => acts.receipt(),
    "note-open": () => openNote(true), "note-close": () => openNote(false),
  };
  root.addEventListener("click", (event) => {
    const el = event.target.closest("[data-do]");
    if (!el || el.type === "submit" || el.getAttribute("aria-disabled") === "true") return;
    doing[el.dataset.do]?.(el);
  });
  root.addEventListener("submit", (event) => {
    if (event.target.matches(".desk-form")) {
      event.preventDefault();
      for (const name of ["amount", "consent", "reason"]) touched.add(name);
      plan();
      acts.start();
    }
  });
  root.addEventListener("input", write);
  wireWrap(root, { model, acts, voice, changed: plan });
  root.addEventListener("change", ({ target }) => {
    const draft = model.drafts.get(model.chosen);
    if (draft?.noCard && draft.noCard === target.name) draft.noCard = "";
  });
  wireKeys((what, n) => {
    const p = acts.payment;
    if (what === "help") return doing.help() ?? true;
    if (!p || over(p) || !model.leads(p, screen)) return false;
    if (what === "ask") return n <= p.fields.length && !p.keypad ? (acts.ask(p.fields[n - 1].name), true) : false;
    if (p.keypad && what !== "cancel") return false;
    doing[what]();
    return true;
  }, () => keys);
  const box = $("desk-keys");
  box.checked = keys;
  box.addEventListener("change", () => switchKeys(keys = box.checked));
}

// openNote opens a note that is kept, to be changed, or leaves it as it is kept.
function openNote(open) {
  const p = acts.payment;
  model.notes.delete(p.id);
  noteOf(model, p).open = open;
  plan();
}

// write takes what was written into the draft. Digits like a card's are taken out again, and it is said why.
function write(event) {
  const el = event.target;
  const draft = model.drafts.get(model.chosen);
  if (!draft || !el.name || !el.closest(".desk-form")) return;
  if ("nocard" in el.dataset) {
    const bad = cardLike(el.value);
    if (bad) el.value = withoutCard(el.value);
    if (bad) draft.noCard = el.name; // it stays to be read until the field is left
    if (bad) voice.alert(t("noCardHere"));
  }
  if (el.name === "amount") {
    const clean = el.value.replaceAll(/[^\d.,]/g, "").replace(",", ".");
    if (clean !== el.value) el.value = clean;
    touched.add("amount");
  }
  draft[el.name] = el.type === "checkbox" ? el.checked : el.value;
  if (el.name === "method" || el.name === "intent") draft.consent = false;
  plan();
}
