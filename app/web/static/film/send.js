// Hands clips to the service. Everything that knows how they travel is here.
const RETRY_MS = [1000, 3000, 8000, 20_000];

/** What the service answered when it did not take the clips: its own words. */
export class Refusal extends Error {
  constructor(status, body) {
    super(body?.message ?? `The service answered ${status}.`);
    this.advice = body?.advice ?? "";
  }
}

const post = (data, key, { onProgress, signal }) => new Promise((resolve, reject) => {
  const request = new XMLHttpRequest();
  request.open("POST", "/api/screenings");
  request.responseType = "json";
  request.setRequestHeader("Idempotency-Key", key);
  request.upload.addEventListener("progress", (step) => { if (step.lengthComputable) onProgress(step.loaded, step.total); });
  request.addEventListener("load", () => {
    if (request.status === 202) resolve(request.response);
    else reject(new Refusal(request.status, request.response));
  });
  request.addEventListener("error", () => reject(new TypeError("connection")));
  request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
  signal.addEventListener("abort", () => request.abort(), { once: true });
  request.send(data);
});

const wait = (ms, signal) => new Promise((resolve, reject) => {
  const timer = window.setTimeout(resolve, ms);
  window.addEventListener("online", () => { window.clearTimeout(timer); resolve(); }, { once: true });
  signal.addEventListener("abort", () => { window.clearTimeout(timer); reject(new DOMException("stopped", "AbortError")); }, { once: true });
});

/**
 * Make a screening of clips and fields; resolves to the service's answer.
 *
 * fields: entries of a form. clips: {side, blob, name, id, gravity}. A lost connection is waited out; since every try carries the same key, a try
 * whose answer was lost makes no second screening.
 */
export const sendScreening = async (fields, clips, { onProgress, onLost, signal }) => {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  for (const { side, blob, name, gravity } of clips) {
    if (gravity) data.append(`gravity_${side}`, JSON.stringify(gravity));
    data.append(side, blob, name);
  }
  const key = clips.map(({ id }) => id).join("-");
  for (let tries = 0; ; tries += 1) {
    try {
      return await post(data, key, { onProgress, signal });
    } catch (error) {
      if (error instanceof Refusal || error.name === "AbortError") throw error;
      onLost();
      await wait(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)], signal);
    }
  }
};
