// g and a second key go to a page of the bar. They are dead where somebody writes, and can be switched off
// (WCAG 2.1.4).

const KEY = "paydial.keys";
const PATIENCE = 1500; // ms between the two keys
const WRITES = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable], dialog, #softphone";
const PLACES = { n: "/", d: "/desk", c: "/calls", f: "/flows", m: "/campaigns", x: "/dnc", p: "/payments", r: "/recordings", a: "/audit" };

function isOn() {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

// wireGoKeys listens to keys; tick is the switch.
export function wireGoKeys(tick) {
  let on = isOn();
  let since = -Infinity;
  if (tick) {
    tick.checked = on;
    tick.addEventListener("change", () => {
      on = tick.checked;
      try {
        localStorage.setItem(KEY, on ? "on" : "off");
      } catch {
        // no storage: the switch lasts until the page is left
      }
    });
  }
  document.addEventListener("keydown", (event) => {
    const began = since;
    since = -Infinity;
    if (!on || event.defaultPrevented || event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest?.(WRITES)) return;
    if (event.timeStamp - began < PATIENCE) {
      const link = document.querySelector(`.bar-nav a[href="${PLACES[event.key]}"]`);
      if (!link) return;
      event.preventDefault();
      link.click();
    } else if (event.key === "g") {
      since = event.timeStamp;
    }
  });
}
