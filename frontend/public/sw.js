// Keeps the shell for offline starts. The API is never cached: what it says must be true now.
const VERSION = "{{version}}";
const CACHE = `shell-${VERSION}`;
const PRECACHE = {{precache}};

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(CACHE)
      .then((cache) => cache.addAll(PRECACHE.map((url) => new Request(url, { cache: "reload" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith("shell-") && name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

// Paths that the server answers itself.
const isServer = (path) => /^\/(api|\.well-known|downloads|healthz|readyz|metrics)(\/|$)/.test(path);

// What is no part of the shell is there without a network once it was fetched.
const fetchAndKeep = async (event) => {
  const response = await fetch(event.request);
  if (response.ok && new URL(event.request.url).pathname.startsWith("/assets/")) {
    const copy = response.clone();
    event.waitUntil(caches.open(CACHE).then((cache) => cache.put(event.request, copy)));
  }
  return response;
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || isServer(url.pathname)) return;
  if (request.mode === "navigate") {
    // The server first, so that a new version is seen at once; the kept shell when there is no way to it.
    event.respondWith(fetch(request).catch(async () => (await caches.match("/")) ?? (await caches.match("/index.html")) ?? Response.error()));
    return;
  }
  // Assets are named after their content, so a kept one is the right one.
  event.respondWith(caches.match(request).then((kept) => kept ?? fetchAndKeep(event)));
});
