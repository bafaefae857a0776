// What one look at a picture says of the body: which way it faces, which foot is in front, where knee, ankle, toe and heel are, in pixels.
const SHOULDERS = [11, 12];
const HIPS = [23, 24];
const LEGS = { left: { knee: 25, ankle: 27, heel: 29, toe: 31 }, right: { knee: 26, ankle: 28, heel: 30, toe: 32 } };
const NOSE = 0;
/** Share of the shank in a body's height, knee joint to ankle joint (Drillis and Contini 1966: 0.246). */
const SHANK_SHARE = 0.246;
const SHANK_CM = 42;

const between = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

/**
 * Read a look; null where nobody was found.
 *
 * The front foot is told by where it stands, not by its name: the names of the legs change places in some looks.
 */
export const readBody = ({ points, width, height }) => {
  if (!points) return null;
  const at = (index) => ({ x: points[index].x * width, y: points[index].y * height });
  const leg = (side) => Object.fromEntries(Object.entries(LEGS[side]).map(([name, index]) => [name, at(index)]));
  const legs = { left: leg("left"), right: leg("right") };
  const pointing = legs.left.toe.x - legs.left.heel.x + legs.right.toe.x - legs.right.heel.x;
  const facing = pointing < 0 ? -1 : 1;
  const front = facing * legs.left.toe.x > facing * legs.right.toe.x ? "left" : "right";
  const { knee, ankle, toe, heel } = legs[front];
  const shank = Math.max(1, distance(knee, ankle));
  const torso = Math.max(1, distance(between(...SHOULDERS.map(at)), between(...HIPS.map(at))));
  const turned = Math.max(...[SHOULDERS, HIPS].map(([a, b]) => Math.abs(at(a).x - at(b).x))) / torso;
  const feet = Object.values(legs).flatMap((each) => [each.heel, each.toe]);
  return {
    width, height, facing, front, knee, ankle, toe, heel, shank, turned,
    lean: (facing * (knee.x - ankle.x)) / shank,
    nose: at(NOSE),
    lowest: Math.max(...feet.map((foot) => foot.y)),
    leftmost: Math.min(...feet.map((foot) => foot.x)),
    rightmost: Math.max(...feet.map((foot) => foot.x)),
    tall: shank / SHANK_SHARE / height,
    perCm: shank / SHANK_CM,
  };
};
