// Is the clip worth sending? Told before it is sent, so that it can be filmed again while phone and wall are still in their places.
const SHORTEST_S = 3;
const SEEN_SHARE = 0.8;
const SHORT_HOLD_S = 1.0;

/** Return what is wrong, worst first: {name, must, ...numbers}; `must` where the service could not measure it. */
export const judgeClip = ({ sizeBytes, maxBytes, durationS, looked, seen, lunges, holds }) => {
  const found = [];
  if (sizeBytes === 0) return [{ name: "empty", must: true }];
  if (sizeBytes > maxBytes) found.push({ name: "large", must: true });
  if (durationS < SHORTEST_S) found.push({ name: "short", must: true });
  if (looked > 0 && seen < SEEN_SHARE * looked) found.push({ name: "unseen", must: false, percent: Math.round((100 * seen) / looked) });
  if (looked > 0 && lunges === 0) found.push({ name: "no_lunge", must: false });
  if (holds.length > 0 && Math.max(...holds) < SHORT_HOLD_S) found.push({ name: "hold", must: false });
  return found;
};
