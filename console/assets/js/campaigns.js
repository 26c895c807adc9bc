// A campaign's page renews itself when its feed says that something changed: the server draws the page again, and what
// differs is changed in place, so that the focus, what was typed and what is open stay. Forms that open can be closed
// with Escape.

import { h, morph } from "./desk-dom.js";

const CALM = 1000; // ms between two renewals
const AWAY = 5000; // ms between two looks when there is no feed

// Our own server rendered the page and escaped every word; this policy only says so to the browser.
const policy = window.trustedTypes?.createPolicy("paydial-campaigns", { createHTML: (html) => html });

const root = document.getElementById("campaign");
const said = h("p", { class: "hidden", role: "status" });
document.body.append(said);

let last = -Infinity;
let pending = null;

if (root) follow(root.dataset.feed);

function follow(address) {
  const feed = new EventSource(address);
  feed.addEventListener("status", (event) => {
    if (event.lastEventId !== root.dataset.seen) soon(); // else the page shows it already
  });
  feed.addEventListener("error", () => {
    if (feed.readyState !== EventSource.CLOSED) return; // it comes back by itself
    if (!["completed", "ended"].includes(root.dataset.state)) setTimeout(() => { soon(); follow(address); }, AWAY);
  });
}

function soon() {
  pending ??= setTimeout(renew, Math.max(0, last + CALM - performance.now()));
}

async function renew() {
  pending = null;
  last = performance.now();
  try {
    // The header says that no person asked: looking at a live page does not keep a session from ending.
    const response = await fetch(location.href, { cache: "no-store", headers: { "Paydial-Background": "1" } });
    if (response.redirected) return void location.assign(response.url); // the session has ended
    if (!response.ok) return;
    const html = await response.text();
    const next = new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html").getElementById("campaign");
    if (!next) return;
    const before = root.dataset.say;
    morph(root, document.adoptNode(next));
    if (root.dataset.say !== before) said.textContent = root.dataset.say;
  } catch {
    // the server is away; the feed tells when it is back
  }
}

document.addEventListener("toggle", (event) => {
  const act = event.target;
  if (!act.matches?.("[data-act]") || !act.open) return;
  for (const other of document.querySelectorAll("[data-act][open]")) if (other !== act) other.open = false;
  act.querySelector("input:not([type=hidden]), select")?.focus();
}, true);

document.addEventListener("keydown", (event) => {
  const act = event.key === "Escape" && event.target.closest?.("[data-act][open]");
  if (!act) return;
  act.open = false;
  act.querySelector("summary").focus();
});
