// One film's page: the player, the timeline, the window that is moved, and what is decided.
import { askingWhy } from "/static/skipping.js";
import { toast } from "/static/studio.js";
import { sayOf, sayRange } from "./fields.js";
import { listenToKeys } from "./keys.js";
import { Player } from "./player.js";
import { Shown } from "./shown.js";
import { Timeline } from "./timeline.js";
import { fittingLength, isSame, moved, onFrame, parsed, seconds, timecode, withIn, withOut } from "./window.js";

const JUDGE_MS = 120;
const KEY_COMMIT_MS = 500;
const CLOSE_MS = 350;
const REST_MS = 3000;

const page = document.getElementById("film");
const base = `/film/${page.dataset.key}`;
const at = (id) => document.getElementById(id);
at("timeline").dataset.stills = `${base}/at`;

const player = new Player(at("player"), at("player-said"), base);
const shown = new Shown(base);
let film = null; // the timeline, as the studio tells it
let state = null; // all else that it tells
let now = null; // the window as it stands on the page
let stale = null; // stops the question about the window before
let judging = 0;
let keyCommit = 0;
const pending = new Set(); // decisions under way
let isRefused = false; // whether what the press under way had decided was refused

const line = new Timeline(at("timeline"), {
  move(window, edge, { isKey = false } = {}) {
    place(window);
    const out = window.start_s + window.length_s - 1 / film.fps;
    player.pause();
    player.seek(edge === "out" ? out : window.start_s);
    if (isKey) commitSoon();
  },
  commit: (window) => commit(window),
  seek: (t) => player.seek(t),
});

// The window

function place(window, { judge = true, isForced = false } = {}) {
  now = window;
  line.set(window, { moments: [] });
  player.loop = at("loop").ariaPressed === "true" ? window : null;
  writeFields({ isForced });
  if (judge) judgeSoon();
}

// What somebody is typing stays as it is, unless it was refused.
function writeFields({ isForced = false } = {}) {
  const active = isForced ? null : document.activeElement;
  if (active !== at("window-start")) at("window-start").value = now ? seconds(now.start_s) : "";
  if (active !== at("window-length")) at("window-length").value = now ? seconds(now.length_s) : "";
  at("window-out").textContent = now ? `${timecode(now.start_s)} – ${timecode(now.start_s + now.length_s)}` : "";
}

function judgeSoon() {
  clearTimeout(judging);
  stale?.abort();
  judging = setTimeout(judge, JUDGE_MS);
}

async function judge({ closely = false } = {}) {
  const asked = now;
  stale?.abort();
  stale = new AbortController();
  const query = new URLSearchParams({ start: asked.start_s.toFixed(6), length: asked.length_s.toFixed(6) });
  if (closely) query.set("close", "1");
  try {
    const answer = await fetch(`${base}/window.json?${query}`, { signal: stale.signal });
    if (!answer.ok || answer.status === 202) return;
    const told = await answer.json();
    if (!isSame(now, asked)) return;
    tell(told);
    const isGuess = told.looked === "glimpses" || told.looked === "nothing";
    if (isGuess && !closely && !told.refusal) judging = setTimeout(() => judge({ closely: true }), CLOSE_MS);
  } catch (error) {
    if (error.name !== "AbortError") shown.how("The studio does not answer.");
  }
}

function tell(told) {
  shown.judged(told, { isBefore: isBefore(told) });
  line.set(now, { moments: told.moments });
}

// Whether what is told is of the clip that was there, while the one of what was chosen since is made.
const isBefore = (told) => Boolean(state?.is_looking && state.window && !target(state) && isSame(told, state.window));

function commitSoon() {
  clearTimeout(keyCommit);
  keyCommit = setTimeout(() => commit(now), KEY_COMMIT_MS);
}

function commit(window) {
  clearTimeout(keyCommit);
  keyCommit = 0;
  const holds = target(state);
  if (isSame(window, holds)) return;
  if (film && holds && film.end_s - window.start_s < film.lengths.shortest_s - 1e-3) {
    toast(`Too little of the film is left after ${timecode(window.start_s)}: the window stays where it was.`, { bad: true });
    place(holds, { isForced: true });
    isRefused = true;
    return;
  }
  decide({ start_s: Number(window.start_s.toFixed(6)), length_s: Number(window.length_s.toFixed(6)) });
}

// The window that holds as the studio knows it: decided, else that of the clip.
function target(told) {
  if (!told) return null;
  const { start_s, length_s } = told.decided;
  const made = told.window && { start_s: told.window.start_s, length_s: told.window.length_s };
  if (start_s === undefined) return told.is_looking ? null : made;
  return { start_s, length_s: length_s ?? made?.length_s ?? film?.lengths.target_s };
}

// Decisions

async function decide(said, path = "decide") {
  const placed = now;
  const asked = fetch(`${base}/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(said),
    keepalive: true,
  });
  pending.add(asked);
  try {
    const answer = await asked;
    const told = await answer.json();
    if (told.error) {
      isRefused = true;
      toast(`${told.error.message} ${told.error.hint}`.trim(), { bad: true });
      if (state) show(state, { isForced: now === placed });
      return;
    }
    pending.delete(asked);
    // A window that was moved since is a later wish than the one that was asked for.
    show(told, { isForced: now === placed && (!("start_s" in said) || said.start_s === null) });
  } catch {
    isRefused = true;
    toast("The studio does not answer: nothing was decided.", { bad: true });
  } finally {
    pending.delete(asked);
  }
}

// What is registered is what the page shows: a press waits for what was decided just before, and is not
// sent where that was refused or lost. The page has said so, and the next press counts.
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { isRefused = false; }, true);
document.addEventListener("htmx:confirm", (event) => {
  const { verb, question, issueRequest } = event.detail;
  if (verb === "get") return; // a part that is only shown anew
  if (keyCommit) commit(now);
  if (!isRefused && !pending.size) return;
  event.preventDefault();
  settled().then((isTaken) => { if (isTaken) issueRequest(!question); });
});

async function settled() {
  if (isRefused) return false;
  const answers = await Promise.allSettled([...pending]);
  return answers.every((one) => one.status === "fulfilled" && one.value.ok);
}

addEventListener("pagehide", () => { if (keyCommit) commit(now); });

// What the studio tells

async function refresh() {
  const answer = await fetch(`${base}/state.json`);
  if (!answer.ok) return;
  const told = await answer.json();
  const isOther = !state || state.clip !== told.clip || state.model !== told.model;
  show(told);
  if (isOther || !film) await loadTimeline();
}

function show(told, { isForced = false } = {}) {
  state = told;
  shown.state(told);
  const isBusy = line.isDragging || pending.size > 0 || keyCommit || isTyping();
  const wanted = target(told);
  if (wanted && (isForced || !isBusy) && (isForced || !isSame(wanted, now))) {
    if (now && !isSame(wanted, now)) follow(wanted);
    place(wanted, { judge: false, isForced });
  }
  if (!now) return;
  if (told.window && isSame(told.window, now)) {
    clearTimeout(judging);
    tell(told.window);
  } else if (isForced || !shown.hasJudged) judgeSoon();
}

// Into a window that the studio chose: what is judged is what is seen.
function follow(window) {
  const isInside = player.frame >= window.start_s - 1e-3 && player.frame < window.start_s + window.length_s;
  if (isInside || player.isPlaying) return;
  player.seek(window.start_s);
  line.reveal(window.start_s);
}

const isTyping = () => [at("window-start"), at("window-length")].includes(document.activeElement)
  && document.activeElement.value !== (document.activeElement.id === "window-start" ? seconds(now?.start_s ?? 0) : seconds(now?.length_s ?? 0));

async function loadTimeline() {
  const answer = await fetch(`${base}/timeline.json`);
  if (!answer.ok || answer.status === 202) return;
  film = await answer.json();
  Object.assign(player.film, { first_s: film.first_s, end_s: film.end_s, fps: film.fps });
  sayRange(film);
  if (now) line.window = now;
  line.show(film);
  line.setPlayhead(player.frame);
}

async function loadPeople() {
  const answer = await fetch(at("people").dataset.from);
  if (!answer.ok) return;
  at("people").innerHTML = await answer.text(); // a part that the server escaped
  if (answer.status === 202) setTimeout(loadPeople, 1500);
  else if (film) loadTimeline(); // with a row of faces for each
}

let hasPicked = false;
async function begin() {
  await refresh();
  if (hasPicked || !(state?.window || state?.fault)) return;
  hasPicked = true;
  if (now) player.seek(now.start_s);
  loadPeople();
}

document.addEventListener("films", (event) => {
  if (event.detail.includes(page.dataset.key)) begin();
});

// Fields, choices, buttons

function typed(id) {
  if (!film || !now) return;
  const wrong = sayOf(id, film);
  const start = parsed(at("window-start").value);
  const length = parsed(at("window-length").value);
  if (start === null || length === null) return;
  const length_s = fittingLength(length, film);
  const to = { start_s: start, length_s };
  if (isSame(to, now)) { writeFields(); return; }
  place(to);
  if (wrong) return; // what cannot be had moves nobody
  player.seek(start);
  line.reveal(start);
}

// What was written is taken; where it cannot be, the window that holds comes back, and why stays said.
function written(id) {
  if (!film || !now) return;
  typed(id);
  const holds = target(state) ?? state?.window;
  const wrong = sayOf(id, film);
  if (wrong) isRefused = true;
  if (wrong && id === "window-start" && holds) place({ start_s: holds.start_s, length_s: holds.length_s }, { isForced: true });
  else commit(now);
  at(id).value = seconds(id === "window-start" ? now.start_s : now.length_s);
}

for (const id of ["window-start", "window-length"]) {
  const field = at(id);
  let due = 0;
  let isEdited = false;
  field.addEventListener("input", () => { isEdited = true; clearTimeout(due); due = setTimeout(() => typed(id), 250); });
  const done = () => {
    clearTimeout(due);
    if (isEdited) written(id);
    isEdited = false;
  };
  field.addEventListener("change", done);
  field.addEventListener("keydown", (event) => {
    const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "Enter") done();
    if (!way || !film || !now) return;
    event.preventDefault();
    const by = way * (event.shiftKey ? 1 : 1 / film.fps);
    const to = id === "window-start"
      ? moved(now, onFrame(now.start_s + by, film), film)
      : { start_s: now.start_s, length_s: fittingLength(now.length_s + by, film) };
    place(to);
    field.value = seconds(id === "window-start" ? to.start_s : to.length_s);
    commitSoon();
  });
}

for (const choice of document.querySelectorAll("[data-decides]")) {
  choice.addEventListener("change", () => decide({ [choice.dataset.decides]: choice.value }));
}
at("people").addEventListener("change", (event) => {
  const number = event.target.value;
  decide(number ? { person: number } : { person: null });
});
// A reason that is not given leaves the note as it is.
const askWhy = askingWhy(at("skip"), at("skipping"), (note) => decide({ skip: true, ...(note && { note }) }));
at("skip").addEventListener("click", () => {
  if (at("skip").ariaPressed === "true") decide({ skip: false });
  else askWhy();
});
at("use-pick").addEventListener("click", () => {
  if (film?.picked) take(film.picked, { isPick: true });
  else decide({ start_s: null, length_s: null });
});
at("undo").addEventListener("click", () => undo());
const undo = () => { if (!at("undo").disabled) decide({}, "undo"); };

// Moved at once, as by dragging; the clip and a close look follow.
function take({ start_s, length_s }, { isPick = false } = {}) {
  clearTimeout(keyCommit);
  keyCommit = 0; // that of the window before
  const to = { start_s, length_s };
  place(to);
  player.seek(start_s);
  line.reveal(start_s);
  if (isPick) decide({ start_s: null, length_s: null });
  else commit(to);
}
const takeOther = ({ dataset, classList }) =>
  take({ start_s: Number(dataset.start), length_s: Number(dataset.length) }, { isPick: classList.contains("pick") });
at("timeline").addEventListener("click", (event) => {
  const other = event.target.closest(".other");
  if (!other) return;
  takeOther(other);
  document.activeElement?.blur?.(); // or space would take it again instead of playing
});
at("timeline").addEventListener("keydown", (event) => {
  const other = event.target.closest(".other");
  if (other && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); event.stopPropagation(); takeOther(other); }
});

const press = (button, isOn) => { button.ariaPressed = String(isOn); };
export const actions = {
  play: () => player.toggle(),
  stop: () => player.pause(),
  faster: () => player.shuttle(1),
  backward: () => player.shuttle(-1),
  back: () => player.step(-1),
  forward: () => player.step(1),
  "second-back": () => player.seek(player.frame - 1),
  "second-on": () => player.seek(player.frame + 1),
  first: () => player.seek(film?.first_s ?? 0),
  last: () => film && player.seek(film.end_s),
  "cut-before": () => goToCut(-1),
  "cut-after": () => goToCut(1),
  "to-in": () => now && player.seek(now.start_s),
  "to-out": () => now && player.seek(now.start_s + now.length_s - 1 / (film?.fps ?? 25)),
  in: () => mark((frame) => withIn(now, frame, film)),
  out: () => mark((frame) => withOut(now, frame + 1 / film.fps, film)),
  loop: () => {
    press(at("loop"), at("loop").ariaPressed !== "true");
    player.loop = at("loop").ariaPressed === "true" ? now : null;
  },
  snap: () => { line.snaps = !line.snaps; press(at("snap"), line.snaps); },
  mute: () => { at("player").muted = !at("player").muted; press(at("mute"), at("player").muted); },
  "zoom-in": () => film && line.zoom(0.5),
  "zoom-out": () => film && line.zoom(2),
  "zoom-fit": () => film && line.all(),
  undo: () => undo(),
  cancel: () => line.cancel(),
  help: () => at("help").showModal(),
};

function mark(moves) {
  if (!film || !now) return;
  const to = moves(player.frame);
  if (isSame(to, now)) return;
  place(to);
  commit(to);
}

function goToCut(way) {
  if (!film) return;
  const stops = [film.first_s, ...film.cuts_s, film.end_s - 1 / film.fps];
  const there = way > 0 ? stops.find((t) => t > player.frame + 2e-3) : stops.findLast((t) => t < player.frame - 2e-3);
  if (there !== undefined) { player.pause(); player.seek(there); }
}

for (const button of document.querySelectorAll("[data-do]")) {
  button.addEventListener("click", () => actions[button.dataset.do]());
}
at("help-button").addEventListener("click", actions.help);
at("screen").addEventListener("click", actions.play);
listenToKeys(actions);

player.addEventListener("time", () => {
  at("clock").textContent = timecode(player.frame);
  line.setPlayhead(player.frame);
});
player.addEventListener("change", () => {
  at("play").textContent = player.isPlaying ? "❚❚" : "▶";
  at("play").setAttribute("aria-label", player.isPlaying ? "Pause" : "Play");
  at("play").classList.toggle("on", player.isPlaying);
  at("speed").textContent = Math.abs(player.rate) > 1 || player.rate < 0 ? `${player.rate}×` : "";
});
let resting = 0;
document.addEventListener("visibilitychange", () => {
  clearTimeout(resting);
  if (document.hidden) resting = setTimeout(() => player.rest(), REST_MS);
  else player.wake();
});
if (document.hidden) player.isResting = true; // opened behind another tab: it plays when it is seen
else player.load();
begin();
