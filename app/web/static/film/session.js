// One leg from the first look to the last lunge: looking, counting down, recording, over. It knows no page, camera or clock; it is told the time.
import { LungeCounter } from "./lunges.js";

const STEADY_S = 2.0;
const COUNT_FROM = 3;
const LOST_S = 1.0;
const AFTER_LAST_S = 1.2;
const UNSEEN_S = 2.5;
/** A service measures clips of up to three minutes; nobody lunges well for that long. */
export const LONGEST_S = 120;

/** Takes looks and returns what is to be said and done: count, lost, start, hold, back, lunge, move, unseen, stop. */
export class Session {
  state = "looking";
  looked = 0;
  seen = 0;
  #plan;
  #counter = new LungeCounter();
  #readyS = null;
  #countS = null;
  #said = 0;
  #startS = null;
  #endS = null;
  #seenS = null;
  #overS = null;

  /** plan: {lunges, places}: how many at each place of the foot, and at how many places. */
  constructor(plan) { this.#plan = plan; }

  get lunges() { return this.#counter.count; }

  get holds() { return this.#counter.holds; }

  get durationS() { return this.#startS === null ? 0 : (this.#overS ?? this.#endS ?? this.#seenS ?? this.#startS) - this.#startS; }

  update(tS, { ready, body }) {
    if (this.state === "looking") return this.#look(tS, ready);
    if (this.state === "counting") return this.#count(tS, ready);
    return this.state === "recording" ? this.#record(tS, body) : [];
  }

  /** Begin without waiting for every check. */
  begin(tS) {
    if (this.state !== "looking" && this.state !== "counting") return [];
    this.state = "recording";
    this.#startS = tS;
    this.#seenS = tS;
    return [{ type: "start" }];
  }

  end(tS, reason) {
    if (this.state !== "recording") return [];
    this.state = "over";
    this.#overS = tS;
    return [{ type: "stop", reason }];
  }

  #look(tS, ready) {
    if (!ready) { this.#readyS = null; return []; }
    this.#readyS ??= tS;
    if (tS - this.#readyS < STEADY_S) return [];
    this.state = "counting";
    this.#countS = tS;
    this.#said = 0;
    return this.#count(tS, ready);
  }

  #count(tS, ready) {
    if (ready) this.#readyS = tS;
    else if (tS - this.#readyS > LOST_S) {
      this.state = "looking";
      this.#readyS = null;
      return [{ type: "lost" }];
    }
    const passed = Math.floor(tS - this.#countS);
    if (passed >= COUNT_FROM) return ready ? this.begin(tS) : [];
    if (passed < this.#said) return [];
    this.#said = passed + 1;
    return [{ type: "count", number: COUNT_FROM - passed }];
  }

  #record(tS, body) {
    this.looked += 1;
    if (body) this.seen += 1;
    const events = this.#counter.update(tS, body).flatMap((event) => this.#explain(tS, event));
    if (this.#endS !== null && tS >= this.#endS) return [...events, ...this.end(tS, "done")];
    if (tS - this.#startS >= LONGEST_S) return [...events, ...this.end(tS, "long")];
    if (body) this.#seenS = tS;
    else if (tS - this.#seenS > UNSEEN_S) { this.#seenS = tS; events.push({ type: "unseen" }); }
    return events;
  }

  #explain(tS, event) {
    if (event.type !== "lunge") return [event];
    const { lunges, places } = this.#plan;
    if (event.number >= lunges * places) { this.#endS ??= tS + AFTER_LAST_S; return [event, { type: "last" }]; }
    if (event.number % lunges !== 0) return [event];
    this.#counter.settle();
    return [event, { type: "move" }];
  }
}
