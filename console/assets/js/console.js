// Live pages renew themselves: by the call's feed where there is one, else every few seconds. Without this module
// every page says the same when it is loaded again.

import { wireGoKeys } from "./go-keys.js";
import { wireTheme } from "./theme.js";

const EVERY = 3000; // ms between two looks of a page without a feed
const CALM = 250; // ms to gather events that come together

document.documentElement.classList.add("scripted");
wireTheme(document.getElementById("theme"));
wireGoKeys(document.getElementById("go-keys"));
showWhere();
window.addEventListener("resize", showWhere);

// Our own server rendered the page and escaped every word; this policy only says so to the browser.
const policy = window.trustedTypes?.createPolicy("paydial", { createHTML: (html) => html });

const main = document.getElementById("main");
let pending = null;

if (main.dataset.events) {
  const feed = new EventSource(main.dataset.events);
  for (const kind of ["call", "scene", "ending", "outcome", "effect", "payment", "pay", "note", "send", "flag", "error", "fallback"]) {
    feed.addEventListener(kind, () => { pending ??= setTimeout(renew, CALM); });
  }
} else if ("live" in main.dataset) {
  setInterval(() => document.visibilityState === "visible" && renew(), EVERY);
}

// showWhere brings the current page's name into sight: on a narrow screen the names scroll sideways.
function showWhere() {
  const nav = document.querySelector(".bar-nav");
  const here = nav?.querySelector("[aria-current]");
  if (here) nav.scrollLeft += here.getBoundingClientRect().left - nav.getBoundingClientRect().left - (nav.clientWidth - here.offsetWidth) / 2;
}

// renew takes the page's main part from the server again. What has the focus or is selected is left alone.
async function renew() {
  pending = null;
  if (main.contains(document.activeElement) && document.activeElement !== main) return;
  if (!document.getSelection()?.isCollapsed) return;
  try {
    // The header says that no person asked: looking at a live page does not keep a session from ending.
    const response = await fetch(location.href, { cache: "no-store", headers: { "Paydial-Background": "1" } });
    if (response.redirected) return void location.assign(response.url); // the session has ended: to the page to sign in at
    if (!response.ok) return;
    const html = await response.text();
    const next = new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html").getElementById("main");
    if (next && next.innerHTML !== main.innerHTML) main.replaceChildren(...next.childNodes);
  } catch {
    // the server is away; the next look may find it
  }
}
