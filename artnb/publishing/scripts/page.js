// The page: what is chosen, what is painted of it, and what is said meanwhile.

import { comparison, single, waiting } from "./figures.js";
import { drawLatent } from "./latents.js";
import { cancel, make } from "./painters.js";
import { openPhoto, pixelsOf, Refusal } from "./photo.js";
import { loadWords, megabytes, oneDigit, say } from "./words.js";

const find = (selector) => document.querySelector(selector);
const findAll = (selector) => [...document.querySelectorAll(selector)];

const site = await (await fetch("site.json")).json();
await loadWords(site.languages);

const state = { photo: null, choice: 0, seen: 0, round: 0 };
const strength = () => Number(find("#strength").value) / 100;
const runtime = () => (useCard() ? site.runtime.webgpu : site.runtime.wasm);
const isPhone = matchMedia("(pointer: coarse)").matches || navigator.deviceMemory < 4;
const tiles = isPhone ? { ...site.tiles, ...site.tiles_of_phones } : site.tiles;
const useCard = () => find("#card").checked;

// What is said.

/** Show a sentence; a screen reader hears of what repeats itself only once. */
function tell(sentence, alarm = false, spoken = sentence) {
  find("#status").textContent = sentence;
  find("#status").classList.toggle("alarm", alarm);
  if (find("#spoken").textContent !== spoken) find("#spoken").textContent = spoken;
}

function showProgress(title) {
  const bar = find("#progress");
  return (word, done, total) => {
    const isDownload = word.startsWith("loading");
    // What is made in one piece tells nothing until it is done.
    if (total === 1 && done === 0) bar.removeAttribute("value");
    else Object.assign(bar, { max: total, value: done });
    const shown = isDownload ? [done, total].map(megabytes) : [done, total];
    const sentence = say(total === 1 ? "painting_whole" : word, {
      style: title,
      done: shown[0],
      total: shown[1],
    });
    tell(sentence, false, say(isDownload ? "loading" : "painting_whole", { style: title }));
  };
}

function work(isWorking) {
  find("#progress").hidden = find("#cancel").hidden = !isWorking;
  find("main").ariaBusy = String(isWorking);
}

function explain(error) {
  if (error instanceof Refusal) return tell(say(error.word, error.values), true);
  const reason = String(error.message ?? error);
  const isMemory = /memory|alloc|out of bounds|RangeError/i.test(reason);
  return tell(say(isMemory ? "too_little_memory" : "failed", { reason }), true);
}

/** Leave what is being done, whether it decodes, loads or paints, and the places held for it. */
function leave() {
  state.round += 1;
  cancel();
  for (const figure of findAll("figure:has(.waits)")) figure.remove();
  work(false);
}

function leaveFor(error) {
  leave();
  explain(error);
}

/** Do something, say what hinders it, and never two at a time: what comes later is what counts. */
async function attempt(action) {
  leave();
  const { round } = state;
  const isWanted = () => round === state.round;
  work(true);
  try {
    await action(isWanted);
    if (isWanted()) work(false);
  } catch (error) {
    if (isWanted()) leaveFor(error);
  }
}

// Photos.

const chosen = () => {
  const numbers = findAll("[name=painter]:checked").map((box) => Number(box.value));
  return numbers.map((number) => site.painters[number]);
};

function describe(engine, seconds) {
  const words = { wasm: "by_processor", webgpu: "by_card", fell_back: "card_differs" };
  return say(words[engine], { seconds: oneDigit(seconds) });
}

async function paintOne(painter, photo) {
  const began = performance.now();
  const { width, height, data } = photo;
  const wish = { network: painter, runtime: runtime(), useCard: useCard(), numbers: tiles };
  const asked = { ...wish, photo: { width, height, pixels: data } };
  const { picture, engine } = await make(asked, showProgress(painter.title));
  return { painting: picture, line: describe(engine, (performance.now() - began) / 1000) };
}

function shownAs(painter, photo, { painting, line }) {
  const { width, height, data } = photo;
  return comparison(
    {
      photo: { width, height, pixels: data },
      painting,
      title: painter.title,
      line,
      comment: `${site.mark}: ${painter.source} → ${painter.title} by ${painter.maker}`,
      parts: [state.photo.name, painter.title],
    },
    strength,
  );
}

/** Scroll to where paintings come, the first time that a photo is chosen. */
function bringIntoView(figure) {
  if (state.choice === state.seen) return;
  state.seen = state.choice;
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  figure.scrollIntoView({ block: "nearest", behavior: isCalm ? "instant" : "smooth" });
}

function paint() {
  if (!state.photo) return;
  attempt(async (isWanted) => {
    const photo = await pixelsOf(state.photo, Number(find("#size").value));
    if (!isWanted()) return;
    const painters = chosen();
    const { width, height, data } = photo;
    const figures = painters.map(({ title }) => waiting(title, { width, height, pixels: data }));
    find("#paintings").replaceChildren(...figures);
    if (!painters.length) return tell(say("choose_style"));
    bringIntoView(figures[0]);
    for (const [number, painter] of painters.entries()) {
      const painted = await paintOne(painter, photo);
      if (!isWanted()) return;
      figures[number].replaceWith(shownAs(painter, photo, painted));
    }
    tell(say(painters.length === 1 ? "done_one" : "done", { count: painters.length }));
  });
}

/** Paint a file, which may still be on its way, unless another is chosen before it is there. */
async function take(file) {
  if (!file) return;
  state.choice += 1;
  const { choice } = state;
  const isWanted = () => choice === state.choice;
  try {
    const photo = await openPhoto(await file, site.most_pixels);
    if (!isWanted()) return;
    state.photo = photo;
    find("#strengths").hidden = false;
    paint();
  } catch (error) {
    if (isWanted()) leaveFor(error);
  }
}

async function exampleOf({ dataset }) {
  const response = await fetch(dataset.file);
  if (!response.ok) throw new Error(`${dataset.file}: ${response.status}`);
  const blob = await response.blob();
  return new File([blob], dataset.name, { type: blob.type });
}

function listenToPhotos() {
  for (const input of findAll("input[type=file]")) {
    input.addEventListener("change", () => {
      take(input.files[0]);
      input.value = ""; // the same file may be chosen again
    });
  }
  for (const button of findAll(".example")) {
    button.addEventListener("click", () => take(exampleOf(button)));
  }
  document.addEventListener("paste", ({ clipboardData }) => take(clipboardData.files[0]));
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", ({ relatedTarget }) => {
    if (!relatedTarget) document.body.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    take(event.dataTransfer.files[0]);
  });
}

function listenToChoices() {
  const chosenAgain = findAll("[name=painter], #size, #card");
  for (const input of chosenAgain) input.addEventListener("change", paint);
  find("#strength").addEventListener("input", () => {
    document.documentElement.style.setProperty("--strength", strength());
    find("#strength-value").textContent = `${find("#strength").value} %`;
  });
  find("#cards").hidden = !(navigator.gpu && site.runtime.webgpu);
}

// Pictures out of latents.

const sampler = () => site.samplers[Number(find("#sampler")?.value ?? 0)];

/** The class of a seed: the chosen one, or each in turn, as `artnb sample` has it. */
function classOf(seed, { classes }) {
  const chosen = find("#class").value;
  return chosen === "" ? seed % (classes.length || 1) : Number(chosen);
}

async function sampleOne(network, seed, truncation) {
  const kind = classOf(seed, network);
  const name = network.classes[kind];
  const latent = drawLatent(seed, network.latent_size);
  const wish = { network, runtime: runtime(), useCard: false, latent, truncation, kind };
  const { picture } = await make(wish, showProgress(network.title));
  return single({
    picture,
    title: [say("seed_of", { seed }), name].filter(Boolean).join(", "),
    line: say("truncated", { truncation }),
    comment: `${site.mark}: ${network.title}, seed ${seed}, by ${network.maker}`,
    parts: [network.title, name, `seed${seed}`, `truncation-${truncation}`].filter(Boolean),
  });
}

function samplePictures() {
  attempt(async (isWanted) => {
    const network = sampler();
    const [first, truncation] = ["#seed", "#truncation"].map((of) => Number(find(of).value));
    const seeds = Array.from({ length: site.samples }, (_, place) => (first + place) % 2 ** 32);
    for (const [place, seed] of seeds.entries()) {
      const figure = await sampleOne(network, seed, truncation);
      if (!isWanted()) return;
      const there = find("#samples").children[place];
      if (there) there.replaceWith(figure);
      else find("#samples").append(figure);
    }
    tell(say("sampled", { count: seeds.length }));
    find("#next-seeds").textContent = say("next_seeds");
  });
}

function offerClasses() {
  const { classes } = sampler();
  const options = classes.map((name, number) => new Option(name, number));
  find("#class").replaceChildren(new Option(say("all_classes"), ""), ...options);
  find("#classes").hidden = !classes.length;
}

function listenToSamplers() {
  offerClasses();
  find("#sampler").addEventListener("change", offerClasses);
  find("#truncation").addEventListener("input", ({ target }) => {
    find("#truncation-value").textContent = target.value;
  });
  for (const input of findAll("#sampler, #class, #seed, #truncation")) {
    input.addEventListener("change", () => find("#seed").reportValidity() && samplePictures());
  }
  find("#next-seeds").addEventListener("click", () => {
    if (!find("#seed").reportValidity()) return;
    const isFirst = !find("#samples").children.length;
    const step = isFirst ? 0 : site.samples;
    find("#seed").value = (Number(find("#seed").value) + step) % 2 ** 32;
    samplePictures();
  });
}

// Offline.

async function keepForOffline() {
  if (!("serviceWorker" in navigator)) return;
  try {
    const workers = navigator.serviceWorker;
    const controlled = new Promise((resolve) => {
      if (workers.controller) resolve();
      else workers.addEventListener("controllerchange", resolve, { once: true });
    });
    await workers.register("service-worker.js");
    await controlled;
    if (navigator.connection?.saveData) return;
    const { module, loader, binary } = site.runtime.wasm;
    const networks = [...site.painters, ...site.samplers];
    const bytes = networks.reduce((sum, network) => sum + network.bytes, 0);
    // Of many networks those are kept that a visitor has used.
    const kept = bytes <= site.most_kept_bytes ? networks.map(({ file }) => file) : [];
    for (const file of [module, loader, binary, ...kept]) await (await fetch(file)).blob();
    document.documentElement.dataset.offline = "ready";
  } catch {
    // Private windows and pages without https have none; the page works without.
  }
}

for (const part of findAll("[data-scripted]")) part.hidden = false;
find("#unscripted").remove();
addEventListener("unhandledrejection", ({ reason }) => leaveFor(reason));
for (const form of findAll("form")) {
  form.addEventListener("submit", (event) => event.preventDefault());
}
find("#cancel").addEventListener("click", () => {
  leave();
  tell(say("cancelled"));
});
// A page has the controls of what it can do alone.
if (site.painters.length) {
  listenToPhotos();
  listenToChoices();
}
if (site.samplers.length) listenToSamplers();
tell(say(site.painters.length ? "choose_photo" : "choose_seed"));
if (site.samplers.length && !site.painters.length) samplePictures();
keepForOffline();
