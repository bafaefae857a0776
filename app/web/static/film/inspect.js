// Looks through a clip that was chosen as a file, as the coach would have looked while it was filmed.
import { readBody } from "./body.js";
import { LungeCounter } from "./lunges.js";

const STEP_S = 0.15;
const MOST_LOOKS = 240;

const event = (target, name, signal) => new Promise((resolve, reject) => {
  target.addEventListener(name, resolve, { once: true });
  target.addEventListener("error", () => reject(new Error("unplayable")), { once: true });
  signal.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")), { once: true });
});

/** Resolves to {durationS, looked, seen, lunges, holds}; null where this browser cannot play the file, which the service still may. */
export const inspectFile = async (file, coach, { onProgress, signal }) => {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.preload = "auto";
  const address = URL.createObjectURL(file);
  try {
    const ready = event(video, "loadeddata", signal);
    video.src = address;
    await ready;
    if (!Number.isFinite(video.duration)) return null;
    const counter = new LungeCounter();
    const stepS = Math.max(STEP_S, video.duration / MOST_LOOKS);
    let looked = 0;
    let seen = 0;
    for (let tS = 0; tS < video.duration; tS += stepS) {
      const there = event(video, "seeked", signal);
      video.currentTime = tS;
      await there;
      const body = readBody(await coach.look(video, signal));
      counter.update(tS, body);
      looked += 1;
      if (body) seen += 1;
      onProgress(tS / video.duration);
    }
    return { durationS: video.duration, looked, seen, lunges: counter.count, holds: counter.holds };
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return null;
  } finally {
    video.removeAttribute("src");
    URL.revokeObjectURL(address);
  }
};
