// The player: plays the footage, or a proxy of it, frame by frame and both ways.

const FASTEST = 8;

export class Player extends EventTarget {
  constructor(video, said, base) {
    super();
    this.video = video;
    this.said = said;
    this.base = base;
    this.film = { first_s: 0, end_s: 0, fps: 25 };
    this.loop = null; // the window to loop, null for none
    this.rate = 0; // 0 where it stands, negative for backward
    this.isProxy = false;
    this.isResting = false;
    this.wanted = null; // where to go, null where it is there
    this.issued = null; // where the browser was told to go
    video.addEventListener("loadedmetadata", () => { this.issued = null; if (this.wanted !== null) this.#issue(); });
    video.addEventListener("seeked", () => this.#seeked());
    video.addEventListener("pause", () => this.#changed());
    video.addEventListener("play", () => this.#changed());
    video.addEventListener("loadeddata", () => { this.#say(""); this.#told(); });
    video.addEventListener("error", () => this.#failed());
    video.addEventListener("ended", () => this.pause());
  }

  get time() { return this.wanted ?? this.video.currentTime; }

  // When the frame that shows began.
  get frame() {
    const step = 1 / this.film.fps;
    return this.film.first_s + Math.max(0, Math.floor((this.time - this.film.first_s + 2e-3) / step)) * step;
  }

  get isPlaying() { return this.rate !== 0; }

  async load({ proxy = false } = {}) {
    const asked = proxy ? "?proxy=1" : "";
    for (;;) {
      let told;
      try {
        const answer = await fetch(`${this.base}/playing.json${asked}`);
        if (!answer.ok) { await wait(1000); continue; }
        told = await answer.json();
      } catch { await wait(2000); continue; }
      this.isProxy = told.is_proxy;
      if (told.fault) { this.#say(told.fault); return; }
      if (told.is_ready) break;
      if (told.is_coming) this.#say(`Fetching … ${Math.round(told.share * 100)} %`);
      else this.#say(told.is_proxy ? `Making a copy that a browser can play … ${Math.round(told.share * 100)} %` : "");
      await wait(500);
    }
    const from = this.time;
    this.video.src = `${this.base}/footage${asked}`;
    if (from) this.seek(from);
  }

  // The connection is given back while nobody looks, as a browser has few; the place is kept.
  rest() {
    this.pause();
    this.wanted = this.time;
    this.isResting = Boolean(this.video.getAttribute("src"));
    this.video.removeAttribute("src");
    this.video.load();
  }

  wake() {
    if (this.isResting) this.load({ proxy: this.isProxy });
    this.isResting = false;
  }

  seek(t) {
    const last = Math.max(this.film.first_s, this.film.end_s - 1 / this.film.fps);
    const to = Math.min(last, Math.max(0, t));
    // While one picture is being found others are only remembered, so that a drag shows the newest.
    this.wanted = to;
    if (this.issued === null) this.#issue();
    this.#told();
  }

  #issue() {
    if (this.video.readyState === 0) return;
    this.issued = this.wanted;
    this.video.currentTime = this.wanted + 1e-3;
  }

  step(frames) {
    this.pause();
    this.seek(this.frame + frames / this.film.fps);
  }

  toggle() {
    if (this.isPlaying) this.pause();
    else this.shuttle(1);
  }

  // 1 or -1; again for twice as fast.
  shuttle(way) {
    const isSameWay = Math.sign(this.rate) === way;
    this.rate = isSameWay ? way * Math.min(FASTEST, Math.abs(this.rate) * 2) : way;
    if (this.loop && way > 0 && !isSameWay) {
      const { start_s, length_s } = this.loop;
      if (this.frame < start_s - 1e-3 || this.frame >= start_s + length_s - 1.5 / this.film.fps) this.seek(start_s);
    }
    if (this.rate > 0) {
      this.video.playbackRate = this.rate;
      this.video.play().catch(() => this.pause());
      this.#follow();
    } else {
      this.video.pause();
      this.#backward();
    }
    this.#changed();
  }

  pause() {
    this.rate = 0;
    this.video.pause();
    this.#changed();
  }

  #follow() {
    if (this.rate <= 0) return;
    if (this.loop && this.wanted === null) {
      const end = this.loop.start_s + this.loop.length_s;
      if (this.video.currentTime >= end - 0.25 / this.film.fps) this.seek(this.loop.start_s);
    }
    this.#told();
    requestAnimationFrame(() => this.#follow());
  }

  // Browsers do not play backward: frame by frame, as fast as they are found.
  #backward(last = performance.now()) {
    if (this.rate >= 0) return;
    requestAnimationFrame((now) => {
      if (this.rate >= 0) return;
      if (this.wanted === null) {
        const to = this.time + ((now - last) / 1000) * this.rate;
        if (to <= this.film.first_s) { this.seek(this.film.first_s); this.pause(); return; }
        this.seek(to);
        this.#backward(now);
      } else this.#backward(last);
    });
  }

  #seeked() {
    if (this.wanted !== null && this.wanted !== this.issued) { this.#issue(); return; }
    this.wanted = this.issued = null;
    this.#told();
  }

  #failed() {
    if (!this.video.getAttribute("src")) return;
    if (!this.isProxy) this.load({ proxy: true }); // not every browser plays what most of them do
    else this.#say("This browser cannot play it. The pictures and the clip are right all the same.");
  }

  #changed() {
    if (this.rate > 0 && this.video.paused && !this.video.ended && this.video.readyState > 2) this.rate = 0;
    this.dispatchEvent(new Event("change"));
  }

  #told() { this.dispatchEvent(new Event("time")); }

  #say(text) {
    this.said.textContent = text;
    this.said.hidden = !text;
  }
}

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
