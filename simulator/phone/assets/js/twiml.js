// Reads TwiML just well enough to show it: indentation, colours, and what its first verb asks for. It is not a
// parser for anything else, and it never makes HTML of what it reads.

import { h } from "./dom.js";

const TOKEN = /<\?[^>]*\?>|<!--[\s\S]*?-->|<\/?[A-Za-z][^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>|[^<]+|</g;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*("[^"]*"|'[^']*')/g;

// read splits a document into {kind: "open" | "close" | "empty" | "text", name, attributes, text}.
export function read(xml) {
  const tokens = [];
  for (const [raw] of xml.matchAll(TOKEN)) {
    if (raw.startsWith("<?") || raw.startsWith("<!--")) continue;
    if (!raw.startsWith("<") || raw === "<") {
      const text = raw.trim();
      if (text) tokens.push({ kind: "text", text });
      continue;
    }
    if (raw.startsWith("</")) {
      tokens.push({ kind: "close", name: raw.slice(2, -1).trim() });
      continue;
    }
    const empty = raw.endsWith("/>");
    const name = raw.match(/^<([\w:.-]+)/)[1];
    const attributes = [...raw.matchAll(ATTRIBUTE)].map((m) => [m[1], m[2].slice(1, -1)]);
    tokens.push({ kind: empty ? "empty" : "open", name, attributes });
  }
  return tokens;
}

// find gives the attributes of the first element of that name as an object, or null.
export function find(xml, name) {
  const token = read(xml).find((each) => each.name === name && each.kind !== "close");
  return token ? Object.fromEntries(token.attributes.map(([key, value]) => [key, unescape(value)])) : null;
}

// gist is one line about a document: the verb the call waits at and the words that come with it.
export function gist(xml) {
  const tokens = read(xml).filter((each) => each.name !== "Response");
  const waits = ["Pay", "Gather", "Dial", "Record", "Redirect", "Hangup", "Reject"];
  const stop = waits.map((name) => tokens.find((each) => each.name === name && each.kind !== "close")).find(Boolean);
  const words = tokens.find((each) => each.kind === "text");
  return { verb: stop?.name ?? tokens[0]?.name ?? "", text: words ? unescape(words.text) : "" };
}

// draw makes an indented, coloured <pre> of a document.
export function draw(xml) {
  const pre = h("pre", { class: "twiml", tabindex: "0" });
  let depth = 0;
  const tokens = read(xml);
  tokens.forEach((token, i) => {
    if (token.kind === "close") depth -= 1;
    const inline = token.kind === "text" || (token.kind === "close" && tokens[i - 1]?.kind === "text");
    if (i > 0 && !inline) pre.append("\n" + "  ".repeat(Math.max(depth, 0)));
    pre.append(...pieces(token));
    if (token.kind === "open") depth += 1;
  });
  return pre;
}

function pieces(token) {
  if (token.kind === "text") return [unescape(token.text)];
  const out = [mark(token.kind === "close" ? "</" : "<"), h("span", { class: "x-tag" }, token.name)];
  for (const [name, value] of token.attributes ?? []) {
    out.push(" ", h("span", { class: "x-name" }, name), mark("="), h("span", { class: "x-value" }, `"${unescape(value)}"`));
  }
  out.push(mark(token.kind === "empty" ? "/>" : ">"));
  return out;
}

const mark = (text) => h("span", { class: "x-mark" }, text);

const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescape(text) {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    if (hex) return String.fromCodePoint(parseInt(hex, 16));
    return NAMED[name] ?? whole;
  });
}
