// A window of time and how it may be moved: pure, nothing of the page in here.

export function timecode(t) {
  const hundredths = Math.floor(Math.max(0, t) * 100 + 1e-3);
  const rest = hundredths % 6000;
  const minutes = Math.floor(hundredths / 6000);
  const seconds = `${String(Math.floor(rest / 100)).padStart(2, "0")}.${String(rest % 100).padStart(2, "0")}`;
  if (minutes < 60) return `${minutes}:${seconds}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${seconds}`;
}

export const seconds = (t) => t.toFixed(3);

// What a person typed: 12.48, 12,48 or 1:02.5; null for no time.
export function parsed(text) {
  const plain = text.trim().replace(",", ".");
  if (!/^(\d+:){0,2}\d*\.?\d*$/.test(plain) || !/\d/.test(plain)) return null;
  return plain.split(":").reduce((sum, part) => sum * 60 + Number(part || 0), 0);
}

// The frame that begins at or next to a time.
export function onFrame(t, film) {
  const step = 1 / film.fps;
  return film.first_s + Math.round((t - film.first_s) / step) * step;
}

// The nearest of some times within reach, else the time itself.
export function snapped(t, times, reach) {
  let best = t;
  let off = reach;
  for (const one of times) {
    if (Math.abs(one - t) < off) { best = one; off = Math.abs(one - t); }
  }
  return best;
}

// A length of whole frames of the clip, between the model's shortest and longest.
export function fittingLength(length, film) {
  const { shortest_s, longest_s, frame_s } = film.lengths;
  const frames = Math.round(length / frame_s) * frame_s;
  return Math.min(longest_s, Math.max(shortest_s, frames));
}

// The window with its in point elsewhere, its out point where it was.
export function withIn(window, t, film) {
  const out = window.start_s + window.length_s;
  const length_s = fittingLength(out - t, film);
  const start_s = Math.max(film.first_s, out - length_s);
  return { start_s, length_s: fittingLength(out - start_s, film) };
}

export function withOut(window, t, film) {
  const most = film.end_s - window.start_s;
  const length_s = fittingLength(Math.min(t - window.start_s, most), film);
  return { start_s: window.start_s, length_s };
}

// The window elsewhere, its length kept, inside the film.
export function moved(window, t, film) {
  const latest = Math.max(film.first_s, film.end_s - window.length_s);
  return { start_s: Math.min(latest, Math.max(film.first_s, t)), length_s: window.length_s };
}

export const isSame = (a, b) =>
  Boolean(a && b) && Math.abs(a.start_s - b.start_s) < 1.5e-3 && Math.abs(a.length_s - b.length_s) < 1.5e-3;
