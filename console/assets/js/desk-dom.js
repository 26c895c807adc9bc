// Building and renewing the page. Text is always set as text, never as HTML.

// h("p", {class: "soft"}, "Hello") makes an element. null and false attributes are left out.
export function h(name, attrs = {}, ...children) {
  const el = document.createElement(name);
  for (const [key, value] of Object.entries(attrs ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    el.setAttribute(key, value === true ? "" : String(value));
  }
  el.append(...children.flat(3).filter((c) => c !== null && c !== undefined && c !== false && c !== ""));
  return el;
}

export const $ = (id) => document.getElementById(id);

const keyOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.id || node.dataset.key || null : null);

// What the person at the desk sets by hand is theirs: it is not put back by a renewal.
const OWN = { INPUT: ["value", "checked"], OPTION: ["selected"], DETAILS: ["open"], DIALOG: ["open"], TEXTAREA: [] };

// morph makes from look like to and keeps every element that stays, and with it the focus and what was typed.
export function morph(from, to) {
  if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName || keyOf(from) !== keyOf(to)) {
    from.replaceWith(to);
    return to;
  }
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.data !== to.data) from.data = to.data;
    return from;
  }
  const own = OWN[from.nodeName] ?? [];
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name) && !own.includes(name)) from.removeAttribute(name);
  for (const { name, value } of [...to.attributes]) {
    if (!own.includes(name) && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  morphChildren(from, [...to.childNodes]);
  return from;
}

// fill makes the children of root these.
export function fill(root, ...children) {
  morphChildren(root, [...h("div", {}, ...children).childNodes]);
}

function morphChildren(from, wanted) {
  const stays = new Set(wanted.map(keyOf).filter(Boolean));
  const known = new Map();
  for (const child of from.children) if (keyOf(child)) known.set(keyOf(child), child);
  let at = from.firstChild;
  for (const want of wanted) {
    while (at && keyOf(at) && !stays.has(keyOf(at))) at = drop(at);
    const key = keyOf(want);
    const have = key ? known.get(key) : at && !keyOf(at) && at.nodeName === want.nodeName ? at : null;
    if (!have) {
      from.insertBefore(want, at);
      continue;
    }
    if (have !== at) from.insertBefore(have, at);
    at = morph(have, want).nextSibling;
  }
  while (at) at = drop(at);
}

function drop(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}
