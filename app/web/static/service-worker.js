// Keeps files that are the same for everybody, and the page for lost connections. Nothing about a person is ever kept: no page, no answer, no clip.
"use strict";
const CACHE = "kneewall-static-1";
const OFFLINE = "/offline";
/** A folder with a version: a name there never means other bytes. */
const KEPT = /^\/static\/vendor\/[a-z]+-[0-9.]+\//;
const SHELL = [OFFLINE, "/static/report.css", "/static/app.css", "/static/icon.svg"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
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

const visit = async (request) => {
  try {
    return await fetch(request);
  } catch {
    return caches.match(OFFLINE);
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(visit(request));
  else if (KEPT.test(pathname)) event.respondWith(fromCacheFirst(event));
  else if (pathname.startsWith("/static/")) event.respondWith(fromNetworkFirst(event));
});
