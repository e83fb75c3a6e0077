// What the page says of a film: reasons, warnings, rules, before and after. Text is only ever text.
import { timecode } from "./window.js";

const at = (id) => document.getElementById(id);
const HOW = { closely: "looked at closely", samples: "from samples", glimpses: "from glimpses", nothing: "not looked at yet" };
const BEFORE = "of the clip before: the one of what you chose is being made";

export class Shown {
  constructor(base) {
    this.base = base;
    this.hasJudged = false;
    this.clip = null;
    this.videos = { before: null, after: null };
    at("play-both").addEventListener("click", () => this.#playBoth());
  }

  how(text) { at("judged-how").textContent = text; }

  // isBefore: told of the clip that was there, while the one of what was chosen since is made.
  judged(told, { isBefore = false } = {}) {
    this.hasJudged = true;
    at("judge").classList.toggle("before", isBefore);
    const { refusal } = told;
    at("score").textContent = told.score === null ? "–" : told.score.toFixed(2);
    at("score").title = told.verdict?.sentence ?? "Score, from 0 to 1";
    at("verdict").textContent = told.verdict?.word ?? "";
    at("judge").dataset.verdict = told.verdict?.word ?? "";
    this.how(refusal ? "no clip can be made of it" : isBefore ? BEFORE : HOW[told.looked]);
    at("refusal").hidden = !refusal;
    at("refusal").textContent = refusal ? `${refusal.message} ${refusal.hint}`.trim() : "";
    list(at("warnings"), told.warnings, "warning");
    list(at("reasons"), told.reasons, "reason");
  }

  state(told) {
    at("film-state").textContent = told.state;
    at("making").hidden = !told.is_looking;
    this.#waits(told.is_looking);
    at("undo").disabled = !told.can_undo;
    at("use-pick").hidden = told.decided.start_s === undefined && told.decided.length_s === undefined;
    if (told.fault) this.#fault(told.fault);
    for (const id of ["fit", "orientation", "audio", "note"]) {
      const field = at(id);
      if (field !== document.activeElement) field.value = told.decided[id] ?? (id === "fit" ? "pad" : "");
    }
    at("skip").ariaPressed = String(Boolean(told.decided.skip));
    at("skip").textContent = told.decided.skip ? "Skipped" : "Skip …";
    for (const one of document.querySelectorAll("#people input[type=radio]:not(:disabled)")) {
      one.checked = one.value === String(told.decided.person ?? "");
    }
    this.#rules(told.rules);
    if (told.clip && told.clip !== this.clip) this.#made(told);
    if (!told.clip && !told.is_looking && this.clip) this.#gone();
  }

  // The form beside the film is fetched anew a moment later, or when nobody types in it.
  #waits(isMaking) {
    const button = document.querySelector("[data-testid=register]");
    const said = document.querySelector("#register-waits");
    if (!button || !said) return;
    if (isMaking && !button.disabled) {
      button.disabled = true;
      button.dataset.waits = "";
    } else if (!isMaking && "waits" in button.dataset) {
      button.disabled = false;
      delete button.dataset.waits;
    }
    said.hidden = !("waits" in button.dataset);
  }

  #fault({ message, hint }) {
    at("refusal").hidden = false;
    at("refusal").textContent = `${message} ${hint}`.trim();
    this.how("no clip was made");
    if (!this.hasJudged) at("timeline-said")?.replaceChildren();
  }

  #rules(rules) {
    const rows = rules.map(({ rule, found, wanted, ok }) => {
      const row = document.createElement("li");
      row.className = ok ? "met" : "broken";
      row.title = `Wanted: ${wanted}`;
      const mark = document.createElement("b");
      mark.textContent = ok ? "✓" : "✗";
      mark.setAttribute("role", "img");
      mark.setAttribute("aria-label", ok ? "kept:" : "broken:");
      const name = document.createElement("span");
      name.textContent = rule;
      const has = document.createElement("em");
      has.textContent = ok ? found : `${found}, not ${wanted}`;
      row.append(mark, name, has);
      return row;
    });
    at("rules").replaceChildren(...rows);
    const kept = rules.filter((one) => one.ok).length;
    at("rules-kept").textContent = rules.length ? `${kept} of ${rules.length} kept` : "";
  }

  // The new clip takes the old one's place once it can be shown: nothing flickers.
  #made(told) {
    this.clip = told.clip;
    const { start_s, length_s } = told.window;
    const [width, height] = told.clip_px;
    at("after-size").textContent = `${width}×${height}, ${length_s.toFixed(2)} s from ${timecode(start_s)}`;
    this.#swap("after", `${this.base}/after.mp4?v=${told.clip}`, "The clip as it will be registered");
    this.#swap("before", `${this.base}/before.mp4?v=${told.clip}`, "The window as it was shot");
  }

  // Deleted with its character, say: opening the film has another one made.
  #gone() {
    this.clip = null;
    this.videos = { before: null, after: null };
    at("after-size").textContent = "its file was deleted";
    at("play-both").disabled = true;
    const said = document.createElement("p");
    said.append("This clip is gone. ");
    const again = document.createElement("button");
    again.textContent = "Make it again";
    again.dataset.testid = "make-again";
    again.addEventListener("click", () => location.reload());
    said.append(again);
    at("before-box").replaceChildren();
    at("after-box").replaceChildren(said);
  }

  #swap(which, url, name) {
    const video = document.createElement("video");
    Object.assign(video, { muted: which === "before", loop: true, playsInline: true, tabIndex: 0, preload: "auto", src: url });
    video.dataset.testid = which;
    video.setAttribute("aria-label", name);
    video.setAttribute("controlslist", "nodownload noplaybackrate noremoteplayback");
    video.disablePictureInPicture = true;
    // They would hide the lower third of a still picture.
    for (const kind of ["pointerenter", "focus"]) video.addEventListener(kind, () => { video.controls = true; });
    for (const kind of ["pointerleave", "blur"]) video.addEventListener(kind, () => { video.controls = video === document.activeElement; });
    const box = at(`${which}-box`);
    const old = this.videos[which];
    this.videos[which] = video;
    if (!old) box.replaceChildren(video);
    video.addEventListener("loadeddata", () => {
      if (this.videos[which] === video) box.replaceChildren(video);
      at("play-both").disabled = !(this.videos.before?.readyState > 1 && this.videos.after?.readyState > 1);
    }, { once: true });
    if (old) video.load();
  }

  #playBoth() {
    const both = [this.videos.before, this.videos.after];
    const isPlaying = both.some((video) => !video.paused);
    at("play-both").textContent = isPlaying ? "Play both" : "Stop both";
    for (const video of both) {
      if (isPlaying) video.pause();
      else { video.currentTime = 0; video.play().catch(() => {}); }
    }
  }
}

function list(host, lines, name) {
  const before = [...host.children];
  if (before.length === lines.length && before.every((one, index) => one.textContent === lines[index])) return;
  host.replaceChildren(...lines.map((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    item.dataset.testid = name;
    return item;
  }));
}
