// The live picture with the coach beside it: from opening the camera to the finished clip of one leg.
import { readBody } from "./body.js";
import { Motion, Recording, closeCamera, openCamera, showCamera } from "./camera.js";
import { CHECKS, Steady, firstHint, isReady, judgeLook } from "./checks.js";
import { LONGEST_S, Session } from "./session.js";
import { word } from "./words.js";

const CALM_MS = 1200;
const TEND_MS = 200;
const SHEET_MISSES = 4;

const find = (id) => document.getElementById(id);

export class Stage {
  #root = find("stage");
  #video = find("camera");
  #guidance = find("guidance");
  #tally = find("tally");
  #begin = find("begin");
  #stop = find("stop-filming");
  #coach;
  #voice;
  #run = null;
  #asked = false;

  constructor(coach, voice) {
    this.#coach = coach;
    this.#voice = voice;
    coach.onLook = (look) => this.#look(look);
    coach.onBroken = () => this.#goOnAlone();
    this.#begin.addEventListener("click", () => this.#do(this.#run.session.begin(performance.now() / 1000)));
    this.#stop.addEventListener("click", () => this.#do(this.#run.session.end(performance.now() / 1000, "told")));
    find("leave").addEventListener("click", () => this.#root.close());
    this.#root.addEventListener("close", () => this.#finish(null));
    find("mute").addEventListener("click", ({ currentTarget }) => {
      voice.mute(!voice.muted);
      currentTarget.setAttribute("aria-pressed", String(voice.muted));
    });
  }

  /**
   * Film one leg; resolves to the clip with what was seen in it, null when it was left, or is being filmed already. Throws the name of a hindrance.
   *
   * A camera may open only after its run was left, and another was begun: it is closed then, and the other goes on.
   */
  async film(side, plan) {
    if (this.#asked || this.#run) return null;
    this.#asked = true;
    const motion = new Motion();
    await motion.start();
    this.#asked = false;
    this.#root.showModal();
    this.#say("starting");
    const run = { side, plan, motion, session: new Session(plan), steady: new Steady(), body: null, sheet: null, misses: 0, recording: null, saidMs: 0, looks: 0 };
    this.#run = run;
    this.#show(null);
    try {
      run.stream = await openCamera();
      if (this.#run === run) await showCamera(run.stream, this.#video);
      if (this.#run === run) await this.#coach.start();
      // a phone with little power left refuses, and films all the same
      if (this.#run === run) run.awake = await navigator.wakeLock?.request("screen").catch(() => null);
    } catch (error) {
      if (this.#run === run) { this.#finish(null); throw error; }
    }
    if (this.#run !== run) {
      run.awake?.release();
      if (run.stream) closeCamera(run.stream, this.#video);
      return null;
    }
    run.timer = window.setInterval(() => this.#tend(), TEND_MS);
    return new Promise((resolve, reject) => { Object.assign(run, { resolve, reject }); });
  }

  /** Without the coach a clip that has begun can still be ended by hand; one that has not is filmed by the phone's own camera. */
  #goOnAlone() {
    if (!this.#run?.timer) return;
    if (this.#run.session.state === "recording") this.#say("alone");
    else this.#finish(null, new Error("no_coach"));
  }

  /** Keep pictures coming, and stop what would go on for ever. */
  #tend() {
    const { session } = this.#run;
    this.#next();
    if (session.state === "recording" && performance.now() / 1000 - this.#run.startS > LONGEST_S) this.#do(session.end(performance.now() / 1000, "long"));
  }

  #next() {
    const { body, session } = this.#run;
    this.#coach.show(this.#video, body && { x: body.toe.x, y: body.toe.y }, { sheet: this.#run.sheet !== true && session.state !== "recording" });
  }

  #look({ points, light, sheet, tMs, width, height }) {
    const run = this.#run;
    if (!run?.timer) return;
    const tS = tMs / 1000;
    run.body = readBody({ points, width, height });
    // It does not walk away: seen once is seen. A hand or a foot may cover it for a moment, so that it is missing only after several looks.
    if (sheet) run.sheet = true;
    else if (sheet === false && (run.misses += 1) >= SHEET_MISSES) run.sheet ??= false;
    run.steady.add(tS, judgeLook({ body: run.body, light, tilt: run.motion.readTilt(), sheet: run.sheet }, run.side));
    const read = run.steady.read();
    run.looks += 1;
    this.#root.dataset.looks = String(run.looks);
    const ready = isReady(read);
    if (run.session.state === "looking") this.#guide(read, ready);
    this.#do(run.session.update(tS, { ready, body: run.body }));
    if (this.#run !== run) return;
    this.#show(read);
    this.#next();
  }

  #guide(read, ready) {
    const hint = firstHint(read);
    if (performance.now() - this.#run.saidMs < CALM_MS || (!ready && !hint)) return;
    this.#say(ready ? "ready" : hint, { side: word(this.#run.side) }, { remind: true });
    this.#root.dataset.guided ??= String(Math.round(performance.now()));
  }

  #say(name, values = {}, { remind = false } = {}) {
    const text = word(name, values);
    if (this.#run) this.#run.saidMs = performance.now();
    if (this.#guidance.textContent !== text) this.#guidance.textContent = text;
    if (remind) this.#voice.remind(text);
    else if (name !== "starting") this.#voice.say(text);
  }

  #show(read) {
    for (const name of CHECKS) {
      const item = this.#root.querySelector(`[data-check="${name}"]`);
      const state = read?.[name].state ?? "waiting";
      if (item.dataset.state === state) continue;
      item.dataset.state = state;
      item.querySelector(".state").textContent = word(`state.${state}`);
    }
    const { session, plan } = this.#run;
    this.#root.dataset.state = session.state;
    this.#begin.hidden = session.state === "recording";
    this.#stop.hidden = session.state !== "recording";
    const tally = session.state === "recording" ? word("tally", { done: session.lunges, all: plan.lunges * plan.places }) : "";
    if (this.#tally.textContent !== tally) this.#tally.textContent = tally;
  }

  #do(events) {
    const names = new Set(events.map((event) => event.type));
    for (const event of events) {
      if (event.type === "lunge" && (names.has("move") || names.has("last"))) continue;
      if (event.type === "count") { this.#voice.beep(); this.#say("count", { number: event.number }); }
      else if (event.type === "start") this.#record();
      else if (event.type === "stop") this.#complete();
      else { if (event.type === "hold" || event.type === "back") this.#voice.beep(660, 0.1); this.#say(event.type, { number: event.number }); }
    }
  }

  #record() {
    this.#run.startS = performance.now() / 1000;
    this.#run.recording = new Recording(this.#run.stream);
    this.#run.motion.record();
    this.#voice.beep(1320, 0.4);
    this.#say("start");
    this.#show(this.#run.steady.read());
    this.#stop.focus();
  }

  async #complete() {
    const run = this.#run;
    const { session } = run;
    window.clearInterval(run.timer);
    run.timer = null;
    const fromTheBack = run.stream.getVideoTracks()[0].getSettings().facingMode === "environment";
    const gravity = run.motion.finish();
    const blob = await run.recording.stop();
    this.#finish({
      side: run.side, blob, gravity: fromTheBack ? gravity : null, filmedMs: Date.now(),
      seen: { durationS: session.durationS, looked: session.looked, seen: session.seen, lunges: session.lunges, holds: [...session.holds] },
    });
    this.#voice.say(word("over"));
  }

  #finish(result, error = null) {
    const run = this.#run;
    if (!run) return;
    this.#run = null;
    window.clearInterval(run.timer);
    run.motion.stop();
    run.awake?.release();
    if (run.stream) closeCamera(run.stream, this.#video);
    if (this.#root.open) this.#root.close();
    if (error) run.reject?.(error);
    else run.resolve?.(result);
  }
}
