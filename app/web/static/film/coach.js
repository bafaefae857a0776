// The page's side of the coach: hands it one picture at a time, the next one when it has looked at the last.
const LONGEST_PX = 480;
const FLOOR_EVERY_MS = 1000;
const AGAIN_MS = 50;
const START_MS = 60_000;

export class Coach {
  #worker = null;
  #started = null;
  #busy = false;
  #floorMs = 0;
  #lastMs = -1;
  #giveUp = null;
  onLook = () => {};
  onBroken = () => {};

  /** Load network and runtime, once; rejects where this browser cannot run them. */
  start() {
    this.#started ??= this.#load();
    return this.#started;
  }

  #load() {
    this.#busy = false;
    return new Promise((resolve, reject) => {
      const late = window.setTimeout(() => reject(new Error("late")), START_MS);
      const fail = (reason) => { window.clearTimeout(late); this.stop(); reject(new Error(reason)); };
      try {
        this.#worker = new Worker("/film/coach.js", { type: "module" });
      } catch (error) { fail(String(error)); return; }
      this.#worker.addEventListener("error", (event) => { event.preventDefault(); fail(event.message || "worker"); this.onBroken(); });
      this.#worker.addEventListener("message", ({ data }) => {
        if (data.type === "ready") { window.clearTimeout(late); resolve(); }
        if (data.type === "broken") { fail(data.reason); this.onBroken(); }
        if (data.type === "look") { this.#busy = false; this.onLook(data); }
      });
      this.#worker.postMessage({ type: "start" });
    });
  }

  /** Hand over what a video shows now, unless the last picture is still being looked at; resolves to whether it did. floorAt is where the feet are. */
  async show(video, floorAt, { sheet }) {
    if (!this.#worker || this.#busy || video.readyState < 2) return false;
    this.#busy = true;
    try {
      const { videoWidth: width, videoHeight: height } = video;
      const shrink = Math.min(1, LONGEST_PX / Math.max(width, height));
      const picture = await createImageBitmap(video, { resizeWidth: Math.round(width * shrink), resizeHeight: Math.round(height * shrink) });
      const now = performance.now();
      if (!floorAt) this.#floorMs = now; // first of all the person is told what to do; the sheet is looked for later
      const floor = sheet && floorAt && now - this.#floorMs > FLOOR_EVERY_MS ? await this.#cutFloor(video, floorAt) : null;
      if (floor) this.#floorMs = now;
      const tMs = Math.max(this.#lastMs + 1, Math.round(now));
      this.#lastMs = tMs;
      this.#worker?.postMessage({ type: "look", picture, floor, tMs, width, height }, floor ? [picture, floor] : [picture]);
      return true;
    } catch { this.#busy = false; return false; } // the camera was taken away in the middle; the next picture shows whether it is back
  }

  /** Look at one picture of a clip; resolves to what is in it, rejects when told to or when the coach is gone. Not while the camera is open. */
  look(video, signal) {
    return new Promise((resolve, reject) => {
      const before = this.onLook;
      const end = (settle, value) => {
        if (this.#giveUp !== giveUp) return;
        this.onLook = before;
        this.#giveUp = null;
        signal.removeEventListener("abort", stop);
        settle(value);
      };
      const giveUp = (reason) => end(reject, new DOMException(reason, "AbortError"));
      const stop = () => giveUp("stopped");
      this.#giveUp = giveUp;
      this.onLook = (look) => end(resolve, look);
      signal.addEventListener("abort", stop, { once: true });
      const ask = async () => {
        if (this.#giveUp !== giveUp) return;
        if (signal.aborted || !this.#worker) giveUp("gone");
        else if (!(await this.show(video, null, { sheet: false }))) window.setTimeout(ask, AGAIN_MS);
      };
      ask();
    });
  }

  /** The floor about the feet at full sharpness: that is where a sheet would lie. */
  #cutFloor(video, { x, y }) {
    const width = Math.round(video.videoWidth * (video.videoWidth > video.videoHeight ? 0.45 : 0.9));
    const height = Math.round(width * 0.5);
    const left = Math.round(Math.max(0, Math.min(video.videoWidth - width, x - width / 2)));
    const top = Math.round(Math.max(0, Math.min(video.videoHeight - height, y - height * 0.35)));
    return createImageBitmap(video, left, top, width, height);
  }

  stop() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#started = null;
    this.#giveUp?.("gone");
  }
}
