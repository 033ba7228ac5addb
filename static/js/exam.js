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
let current = 1, shownSince = performance.now(), submitting = false, closed = false, late = false;

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
  drawItem(item);
  drawCount();
}

function drawCount() {
  const done = items.filter((item) => status(item) === "answered").length;
  $("#count").textContent = fill(strings.count, { done, all: items.length });
}

function drawItem(item) {
  const n = Number(item.dataset.n), cell = cells.get(n), state = status(item), flagged = flagOf(item).checked;
  cell.dataset.status = state;
  cell.toggleAttribute("data-flagged", flagged);
  $(".vh", cell).textContent = `: ${strings[state]}${flagged ? `, ${strings.flagged}` : ""}`;
  const picked = $(".picked", item);
  if (picked) picked.textContent = fill(strings.picked, { n: inputs(item).filter((input) => input.checked).length });
  if (n === current) $(".thumb [data-go=flag]").setAttribute("aria-pressed", String(flagged));
}

// --- saving ------------------------------------------------------------------------------

const outbox = new Outbox({
  key: main.dataset.key, url: main.dataset.answers, csrfUrl: main.dataset.csrf, rev: Number(main.dataset.rev),
  on: {
    time: (ms) => setTime(ms),
    state: showSaved,
    refused: showRefusal,
    elsewhere(states, sameBrowser, mine = []) {
      for (const state of states) {
        // What was just acknowledged, or waits to be sent, is newer than what came before it.
        if (sameBrowser || !(mine.includes(state.item) || outbox.waiting(state.item))) write(state);
      }
      if (sameBrowser) return;
      const numbers = states.map((state) => state.item).join(", ");
      const both = mine.some((n) => states.some((state) => state.item === n));
      notice("news", fill(both ? strings.overwritten : strings.elsewhere, { numbers }), "info");
    },
  },
});

function change(item) {
  if (closed || asked || "locked" in item.dataset) return;
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
  const line = $("#saved"), { state } = outbox;
  const text = state === "kept" ? fill(strings.kept, { n: outbox.count }) : strings[state];
  if (line.textContent !== text) line.textContent = text;
  line.dataset.state = state;
  if (outbox.blocked !== "signed-out") notice("signedOut");
  if (outbox.blocked !== "refused") notice("refused");
  notice("offline", outbox.offline || state === "kept" ? strings.offline : "", "");
  if (submitting && state === "kept") waiting(strings.submitWaits);
}

// One line on top at a time, the weightiest first.
const notices = { end: null, time: null, signedOut: null, refused: null, failed: null, offline: null, news: null };

function notice(kind, text = "", tone = "bad", link = null) {
  if ((notices[kind]?.text ?? "") === text) return;
  notices[kind] = text ? { text, tone, link } : null;
  const top = Object.values(notices).find(Boolean), box = $("#banner");
  box.className = `banner elsewhere script-only ${top?.tone ?? ""}`;
  box.replaceChildren(top?.text ?? "", ...(top?.link ? [" ", top.link] : []));
  box.hidden = !top;
}

function anchor(text, href, blank = false) {
  const link = document.createElement("a");
  link.textContent = text;
  link.href = href;
  if (blank) { link.target = "_blank"; link.rel = "opener"; }
  return link;
}

function showRefusal(kind, body) {
  if (kind === "signed-out") return notice("signedOut", strings.signedOut, "bad", anchor(strings.signIn, main.dataset.login, true));
  if (kind !== "late" && kind !== "closed") return notice("refused", `${strings.refused} ${body.message ?? ""}`);
  const lost = Object.keys(outbox.data.pending).join(", "), result = body.result ?? main.dataset.result;
  late = Boolean(lost);
  lock();
  if (late) notice("end", `${kind === "closed" ? `${strings.closed} ` : ""}${fill(strings.late, { numbers: lost })}`, "bad", anchor(strings.toResult, result));
  else leave(result);
}

function leave(result) {
  closed = true;
  location.assign(result);
}

// --- time --------------------------------------------------------------------------------

const MARKS = [30, 15, 5, 1];
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
  if (minutes <= 5) hidden = false;
  clock.setAttribute("aria-pressed", String(hidden));
  clock.dataset.level = level;
  $("#time").textContent = hidden ? strings.clockHidden : words(ms) + (level ? ` ${strings[level]}` : "");
  for (const mark of MARKS) {
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
  notice("time", strings.timeUp, "info");
  await outbox.flush(4500);
  await finish("timer");
  asked = false;
}

function lock() {
  for (const control of $$("#paper fieldset, .item input, .item button")) control.disabled = true;
}

function unlock() {
  for (const control of $$("#paper fieldset, .item .lang button")) control.disabled = false;
  for (const control of $$(".item:not([data-locked]) :is(input, button)")) control.disabled = false;
}

// --- submitting --------------------------------------------------------------------------

async function finish(reason) {
  if (submitting) return;
  submitting = true;
  for (let wait = 500; ; wait = Math.min(wait * 2, 15000)) {
    if (!reason) await outbox.flush();
    if (await askToFinish(reason)) break;
    waiting(strings.submitWaits);
    if (reason) notice("time", strings.submitWaits, "info");
    await new Promise((done) => {
      setTimeout(done, wait);
      for (const event of ["online", "pageshow"]) window.addEventListener(event, done, { once: true });
    });
  }
  submitting = false;
}

// True when the server has decided; false when it has to be asked again.
async function askToFinish(reason) {
  try {
    const response = await outbox.post(main.dataset.submit, { v: 1, client_id: outbox.data.client_id, newest: reason ? {} : outbox.newest, reason });
    const body = response.status < 500 ? await response.json().catch(() => ({})) : {};
    if (response.ok || body.status === "closed") {
      closed = true;
      outbox.clear();
      if (!late) leave(body.result ?? main.dataset.result);
      return true;
    }
    if (body.status === "time-left") {
      setTime(body.remaining_ms);
      unlock();
      notice("time");
      return true;
    }
    if (body.status === "unsynced") for (const n of body.items) change(section(n));
    if (response.status === 401) showRefusal("signed-out", body);
    if (response.status === 403) await fetch(main.dataset.csrf, { cache: "no-store" });
  } catch { /* the network is away: the answers are kept and we go on trying */ }
  return false;
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
  notice("news");
  notice("failed");
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
  notice("failed");
  try {
    // The answer has to arrive before the item is locked.
    if (outbox.waiting(item.dataset.n) && !outbox.offline) await outbox.flush(8000);
    if (outbox.waiting(item.dataset.n)) throw new Error();
    const response = await outbox.post(button.dataset.reveal, {});
    if (!response.ok) throw new Error();
    $(".answer", item).innerHTML = await response.text();
    item.dataset.locked = "";
    for (const control of $$("input, .strike, .sure button", item)) control.disabled = true;
    button.remove();
    $(".verdict", item).focus();
  } catch {
    button.disabled = false;
    notice("failed", strings.revealFailed, "");
  }
}

// Keys are matched by place on the keyboard, so a Hangul input mode does not break them.
const keymap = {
  KeyN: () => show(current + 1), ArrowRight: () => show(current + 1), KeyP: () => show(current - 1), ArrowLeft: () => show(current - 1),
  KeyF: () => actions.flag(), KeyR: review, KeyH: () => $("#clock")?.click(),
  KeyT: () => say(end === null ? strings.noLimit : fill(strings.timeLeft, { time: words(left()) })),
  KeyL: () => { const item = section(current); setLanguage(item, item.dataset.lang === "ko" ? "en" : "ko"); change(item); },
  KeyU: () => {
    const item = section(current);
    if ($(".sure button", item).disabled) return;
    setSure(item, { "": "sure", sure: "unsure", unsure: "" }[item.dataset.sure]);
    change(item);
    say(strings[item.dataset.sure || "unsaid"]);
  },
  KeyG: () => goTo(""),
};

// The number that is being typed after G, in sight; null when none is.
let typed = null;

function goTo(number) {
  typed = number;
  $("#say").className = number === null ? "vh" : "toast";
  say(number === null ? "" : `${strings.goto}: ${number}`);
}

// True when the key belonged to the number; any other key leaves it.
function typeNumber(event, digit) {
  if (digit) goTo(`${typed}${digit}`.slice(0, 4));
  else if (event.code === "Backspace") goTo(typed.slice(0, -1));
  else {
    const n = Number(typed);
    goTo(null);
    if (/Enter$/.test(event.code) && n >= 1 && n <= items.length) show(n);
    return /Enter$|^Escape$/.test(event.code);
  }
  return true;
}

document.addEventListener("keydown", (event) => {
  if (main.dataset.shortcuts === "off" || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if ($("dialog:modal") || event.target.matches("input:not([type=radio], [type=checkbox]), textarea, select")) return;
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  if (typed !== null && typeNumber(event, digit)) return event.preventDefault();
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) { event.preventDefault(); return actions.keys(); }
  if (!$("#check").hidden && event.code !== "KeyG") return;
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
if (end !== null) for (const mark of MARKS) if (left() <= mark * 60000) spoken.add(mark);
const narrow = matchMedia("(max-width: 860px)");
const placePalette = () => { const palette = $("#palette"); if (narrow.matches) palette.close(); else if (!palette.open) palette.show(); };
narrow.addEventListener("change", placePalette);
placePalette();
items.forEach(drawItem);
drawCount();
for (const entry of Object.values(outbox.data.pending)) write(entry);
show(Math.min(Math.max(Number(location.hash.slice(2)) || 1, 1), items.length), false);
showSaved();
showTime();
setInterval(() => { showTime(); if (outbox.count) showSaved(); }, 500);
setInterval(() => outbox.send(true), 60000);
outbox.note("resumed");
if (outbox.count) outbox.send();
// A page that opens elsewhere in this browser may be the login that the answers wait for.
if ("BroadcastChannel" in window) new BroadcastChannel("cutscore").addEventListener("message", () => outbox.blocked === "signed-out" && outbox.send(true));
// The first banner may appear offline: have its glyphs before the network goes.
document.fonts?.load('600 1em "Pretendard Variable"', Object.values(strings).join("")).catch(() => {});
