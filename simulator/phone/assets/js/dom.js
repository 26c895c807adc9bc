// Small helpers for building the page. Text is always set as text, never as HTML.

export const $ = (id) => document.getElementById(id);

// h("p", {class: "said", lang: "en-US"}, "Hello") makes an element. null and false attributes are left out.
export function h(name, attrs = {}, ...children) {
  const el = document.createElement(name);
  for (const [key, value] of Object.entries(attrs)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) el.addEventListener(key.slice(2), value);
    else el.setAttribute(key, value === true ? "" : String(value));
  }
  el.append(...children.filter((c) => c !== null && c !== undefined && c !== false));
  return el;
}

export function show(el, on) {
  el.hidden = !on;
}

// remembered reads and writes a choice of this browser; it works without storage too.
export const remembered = {
  get(key, fallback) {
    try {
      return localStorage.getItem(`paydial.${key}`) ?? fallback;
    } catch {
      return fallback;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`paydial.${key}`, value);
    } catch {
      // a private window: the choice lasts until the page is left
    }
  },
};
