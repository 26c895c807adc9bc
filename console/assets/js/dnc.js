// Importing a do-not-call list: first a look, then for good. The file stays chosen whatever comes.

import "./campaigns.js";
import { $ } from "./desk-dom.js";
import { fill, problemOf, send } from "./upload.js";

const form = $("import-form");
const said = $("import-said");
let running = false;

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (running) return;
  const dry = event.submitter?.value !== "import";
  const file = $("import-file").files[0];
  const list = encodeURIComponent($("import-list").value.trim());
  running = true;
  said.className = "";
  said.textContent = fill(said.dataset.rows, { rows: "0" });
  const query = new URLSearchParams({ because: $("import-because").value, source: file.name, ...(dry ? { dry_run: "1" } : {}) });
  const answer = await send(`${form.dataset.to}${list}/import?${query}`, file, {
    headers: { "X-CSRF-Token": form.dataset.csrf, "Content-Type": "text/csv", "Idempotency-Key": crypto.randomUUID() },
    line: (line) => { if (line.line === "progress") said.textContent = fill(said.dataset.rows, { rows: line.lines.toLocaleString("en-US") }); },
  }).done;
  running = false;
  const problem = problemOf(answer, "report", said.dataset.lost);
  said.className = problem ? "bad-text" : "good-text";
  if (problem) said.textContent = `! ${problem.title}. ${problem.detail}`;
  else said.textContent = "✓ " + fill(dry ? said.dataset.dry : said.dataset.done, counts(answer.last));
});

function counts(result) {
  return Object.fromEntries(Object.entries(result).map(([name, value]) => [name, typeof value === "number" ? value.toLocaleString("en-US") : value]));
}
