// Is the picture one that can be measured? Each check is good, bad with the name of a hint, or unknown; what counts is a second of looks, not one.

/** In the order in which they are mended: whoever is not in the picture need not hear about the light. */
export const CHECKS = ["body", "light", "far", "level", "side", "leg", "abreast", "sheet"];
/** The sheet may be left out where the foot's length is typed. */
export const OPTIONAL = new Set(["sheet"]);
const WINDOW_S = 1.0;
const LEAST_LOOKS = 3;
const GOOD_SHARE = 0.7;
const LIMITS = {
  tallest: 1.0, smallest: 0.42, edge: 0.02, footEdge: 0.1, footBottom: 0.97, turned: 0.45, abreastCm: 35, gapCm: 6,
  rollDeg: 5, pitchDeg: 12, dark: 45, glare: 225, flat: 14,
};

const GOOD = { state: "good" };
const UNKNOWN = { state: "unknown" };
const bad = (hint) => ({ state: "bad", hint });

const judgeBody = (body) => {
  if (!body) return bad("body.none");
  if (body.nose.y < LIMITS.edge * body.height) return bad("body.head");
  if (body.lowest > LIMITS.footBottom * body.height) return bad("body.feet");
  const inside = body.toe.x > LIMITS.footEdge * body.width && body.toe.x < (1 - LIMITS.footEdge) * body.width;
  const whole = body.leftmost > LIMITS.edge * body.width && body.rightmost < (1 - LIMITS.edge) * body.width;
  return inside && whole ? GOOD : bad("body.edge");
};

const judgeLeg = (body, side) => {
  const outside = body.facing === (side === "left" ? -1 : 1);
  if (body.front === side) return outside ? GOOD : bad("leg.inside");
  return outside ? bad("leg.far") : bad("leg.other");
};

const judgeAbreast = (body) => {
  const gap = body.toe.x + (body.facing * LIMITS.gapCm * body.perCm);
  const offCm = (gap - body.width / 2) / body.perCm;
  if (Math.abs(offCm) <= LIMITS.abreastCm) return GOOD;
  return bad(offCm < 0 ? "abreast.left" : "abreast.right");
};

const judgeLevel = (tilt) => {
  if (!tilt) return UNKNOWN;
  if (Math.abs(tilt.rollDeg) > LIMITS.rollDeg) return bad("level.roll");
  return Math.abs(tilt.pitchDeg) > LIMITS.pitchDeg ? bad("level.pitch") : GOOD;
};

const judgeLight = (light) => {
  if (!light) return UNKNOWN;
  if (light.mean < LIMITS.dark) return bad("light.dark");
  if (light.mean > LIMITS.glare) return bad("light.glare");
  return light.spread < LIMITS.flat ? bad("light.flat") : GOOD;
};

const judgeFar = (body) => {
  if (body.tall > LIMITS.tallest) return bad("far.near");
  return body.tall < LIMITS.smallest ? bad("far.away") : GOOD;
};

/** Judge one look: {body, light, tilt, sheet}; sheet is true, false or null where nobody has looked for it yet. */
export const judgeLook = ({ body, light, tilt, sheet }, side) => ({
  body: judgeBody(body),
  light: judgeLight(light),
  far: body ? judgeFar(body) : UNKNOWN,
  level: judgeLevel(tilt),
  side: body ? (body.turned <= LIMITS.turned ? GOOD : bad("side.turn")) : UNKNOWN,
  leg: body ? judgeLeg(body, side) : UNKNOWN,
  abreast: body ? judgeAbreast(body) : UNKNOWN,
  sheet: sheet === null ? UNKNOWN : sheet ? GOOD : bad("sheet.none"),
});

const mostFrequent = (words) => {
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0][0];
};

/** Remembers the looks of the last second and says what most of them say. */
export class Steady {
  #looks = [];

  add(tS, judged) {
    this.#looks.push({ tS, judged });
    this.#looks = this.#looks.filter((look) => look.tS > tS - WINDOW_S);
  }

  clear() { this.#looks = []; }

  read() {
    return Object.fromEntries(CHECKS.map((name) => [name, this.#summarise(name)]));
  }

  #summarise(name) {
    const known = this.#looks.map((look) => look.judged[name]).filter((each) => each.state !== "unknown");
    if (this.#looks.length < LEAST_LOOKS || known.length === 0) return UNKNOWN;
    const wrong = known.filter((each) => each.state === "bad");
    if (known.length - wrong.length >= GOOD_SHARE * known.length) return GOOD;
    return bad(mostFrequent(wrong.map((each) => each.hint)));
  }
}

/** Whether a clip may begin: whatever must be known is good, and nothing that could be looked at is bad. */
export const isReady = (read) => CHECKS.every((name) => OPTIONAL.has(name) || read[name].state === "good" || (name === "level" && read[name].state === "unknown"));

/** What to do first: the hint of the first check that is bad and must not be. */
export const firstHint = (read) => CHECKS.filter((name) => !OPTIONAL.has(name)).map((name) => read[name]).find((each) => each.state === "bad")?.hint ?? null;
