// The two fields of the window: what may be written in them, and why something may not.
import { parsed, timecode } from "./window.js";

const at = (id) => document.getElementById(id);
const short = (t) => String(Number(t.toFixed(2)));
const rangeOf = ({ shortest_s, longest_s }) => `${short(shortest_s)} to ${short(longest_s)} s for this model`;

// Why what is written cannot be had, "" where it can.
function wrongStart(text, { end_s, lengths }) {
  const t = parsed(text);
  if (t === null) return "Write seconds, like 12.480.";
  if (end_s - t >= lengths.shortest_s - 1e-3) return "";
  return `Too little is left after ${timecode(t)}: the film ends at ${timecode(end_s)}.`;
}

function wrongLength(text, { lengths }) {
  const length = parsed(text);
  if (length === null) return `Write seconds: ${rangeOf(lengths)}.`;
  const half = lengths.frame_s / 2;
  const isLong = length > lengths.longest_s + half;
  return isLong || length < lengths.shortest_s - half ? `${short(length)} s is too ${isLong ? "long" : "short"}: ${rangeOf(lengths)}.` : "";
}

const WRONG = { "window-start": wrongStart, "window-length": wrongLength };

// Says beside the fields what is wrong with one of them, else what the model takes.
export function sayOf(id, film) {
  const wrong = WRONG[id](at(id).value, film);
  say(wrong || rangeOf(film.lengths), wrong ? id : null);
  return wrong;
}

export function sayRange(film) {
  if (!at("window-said").classList.contains("bad")) say(rangeOf(film.lengths), null);
}

function say(text, wrong) {
  if (at("window-said").textContent !== text) at("window-said").textContent = text;
  at("window-said").classList.toggle("bad", wrong !== null);
  for (const id of Object.keys(WRONG)) at(id).ariaInvalid = wrong === id ? "true" : null;
}
