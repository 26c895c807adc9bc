// Keys for hands that stay on the keyboard: 1 to 4 ask, Enter charges, Esc cancels, the full stop gives more time, ?
// helps. Single keys can be switched off (WCAG 2.1.4), and are dead where somebody writes or answers a question.

import { asking } from "./desk-ask.js";

const KEY = "paydial.desk.keys";
const WRITES = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";
const OWN_ENTER = "a, button, summary, input, select, [role=button]";

export function keysOn() {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

export function switchKeys(on) {
  try {
    localStorage.setItem(KEY, on ? "on" : "off");
  } catch {
    // no storage: the switch lasts until the page is left
  }
}

// wireKeys calls act(name, number) for every key that means something here.
export function wireKeys(act, isOn) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (asking() || event.target.closest?.(WRITES) || event.target.closest?.("#softphone")) return;
    const what = meaning(event, isOn());
    if (what && act(what[0], what[1])) event.preventDefault();
  });
}

function meaning(event, on) {
  if (event.key === "Escape") return ["cancel"];
  if (!on) return null;
  if (event.key === "Enter") return event.target.closest?.(OWN_ENTER) ? null : ["complete"];
  if (/^[1-4]$/.test(event.key)) return ["ask", Number(event.key)];
  return { ".": ["more-time"], "?": ["help"] }[event.key] ?? null;
}
