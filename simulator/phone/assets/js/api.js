// The two servers the page talks to: the simulator's control API, and the app's JSON API where there is one.

export class Failure extends Error {
  constructor(status, message) {
    super(message);
    this.status = status; // 0: no answer at all
  }
}

async function exchange(method, url, { body, token } = {}) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  let response;
  try {
    response = await fetch(url, {
      method, headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store", redirect: "error",
    });
  } catch {
    throw new Failure(0, "no connection");
  }
  const text = await response.text();
  const answer = parse(text);
  if (!response.ok) throw new Failure(response.status, why(answer, response));
  return answer;
}

function parse(text) {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function why(answer, response) {
  return answer?.detail ?? answer?.message ?? answer?.error ?? answer?.title ?? `${response.status} ${response.statusText}`;
}

export class Simulator {
  constructor(base) {
    this.base = base.replace(/\/$/, "");
  }

  #call(sid, rest = "") {
    return `${this.base}/calls/${encodeURIComponent(sid)}${rest}`;
  }

  // pace is how long speech takes: 1 as long as it takes to say, 0.5 half of it.
  async ring(from, to, pace) {
    return (await exchange("POST", `${this.base}/calls`, { body: { from, to, pace } })).call_sid;
  }

  call(sid) {
    return exchange("GET", this.#call(sid));
  }

  async calls() {
    return listOf(await exchange("GET", `${this.base}/calls`), "calls");
  }

  async webhooks(sid) {
    return listOf(await exchange("GET", this.#call(sid, "/webhooks")), "webhooks");
  }

  press(sid, digits) {
    return exchange("POST", this.#call(sid, "/digits"), { body: { digits } });
  }

  hangup(sid) {
    return exchange("POST", this.#call(sid, "/hangup"), { body: {} });
  }

  silence(sid) {
    return exchange("POST", this.#call(sid, "/silence"), { body: {} });
  }

  answer(sid) {
    return exchange("POST", this.#call(sid, "/answer"), { body: { by: "human" } });
  }

  // caller lets the person on a leg answer an agent by themselves, in a habit; "off" ends that.
  caller(sid, habit, card) {
    return exchange("POST", this.#call(sid, "/caller"), { body: { habit, card } });
  }

  events(sid) {
    return new EventSource(this.#call(sid, "/events"));
  }
}

// App asks what our own server knows of a call; without an address it knows nothing.
export class App {
  constructor(base, token) {
    this.base = (base ?? "").replace(/\/$/, "");
    this.token = token;
  }

  get known() {
    return this.base !== "";
  }

  async call(sid) {
    if (!this.known) return null;
    try {
      return await exchange("GET", `${this.base}/calls/${encodeURIComponent(sid)}`, { token: this.token });
    } catch (failure) {
      if (failure.status === 404) return null; // not answered its first webhook yet
      throw failure;
    }
  }
}

function listOf(answer, name) {
  if (Array.isArray(answer)) return answer;
  return answer?.[name] ?? answer?.items ?? [];
}
