// Keeps the lists and stories that were seen, and the stories of the list, for when there is no connection.
"use strict";
const KEPT = "pages", FILES = [/* files */], LISTS = ["/", "/latest", "/saved"];
// In private mode nothing is kept.
const isFree = (answer) => answer.ok && !answer.redirected && !answer.headers.has("x-private");
const isKept = (path) => LISTS.includes(path) || /^\/a\/[^/]+$/.test(path);

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(FILES)));
});

self.addEventListener("activate", (event) => event.waitUntil(clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event, { pathname, origin } = new URL(request.url);
  if (request.method != "GET" || origin != location.origin) return;
  if (pathname.startsWith("/static/")) event.respondWith(fromCache(request));
  else if (request.mode == "navigate") event.respondWith(fromServer(request, pathname));
});

async function fromCache(request) {
  return (await caches.match(request)) || fetch(request);
}

async function fromServer(request, path) {
  try {
    const answer = await fetch(request);
    if (isFree(answer) && isKept(path) && !new URL(request.url).search)
      (await caches.open(KEPT)).put(path, answer.clone());
    return answer;
  } catch {
    return (await caches.match(path)) || (await caches.match("/offline"));
  }
}

// The page names its stories: those that are not kept are fetched one after the other, those of old lists go.
self.addEventListener("message", (event) => event.waitUntil(keep(event.data)));

async function keep(paths) {
  const cache = await caches.open(KEPT);
  for (const path of ["/", "/offline", ...paths]) {
    if (path != "/" && (await cache.match(path))) continue;
    try {
      const answer = await fetch(path);
      if (answer.redirected) return await forget(cache);
      if (isFree(answer)) await cache.put(path, answer);
    } catch { return; }
  }
  const stories = (await cache.keys()).filter(({ url }) => new URL(url).pathname.startsWith("/a/"));
  for (const old of stories.slice(0, Math.max(0, stories.length - 200))) await cache.delete(old);
}

// Who has to log in sees nothing of what was kept before.
async function forget(cache) {
  for (const { url } of await cache.keys()) if (!FILES.includes(new URL(url).pathname)) await cache.delete(url);
}
