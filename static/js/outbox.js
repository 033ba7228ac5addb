// The outbox: every change is kept on the device before it is sent, and leaves the queue only
// when the server has acknowledged its own sequence number. docs/save-protocol.md

const RETRY_MS = [500, 1000, 2000, 4000, 8000, 15000];
const TIMEOUT_MS = 8000;
const PATIENCE_MS = 3000; // what is unsent for longer is said to be kept here
const EVENTS = 100;

const anew = () => ({
  client_id: crypto.randomUUID?.() ?? `c${Date.now()}${Math.floor(Math.random() * 1e9)}`,
  seq: 0, pending: {}, acked: {}, noted: 0, events: [],
});

export class Outbox {
  // on: {elsewhere(states, sameBrowser, mine), time(ms), refused(kind, body), state()}
  constructor({ key, url, csrfUrl, rev, on }) {
    Object.assign(this, { key, url, csrfUrl, rev, on });
    this.tries = 0;
    this.busy = false;
    this.offline = false;
    this.blocked = "";
    this.waiters = [];
    this.data = this.kept() ?? anew();
    // What waits here is unsent by definition, and was chosen knowing what was known then.
    if (this.count) this.rev = Math.min(rev, this.data.rev ?? rev);
    this.since = this.count ? performance.now() : null;
    for (const [target, event] of [[window, "online"], [window, "pageshow"], [document, "visibilitychange"]])
      target.addEventListener(event, () => document.visibilityState === "visible" && this.send(true));
    window.addEventListener("offline", () => { this.reach(false); this.changed(); });
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel(key) : null;
    this.channel?.addEventListener("message", ({ data }) => this.heard(data));
  }

  // --- what is kept ----------------------------------------------------------------------

  kept() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key));
      return kept?.client_id ? { ...anew(), ...kept } : null;
    } catch { return null; /* not ours: start anew */ }
  }

  // The tabs of one browser share what is kept: theirs is taken in before it is changed.
  edit(change) {
    const kept = this.kept(), { data } = this;
    if (kept?.client_id === data.client_id) {
      data.seq = Math.max(data.seq, kept.seq);
      data.noted = Math.max(data.noted, kept.noted);
      this.settle(kept.acked);
      Object.values(kept.pending).forEach((entry) => this.hold(entry));
    }
    change(data);
    data.rev = this.rev;
    if (this.blocked === "closed") return;
    try { localStorage.setItem(this.key, JSON.stringify(data)); } catch { /* full: memory holds it */ }
  }

  // The newest state of an item waits; what was acknowledged does not wait again.
  hold(entry) {
    if (entry.seq > this.newestOf(entry.item)) this.data.pending[entry.item] = entry;
  }

  settle(acked) {
    for (const [item, seq] of Object.entries(acked)) {
      this.data.acked[item] = Math.max(this.data.acked[item] ?? 0, seq);
      if (this.data.pending[item]?.seq <= seq) delete this.data.pending[item];
    }
  }

  get count() { return Object.keys(this.data.pending).length; }
  waiting(item) { return item in this.data.pending; }
  newestOf(item) { return Math.max(this.data.pending[item]?.seq ?? 0, this.data.acked[item] ?? 0); }

  // The last sequence number that each item was given here, sent or not.
  get newest() {
    const items = Object.keys({ ...this.data.acked, ...this.data.pending });
    return Object.fromEntries(items.map((item) => [item, this.newestOf(item)]));
  }

  get state() {
    if (!this.count) return "saved";
    const slow = performance.now() - this.since > PATIENCE_MS;
    return this.offline || this.blocked || this.tries > 1 || slow ? "kept" : "sending";
  }

  put(entry) {
    this.edit((data) => {
      // The random step keeps two tabs apart that count in the same instant.
      entry.seq = data.seq += 1 + Math.floor(Math.random() * 50);
      data.pending[entry.item] = entry;
    });
    this.since ??= performance.now();
    this.channel?.postMessage({ entry });
    this.changed();
    this.send();
  }

  // What happened here goes to the attempt's log with the next request.
  note(kind) {
    this.edit((data) => {
      data.events = [...data.events, { kind, n: ++data.noted, at: Date.now() }].slice(-EVENTS);
    });
  }

  // Another tab of this browser has put an entry, had some acknowledged, or closed the attempt.
  heard({ entry, acked = {}, rev = 0, news = [], closed = false }) {
    if (closed) {
      this.blocked = "closed";
      this.on.refused("closed", {});
    }
    if (entry?.seq >= this.newestOf(entry?.item)) {
      this.hold(entry);
      this.since ??= performance.now();
      this.on.elsewhere([entry], true);
    }
    this.settle(acked);
    this.rev = Math.max(this.rev, rev);
    if (news.length) this.on.elsewhere(news, false);
    this.changed();
  }

  changed() {
    if (!this.count) this.since = null;
    this.on.state();
    if (!this.count || ["closed", "refused"].includes(this.blocked)) this.waiters.splice(0).forEach((done) => done());
  }

  // --- sending ---------------------------------------------------------------------------

  // One request in flight. `ask` sends an empty batch too, to learn the time that is left.
  async send(ask = false) {
    if (this.busy || this.blocked === "closed" || (!ask && !this.count)) return;
    this.busy = true;
    clearTimeout(this.timer);
    const entries = Object.values(this.data.pending), { events } = this.data;
    try {
      const response = await this.post(this.url, {
        v: 1, client_id: this.data.client_id, base_rev: this.rev, entries,
        events: events.map(({ kind, n, at }) => ({ kind, n, ago_ms: Math.max(0, Date.now() - at) })),
      });
      if (response.ok) this.data.events = this.data.events.filter((event) => !events.includes(event));
      await this.receive(response);
    } catch {
      this.reach(false);
      this.later();
    }
    this.busy = false;
    this.changed();
    if (this.count && !this.offline && !this.blocked && !this.tries) this.send();
  }

  // The server is within reach, or it is not.
  reach(there) {
    if (this.offline === there) this.note(there ? "online" : "offline");
    this.offline = !there;
  }

  async receive(response) {
    this.reach(true);
    if (response.status === 403) { await fetch(this.csrfUrl, { cache: "no-store" }); return this.later(); }
    if (response.status >= 500 || response.status === 429) return this.later();
    const body = await response.json();
    if ("remaining_ms" in body) this.on.time(body.remaining_ms);
    if (response.ok) return this.acknowledge(body);
    if (response.status === 401) { this.blocked = "signed-out"; this.later(); }
    else this.blocked = response.status === 409 ? "closed" : "refused";
    this.on.refused(body.status, body);
  }

  acknowledge({ acked, rev, changed_elsewhere: news }) {
    const mine = Object.keys(acked).map(Number);
    this.tries = 0;
    this.blocked = "";
    this.rev = rev;
    this.edit(() => this.settle(acked));
    if (this.count) this.since = performance.now();
    this.channel?.postMessage({ acked, rev, news: news.filter(({ item }) => !mine.includes(item)) });
    if (news.length) this.on.elsewhere(news, false, mine);
  }

  later() {
    const wait = RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)];
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(true), wait * (0.75 + Math.random() / 2));
  }

  post(url, body) {
    const token = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1] ?? "";
    const text = JSON.stringify(body);
    return fetch(url, {
      method: "POST",
      body: text,
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      credentials: "same-origin",
      keepalive: text.length < 20000, // of 64 kB for all requests, in bytes
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }

  // Resolves once nothing waits, nothing can be sent any more, or the patience is at its end.
  flush(patience = null) {
    const flushed = new Promise((done) => {
      this.waiters.push(done);
      if (patience !== null) setTimeout(done, patience);
    });
    this.changed();
    this.send();
    return flushed;
  }

  // The attempt is closed: nothing of it stays on the device.
  clear() {
    this.blocked = "closed";
    clearTimeout(this.timer);
    this.channel?.postMessage({ closed: true });
    try { localStorage.removeItem(this.key); } catch { /* private mode */ }
  }
}
