// Follows one call: reads the simulator's feed, and asks for what the feed only announces. An EventSource comes
// back by itself after a broken connection and goes on where it was.

const TYPES = ["status", "heard", "waiting", "key", "pay", "webhook", "answered", "twiml", "log", "child", "ended"];

export class Follower {
  #source;
  #stopped = false;

  // seen(event) is called for every event in order; offline(true) while the connection is broken.
  constructor({ simulator, call, seen, changed, offline, app }) {
    this.simulator = simulator;
    this.app = app;
    this.call = call;
    this.changed = changed;
    this.#source = simulator.events(call.sid);
    for (const type of TYPES) {
      this.#source.addEventListener(type, (message) => {
        const event = JSON.parse(message.data);
        offline(false);
        call.take(event);
        seen(event);
        this.#ask(event);
        changed();
      });
    }
    this.#source.addEventListener("error", () => {
      if (call.ended) this.#source.close();
      else offline(true);
    });
  }

  stop() {
    this.#stopped = true;
    this.#source.close();
  }

  // ask fetches parameters after an answer, and what our server made of it.
  #ask(event) {
    if (event.type === "answered") {
      this.#hooks();
      if (event.purpose !== "pay") this.#server(event.webhook);
    }
    if (event.type === "ended") {
      this.#hooks();
      // The last status callback reaches our server a moment after the end.
      for (const ms of [100, 600, 2000]) setTimeout(() => this.#server(null), ms);
    }
  }

  #asking = false;
  #again = false;

  async #hooks() {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    try {
      do {
        this.#again = false;
        const list = await this.simulator.webhooks(this.call.sid);
        if (this.#stopped) return;
        this.call.hooksArrived(list);
        this.changed();
      } while (this.#again);
    } catch {
      // the feed says when the connection is gone
    } finally {
      this.#asking = false;
    }
  }

  async #server(hookID) {
    if (!this.app.known || this.#stopped) return;
    try {
      const answer = await this.app.call(this.call.sid);
      if (this.#stopped) return;
      this.call.appArrived(answer, hookID);
      this.changed();
    } catch {
      // the timeline does without scenes
    }
  }
}
