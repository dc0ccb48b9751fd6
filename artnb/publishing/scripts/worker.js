// Runs networks beside the page, so that it stays awake; whoever cancels ends this whole thread.

import { paintPhoto } from "./painting.js";

const MOST_SESSIONS = 3;
// Of what the graphics card may differ from WebAssembly by: a level of 255, in [-1, 1].
const MOST_DIFFERENCE = 2 / 255;
const TRIAL_PX = 64;

const sessions = new Map();
const loaded = new Map();

function tell(id, kind, more, transfer = []) {
  postMessage({ id, kind, ...more }, transfer);
}

/** Fetch a file and tell how far it has got. */
async function fetched(path, bytes, advance) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  const whole = new Uint8Array(bytes);
  let place = 0;
  advance(0, bytes);
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    if (place + value.length > bytes) throw new Error(`${path}: longer than ${bytes} bytes`);
    whole.set(value, place);
    place += value.length;
    advance(place, bytes);
  }
  if (place < bytes) throw new Error(`${path}: cut short`);
  return whole;
}

/** Load onnxruntime for WebAssembly, or the one that has the graphics card too. */
async function runtimeOf(runtime, advance) {
  if (!loaded.has(runtime.module)) {
    const binary = await fetched(runtime.binary, runtime.bytes, advance);
    const ort = await import(new URL(runtime.module, self.location.href).href);
    ort.env.wasm.wasmPaths = { mjs: new URL(runtime.loader, self.location.href).href };
    ort.env.wasm.wasmBinary = binary.buffer;
    ort.env.wasm.numThreads = self.crossOriginIsolated
      ? Math.min(8, navigator.hardwareConcurrency || 1)
      : 1;
    ort.env.logLevel = "error";
    loaded.set(runtime.module, ort);
  }
  return loaded.get(runtime.module);
}

/** Let the network that was used longest ago go, where there are too many. */
async function makeRoom() {
  while (sessions.size >= MOST_SESSIONS) {
    const [oldest, { session }] = sessions.entries().next().value;
    sessions.delete(oldest);
    await session.release();
  }
}

async function open(ort, weights, provider) {
  return ort.InferenceSession.create(weights, {
    executionProviders: [provider],
    graphOptimizationLevel: "all",
    enableCpuMemArena: false,
    enableMemPattern: false,
    logSeverityLevel: 3,
  });
}

/** What differs between two ways of computing a small picture. */
async function largestDifference(ort, network, one, other) {
  const side = Math.ceil(TRIAL_PX / network.multiple_px) * network.multiple_px;
  const noise = Float32Array.from({ length: side ** 2 * 3 }, (_, place) =>
    Math.sin(place * 12.9898 + (place % 7) * 78.233),
  );
  const shape = [1, side, side, 3];
  const [first, second] = [
    await asFunction(ort, network, one)(noise, shape),
    await asFunction(ort, network, other)(noise, shape),
  ];
  let largest = 0;
  first.painting.forEach((value, place) => {
    const apart = Math.abs(value - second.painting[place]);
    if (!(apart <= largest)) largest = apart; // NaN as well
  });
  return largest;
}

/** Take the graphics card where it computes the same as WebAssembly. */
async function checkedSession(ort, network, weights) {
  const sure = await open(ort, weights, "wasm");
  let session;
  try {
    session = await open(ort, weights, "webgpu");
    const apart = await largestDifference(ort, network, sure, session);
    if (apart <= MOST_DIFFERENCE) {
      await sure.release();
      return { session, engine: "webgpu" };
    }
  } catch {
    // No such card, or one that cannot run this network.
  }
  await session?.release();
  return { session: sure, engine: "fell_back" };
}

async function sessionOf({ network, runtime, useCard }, advance) {
  const key = `${useCard} ${network.file}`;
  const known = sessions.get(key);
  sessions.delete(key);
  if (!known) await makeRoom();
  const ort = await runtimeOf(runtime, (...far) => advance("loading_runtime", ...far));
  const opened = known ?? (await opening(ort, network, useCard, advance));
  sessions.set(key, opened);
  return { ort, ...opened };
}

async function opening(ort, network, useCard, advance) {
  const far = (...progress) => advance("loading_network", ...progress);
  const weights = await fetched(network.file, network.bytes, far);
  if (useCard) return checkedSession(ort, network, weights);
  return { session: await open(ort, weights, "wasm"), engine: "wasm" };
}

/** Give a painter's network as `paintPhoto` takes it. */
function asFunction(ort, network, session) {
  return async (values, shape, statistics) => {
    const feeds = { picture: new ort.Tensor("float32", values, shape) };
    if (network.statistics) {
      const given = statistics ?? new Float32Array(network.statistics);
      feeds.statistics = new ort.Tensor("float32", given, [network.statistics]);
      feeds.shared = new ort.Tensor("bool", [Boolean(statistics)], []);
    }
    const { painting, found } = await session.run(feeds);
    return { painting: painting.data, found: found?.data };
  };
}

async function paint({ network, photo, numbers }, { ort, session }, advance) {
  const asked = { ...numbers, ...network };
  const far = (...progress) => advance("painting", ...progress);
  return { ...photo, pixels: await paintPhoto(asFunction(ort, network, session), photo, asked, far) };
}

async function sample({ network, latent, truncation, kind }, { ort, session }) {
  const feeds = {
    z: new ort.Tensor("float32", latent, [1, latent.length]),
    truncation: new ort.Tensor("float32", [truncation], [1, 1]),
  };
  if (network.classes.length) {
    const oneHot = Float32Array.from(network.classes, (_, place) => Number(place === kind));
    feeds.class = new ort.Tensor("float32", oneHot, [1, oneHot.length]);
  }
  const { pictures } = await session.run(feeds);
  const [, height, width] = pictures.dims;
  const pixels = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let place = 0; place < width * height; place += 1) {
    for (let colour = 0; colour < 3; colour += 1) {
      pixels[4 * place + colour] = (pictures.data[3 * place + colour] + 1) * 127.5;
    }
  }
  return { width, height, pixels };
}

addEventListener("message", async ({ data: asked }) => {
  const advance = (word, done, total) => tell(asked.id, "progress", { word, done, total });
  try {
    const opened = await sessionOf(asked, advance);
    const picture = await (asked.latent ? sample : paint)(asked, opened, advance);
    tell(asked.id, "done", { picture, engine: opened.engine }, [picture.pixels.buffer]);
  } catch (error) {
    tell(asked.id, "failed", { reason: String(error?.message ?? error) });
  }
});
