// The outbox: every change is kept on the device before it is sent, and leaves the queue only
// when the server has acknowledged its own sequence number. docs/save-protocol.md

const RETRY_MS = [500, 1000, 2000, 4000, 8000, 15000];
const TIMEOUT_MS = 8000;

export class Outbox {
  // on: {saved(acked), elsewhere(states, mine), time(ms), refused(kind, body), state()}
  constructor({ key, url, csrfUrl, rev, on }) {
    Object.assign(this, { key, url, csrfUrl, on });
    this.tries = 0;
    this.busy = false;
    this.offline = false;
    this.blocked = "";
    this.load(rev);
    for (const [target, event] of [[window, "online"], [window, "pageshow"], [document, "visibilitychange"]])
      target.addEventListener(event, () => document.visibilityState === "visible" && this.wake());
    window.addEventListener("offline", () => { this.offline = true; this.on.state(); });
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel(key) : null;
    this.channel?.addEventListener("message", ({ data }) => {
      this.load(0);
      if (data.entry) this.on.elsewhere([data.entry], true);
      this.on.state();
    });
  }

  load(rev) {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(this.key)); } catch { /* not ours: start anew */ }
    this.data = kept?.client_id ? kept : { client_id: crypto.randomUUID?.() ?? `c${Date.now()}${Math.floor(Math.random() * 1e9)}`, seq: 0, rev, pending: {} };
    // What waits here is unsent by definition; the page may know a newer revision than we do.
    if (!this.count) this.data.rev = Math.max(this.data.rev, rev);
  }

  // What happened here goes to the attempt's log with the next request.
  note(kind) {
    this.data.noted = (this.data.noted ?? 0) + 1;
    (this.data.events ??= []).push({ kind, n: this.data.noted, at: Date.now() });
    this.data.events = this.data.events.slice(-100);
    this.persist();
  }

  persist() {
    try { localStorage.setItem(this.key, JSON.stringify(this.data)); } catch { /* full: memory holds it */ }
  }

  get count() { return Object.keys(this.data.pending).length; }
  get state() { return !this.count ? "saved" : this.offline || this.blocked || this.tries > 1 ? "kept" : "sending"; }
  get newest() { return this.data.newest ?? {}; }
  waiting(item) { return item in this.data.pending; }

  put(entry) {
    this.reload();
    entry.seq = ++this.data.seq;
    this.data.pending[entry.item] = entry;
    (this.data.newest ??= {})[entry.item] = entry.seq;
    this.persist();
    this.channel?.postMessage({ entry });
    this.on.state();
    this.send();
  }

  // Another tab of this browser shares the queue; take its sequence numbers before our own.
  reload() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key));
      if (kept?.client_id === this.data.client_id) {
        this.data.seq = Math.max(this.data.seq, kept.seq);
        this.data.rev = Math.max(this.data.rev, kept.rev);
      }
    } catch { /* nothing kept */ }
  }

  wake() {
    clearTimeout(this.timer);
    this.blocked = this.blocked === "closed" ? "closed" : "";
    this.send(true);
  }

  // One request in flight. `ask` sends an empty batch too, to learn the time that is left.
  async send(ask = false) {
    if (this.busy || this.blocked === "closed" || (!ask && !this.count)) return;
    this.busy = true;
    const sent = Object.values(this.data.pending), noted = this.data.events ?? [];
    try {
      const response = await this.post(this.url, {
        v: 1, client_id: this.data.client_id, base_rev: this.data.rev, entries: sent,
        events: noted.map(({ kind, n, at }) => ({ kind, n, ago_ms: Math.max(0, Date.now() - at) })),
      });
      if (response.ok) this.data.events = (this.data.events ?? []).filter(({ n }) => n > (noted.at(-1)?.n ?? 0));
      await this.receive(response);
    } catch {
      if (!this.offline) this.note("offline");
      this.offline = true;
      this.later();
    }
    this.busy = false;
    this.on.state();
    if (this.count && !this.offline && !this.blocked && !this.tries) this.send();
  }

  async receive(response) {
    if (this.offline) this.note("online");
    this.offline = false;
    if (response.status === 403) { await fetch(this.csrfUrl, { cache: "no-store" }); return this.later(); }
    if (response.status >= 500 || response.status === 429) return this.later();
    const body = await response.json();
    if ("remaining_ms" in body) this.on.time(body.remaining_ms);
    if (response.ok) return this.acknowledge(body);
    if (response.status === 401) { this.blocked = "signed-out"; this.later(); }
    else if (response.status === 409) this.blocked = "closed";
    else { this.blocked = "refused"; }
    this.on.refused(body.status, body);
  }

  acknowledge(body) {
    this.tries = 0;
    this.blocked = "";
    const mine = [];
    for (const [item, seq] of Object.entries(body.acked)) {
      if (this.data.pending[item]?.seq <= seq) delete this.data.pending[item];
      mine.push(Number(item));
    }
    this.data.rev = body.rev;
    this.persist();
    this.channel?.postMessage({});
    this.on.saved(mine);
    if (body.changed_elsewhere.length) this.on.elsewhere(body.changed_elsewhere, false, mine);
  }

  later() {
    const wait = RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)];
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(true), wait * (0.75 + Math.random() / 2));
  }

  post(url, body) {
    const token = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1] ?? "";
    return fetch(url, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      credentials: "same-origin",
      keepalive: JSON.stringify(body).length < 60000,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }

  // Resolves once nothing waits; used before submitting.
  async flush() {
    while (this.count && this.blocked !== "closed" && this.blocked !== "refused") {
      await this.send();
      if (this.count) await new Promise((done) => setTimeout(done, 400));
    }
  }

  clear() {
    this.blocked = "closed";
    clearTimeout(this.timer);
    try { localStorage.removeItem(this.key); } catch { /* private mode */ }
  }
}
