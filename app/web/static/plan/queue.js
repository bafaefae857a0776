// What was logged stays on the phone until the service has it; each entry has a key of its own, so that sent twice it counts once.
import { buildAct } from "../storing.js";

const NAME = "kneewall-plan";
const CACHE = "kneewall-plan-1";
const FORTNIGHT_MS = 14 * 24 * 3600 * 1000;

const act = buildAct(NAME, "entries", "key");

export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * An entry: {key, athlete, day, body, atMs}; resolves to whether it could be kept.
 *
 * It says only what was changed, so it stands beside an unsent one about the same day: each is taken or refused by itself.
 */
export const keepEntry = (entry) => act("readwrite", (store) => store.put(entry)).then(() => true, () => false);

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

const ask = async (address, options) => {
  try {
    const answer = await fetch(address, options);
    return { status: answer.status, body: await answer.json().catch(() => null) }; // what stands before the service may answer with a page
  } catch { return { status: 0, body: null }; }
};

/** Send one entry; resolves to the status of the answer, 0 without a connection, and to the service's own words where it did not take it. */
export const sendEntry = async (entry) => {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": entry.key };
  const { status, body } = await ask(`/api/athletes/${entry.athlete}/programme/logs`, { method: "POST", headers, body: JSON.stringify(entry.body) });
  return { status, problem: body?.shown ?? null };
};

/** Return what the service has of a day, null where it has nothing or cannot be asked. */
export const findDay = async (athlete, day) => {
  const { status, body } = await ask(`/api/athletes/${athlete}/programme`);
  return status === 200 ? body?.days.find((logged) => logged.day === day) ?? null : null;
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
