// Keeps the page's files, so that it works offline, and gives them the headers that threads and the
// page's promise to ask nobody need, where the server gives none.

// The hashes of files that are kept at the first visit, and the sizes of those that follow.
const SHELL = new Map(Object.entries({{ shell|tojson }}));
const KEPT = new Map(Object.entries({{ kept|tojson }}));
const HEADERS = {{ headers|tojson }};
// Caches are shared by all pages of a server: the name says whose they are.
const OWN = `artnb ${registration.scope} `;
const SHELL_CACHE = `${OWN}{{ version }}`;
const KEPT_CACHE = `${OWN}files`;

const addressOf = (file) => new URL(file, registration.scope).href;

async function install() {
  const cache = await caches.open(SHELL_CACHE);
  // A page that is just being replaced would be kept half old, half new.
  const requests = [...SHELL].map(
    ([file, integrity]) => new Request(addressOf(file), { cache: "reload", integrity }),
  );
  await cache.addAll(requests);
  await skipWaiting();
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith(OWN) && name !== SHELL_CACHE && name !== KEPT_CACHE) await caches.delete(name);
  }
  // Their names change with what is in them.
  const files = await caches.open(KEPT_CACHE);
  const wanted = new Set([...KEPT.keys()].map(addressOf));
  for (const request of await files.keys()) {
    if (!wanted.has(request.url)) await files.delete(request);
  }
  await clients.claim();
}

/** Keep a file that has come whole, where there is room for it. */
async function keep(file, response) {
  try {
    const blob = await response.blob();
    if (blob.size !== KEPT.get(file)) return;
    const files = await caches.open(KEPT_CACHE);
    await files.put(addressOf(file), new Response(blob));
  } catch {
    // The page has no need of what is kept as long as there is a network.
  }
}

/** Fetch a file; the page sees it come, and its end when it is kept. */
async function fetched(request, file) {
  const response = await fetch(request);
  if (!response.ok || !KEPT.has(file)) return response;
  const kept = keep(file, response.clone());
  const body = response.body.pipeThrough(new TransformStream({ flush: () => kept }));
  return new Response(body, { headers: response.headers });
}

async function answer(request, file) {
  const shell = await caches.open(SHELL_CACHE);
  const files = await caches.open(KEPT_CACHE);
  const address = addressOf(file);
  const response =
    (await shell.match(address)) ?? (await files.match(address)) ?? (await fetched(request, file));
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  const whole = address.origin + address.pathname;
  if (request.method !== "GET" || !whole.startsWith(registration.scope)) return;
  const file = decodeURIComponent(whole.slice(registration.scope.length)) || "index.html";
  // Other pages may lie in the same folder or below it: they have headers of their own.
  if (SHELL.has(file) || KEPT.has(file)) event.respondWith(answer(request, file));
});
