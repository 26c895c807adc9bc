// An agent's phone, for a page that has an element softphone: legs that ring for somebody who sits at a browser
// (client:…) are shown with Answer and Decline, and once answered with a timer and Hang up. It knows the simulator's
// control API and nothing of the page around it.

import { Simulator } from "./api.js";
import { h } from "./dom.js";
import { duration, phone } from "./format.js";
import { practice, show } from "./practice.js";
import { t } from "./strings.js";

const EVERY = 700; // ms between two looks

const root = document.getElementById("softphone");
if (root) {
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = "/phone/assets/css/agent.css";
  document.head.append(style);
  new AgentPhone(root, new Simulator("/sim/v1")).look();
}

function AgentPhone(root, simulator) {
  let drawn = null;
  let busy = false;
  const spoken = h("p", { class: "agent-spoken", role: "status" });
  const list = h("div", { class: "agent-legs" });
  root.replaceChildren(spoken, list);

  this.look = async () => {
    try {
      const calls = await simulator.calls();
      draw(calls.filter(forSomebodyHere).map((leg) => ({ leg, caller: calls.find((c) => c.call_sid === leg.parent_call_sid) })));
    } catch {
      draw([]);
    }
    setTimeout(this.look, EVERY);
  };

  // Drawn again only when something changed: the focus may be on one of the buttons.
  function draw(legs) {
    const now = legs.map(({ leg }) => `${leg.call_sid} ${leg.status}`).join();
    for (const { leg, caller } of legs) {
      const timer = list.querySelector(`[data-leg="${leg.call_sid}"] time`);
      if (timer) timer.textContent = duration(leg.seconds * 1000);
      show(list.querySelector(`[data-leg="${leg.call_sid}"] .practice`), caller?.caller);
    }
    if (now === drawn) return;
    drawn = now;
    const ringing = legs.find(({ leg }) => leg.status !== "in-progress");
    spoken.textContent = ringing ? t("agentRings", { from: name(ringing) }) : "";
    list.replaceChildren(...(legs.length ? legs.map(one) : [h("p", { class: "agent-idle" }, h("span", { class: "agent-dot", "aria-hidden": "true" }), t("agentIdle"))]));
  }

  function one({ leg, caller }) {
    const ringing = leg.status !== "in-progress";
    const act = (what) => async () => {
      if (busy) return;
      busy = true;
      await simulator[what](leg.call_sid).catch(() => null);
      busy = false;
      drawn = null; // to be drawn again, whatever it was
    };
    return h("div", { class: "agent-leg", "data-leg": leg.call_sid, "data-state": ringing ? "ringing" : "talking" },
      h("p", {}, h("b", {}, name({ leg, caller })), " ", ringing ? t("agentIsCalling") : t("agentOnCall"), ringing ? null : h("time", {}, duration(leg.seconds * 1000))),
      h("p", { class: "agent-acts" },
        ringing ? h("button", { type: "button", class: "agent-answer", onclick: act("answer") }, t("answer")) : null,
        h("button", { type: "button", class: "agent-hangup", onclick: act("hangup") }, t(ringing ? "agentDecline" : "hangup"))),
      ringing || !caller ? null : practice(caller.caller, (habit, card) => simulator.caller(caller.call_sid, habit, card).catch(() => null)));
  }
}

const name = ({ leg, caller }) => phone(caller?.direction === "inbound" ? caller.from : leg.from);

function forSomebodyHere(leg) {
  return !leg.ended && leg.to.startsWith("client:") && ["queued", "ringing", "in-progress"].includes(leg.status);
}
