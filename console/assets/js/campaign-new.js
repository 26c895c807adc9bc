// Making a campaign: the text of the file is what counts. The server says what it means while it is written; the list is
// sent with it to be checked, and again to be created. Whatever goes wrong, text and files stay as they are.

import { $, h, fill as children, morph } from "./desk-dom.js";
import { fieldsOf, withValue } from "./campaign-fields.js";
import { fill, problemOf, send } from "./upload.js";

const KEPT = "paydial.new-campaign";
const CALM = 350; // ms without a key before the text is read
const PEEK = 65536; // bytes of a list that are looked at here, for its header

const policy = window.trustedTypes?.createPolicy("paydial-new", { createHTML: (html) => html });
const form = $("new");
const text = $("text");
const words = JSON.parse(form.dataset.words);
const csrf = { "X-CSRF-Token": form.dataset.csrf };
const lists = new Map(); // path in the campaign's file to the file that was chosen
let key = crypto.randomUUID(); // of the creation: the same files again are the same campaign
let running = null;

// What was written survives a page that is loaded again.
function kept(value) {
  try {
    if (value === undefined) return sessionStorage.getItem(KEPT);
    if (value === null) sessionStorage.removeItem(KEPT);
    else sessionStorage.setItem(KEPT, value);
  } catch {
    // no storage: the text lasts until the page is left
  }
  return null;
}

const before = kept();
if (before) text.value = before;
if (before) read();
showFields();

let reading = null;
text.addEventListener("input", () => changed());

function changed() {
  kept(text.value);
  key = crypto.randomUUID();
  clearTimeout(reading);
  reading = setTimeout(read, CALM);
  showFields();
}

// read has the server say what the text means.
let asked = 0;
async function read() {
  const mine = ++asked;
  try {
    const response = await fetch("/campaigns/new/settings", {
      method: "POST", headers: { ...csrf, Accept: "application/json" }, body: new URLSearchParams({ campaign: text.value }),
    });
    if (!response.ok || mine !== asked) return;
    const html = await response.text();
    const parts = parse(html);
    for (const part of parts.querySelectorAll(".part[id]")) {
      const here = $(part.id);
      if (here) morph(here, document.adoptNode(part));
    }
  } catch {
    // the server is away; the next key asks again
  }
}

function parse(html) {
  return new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");
}

// showFields shows the values of the text as fields. One that is being written in is left alone.
function showFields() {
  const all = fieldsOf(text.value);
  for (const [id, group] of [["quick-when", "when"], ["quick-safety", "safety"]]) {
    const mine = all.filter((one) => one.group === group);
    const root = $(id);
    root.hidden = mine.length === 0;
    const place = root.querySelector(".quick-fields");
    children(place, mine.map((one) => h("label", { "data-key": one.path }, one.path,
      h("input", { class: "field", value: one.value, "data-path": one.path, autocomplete: "off", spellcheck: "false" }))));
    for (const input of place.querySelectorAll("input")) {
      const one = mine.find((field) => field.path === input.dataset.path);
      if (input !== document.activeElement) input.value = one.value;
    }
  }
}

form.addEventListener("input", (event) => {
  const path = event.target.dataset?.path;
  if (!path) return;
  const next = withValue(text.value, path, event.target.value);
  event.target.setAttribute("aria-invalid", String(next === null));
  if (next === null || next === text.value) return;
  text.value = next;
  changed();
});

form.addEventListener("submit", (event) => event.preventDefault());

// A line's number leads to the line.
form.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-line]");
  if (!link) return;
  const lines = text.value.split("\n");
  const line = Math.min(Number(link.dataset.line), lines.length);
  const from = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  text.focus();
  text.setSelectionRange(from, from + lines[line - 1].length);
  text.scrollTop = (line - 4) * (text.scrollHeight / Math.max(1, lines.length));
  text.scrollIntoView({ block: "nearest" });
});

$("open-file").addEventListener("change", async (event) => {
  const file = event.target.files[0];
  if (!file) return;
  text.value = await file.text();
  event.target.value = "";
  changed();
  text.focus();
});

form.addEventListener("change", (event) => {
  const path = event.target.dataset?.list;
  if (path) lists.set(path, event.target.files[0]);
  if (event.target.type === "file") key = crypto.randomUUID();
});

$("contacts").addEventListener("change", async (event) => {
  const file = event.target.files[0];
  const head = $("contacts-head");
  head.hidden = true;
  if (!file) return;
  try {
    const [first] = (await file.slice(0, PEEK).text()).replace(/^\uFEFF/, "").split(/\r?\n/);
    const mark = ["\t", ";", ","].reduce((a, b) => (first.split(b).length > first.split(a).length ? b : a));
    head.textContent = fill(words.head, { columns: first.split(mark).map((one) => one.trim().replace(/^"|"$/g, "")).join(", ") });
    head.hidden = false;
  } catch {
    // it cannot be read; sending it will say so
  }
});

// parts are what is sent, in the order the server wants; null when something is missing, which is said.
function parts() {
  const contacts = $("contacts").files[0];
  if (!contacts) return missing(words.noList, $("contacts"));
  const body = new FormData();
  // A file has the campaign's name.
  const name = /^campaign:[ \t]*["']?([A-Za-z0-9._-]+)/m.exec(text.value)?.[1] ?? "campaign";
  body.append("campaign", new Blob([text.value], { type: "application/yaml" }), `${name}.yaml`);
  for (const input of document.querySelectorAll("[data-list]")) {
    const file = input.files[0] ?? lists.get(input.dataset.list);
    if (!file) return missing(fill(words.noLists, { path: input.dataset.list }), input);
    body.append("list", file, input.dataset.list);
  }
  body.append("contacts", contacts, contacts.name);
  return body;
}

function missing(why, at) {
  trouble({ title: why, detail: "" });
  at.focus();
  return null;
}

function trouble(what) {
  const place = $("trouble");
  place.hidden = !what;
  if (!what) return;
  const found = what.problem?.findings ?? [];
  children(place, h("p", {}, h("b", {}, "! " + what.title), what.detail ? " " + what.detail : ""),
    found.length ? h("ul", {}, found.map((one) => h("li", {}, `${fill(words.line, { line: one.line })}: ${one.message}`))) : "");
}

// deliver sends the parts and shows how far they are; null when it did not work, which is said.
async function deliver(address, good, headers = {}) {
  if (running) return null;
  const body = parts();
  if (!body) return null;
  trouble(null);
  $("progress").hidden = false;
  const bar = $("bar");
  bar.removeAttribute("value");
  const show = (note) => { $("progress-text").textContent = note; };
  show("");
  running = send(address, body, {
    headers: { ...csrf, ...headers },
    sent: (share) => {
      bar.value = Math.floor(share * 100);
      show(fill(words.sent, { percent: Math.floor(share * 100) }));
    },
    line: (line) => { if (line.rows !== undefined) show(fill(words.rows, { rows: line.rows.toLocaleString("en-US") })); },
  });
  for (const button of [$("check"), $("create")]) button.disabled = true;
  const answer = await running.done;
  running = null;
  for (const button of [$("check"), $("create")]) button.disabled = false;
  $("progress").hidden = true;
  if (answer.status === -1) {
    trouble({ title: words.broken, detail: "" });
    return null;
  }
  const problem = problemOf(answer, good, words.lost);
  if (answer.status > 0 && problem) key = crypto.randomUUID(); // it was answered: the next try is another wish
  trouble(problem);
  return problem ? null : answer.last;
}

$("cancel").addEventListener("click", () => running?.abort());

$("check").addEventListener("click", async () => {
  const answer = await deliver("/api/v1/campaigns/check?rejected=1", "report");
  $("report-place").replaceChildren();
  if (!answer) return;
  const number = (n) => n.toLocaleString("en-US");
  await showReport(answer.report);
  offerRejected(answer.rejected);
  $("said").textContent = fill(words.checked, { will: number(answer.report.will), not: number(answer.report.will_not) });
});

async function showReport(report) {
  const response = await fetch("/campaigns/new/report", {
    method: "POST", headers: { ...csrf, "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(report),
  });
  if (!response.ok) return trouble({ title: words.lost, detail: "" });
  const shown = parse(await response.text()).getElementById("report");
  if (shown) $("report-place").replaceChildren(document.adoptNode(shown));
}

// offerRejected offers the rows that cannot be called as a file.
function offerRejected(csv) {
  const link = $("rejected");
  if (link.href) URL.revokeObjectURL(link.href);
  $("rejected-place").hidden = !csv;
  if (csv) link.href = URL.createObjectURL(new Blob([csv], { type: "text/csv" }));
}

$("create").addEventListener("click", async () => {
  const then = form.querySelector("input[name=then]:checked").value;
  const at = $("start-at").value;
  if (then === "at" && !at) return missing(words.atMissing, $("start-at"));
  const answer = await deliver("/api/v1/campaigns", "campaign", { "Idempotency-Key": key });
  if (!answer) return;
  $("said").textContent = words.creating;
  kept(null);
  const page = `/campaigns/${encodeURIComponent(answer.campaign.name)}`;
  if (then === "draft") return void location.assign(page);
  // The page's own form starts it: what was wrong is then said there, where it can be tried again.
  const start = h("form", { method: "post", action: `${page}/start`, hidden: true }, h("input", { name: "csrf", value: form.dataset.csrf }),
    then === "at" ? h("input", { name: "at", value: at }) : "");
  document.body.append(start);
  start.submit();
});
