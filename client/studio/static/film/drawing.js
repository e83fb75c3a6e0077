// How the timeline is drawn: SVG in layers, of which a drag redraws only the window.
import { timecode } from "./window.js";

export const RULER = 20;
const STRIP = 46;
const OTHERS = 18;
const CURVE = 74;
const ROW = 7;
const MOST_ROWS = 4;
const OVERVIEW = 22;
const STRIP_TOP = RULER;
const OTHERS_TOP = STRIP_TOP + STRIP + 2;
const CURVE_TOP = OTHERS_TOP + OTHERS;
const ROWS_TOP = CURVE_TOP + CURVE + 4;
export const HEIGHT = ROWS_TOP + MOST_ROWS * ROW + 4;
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
const TICK_PX = 78;
const HANDLE = 9;
const LONGEST_GAP_S = 12;
const AT_ONCE = 2; // pictures: a browser has six connections, and answers to a drag come first
const SPACE = "http://www.w3.org/2000/svg";

function node(name, attributes = {}, ...children) {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const n = (value) => value.toFixed(1);

export class Drawing {
  constructor(host, stills) {
    this.stills = stills;
    this.overview = node("svg", { class: "overview", height: OVERVIEW, width: "100%", "aria-hidden": "true" });
    this.svg = node("svg", { class: "detail", height: HEIGHT, width: "100%", role: "group" });
    this.strip = node("g", { class: "strip" });
    this.ground = node("g");
    this.others = node("g", { class: "others" });
    this.chosen = node("g", { class: "chosen" });
    this.head = node("g", { class: "playhead", "pointer-events": "none" });
    this.svg.append(this.strip, this.ground, this.chosen, this.others, this.head);
    this.#makeWindow();
    this.line = node("line", { y1: 0, y2: HEIGHT });
    this.top = node("path", { d: "M-5 0h10v7l-5 6-5-6z" });
    this.head.append(this.line, this.top);
    this.detailFor = "";
    host.append(this.overview, this.svg);
  }

  #makeWindow() {
    const slider = (part, name) =>
      node("g", { class: part === "window" ? "body" : "edge", "data-part": part, tabindex: 0, role: "slider", "aria-label": name });
    this.before = node("rect", { class: "outside", x: 0, y: STRIP_TOP, height: HEIGHT - STRIP_TOP, "pointer-events": "none" });
    this.after = node("rect", { class: "outside", y: STRIP_TOP, height: HEIGHT - STRIP_TOP, "pointer-events": "none" });
    this.body = slider("window", "Window");
    this.bodyRect = node("rect", { y: STRIP_TOP, height: HEIGHT - STRIP_TOP });
    this.label = node("text", { class: "length", y: STRIP_TOP + 14, "text-anchor": "middle" });
    this.body.append(this.bodyRect, this.label);
    this.edges = {};
    for (const [part, name] of [["in", "In point"], ["out", "Out point"]]) {
      const edge = slider(part, name);
      edge.append(
        node("rect", { class: "grab", y: STRIP_TOP, height: HEIGHT - STRIP_TOP, width: HANDLE * 2 + 4 }),
        node("path", { class: "grip" }),
      );
      this.edges[part] = edge;
    }
    this.marks = node("g", { class: "marks", "pointer-events": "none" });
    this.chosen.append(this.before, this.after, this.body, this.edges.in, this.edges.out, this.marks);
  }

  all(line) {
    const { film, view, host } = line;
    this.svg.setAttribute("aria-label", line.words());
    this.width = host.clientWidth;
    this.ground.replaceChildren(...this.#ground(line));
    this.others.replaceChildren(...this.#runnersUp(line));
    this.#drawStrip(line);
    const isAll = view.end_s - view.start_s >= film.end_s - film.first_s - 1e-3;
    this.overview.classList.toggle("unneeded", isAll);
    if (!isAll) this.#drawOverview(line);
    this.window(line);
    this.playhead(line);
  }

  *#ground(line) {
    const { film, view } = line;
    for (const [start, end] of film.looked_at) {
      const x = line.x(start);
      yield node("rect", { class: "looked", x: n(x), y: CURVE_TOP, width: n(line.x(end) - x), height: CURVE }, title("Looked at closely"));
    }
    for (const level of [0, 0.5, 1]) {
      const y = CURVE_TOP + CURVE * (1 - level);
      yield node("line", { class: "level", x1: 0, x2: this.width, y1: y, y2: y });
    }
    for (const [d, kind] of this.#curves(line)) yield node("path", { class: kind, d });
    yield* this.#faces(line);
    for (const cut of film.cuts_s) {
      if (cut < view.start_s || cut > view.end_s) continue;
      const x = n(line.x(cut));
      yield node("g", { class: "cut" },
        node("line", { x1: x, x2: x, y1: STRIP_TOP, y2: HEIGHT }),
        node("path", { d: `M${x} ${RULER - 1}l-4 -6h8z` }, title(`Cut at ${timecode(cut)}`)));
    }
    yield* this.#ruler(line);
  }

  *#curves(line) {
    const point = ([t, score]) => `${n(line.x(t))} ${n(CURVE_TOP + CURVE * (1 - score))}`;
    const foot = CURVE_TOP + CURVE;
    const area = (run) => `M${n(line.x(run[0][0]))} ${foot}L${run.map(point).join("L")}L${n(line.x(run.at(-1)[0]))} ${foot}Z`;
    for (const run of runs(line.film.coarse)) if (run.length > 1) yield [area(run), "coarse"];
    for (const run of line.film.close) {
      if (run.length < 2) continue;
      yield [area(run), "close-area"];
      yield [`M${run.map(point).join("L")}`, "close"];
    }
  }

  *#faces(line) {
    for (const [start, end] of line.film.glimpses) {
      yield node("rect", { class: "glimpse", x: n(line.x(start)), y: ROWS_TOP, width: n(Math.max(1, line.x(end) - line.x(start))), height: ROW - 2 });
    }
    for (const [row, { person, spans }] of line.film.faces.slice(0, MOST_ROWS).entries()) {
      for (const [start, end] of spans) {
        const said = person === null ? "A face, turned to the camera" : `Person ${person}`;
        yield node("rect", { class: `face row-${row}`, x: n(line.x(start)), y: ROWS_TOP + row * ROW, width: n(Math.max(1.5, line.x(end) - line.x(start))), height: ROW - 2, rx: 1.5 },
          title(`${said}: ${timecode(start)} – ${timecode(end)}`));
      }
    }
  }

  *#ruler({ view }) {
    const place = (t) => ((t - view.start_s) / (view.end_s - view.start_s)) * this.width;
    const span = view.end_s - view.start_s;
    const step = STEPS.find((one) => (one / span) * this.width >= TICK_PX) ?? 7200;
    yield node("line", { class: "level", x1: 0, x2: this.width, y1: RULER, y2: RULER });
    for (let t = Math.ceil(view.start_s / step - 1e-9) * step; t <= view.end_s; t += step) {
      const x = place(t);
      yield node("line", { class: "tick", x1: n(x), x2: n(x), y1: RULER - 7, y2: RULER });
      if (x < this.width - 40) yield node("text", { class: "time", x: n(x + 4), y: 13 }, step < 1 ? timecode(t) : timecode(t).replace(/\.00$/, ""));
    }
  }

  *#runnersUp(line) {
    const picked = line.film.picked;
    const shown = [...(picked ? [["pick", picked]] : []), ...line.film.runners_up.map((one, at) => [String(at + 2), one])];
    for (const [name, one] of shown) {
      const x = line.x(one.start_s);
      const width = line.x(one.start_s + one.length_s) - x;
      if (x > this.width || x + width < 0) continue;
      const label = `${name === "pick" ? "pick" : `#${name}`} ${one.score.toFixed(2)}`;
      const words = name === "pick" ? "the pick" : "a runner-up";
      const place = `${timecode(one.start_s)} – ${timecode(one.start_s + one.length_s)}, score ${one.score.toFixed(2)}`;
      const button = node("g", { class: `other${name === "pick" ? " pick" : ""}`, "data-part": `other-${name}`, "data-start": one.start_s, "data-length": one.length_s, role: "button", tabindex: 0, "aria-label": `${label}, ${words}: ${place}. Take it` },
        node("rect", { x: n(x + 0.5), y: OTHERS_TOP, width: n(Math.max(4, width - 1)), height: OTHERS - 4, rx: 3 }), title(`${label}, ${words}: ${place}`));
      if (width > 44) button.append(node("text", { x: n(Math.max(x, 0) + 5), y: OTHERS_TOP + 11 }, label));
      yield button;
    }
  }

  // Pictures, each from the middle of its place; asked for once the view stands still.
  #drawStrip(line) {
    const { view } = line;
    const named = `${n(view.start_s)} ${n(view.end_s)} ${this.width}`;
    if (named === this.detailFor) return;
    this.detailFor = named;
    clearTimeout(this.due);
    const count = Math.max(4, Math.min(16, Math.round(this.width / 92)));
    const each = this.width / count;
    const draw = () => {
      const pictures = [];
      for (let at = 0; at < count; at += 1) {
        const t = Math.round(line.t((at + 0.5) * each) * 1000);
        const picture = node("image", { x: n(at * each), y: STRIP_TOP, width: n(each), height: STRIP, preserveAspectRatio: "xMidYMid slice" });
        pictures.push([picture, `${this.stills}/${t}.jpg`]);
      }
      this.strip.replaceChildren(...pictures.map(([picture]) => picture));
      const next = () => {
        const [picture, url] = pictures.shift() ?? [];
        if (!picture?.isConnected) return;
        for (const kind of ["load", "error"]) picture.addEventListener(kind, next, { once: true });
        picture.setAttribute("href", url);
      };
      for (let at = 0; at < AT_ONCE; at += 1) next();
    };
    this.due = setTimeout(draw, this.strip.hasChildNodes() ? 350 : 0);
  }

  #drawOverview(line) {
    const { film, view } = line;
    const scale = this.width / (film.end_s - film.first_s);
    const x = (t) => (t - film.first_s) * scale;
    const best = [...film.coarse, ...film.close.flat()].sort((a, b) => a[0] - b[0]);
    const parts = [node("rect", { class: "back", x: 0, y: 0, width: this.width, height: OVERVIEW })];
    for (const [start, end] of film.looked_at) parts.push(node("rect", { class: "looked", x: n(x(start)), y: 0, width: n(Math.max(1, x(end) - x(start))), height: OVERVIEW }));
    for (const run of runs(best)) {
      if (run.length > 1) parts.push(node("path", { class: "close-area", d: `M${n(x(run[0][0]))} ${OVERVIEW}L${run.map(([t, s]) => `${n(x(t))} ${n(OVERVIEW * (1 - s))}`).join("L")}L${n(x(run.at(-1)[0]))} ${OVERVIEW}Z` }));
    }
    if (line.window) parts.push(node("rect", { class: "mark", x: n(x(line.window.start_s)), y: 0, width: n(Math.max(2, line.window.length_s * scale)), height: OVERVIEW }));
    parts.push(node("rect", { class: "view", x: n(x(view.start_s) + 1), y: 1, width: n(Math.max(6, (view.end_s - view.start_s) * scale - 2)), height: OVERVIEW - 2, rx: 3 }));
    this.overview.replaceChildren(...parts);
  }

  window(line) {
    const { window, view } = line;
    this.chosen.classList.toggle("unneeded", !window);
    if (!window || !view) return;
    const end = window.start_s + window.length_s;
    const from = line.x(window.start_s);
    const to = line.x(end);
    set(this.before, { width: n(Math.max(0, from)) });
    set(this.after, { x: n(Math.max(0, to)), width: n(Math.max(0, this.width - to)) });
    set(this.bodyRect, { x: n(from), width: n(Math.max(2, to - from)) });
    set(this.label, { x: n((from + to) / 2) });
    this.label.textContent = to - from > 54 ? `${window.length_s.toFixed(2)} s` : "";
    for (const [part, x, way] of [["in", from, 1], ["out", to, -1]]) {
      const [grab, grip] = this.edges[part].children;
      set(grab, { x: n(x - HANDLE - 2) });
      set(grip, { d: `M${n(x)} ${STRIP_TOP}v${HEIGHT - STRIP_TOP}m0 ${-HEIGHT + STRIP_TOP}h${way * HANDLE}v9h${-way * (HANDLE - 3)}v${HEIGHT - STRIP_TOP - 18}h${way * (HANDLE - 3)}v9h${-way * HANDLE}z` });
    }
    const { film } = line;
    const values = [
      [this.body, window.start_s, film.first_s, film.end_s - window.length_s, `${timecode(window.start_s)} to ${timecode(end)}, ${window.length_s.toFixed(2)} seconds`],
      [this.edges.in, window.start_s, film.first_s, end, timecode(window.start_s)],
      [this.edges.out, end, window.start_s, film.end_s, timecode(end)],
    ];
    for (const [one, now, least, most, words] of values) {
      set(one, { "aria-valuenow": now.toFixed(3), "aria-valuemin": least.toFixed(3), "aria-valuemax": most.toFixed(3), "aria-valuetext": words });
    }
    this.#drawMarks(line);
  }

  #drawMarks(line) {
    this.marks.replaceChildren(...line.moments.filter((one) => one.what !== "cut").map((one) => {
      const x = line.x(one.t_s);
      return node("rect", { class: `mark-${one.what}`, x: n(x - 1), y: CURVE_TOP + CURVE - 9, width: n(Math.max(4, line.x(one.t_s + one.length_s) - x)), height: 9, rx: 1.5 });
    }));
  }

  playhead(line) {
    if (!line.view) return;
    set(this.head, { transform: `translate(${n(line.x(line.playhead))} 0)` });
  }
}

const title = (text) => node("title", {}, text);

function set(one, attributes) {
  for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
}

// Points near enough to be one line: where nothing was measured for long, nothing is drawn.
function runs(points) {
  const found = [];
  for (const point of points) {
    if (found.length && point[0] - found.at(-1).at(-1)[0] <= LONGEST_GAP_S) found.at(-1).push(point);
    else found.push([point]);
  }
  return found;
}
