// The common settings of a campaign's file as fields. Each field is one value that stands in the text; changing it
// changes that value and nothing else of its line, so that comments and order stay. What the text does not say has no
// field: it is written in the text.

const SECTIONS = { calling_hours: "when", pace: "when", try_again: "when", limits: "safety", stop_by_itself_if: "safety" };
const PAIR = /([\w-]+):\s*(?:"([^"]*)"|'([^']*)'|([^\s"'#,{}[\]][^#,{}[\]]*))/g;
const TOP = /^([\w-]+):/;

// fieldsOf finds the values: {path, group, value, from, to}, from and to as places in the text.
export function fieldsOf(text) {
  const out = [];
  let section = "";
  let parent = "";
  let at = 0;
  for (const line of text.split("\n")) {
    const top = TOP.exec(line);
    if (top) [section, parent] = [top[1], ""];
    const group = SECTIONS[section];
    if (group) take(line, at, group);
    at += line.length + 1;
  }
  return out;

  function take(line, start, group) {
    const code = line.replace(/(^|\s)#.*$/, (all) => " ".repeat(all.length));
    const indent = code.search(/\S/);
    if (indent < 0) return;
    // A key whose value is a map gives its name to what is inside it.
    const opens = /^\s*([\w-]+):\s*(?:\{|$)/.exec(code);
    if (opens && opens[1] !== section) parent = opens[1];
    else if (indent <= 2) parent = "";
    for (const m of code.matchAll(PAIR)) {
      const value = m[2] ?? m[3] ?? m[4].trimEnd();
      const key = m[1];
      if (key === section || key === "closed") continue;
      const from = start + m.index + m[0].lastIndexOf(value);
      out.push({ path: [section, parent, key].filter(Boolean).join(" › "), group, value, from, to: from + value.length });
    }
  }
}

// withValue is the text with another value in a field; null where it cannot be written there.
export function withValue(text, path, value) {
  const field = fieldsOf(text).find((one) => one.path === path);
  const word = value.trim();
  if (!field || word === "" || /["'#,{}[\]\n]/.test(word)) return null;
  return text.slice(0, field.from) + word + text.slice(field.to);
}
