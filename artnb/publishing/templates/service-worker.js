// Keeps the page's files, so that it works offline, and gives them the headers that threads and the
// page's promise to ask nobody need, where the server gives none.

const SHELL = {{ shell|tojson }};
const KEPT = new Set({{ kept|tojson }});
const HEADERS = {{ headers|tojson }};
// Caches are shared by all pages of a server: the name says whose they are.
const OWN = `artnb ${registration.scope} `;
const SHELL_CACHE = `${OWN}{{ version }}`;
const KEPT_CACHE = `${OWN}files`;

const addressOf = (file) => new URL(file, registration.scope).href;

async function install() {
  const cache = await caches.open(SHELL_CACHE);
  await cache.addAll(SHELL.map((file) => new Request(addressOf(file), { cache: "reload" })));
  await skipWaiting();
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith(OWN) && name !== SHELL_CACHE && name !== KEPT_CACHE) await caches.delete(name);
  }
  // Their names change with what is in them.
  const files = await caches.open(KEPT_CACHE);
  const wanted = new Set([...KEPT].map(addressOf));
  for (const request of await files.keys()) {
    if (!wanted.has(request.url)) await files.delete(request);
  }
  await clients.claim();
}

async function fetched(request, file) {
  const response = await fetch(request);
  if (response.ok && KEPT.has(file)) {
    const files = await caches.open(KEPT_CACHE);
    await files.put(addressOf(file), response.clone());
  }
  return response;
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
  event.respondWith(answer(request, file));
});
