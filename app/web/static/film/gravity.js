// Which way is down, by the phone's own accelerometer, in the axes of the picture: x to the right, y down, z away from whoever holds the phone.
const MOST_SAMPLES = 4000;
const LEAST_SAMPLES = 10;
const DEGREES = 180 / Math.PI;

/**
 * Turn one reading of the device's axes into a direction of the picture's.
 *
 * Phones do not agree on the sign of what they report; a phone that films is held upright, so down is where y is positive.
 */
export const toPicture = ({ x, y, z }, angleDeg) => {
  const length = Math.hypot(x, y, z);
  if (!Number.isFinite(length) || length === 0) return null;
  const turn = angleDeg / DEGREES;
  const across = (x * Math.cos(turn)) - (y * Math.sin(turn));
  const upright = (x * Math.sin(turn)) + (y * Math.cos(turn));
  const down = [-across / length, upright / length, z / length];
  return down[1] < 0 ? down.map((each) => -each) : down;
};

/** How far the picture leans to the side, and how far the camera looks up or down. */
export const readTilt = (down) => down && { rollDeg: Math.atan2(down[0], down[1]) * DEGREES, pitchDeg: Math.asin(Math.max(-1, Math.min(1, down[2]))) * DEGREES };

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Collects readings while a clip is filmed. */
export class GravityLog {
  #samples = [];
  #angleDeg = 0;

  add(down, angleDeg) {
    this.#angleDeg = angleDeg;
    if (down && this.#samples.length < MOST_SAMPLES) this.#samples.push(down);
  }

  /** Median direction, spread in degrees (the median angle to it), number of readings and the turn of the screen; null where there are too few. */
  summarise() {
    if (this.#samples.length < LEAST_SAMPLES) return null;
    const raw = [0, 1, 2].map((axis) => median(this.#samples.map((sample) => sample[axis])));
    const length = Math.hypot(...raw);
    const down = raw.map((each) => each / length);
    const angles = this.#samples.map((sample) => Math.acos(Math.min(1, sample.reduce((sum, each, axis) => sum + each * down[axis], 0))) * DEGREES);
    const round = (value) => Math.round(value * 1e5) / 1e5;
    return { down: down.map(round), spread_deg: round(median(angles)), samples: this.#samples.length, screen_deg: this.#angleDeg };
  }
}
