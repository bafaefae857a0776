// Keeps files that are the same for everybody, and the page for lost connections. Of a person only the plan is kept that its own page put aside for the
// days without a connection, until they sign out: no other page, no answer, no clip.
"use strict";
const CACHE = "kneewall-static-2";
const PLANS = "kneewall-plan-1";
const PLAN = /^\/athletes\/[0-9a-f]+\/plan$/;
const FORTNIGHT_MS = 14 * 24 * 3600 * 1000;
const OFFLINE = "/offline";
/** A folder with a version: a name there never means other bytes. */
const KEPT = /^\/static\/vendor\/[a-z]+-[0-9.]+\//;
const SHELL = [
  OFFLINE, "/static/report.css", "/static/app.css", "/static/icon.svg", "/static/install.js",
  "/static/plan/page.js", "/static/plan/queue.js", "/static/plan/timer.js", "/static/storing.js",
];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) if (name !== CACHE && name !== PLANS) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

const fetchAndKeep = async (event) => {
  const answer = await fetch(event.request);
  if (answer.ok) {
    const copy = answer.clone();
    event.waitUntil(caches.open(CACHE).then((cache) => cache.put(event.request, copy)).catch(() => {})); // a full disk keeps nothing, and nothing needs it
  }
  return answer;
};

const fromCacheFirst = async (event) => (await caches.match(event.request)) ?? fetchAndKeep(event);

const fromNetworkFirst = async (event) => {
  try {
    return await fetchAndKeep(event);
  } catch (error) {
    const kept = await caches.match(event.request);
    if (kept) return kept;
    throw error;
  }
};

/** The kept page of a plan, while it is not too old. */
const findPlan = async (pathname) => {
  const cache = await caches.open(PLANS);
  const kept = await cache.match(pathname);
  if (!kept || Date.parse(kept.headers.get("date")) > Date.now() - FORTNIGHT_MS) return kept;
  await cache.delete(pathname);
  return undefined;
};

/** A plan that its reader may no longer see, because they are signed out or it was erased, is no longer kept. */
const dropPlan = async (pathname, answer) => {
  if (answer.type === "opaqueredirect" || (answer.status > 400 && answer.status < 500)) await (await caches.open(PLANS)).delete(pathname);
};

const visit = async (event, pathname) => {
  try {
    const answer = await fetch(event.request);
    if (PLAN.test(pathname)) event.waitUntil(dropPlan(pathname, answer));
    return answer;
  } catch {
    return (PLAN.test(pathname) && (await findPlan(pathname))) || caches.match(OFFLINE);
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(visit(event, pathname));
  else if (KEPT.test(pathname)) event.respondWith(fromCacheFirst(event));
  else if (pathname.startsWith("/static/")) event.respondWith(fromNetworkFirst(event));
});
