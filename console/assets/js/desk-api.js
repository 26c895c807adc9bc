// The way to the server: wishes with a key each, so that one that is sent twice is carried out once, and the stream
// of what is new.

export class Failure extends Error {
  constructor(status, problem) {
    super(problem.title);
    this.status = status; // 0: no answer at all
    this.problem = problem;
    this.payment = problem.payment ?? null; // the payment as it stands, where the answer brought it
  }
}

const TRIES = 3; // of one wish that got no answer
const PATIENCE = 15000; // ms for an answer

export class Api {
  constructor({ base, csrf, screen }) {
    Object.assign(this, { base, csrf, screen });
  }

  // desk is everything that this person may see now. What the page asks by itself does not keep a session from ending.
  desk(byItself) {
    return this.#exchange("GET", "/desk", null, null, byItself ? { "Paydial-Background": "1" } : {});
  }

  // wish sends a change under a key. Without an answer the same wish is sent again; it cannot happen twice.
  async wish(path, body, key) {
    for (let n = 1; ; n++) {
      try {
        return await this.#exchange("POST", path, body, key);
      } catch (failure) {
        const unsure = failure.status === 0 || failure.problem?.code === "still_running";
        if (!unsure || n === TRIES) throw failure;
        await new Promise((go) => { setTimeout(go, 400 * n * n); });
      }
    }
  }

  events() {
    return new EventSource(`${this.base}/desk/events`);
  }

  async #exchange(method, path, body, key, more = {}) {
    const headers = { Accept: "application/json", ...more };
    if (method !== "GET") {
      Object.assign(headers, { "Content-Type": "application/json", "X-CSRF-Token": this.csrf, "X-Desk-Screen": this.screen });
      if (key) headers["Idempotency-Key"] = key;
    }
    let response, text;
    try {
      response = await fetch(this.base + path, {
        method, headers, body: method === "GET" ? undefined : JSON.stringify(body ?? {}),
        cache: "no-store", redirect: "error", signal: AbortSignal.timeout(PATIENCE),
      });
      text = await response.text();
    } catch {
      throw new Failure(0, { code: "no_answer", title: "" });
    }
    const answer = parse(text);
    if (!response.ok) throw new Failure(response.status, answer ?? { code: String(response.status), title: response.statusText });
    return answer;
  }
}

function parse(text) {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

export const newKey = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

// screenID names this tab. A reload keeps the name; a copy of the tab, which brings it along, takes another: only
// one living tab can hold the lock on a name.
export async function screenID() {
  const KEY = "paydial.desk.screen";
  let id = null;
  try {
    id = sessionStorage.getItem(KEY);
  } catch {
    // no storage: a name for as long as the page lives
  }
  if (id && reloaded()) {
    hold(id); // the page before lets go of it in a moment
  } else if (!id || !(await hold(id))) {
    id = newKey();
    await hold(id);
  }
  try {
    sessionStorage.setItem(KEY, id);
  } catch {
    // as above
  }
  return id;
}

// reloaded tells whether this page follows itself: then the name is this tab's own, whoever holds the lock still.
const reloaded = () => performance.getEntriesByType("navigation")[0]?.type === "reload";

// hold takes the lock on a name until the tab is gone. The page that was reloaded may take a moment to let go.
async function hold(id) {
  if (!navigator.locks) return true;
  for (const wait of [0, 120, 250, 700, 2000]) {
    await new Promise((go) => { setTimeout(go, wait); });
    const got = await new Promise((answer) => {
      navigator.locks.request(`paydial.desk.${id}`, { ifAvailable: true }, (lock) => {
        answer(lock !== null);
        return lock === null ? undefined : new Promise(() => {});
      }).catch(() => answer(true));
    });
    if (got) return true;
  }
  return false;
}
