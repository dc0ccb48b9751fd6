// Controls, keys, and what an address remembers.

function update(changes) {
  Object.assign(state, changes);
  render();
}

function render() {
  renderControls();
  renderThumbnails();
  renderScores();
  renderLightbox();
  rememberSoon();
}

function renderControls() {
  for (const box of findAll("[name=kind]")) box.checked = state.shown.has(box.value);
  const run = find("[name=run]");
  if (run) run.value = state.run ?? "";
  for (const row of findAll(".epoch")) renderEpochRow(row);
}

function renderEpochRow(row) {
  const range = find(".epochs", row);
  range.value = data.epochs.indexOf(state.epoch);
  range.setAttribute("aria-valuetext", `epoch ${state.epoch}`);
  find("output", row).textContent = state.epoch;
  const best = bestEpoch();
  const button = find(".best", row);
  button.hidden = best === null;
  button.textContent = `best: ${best}`;
  button.ariaPressed = String(best === state.epoch);
}

/** The best epoch by its scores, where the Runs that are shown agree on one. */
function bestEpoch() {
  const runs = state.run === null ? data.runs : [data.runs[state.run]];
  const bests = new Set(runs.map((run) => run.best));
  const [best] = bests;
  return bests.size === 1 && data.epochs.includes(best) ? best : null;
}

function stepEpoch(step) {
  const place = data.epochs.indexOf(state.epoch) + step;
  if (data.epochs[place] !== undefined) update({ epoch: data.epochs[place] });
}

function chooseKinds(box) {
  const kinds = findAll("[name=kind]:checked").map((checked) => checked.value);
  // Something has to be shown.
  update({ shown: new Set(kinds.length ? kinds : [box.value]) });
}

function listenToControls() {
  for (const box of findAll("[name=kind]")) box.addEventListener("change", () => chooseKinds(box));
  find("[name=run]")?.addEventListener("change", ({ target }) =>
    update({ run: target.value === "" ? null : Number(target.value) }),
  );
  for (const range of findAll(".epochs")) {
    range.addEventListener("input", () => update({ epoch: data.epochs[range.value] }));
  }
  for (const button of findAll(".best")) {
    button.addEventListener("click", () => update({ epoch: bestEpoch() }));
  }
  find(".controls").addEventListener("submit", (event) => event.preventDefault());
  find("#pictures").addEventListener("click", openFromThumbnail);
}

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1 };

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || find("#help").open) return;
  if (event.key === "?") find("#help").showModal();
  // Sliders and lists have their own arrows, and the page scrolls where no picture has the focus.
  const own = event.target.closest("select, input[type=range]");
  const link = event.target.closest(".picture");
  const step = STEPS[event.key];
  if (!step || own || !(lightbox.open || link)) return;
  event.preventDefault();
  if (event.key === "ArrowUp" || event.key === "ArrowDown") stepEpoch(step);
  else if (lightbox.open) stepPhoto(step);
  else moveAmongThumbnails(link, step);
}

// The address keeps what is chosen, for other pages of the gallery and for whoever gets the link.

function asHash(changes = {}) {
  const kept = {
    epoch: state.epoch,
    run: data.runs[state.run]?.name,
    show: [...state.shown].join(" "),
    photo: state.photo === null ? null : state.photo + 1,
    ...changes,
  };
  const there = Object.entries(kept).filter(([, value]) => value !== null && value !== undefined);
  return `#${new URLSearchParams(there)}`;
}

let remembering = 0;

/** Browsers complain of an address that changes with every movement of a slider. */
function rememberSoon() {
  clearTimeout(remembering);
  remembering = setTimeout(() => {
    history.replaceState(null, "", asHash());
    for (const link of findAll(".pager a")) link.hash = asHash({ photo: null });
  }, 300);
}

function recall() {
  const kept = new URLSearchParams(location.hash.slice(1));
  const epoch = Number(kept.get("epoch"));
  if (data.epochs.includes(epoch)) state.epoch = epoch;
  const run = data.runs.findIndex(({ name }) => name === kept.get("run"));
  if (run >= 0) state.run = run;
  const shown = (kept.get("show") ?? "").split(" ").filter((kind) => data.kinds.includes(kind));
  if (shown.length) state.shown = new Set(shown);
  const places = { first: 0, last: data.exhibits.length - 1 };
  const photo = places[kept.get("photo")] ?? Number(kept.get("photo") ?? 0) - 1;
  return data.exhibits[photo] ? photo : null;
}

function listenToTheme() {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const current = () => root.dataset.theme ?? (dark.matches ? "dark" : "light");
  const other = () => (current() === "dark" ? "light" : "dark");
  const name = () => {
    find("#theme").textContent = other();
    find("#theme").ariaLabel = `${other()} colours`;
  };
  find("#theme").addEventListener("click", () => {
    root.dataset.theme = other();
    try {
      localStorage.setItem("artnb-theme", current());
    } catch {
      // It then holds for this page only.
    }
    name();
  });
  dark.addEventListener("change", name);
  name();
}

function start() {
  for (const part of findAll(".tools, .controls")) part.hidden = false;
  const scores = find(".scores details");
  if (scores) scores.open = matchMedia("(min-width: 1000px)").matches;
  const photo = recall();
  listenToTheme();
  listenToControls();
  listenToLightbox();
  find("#help-button").addEventListener("click", () => find("#help").showModal());
  document.addEventListener("keydown", pressed);
  render();
  if (photo !== null) openLightbox(photo, { kind: "source", run: null });
}

start();
