// What was logged stays on the phone until the service has it; each entry has a key of its own, so that sent twice it counts once.
import { buildAct } from "../storing.js";

const NAME = "kneewall-plan";
const CACHE = "kneewall-plan-1";
const FORTNIGHT_MS = 14 * 24 * 3600 * 1000;

const act = buildAct(NAME, "entries", "key");

export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** An entry: {key, athlete, day, body, atMs}. It takes the place of an unsent one about the same day, because it says all of that again. */
export const keepEntry = async (entry) => {
  for (const other of await findEntries(entry.athlete)) if (other.day === entry.day) await dropEntry(other.key);
  await act("readwrite", (store) => store.put(entry));
};

export const dropEntry = (key) => act("readwrite", (store) => store.delete(key)).catch(() => {}); // where nothing can be kept, nothing is left

/** Return the entries of one athlete that wait, oldest first; forget those that are too old for the service. */
export const findEntries = async (athlete) => {
  try {
    const all = await act("readonly", (store) => store.getAll());
    const old = all.filter((entry) => entry.atMs < Date.now() - FORTNIGHT_MS);
    await Promise.all(old.map((entry) => dropEntry(entry.key)));
    return all.filter((entry) => entry.athlete === athlete && !old.includes(entry)).sort((a, b) => a.atMs - b.atMs);
  } catch { return []; } // a private window keeps nothing
};

/** Send one entry; resolves to the status of the answer, 0 without a connection. */
export const sendEntry = async (entry) => {
  try {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": entry.key };
    return (await fetch(`/api/athletes/${entry.athlete}/programme/logs`, { method: "POST", headers, body: JSON.stringify(entry.body) })).status;
  } catch { return 0; }
};

/** Keep the plan's page as it is now for when there is no connection. */
export const keepPage = async (path) => {
  if (!("caches" in window && navigator.serviceWorker)) return;
  const answer = await fetch(path);
  if (!answer.ok || answer.redirected) return;
  const whole = await answer.blob(); // a line that breaks off in the middle must not take what was kept before
  await (await caches.open(CACHE)).put(path, new Response(whole, { headers: answer.headers }));
};

/** Forget every kept plan, and what waits: somebody has signed out. */
export const forgetAll = async () => {
  indexedDB.deleteDatabase(NAME);
  if ("caches" in window) await caches.delete(CACHE);
};
