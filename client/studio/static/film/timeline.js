// The timeline: what was measured over time, and the window to drag by its body and both edges.
import { fittingLength, moved, onFrame, snapped, timecode, withIn, withOut } from "./window.js";
import { Drawing, HEIGHT, RULER } from "./drawing.js";

const SNAP_PX = 7;
const CLICK_PX = 3;

// on: {move(window, edge), commit(window), seek(t)}
export class Timeline {
  constructor(host, on) {
    this.host = host;
    this.on = on;
    this.film = null;
    this.window = null;
    this.moments = [];
    this.playhead = 0;
    this.snaps = true;
    this.view = null;
    this.drag = null;
    this.drawing = null;
    this.sees = new ResizeObserver(() => this.draw());
  }

  get isDragging() { return this.drag !== null; }

  // ``film``: the timeline as the studio tells it.
  show(film) {
    const isFirst = this.film === null;
    this.film = film;
    if (!this.drawing) {
      this.host.replaceChildren();
      this.drawing = new Drawing(this.host, this.host.dataset.stills);
      this.#listen();
      this.sees.observe(this.host);
    }
    if (isFirst) this.#firstView();
    this.draw();
  }

  set(window, { moments = this.moments } = {}) {
    this.window = window;
    this.moments = moments;
    this.drawing?.window(this);
  }

  setPlayhead(t) {
    this.playhead = t;
    this.drawing?.playhead(this);
  }

  draw() {
    if (this.film && this.host.clientWidth) this.drawing.all(this);
  }

  x(t) { return ((t - this.view.start_s) / (this.view.end_s - this.view.start_s)) * this.host.clientWidth; }

  t(x) { return this.view.start_s + (x / this.host.clientWidth) * (this.view.end_s - this.view.start_s); }

  // Zoom

  #firstView() {
    const { first_s, end_s } = this.film;
    this.view = { start_s: first_s, end_s };
    const at = this.window ?? this.film.window ?? this.film.picked;
    if (end_s - first_s > 90 && at) this.look(at.start_s + at.length_s / 2, Math.max(24, at.length_s * 8));
  }

  look(middle, span) {
    const { first_s, end_s } = this.film;
    const length = Math.min(end_s - first_s, Math.max(1, span));
    const start_s = Math.min(end_s - length, Math.max(first_s, middle - length / 2));
    this.view = { start_s, end_s: start_s + length };
    this.draw();
  }

  zoom(factor, middle = this.#middle()) {
    const span = this.view.end_s - this.view.start_s;
    const share = (middle - this.view.start_s) / span;
    this.look(middle + (0.5 - share) * span * factor, span * factor);
  }

  all() { this.look((this.film.first_s + this.film.end_s) / 2, Infinity); }

  reveal(t) {
    if (t < this.view.start_s || t > this.view.end_s) this.look(t, this.view.end_s - this.view.start_s);
  }

  #middle() {
    const isIn = (t) => t >= this.view.start_s && t <= this.view.end_s;
    const at = this.window ? this.window.start_s + this.window.length_s / 2 : this.playhead;
    return isIn(at) ? at : (this.view.start_s + this.view.end_s) / 2;
  }

  // Moving

  #listen() {
    const { svg, overview } = this.drawing;
    svg.addEventListener("pointerdown", (event) => this.#down(event));
    svg.addEventListener("pointermove", (event) => this.#move(event));
    svg.addEventListener("pointerup", (event) => this.#up(event));
    svg.addEventListener("pointercancel", () => this.cancel());
    svg.addEventListener("keydown", (event) => this.#key(event));
    svg.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    for (const kind of ["pointerdown", "pointermove"]) {
      overview.addEventListener(kind, (event) => {
        if (!event.buttons) return;
        if (kind === "pointerdown") overview.setPointerCapture(event.pointerId);
        const { first_s, end_s } = this.film;
        const share = event.offsetX / this.host.clientWidth;
        this.look(first_s + share * (end_s - first_s), this.view.end_s - this.view.start_s);
      });
    }
  }

  #down(event) {
    if (event.button !== 0) return;
    const part = event.target.closest("[data-part]")?.dataset.part ?? "ground";
    const { left, top } = this.drawing.svg.getBoundingClientRect();
    const x = event.clientX - left;
    if (part.startsWith("other-")) return; // a runner-up is a button
    const isRuler = event.clientY - top < RULER;
    const kind = isRuler || part === "ground" || !this.window ? "playhead" : part;
    this.drag = { kind, x, from: this.window && { ...this.window }, at: this.t(x), isMoved: false };
    this.drawing.svg.setPointerCapture(event.pointerId);
    event.target.closest("[tabindex]")?.focus({ preventScroll: true });
    event.preventDefault();
    if (kind === "playhead") this.on.seek(this.#inFilm(this.t(x)));
  }

  #move(event) {
    const drag = this.drag;
    if (!drag) return;
    const x = event.clientX - this.drawing.svg.getBoundingClientRect().left;
    if (!drag.isMoved && Math.abs(x - drag.x) < CLICK_PX) return;
    drag.isMoved = true;
    if (drag.kind === "playhead") { this.on.seek(this.#inFilm(this.t(x))); return; }
    const to = this.#dragged(drag, this.t(x) - drag.at, this.snaps && !event.altKey);
    this.set(to);
    this.on.move(to, drag.kind);
  }

  #dragged({ kind, from }, by, snaps) {
    const out = from.start_s + from.length_s;
    const place = (t) => {
      const reach = snaps ? SNAP_PX / (this.host.clientWidth / (this.view.end_s - this.view.start_s)) : 0;
      return snapped(onFrame(t, this.film), this.#stops(), reach);
    };
    if (kind === "in") return withIn(from, place(from.start_s + by), this.film);
    if (kind === "out") return withOut(from, place(out + by), this.film);
    // The body snaps by whichever of its edges meets something.
    const byIn = place(from.start_s + by);
    const byOut = place(out + by) - from.length_s;
    const plain = onFrame(from.start_s + by, this.film);
    return moved(from, Math.abs(byIn - plain) >= Math.abs(byOut - plain) ? byIn : byOut, this.film);
  }

  #stops() { return [...this.film.cuts_s, this.film.first_s, this.film.end_s]; }

  #up() {
    const drag = this.drag;
    this.drag = null;
    if (!drag) return;
    if (drag.kind === "playhead") return;
    if (drag.isMoved) this.on.commit(this.window);
    else if (drag.kind === "window") this.on.seek(this.#inFilm(drag.at));
  }

  // Escape: the window is where it was.
  cancel() {
    const drag = this.drag;
    this.drag = null;
    if (drag?.from && drag.kind !== "playhead") { this.set(drag.from); this.on.move(drag.from, "window"); }
  }

  #inFilm(t) { return Math.min(this.film.end_s, Math.max(this.film.first_s, t)); }

  // An edge that has the focus is moved by frames; with shift by a second.
  #key(event) {
    const part = event.target.dataset?.part;
    if (!["in", "out", "window"].includes(part) || !this.window) return;
    const way = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1 }[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const by = way * (event.shiftKey ? 1 : 1 / this.film.fps);
    const { start_s, length_s } = this.window;
    let to;
    if (part === "window") to = moved(this.window, onFrame(start_s + by, this.film), this.film);
    else if (part === "in") to = withIn(this.window, onFrame(start_s + by, this.film), this.film);
    else to = { start_s, length_s: fittingLength(Math.min(length_s + by, this.film.end_s - start_s), this.film) };
    this.set(to);
    this.on.move(to, part, { isKey: true });
  }

  #wheel(event) {
    const isAcross = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    const span = this.view.end_s - this.view.start_s;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.zoom(Math.exp(event.deltaY / 400), this.t(event.offsetX));
    } else if (isAcross && span < this.film.end_s - this.film.first_s - 1e-3) {
      event.preventDefault();
      const by = ((event.deltaX || event.deltaY) / this.host.clientWidth) * span;
      this.look((this.view.start_s + this.view.end_s) / 2 + by, span);
    }
  }

  // What a screen reader says of it.
  words() {
    const { first_s, end_s, cuts_s, runners_up } = this.film;
    const count = (n, what, many) => `${n} ${n === 1 ? what : many}`;
    return `Score from ${timecode(first_s)} to ${timecode(end_s)}, ${count(cuts_s.length, "cut", "cuts")}, ${count(runners_up.length, "runner-up", "runners-up")}.`;
  }
}

export { HEIGHT };
