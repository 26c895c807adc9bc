// Puts the page together: reads its configuration, rings, follows the call and draws what changes.

import { App, Simulator } from "./api.js";
import { Captions } from "./captions.js";
import { drawCards, keysFor, updateCards } from "./cards.js";
import { $, h, remembered, show } from "./dom.js";
import { Follower } from "./follow.js";
import { shortSid } from "./format.js";
import { Handset } from "./handset.js";
import { wireHelp } from "./help.js";
import { Incoming } from "./incoming.js";
import { Keypad } from "./keypad.js";
import { Call } from "./model.js";
import { drawOutcome } from "./outcome.js";
import { drawPayment } from "./payment.js";
import { OFF, practice, valueOf } from "./practice.js";
import { fill, t } from "./strings.js";
import { wireTheme } from "./theme.js";
import { Timeline } from "./timeline.js";
import { Tones } from "./tones.js";
import { Typist } from "./typist.js";
import { Voice } from "./voice.js";
import { Waiting, fieldName, isPay } from "./waiting.js";

const FRESH = 3000; // ms: older sentences of a call that is taken up again are shown and not spoken

const config = JSON.parse(document.documentElement.dataset.config);
fill(document);
wireTheme($("theme"));
wireHelp();

const simulator = new Simulator(config.simBase);
const app = new App(config.appApi, config.token);
const tones = new Tones();
const voice = new Voice();
const handset = new Handset(config.numbers);
const captions = new Captions($("captions"));
const waiting = new Waiting($("waiting"), $("waiting-spoken"));
const timeline = new Timeline($("timeline"));
const keypad = new Keypad($("keypad"), $("phone"), { press: (key) => press(key), tones });
const typist = new Typist({ simulator, keypad, failed, changed: draw });

let call = null;
let follower = null;
let hungUp = false; // by the person here: the focus goes to Ring as soon as that is shown

drawCards($("cards"), (card) => call && typist.type(call, card));
new Incoming($("incoming"), simulator);
wireOptions();
wireActions();
draw();
resume();
window.addEventListener("hashchange", resume);

function wireOptions() {
  const options = [
    ["opt-tones", "tones", (on) => { tones.enabled = on; }],
    ["opt-speech", "speech", (on) => { voice.enabled = on; if (!on) voice.stop(); }],
    ["opt-open", "open", (on) => { timeline.keepLatestOpen = on; if (call) timeline.draw(call); }],
  ];
  for (const [id, key, set] of options) {
    const box = $(id);
    box.checked = remembered.get(key, box.checked ? "on" : "off") === "on";
    set(box.checked);
    box.addEventListener("change", () => {
      remembered.set(key, box.checked ? "on" : "off");
      set(box.checked);
    });
  }
  $("opt-speech").disabled = !voice.available;
  $("opt-speed").value = remembered.get("speed", "1");
  $("opt-speed").addEventListener("change", () => remembered.set("speed", $("opt-speed").value));
  $("opt-practice").append(practice({}, (habit, card) => call && !call.ended && simulator.caller(call.sid, habit, card).catch(failed)));
}

function wireActions() {
  $("dialler").addEventListener("submit", (event) => {
    event.preventDefault();
    ring();
  });
  $("hangup").addEventListener("click", async () => {
    voice.stop();
    hungUp = true;
    await simulator.hangup(call.sid).catch(failed);
    draw();
  });
  $("silence").addEventListener("click", () => {
    captions.silent();
    simulator.silence(call.sid).catch(failed);
  });
}

async function ring() {
  problem("");
  $("ring").disabled = true;
  try {
    const { from, to } = handset;
    const sid = await simulator.ring(from, to, Number($("opt-speed").value));
    const { habit, card } = valueOf($("opt-practice"));
    if (habit !== OFF) await simulator.caller(sid, habit, card);
    follow(new Call({ sid, from, to, created: new Date() }));
    history.replaceState(null, "", `#${sid}`);
    $("keypad").firstElementChild.focus({ preventScroll: true });
  } catch (failure) {
    problem(t("problemRing", { why: failure.message }));
  } finally {
    $("ring").disabled = false;
  }
}

// resume takes up the call that the address names.
async function resume() {
  const sid = location.hash.slice(1);
  if (sid === call?.sid) return;
  if (!/^CA\w+$/.test(sid)) return;
  try {
    const known = await simulator.call(sid);
    follow(new Call({ sid, from: known.from, to: known.to, created: new Date(known.created_at) }));
  } catch {
    history.replaceState(null, "", location.pathname);
  }
}

function follow(next) {
  follower?.stop();
  call = next;
  hungUp = false;
  captions.clear();
  waiting.clear();
  timeline.clear();
  handset.show(call);
  follower = new Follower({
    simulator, app, call, seen, changed: draw,
    offline: (on) => problem(on ? t("problemOffline") : ""),
  });
  draw();
}

// seen turns events into what is heard and what was pressed, in their order.
function seen(event) {
  switch (event.type) {
    case "heard":
      captions.said(event.text, event.language);
      if (Date.now() - call.created.getTime() - event.at_ms < FRESH) voice.say(event.text, event.language);
      break;
    case "key":
      if (event.ignored) break;
      captions.pressed(event.key ?? "", Boolean(event.masked));
      voice.stop();
      break;
    case "waiting":
      captions.nextField();
      break;
    case "ended":
      captions.note(t("callOver"));
      voice.stop();
      break;
  }
}

function press(key) {
  if (call && !call.ended && !typist.busy) typist.press(call, key);
}

function failed(failure) {
  if (failure.status === 409) return; // the call ended meanwhile, which the feed says too
  problem(failure.status === 404 ? t("problemGone") : t("problemSend", { why: failure.message }));
}

function problem(text) {
  if ($("problem").textContent !== text) $("problem").textContent = text;
  show($("problem"), text !== "");
}

function draw() {
  handset.draw();
  if (hungUp && call?.ended) {
    hungUp = false;
    $("ring").focus();
  }
  const waitingFor = call?.waitingFor ?? "";
  const live = Boolean(call) && !call.ended;
  keypad.enable(live);
  updateCards($("cards"), { waitingFor, busy: typist.busy, last: typist.last });
  $("cards-note").textContent = typist.busy ? t("cardTyping")
    : keysFor({ number: "0", code: "0" }, waitingFor) && isPay(waitingFor) ? t("cardsNow", { field: fieldName(waitingFor.slice(4)) })
      : t("cardsIdle");
  drawCall(live);
  if (live) waiting.update(waitingFor, call.keys);
  else waiting.clear();
}

function drawCall(live) {
  $("call-title").textContent = call ? handset.nameOf(call.to) : t("noCall");
  show($("live"), live);
  show($("empty"), !call);
  show($("call-link"), Boolean(call) && app.known);
  if (!call) return;
  $("call-link").href = `/calls/${call.sid}`;
  $("call-link").textContent = t("openCall", { sid: shortSid(call.sid) });
  drawScenes(call.app?.scenes ?? []);
  drawPayment($("payment"), call.payment);
  drawOutcome($("outcome"), call);
  timeline.draw(call);
}

function drawScenes(scenes) {
  show($("scenes"), scenes.length > 0);
  if ($("scenes").dataset.shown === scenes.join()) return;
  $("scenes").dataset.shown = scenes.join();
  $("scenes").replaceChildren(...scenes.map((scene, i) =>
    h("li", { "aria-current": i === scenes.length - 1 ? "step" : null }, h("span", {}, scene))));
}
