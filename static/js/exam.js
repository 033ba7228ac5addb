// The attempt page: the paper is whole in the page, moving needs no network, selecting is
// saving. The server owns time and truth.

import { Outbox } from "./outbox.js";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const main = $("#main"), strings = JSON.parse($("#strings").textContent);
const say = (text) => { $("#say").textContent = text; };
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const items = $$(".item"), cells = new Map($$("ol .cell").map((cell) => [Number(cell.dataset.n), cell]));
const section = (n) => items[n - 1];
let current = 1, shownSince = performance.now(), submitting = false, closed = false;

// --- state of an item: read from the page, written to the page --------------------------

const inputs = (item) => $$(".opt input", item);
const flagOf = (item) => $("input[name^=flag]", item);
const read = (item) => ({
  item: Number(item.dataset.n),
  selected: inputs(item).filter((input) => input.checked).map((input) => Number(input.value)),
  flagged: flagOf(item).checked,
  struck: $$(".opt.struck input", item).map((input) => Number(input.value)),
  sure: { sure: true, unsure: false }[item.dataset.sure] ?? null,
  language: item.dataset.lang,
  shown_ms: Math.round(Number(item.dataset.ms)),
});

function write(state) {
  const item = section(state.item);
  if (!item || "locked" in item.dataset) return;
  for (const input of inputs(item)) {
    input.checked = state.selected.includes(Number(input.value));
    setStruck(input.closest(".opt"), state.struck.includes(Number(input.value)));
  }
  flagOf(item).checked = state.flagged;
  setSure(item, state.sure === null ? "" : state.sure ? "sure" : "unsure");
  draw(item);
}

function setStruck(option, struck) {
  option.classList.toggle("struck", struck);
  $(".strike", option)?.setAttribute("aria-pressed", String(struck));
}

function setSure(item, value) {
  item.dataset.sure = value;
  for (const button of $$(".sure button", item)) button.setAttribute("aria-pressed", String(button.value === value));
}

function setLanguage(item, language) {
  item.dataset.lang = language;
  for (const button of $$(".lang button", item)) button.setAttribute("aria-pressed", String(button.value === language));
}

function status(item) {
  const count = inputs(item).filter((input) => input.checked).length;
  return !count ? "blank" : count < Number(item.dataset.picks) ? "partial" : "answered";
}

function draw(item) {
  const n = Number(item.dataset.n), cell = cells.get(n), state = status(item), flagged = flagOf(item).checked;
  cell.dataset.status = state;
  cell.toggleAttribute("data-flagged", flagged);
  $(".vh", cell).textContent = `: ${strings[state]}${flagged ? `, ${strings.flagged}` : ""}`;
  const picked = $(".picked", item);
  if (picked) picked.textContent = fill(strings.picked, { n: inputs(item).filter((input) => input.checked).length });
  const answered = items.filter((each) => status(each) === "answered").length;
  $("#count").textContent = fill(strings.count, { done: answered, all: items.length });
  if (n === current) {
    const flag = $(".thumb [data-go=flag]");
    flag.setAttribute("aria-pressed", String(flagged));
  }
}

// --- saving ------------------------------------------------------------------------------

const outbox = new Outbox({
  key: main.dataset.key, url: main.dataset.answers, csrfUrl: main.dataset.csrf, rev: Number(main.dataset.rev),
  on: {
    saved() {},
    time: (ms) => setTime(ms),
    state: showSaved,
    refused: showRefusal,
    elsewhere(states, sameBrowser, mine = []) {
      for (const state of states) if (!outbox.waiting(state.item) || sameBrowser) mine.includes(state.item) || write(state);
      const numbers = states.map((state) => state.item).join(", ");
      if (!sameBrowser) banner(fill(mine.some((n) => states.some((state) => state.item === n)) ? strings.overwritten : strings.elsewhere, { numbers }), "info");
    },
  },
});

function change(item) {
  if (closed) return;
  tick(item);
  draw(item);
  outbox.put(read(item));
}

function tick(item = section(current)) {
  const now = performance.now();
  if (Number(item.dataset.n) === current && !document.hidden) item.dataset.ms = Number(item.dataset.ms) + now - shownSince;
  shownSince = now;
}

function showSaved() {
  const line = $("#saved"), state = outbox.state;
  line.dataset.state = state;
  line.textContent = state === "kept" ? fill(strings.kept, { n: outbox.count }) : strings[state];
  if (outbox.blocked === "signed-out") return;
  if (outbox.offline && !closed) banner(strings.offline, "");
  else if ($("#banner").dataset.kind === "offline") banner("");
  if (outbox.offline) $("#banner").dataset.kind = "offline";
}

function banner(text, kind = "bad", link = null) {
  const box = $("#banner");
  if (box.textContent === text && !link) return;
  box.className = `banner elsewhere script-only ${kind}`;
  box.dataset.kind = "";
  box.textContent = text;
  if (link) box.append(" ", link);
  box.hidden = !text;
}

function anchor(text, href, blank = false) {
  const link = document.createElement("a");
  link.textContent = text;
  link.href = href;
  if (blank) { link.target = "_blank"; link.rel = "opener"; }
  return link;
}

function showRefusal(kind, body) {
  if (kind === "signed-out") banner(strings.signedOut, "bad", anchor(strings.signIn, main.dataset.login, true));
  else if (kind === "late" || kind === "closed") {
    lock();
    const late = kind === "late" ? Object.keys(outbox.data.pending).join(", ") : "";
    banner(late ? fill(strings.late, { numbers: late }) : strings.closed, "bad", anchor(strings.toResult, body.result ?? main.dataset.result));
  } else banner(`${strings.refused} ${body.message ?? ""}`);
}

// --- time --------------------------------------------------------------------------------

let end = null, wallEnd = null, spoken = new Set(), hidden = main.dataset.clock === "hidden", asked = false;

function setTime(ms) {
  if (ms === null || ms === undefined || ms === "") return;
  end = performance.now() + Number(ms);
  wallEnd = Date.now() + Number(ms);
}

// The monotonic clock may stand still while a laptop sleeps: then the wall clock is ahead.
const left = () => Math.max(0, Math.min(end - performance.now(), Math.abs(wallEnd - Date.now() - (end - performance.now())) > 5000 ? wallEnd - Date.now() : Infinity));

function words(ms) {
  const seconds = Math.ceil(ms / 1000), h = Math.floor(seconds / 3600), m = Math.floor(seconds / 60) % 60, s = seconds % 60;
  return h ? `${h}:${String(m).padStart(2, "0")}:${String(s).padStart(2, "0")}` : `${m}:${String(s).padStart(2, "0")}`;
}

function showTime() {
  if (end === null || closed) return;
  const ms = left(), minutes = ms / 60000, clock = $("#clock");
  const level = minutes <= 1 ? "last" : minutes <= 5 ? "soon" : "";
  if (hidden && minutes <= 5) { hidden = false; clock.setAttribute("aria-pressed", "false"); }
  clock.dataset.level = level;
  $("#time").textContent = hidden ? strings.clockHidden : words(ms) + (level ? ` ${strings[level]}` : "");
  for (const mark of [30, 15, 5, 1]) {
    if (minutes <= mark && !spoken.has(mark)) {
      const fresh = minutes > mark - 0.5;
      spoken.add(mark);
      if (fresh) say(fill(strings.minutesLeft, { n: mark }));
    }
  }
  if (ms === 0) timeUp();
}

// At zero the answers are flushed and the server is asked; it alone decides.
async function timeUp() {
  if (asked || closed) return;
  asked = true;
  lock();
  banner(strings.timeUp, "info");
  await Promise.race([outbox.flush(), new Promise((done) => setTimeout(done, 4500))]);
  await finish("timer");
  asked = false;
}

function lock() {
  for (const fieldset of $$("fieldset, .item-tools")) fieldset.disabled = true;
  for (const control of $$(".item input, .item button")) control.disabled = true;
}

function unlock() {
  for (const control of $$(".item:not([data-locked]) input, .item:not([data-locked]) button")) control.disabled = false;
  for (const fieldset of $$("fieldset")) fieldset.disabled = false;
}

// --- submitting --------------------------------------------------------------------------

async function finish(reason) {
  if (submitting) return;
  submitting = true;
  for (let wait = 500; ; wait = Math.min(wait * 2, 15000)) {
    try {
      if (!reason) await outbox.flush();
      const response = await outbox.post(main.dataset.submit, { v: 1, client_id: outbox.data.client_id, newest: reason ? {} : outbox.newest, reason });
      const body = response.status < 500 ? await response.json().catch(() => ({})) : {};
      if (response.ok || body.status === "closed") {
        closed = true;
        outbox.clear();
        location.assign(body.result ?? main.dataset.result);
        return;
      }
      if (body.status === "time-left") { setTime(body.remaining_ms); unlock(); banner(""); break; }
      if (body.status === "unsynced") { for (const n of body.items) change(section(n)); }
      if (response.status === 401) { showRefusal("signed-out", body); }
      if (response.status === 403) await fetch(main.dataset.csrf, { cache: "no-store" });
    } catch { /* the network is away: the answers are kept and we go on trying */ }
    waiting(strings.submitWaits);
    await new Promise((done) => { setTimeout(done, wait); window.addEventListener("online", done, { once: true }); });
  }
  submitting = false;
}

function waiting(text) {
  const box = $("#waiting");
  box.textContent = text;
  box.hidden = !text;
}

// --- moving ------------------------------------------------------------------------------

function show(n, focus = true) {
  if (n < 1) return;
  if (n > items.length) return review();
  tick();
  leaveReview();
  section(current).classList.remove("current");
  cells.get(current)?.removeAttribute("aria-current");
  current = n;
  const item = section(n), cell = cells.get(n);
  item.classList.add("current");
  cell.setAttribute("aria-current", "true");
  cell.dataset.seen = "";
  shownSince = performance.now();
  history.replaceState(null, "", `#q${n}`);
  document.title = `${n}/${items.length} · ${main.dataset.title}`;
  $("#where").textContent = `${n}/${items.length}`;
  for (const button of $$("[data-step='-1']")) button.disabled = n === 1;
  for (const button of $$("[data-step='1'] span")) button.textContent = n === items.length ? strings.review : strings.next;
  if ($("#palette").matches(":modal")) $("#palette").close();
  draw(item);
  if (focus) { $("h2", item).focus({ preventScroll: true }); window.scrollTo(0, 0); }
}

function review() {
  tick();
  for (const [name, test] of Object.entries({
    blank: (item) => status(item) === "blank", partial: (item) => status(item) === "partial", flagged: (item) => flagOf(item).checked,
  })) {
    const box = $(`[data-list=${name}]`), found = items.filter(test);
    $("ul", box).replaceChildren(...found.map((item) => {
      const entry = document.createElement("li"), link = anchor(item.dataset.n, `#q${item.dataset.n}`);
      link.setAttribute("aria-label", fill(strings.question, { n: item.dataset.n }));
      entry.append(link);
      return entry;
    }));
    $(".none", box).hidden = found.length > 0;
  }
  if ($("#palette").matches(":modal")) $("#palette").close();
  main.classList.add("reviewing");
  $("#paper").hidden = $(".steps").hidden = $(".thumb").hidden = $("#palette").hidden = true;
  $("#check").hidden = false;
  $("#checkh").focus();
  window.scrollTo(0, 0);
}

function leaveReview() {
  if ($("#check").hidden) return;
  main.classList.remove("reviewing");
  $("#paper").hidden = $(".steps").hidden = $(".thumb").hidden = $("#palette").hidden = false;
  $("#check").hidden = true;
}

function openPalette() {
  const palette = $("#palette");
  palette.close();
  palette.showModal();
  cells.get(current)?.focus();
}

// --- events ------------------------------------------------------------------------------

document.addEventListener("change", ({ target }) => {
  const item = target.closest(".item");
  if (!item) return;
  if (target.type === "checkbox" && target.name.startsWith("item-")) {
    const limit = Number(item.dataset.picks);
    if (inputs(item).filter((input) => input.checked).length > limit) {
      target.checked = false;
      const text = fill(strings.tooMany, { n: limit });
      say(text);
      $(".picked", item).textContent = text;
      return;
    }
  }
  if (target.checked && target.closest(".opt")) setStruck(target.closest(".opt"), false);
  change(item);
});

function strike(option) {
  const struck = !option.classList.contains("struck"), input = $("input", option);
  if (input.disabled) return;
  setStruck(option, struck);
  if (struck) input.checked = false;
  change(option.closest(".item"));
}

const actions = {
  check: review, back: () => show(current), palette: openPalette, close: () => $("#palette").close(),
  keys: () => { if ($("#palette").matches(":modal")) $("#palette").close(); $("#keys").showModal(); },
  flag: () => flagOf(section(current)).click(),
};

document.addEventListener("click", (event) => {
  const target = event.target.closest("button, a");
  if (!target) return;
  const item = target.closest(".item");
  if (target.dataset.go) { event.preventDefault(); actions[target.dataset.go](); }
  else if (target.dataset.step) show(current + Number(target.dataset.step));
  else if (target.hash?.startsWith("#q") && target.matches(".cell, .numbers a")) { event.preventDefault(); show(Number(target.hash.slice(2))); }
  else if (target.matches(".strike")) strike(target.closest(".opt"));
  else if (target.closest(".lang")) { setLanguage(item, target.value); change(item); }
  else if (target.closest(".sure")) { setSure(item, item.dataset.sure === target.value ? "" : target.value); change(item); }
  else if (target.dataset.reveal) { event.preventDefault(); revealAnswer(item, target); }
  else if (target.id === "submit") { target.setAttribute("aria-disabled", "true"); waiting(strings.submitting); finish("").finally(() => target.removeAttribute("aria-disabled")); }
  else if (target.id === "clock") { hidden = !hidden; target.setAttribute("aria-pressed", String(hidden)); showTime(); }
});

async function revealAnswer(item, button) {
  button.disabled = true;
  await outbox.flush();
  try {
    const response = await outbox.post(button.dataset.reveal, {});
    if (!response.ok) throw new Error();
    $(".answer", item).innerHTML = await response.text();
    item.dataset.locked = "";
    for (const control of $$("input, .strike, .sure button", item)) control.disabled = true;
    button.remove();
    $(".verdict", item).focus();
  } catch { button.disabled = false; banner(strings.revealFailed, ""); }
}

// Keys are matched by place on the keyboard, so a Hangul input mode does not break them.
const keymap = {
  KeyN: () => show(current + 1), ArrowRight: () => show(current + 1), KeyP: () => show(current - 1), ArrowLeft: () => show(current - 1),
  KeyF: () => actions.flag(), KeyR: review, KeyH: () => $("#clock")?.click(),
  KeyT: () => say(end === null ? strings.noLimit : fill(strings.timeLeft, { time: words(left()) })),
  KeyL: () => { const item = section(current); setLanguage(item, item.dataset.lang === "ko" ? "en" : "ko"); change(item); },
  KeyU: () => { const item = section(current); setSure(item, { "": "sure", sure: "unsure", unsure: "" }[item.dataset.sure]); change(item); say(strings[item.dataset.sure || "unsaid"]); },
  KeyG: () => { typed = ""; say(strings.goto); },
};
let typed = null;

document.addEventListener("keydown", (event) => {
  if (main.dataset.shortcuts === "off" || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if ($("dialog:modal") || event.target.matches("input:not([type=radio], [type=checkbox]), textarea, select")) return;
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  if (typed !== null && (digit || event.code === "Enter")) {
    event.preventDefault();
    if (digit) typed += digit;
    else { const n = Number(typed); typed = null; if (n >= 1 && n <= items.length) show(n); }
    return;
  }
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) { event.preventDefault(); return actions.keys(); }
  if (!$("#check").hidden) return;
  const option = digit && $$(".opt", section(current))[Number(digit) - 1];
  if (option) { event.preventDefault(); return event.shiftKey ? strike(option) : $("input", option).click(); }
  if (event.code === "KeyS" && event.target.closest(".opt")) { event.preventDefault(); return strike(event.target.closest(".opt")); }
  if (event.code.startsWith("Arrow") && event.target.matches("input[type=radio]")) return;
  if (!event.shiftKey && keymap[event.code]) { event.preventDefault(); keymap[event.code](); }
});

window.addEventListener("beforeunload", (event) => { if (outbox.count && !closed) event.preventDefault(); });
document.addEventListener("visibilitychange", () => { if (document.hidden) { tick(); outbox.note("focus-lost"); } else { outbox.note("focus-back"); shownSince = performance.now(); showTime(); } });
window.addEventListener("hashchange", () => { const n = Number(location.hash.slice(2)); if (n >= 1 && n <= items.length && n !== current) show(n); });

// --- start -------------------------------------------------------------------------------

setTime(main.dataset.remaining);
for (const mark of [30, 15, 5, 1]) if (end !== null && left() / 60000 <= mark * 2 && left() / 60000 > mark) { /* spoken when reached */ } else if (end !== null && left() / 60000 <= mark) spoken.add(mark);
const narrow = matchMedia("(max-width: 860px)");
const placePalette = () => { const palette = $("#palette"); if (narrow.matches) palette.close(); else if (!palette.open) palette.show(); };
narrow.addEventListener("change", placePalette);
placePalette();
items.forEach(draw);
for (const entry of Object.values(outbox.data.pending)) write(entry);
show(Math.min(Math.max(Number(location.hash.slice(2)) || 1, 1), items.length), false);
showSaved();
showTime();
setInterval(showTime, 500);
setInterval(() => outbox.send(true), 60000);
outbox.note("resumed");
if (outbox.count) outbox.send();
// The first banner may appear offline: have its glyphs before the network goes.
document.fonts?.load('600 1em "Pretendard Variable"', Object.values(strings).join("")).catch(() => {});
