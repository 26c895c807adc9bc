// Sending files that may be large: how much was sent, lines of JSON as they come, and the last of them at the end.

// send sends a body by POST. sent(share) tells how much of it is sent, line(object) each line that comes. What it gives
// has done, a promise of {status, last}, and abort. status 0: no answer came, or the file could not be read.
export function send(address, body, { headers = {}, sent, line }) {
  const request = new XMLHttpRequest();
  let read = 0;
  let last = null;
  const take = (end) => {
    const text = request.responseText;
    for (;;) {
      let to = text.indexOf("\n", read);
      if (to < 0) {
        if (!end || read >= text.length) return;
        to = text.length;
      }
      const one = text.slice(read, to).trim();
      read = to + 1;
      if (!one) continue;
      try {
        last = JSON.parse(one);
      } catch {
        continue; // an answer that is no JSON: its status says enough
      }
      line?.(last);
    }
  };
  const done = new Promise((resolve) => {
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) sent?.(event.loaded / event.total); });
    request.addEventListener("progress", () => take(false));
    request.addEventListener("load", () => {
      take(true);
      resolve({ status: request.status, last });
    });
    request.addEventListener("error", () => resolve({ status: 0, last: null }));
    request.addEventListener("abort", () => resolve({ status: -1, last: null }));
  });
  request.open("POST", address);
  request.setRequestHeader("Accept", "application/json");
  for (const [name, value] of Object.entries(headers)) if (value) request.setRequestHeader(name, value);
  request.send(body);
  return { done, abort: () => request.abort() };
}

// problemOf is what went wrong, in words; null when nothing did. good is the word of a last line that is an answer.
export function problemOf({ status, last }, good, lost) {
  const problem = last?.problem ?? (status >= 400 ? last : null);
  if (problem?.title) return { title: problem.title, detail: [problem.detail, problem.help].filter(Boolean).join(" "), problem };
  if (status === 0 || status >= 400 || last?.line !== good) return { title: lost, detail: "", problem: {} };
  return null;
}

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
