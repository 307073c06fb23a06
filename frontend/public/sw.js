// Keeps the shell for offline starts, and the last answers of the API for when there is no way to it.
const VERSION = "{{version}}";
const CACHE = `shell-${VERSION}`;
const PRECACHE = {{precache}};

// The page reads in this header that an answer is a kept one, and of when: milliseconds since 1970.
const KEPT_AT = "Denwaban-Kept-At";
const ANSWERS = "answers";
const MOST_ANSWERS = 200;
// The page itself gives up after 20 s.
const PATIENCE_MS = 10_000;
// A write has been answered by then.
const WRITTEN_MS = 2_000;
// Counts sign-ins and sign-outs: what was asked for before is not kept for the next person.
let person = 0;

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

const forget = () => {
  person += 1;
  return caches.delete(ANSWERS);
};

const keep = async (request, response, asker) => {
  const body = await response.blob();
  if (asker !== person) return;
  const headers = new Headers(response.headers);
  headers.set(KEPT_AT, Date.now());
  const cache = await caches.open(ANSWERS);
  await cache.put(request, new Response(body, { headers }));
  // The oldest come first.
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, -MOST_ANSWERS).map((key) => cache.delete(key)));
};

const kept = async (request) => (await caches.open(ANSWERS)).match(request, { ignoreVary: true });

const askServer = async (event, request) => {
  const asker = person;
  const response = await fetch(request);
  if (response.status === 401) event.waitUntil(forget());
  else if (response.ok) event.waitUntil(keep(request, response.clone(), asker));
  return response;
};

const answer = async (event) => {
  const fresh = askServer(event, event.request);
  const waited = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const first = await Promise.race([
    fresh.catch(() => kept(event.request)),
    waited.then(async () => (await kept(event.request)) ?? fresh),
  ]);
  return first ?? Response.error();
};

// What was changed is read anew, and the lists that it stands in.
const readAnew = async (event, path) => {
  await new Promise((resolve) => setTimeout(resolve, WRITTEN_MS));
  const cache = await caches.open(ANSWERS);
  const stale = (await cache.keys()).filter(({ url }) => `${path}/`.startsWith(`${new URL(url).pathname}/`));
  await Promise.allSettled(stale.map((request) => askServer(event, request)));
};

const api = (event, path) => {
  const { request } = event;
  if (request.method !== "GET") event.waitUntil(path === "/api/v1/session" ? forget() : readAnew(event, path));
  // Not what streams, is downloaded or played.
  else if (request.headers.get("Accept") === "application/json") event.respondWith(answer(event));
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin === location.origin && url.pathname.startsWith("/api/v1/")) return api(event, url.pathname);
  if (request.method !== "GET" || url.origin !== location.origin || isServer(url.pathname)) return;
  if (request.mode === "navigate") {
    // The server first, so that a new version is seen at once; the kept shell when there is no way to it.
    event.respondWith(fetch(request).catch(async () => (await caches.match("/")) ?? (await caches.match("/index.html")) ?? Response.error()));
    return;
  }
  // Assets are named after their content, so a kept one is the right one.
  event.respondWith(caches.match(request).then((kept) => kept ?? fetchAndKeep(event)));
});
