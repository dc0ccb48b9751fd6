// What there is, what is chosen of it, and what it is called.

const find = (selector, within = document) => within.querySelector(selector);
const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];

const data = JSON.parse(find("#data").textContent);

data.exhibits = data.exhibits.map(([name, width, height, section, views]) => ({
  name, width, height,
  section: data.sections[section],
  views: views.map(([kind, run, epoch, file, thumbnail, note = ""]) => ({
    kind: data.kinds[kind], run, epoch, file, thumbnail: thumbnail || file, note,
  })),
}));

const state = {
  epoch: data.start, // as it is counted in the Run
  run: null, // a number of data.runs; null for all, side by side
  shown: new Set(data.shown),
  photo: null, // seen large; a number of data.exhibits
  main: null, // { kind, run } of what is seen large
  against: null, // { kind, run } of what it is compared with
  divide: 50, // percent of the width
};

const sameSlot = (a, b) => a?.kind === b?.kind && a?.run === b?.run;

/** A slot is a kind of picture by a Run; real pictures are by none. */
function slotsOf(exhibit) {
  const slots = [];
  for (const { kind, run } of exhibit.views) {
    if (!sameSlot(slots.at(-1), { kind, run })) slots.push({ kind, run });
  }
  return slots;
}

const isOfChosenRun = ({ run }) => run === null || state.run === null || run === state.run;

const slotsInView = (exhibit) =>
  slotsOf(exhibit).filter((slot) => state.shown.has(slot.kind) && isOfChosenRun(slot));

/** The picture of the chosen epoch, else of the nearest earlier one, else the first there is. */
function viewIn(exhibit, slot) {
  const views = exhibit.views.filter((view) => sameSlot(view, slot));
  const earlier = views.filter((view) => view.epoch === null || view.epoch <= state.epoch);
  return earlier.at(-1) ?? views[0];
}

const isOtherEpoch = (view) => view.epoch !== null && view.epoch !== state.epoch;

function fill(pattern, exhibit, view) {
  const { source, target, styles } = exhibit.section;
  const style = view.run === null ? target : styles[view.run];
  const words = { name: exhibit.name, source, style };
  return pattern.replace(/\{(\w+)\}/g, (_, word) => words[word]);
}

const labelOf = (exhibit, view) => fill(data.labels[view.kind], exhibit, view);

const labelWithEpoch = (exhibit, view) =>
  labelOf(exhibit, view) + (view.epoch === null ? "" : `, epoch ${view.epoch}`);

const altOf = (exhibit, view) =>
  fill(data.alts[view.kind], exhibit, view) +
  (view.epoch === null ? "" : `, epoch ${view.epoch}`);

/** Assigning an equal address would load a picture again. */
function show(image, address, alt) {
  if (image.getAttribute("src") !== address) image.src = address;
  image.alt = alt;
}
