// What changes at the studio, heard once for all tabs: a browser has six connections to a server, and a
// stream takes one for good. The tab that holds the lock hears it and tells the others. Tabs that nobody
// sees do neither; they ask what they missed once somebody looks at them.

const NAME = "studio-changes";
const AGAIN_MS = 3000;

export class Stream {
  // last: how far the page is. films(keys): these changed. away(isAway): whether the studio answers.
  constructor(last, { films, away }) {
    this.last = last;
    this.films = films;
    this.away = away;
    this.asleep = null; // ends its turn at the lock, null while nobody sees the page
    this.source = null; // only where this tab leads
    this.channel = new BroadcastChannel(NAME);
    this.channel.addEventListener("message", ({ data }) => this.#take(data));
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#sleep() : this.#wake()));
    addEventListener("pagehide", () => this.#sleep());
    addEventListener("pageshow", () => document.hidden || this.#wake());
    if (!document.hidden) this.#wake(); // a tab may be opened behind another one
  }

  #wake() {
    if (this.asleep) return;
    this.asleep = new AbortController();
    const { signal } = this.asleep;
    navigator.locks.request(NAME, { signal }, () => this.#lead(signal)).catch(() => {});
    this.#follow();
  }

  #sleep() {
    this.asleep?.abort();
    this.asleep = null;
  }

  // Until the page goes to sleep: then the lock goes to another tab.
  #lead(signal) {
    if (signal.aborted) return null;
    this.#listen(signal);
    // What the tab before heard and had no time to tell is heard again by this one alone.
    this.channel.postMessage({ isNew: true });
    return new Promise((done) => signal.addEventListener("abort", () => { this.source?.close(); this.source = null; done(); }));
  }

  #listen(signal) {
    if (signal.aborted) return;
    this.source = new EventSource(`/events?after=${encodeURIComponent(this.last)}`);
    this.source.addEventListener("open", () => this.#tell({ isAway: false }));
    this.source.addEventListener("error", () => {
      this.#tell({ isAway: true });
      if (this.source?.readyState === EventSource.CLOSED) setTimeout(() => this.#listen(signal), AGAIN_MS);
    });
    this.source.addEventListener("films", (event) => {
      this.#tell({ last: event.lastEventId || this.last, keys: JSON.parse(event.data) });
    });
  }

  // What was missed, asked once: another tab has the stream.
  async #follow() {
    const { held } = await navigator.locks.query();
    if (this.source || !held.some((lock) => lock.name === NAME)) return;
    try {
      const answer = await fetch(`/changes?after=${encodeURIComponent(this.last)}`);
      if (answer.ok) this.#take({ ...(await answer.json()), isAway: false });
    } catch { this.away(true); }
  }

  #tell(message) {
    this.channel.postMessage(message);
    this.#take(message);
  }

  #take({ last, keys, isAway, isNew }) {
    if (!this.asleep) return;
    if (isNew) this.#follow();
    if (isAway !== undefined) this.away(isAway);
    if (last) this.last = last;
    if (keys?.length) this.films(keys);
  }
}
