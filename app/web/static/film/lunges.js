// Counts lunges by how far the front knee comes ahead of its ankle, as a share of the shank. Everything is in seconds, whatever the frame rate.
const SMOOTH_S = 0.12;
const RISE = 0.18;
const LEAST_SWING = 0.2;
const BACK_SHARE = 0.5;
const STILL_S = 0.3;
const STILL_SWING = 0.035;
const NEAR_PEAK = 0.08;
const LEAST_FORWARD_S = 0.3;
const GAP_S = 1.0;
export const HOLD_S = 2.0;

/** Takes looks in order of time and tells of each: "hold" when the knee rests in front, "back" when it has rested long enough, "lunge" when it is back. */
export class LungeCounter {
  count = 0;
  holds = [];
  #value = null;
  #tS = null;
  #base = Infinity;
  #recent = [];
  #forward = null;

  update(tS, body) {
    if (!body) return [];
    if (this.#tS !== null && tS - this.#tS > GAP_S) this.#forget();
    const passed = this.#tS === null ? 0 : tS - this.#tS;
    const weight = this.#value === null ? 1 : 1 - Math.exp(-passed / SMOOTH_S);
    this.#value = this.#value === null ? body.lean : this.#value + weight * (body.lean - this.#value);
    this.#tS = tS;
    this.#recent = [...this.#recent.filter((each) => each.tS > tS - STILL_S - 0.25), { tS, value: this.#value }];
    return this.#forward ? this.#goForward(tS, passed) : this.#wait(tS);
  }

  /** Begin a new place of the foot: what upright looks like is found anew. */
  settle() { this.#base = Infinity; }

  #forget() {
    this.#value = null;
    this.#recent = [];
    this.#forward = null;
    this.#base = Infinity;
  }

  #wait(tS) {
    this.#base = Math.min(this.#base, this.#value);
    if (this.#value > this.#base + RISE) this.#forward = { sinceS: tS, peak: this.#value, heldS: 0, saidHold: false, saidBack: false };
    return [];
  }

  #goForward(tS, passed) {
    const lunge = this.#forward;
    lunge.peak = Math.max(lunge.peak, this.#value);
    const swing = lunge.peak - this.#base;
    const events = [];
    if (swing >= LEAST_SWING && this.#value > lunge.peak - NEAR_PEAK && this.#isStill(tS)) {
      if (!lunge.saidHold) { lunge.heldS = STILL_S; lunge.saidHold = true; events.push({ type: "hold" }); } else lunge.heldS += passed;
      if (lunge.heldS >= HOLD_S && !lunge.saidBack) { lunge.saidBack = true; events.push({ type: "back" }); }
    }
    if (this.#value < this.#base + BACK_SHARE * swing) {
      if (swing >= LEAST_SWING && tS - lunge.sinceS >= LEAST_FORWARD_S) {
        this.count += 1;
        this.holds.push(lunge.heldS);
        events.push({ type: "lunge", number: this.count, heldS: lunge.heldS });
      }
      this.#forward = null;
      this.#base = this.#value;
    }
    return events;
  }

  #isStill(tS) {
    const window = this.#recent.filter((each) => each.tS >= tS - STILL_S - 0.05);
    if (window.length < 2 || tS - window[0].tS < STILL_S - 0.15) return false;
    const values = window.map((each) => each.value);
    return Math.max(...values) - Math.min(...values) <= STILL_SWING;
  }
}
