// One photo, seen large: two pictures of it with a divider between them.

const lightbox = find("#lightbox");

function openLightbox(photo, slot) {
  state.photo = photo;
  state.main = slot.kind === "source" ? null : slot;
  state.against = { kind: "source", run: null };
  render();
  if (!lightbox.open) lightbox.showModal();
  find("#lightbox-name").focus();
}

/** The focus goes back to the photo that was seen last. */
function closed() {
  const card = findAll(".exhibit")[state.photo];
  const links = findAll(".picture", card);
  (links.find((link) => sameSlot(slotOf.get(link), state.main)) ?? links[0])?.focus();
  state.photo = null;
  render();
}

/** Beyond the ends of a page the pages beside it go on. */
function stepPhoto(step) {
  const photo = state.photo + step;
  const page = step < 0 ? data.before : data.after;
  if (data.exhibits[photo]) update({ photo });
  else if (page) location.href = page + asHash({ photo: step < 0 ? "last" : "first" });
}

function renderLightbox() {
  const exhibit = data.exhibits[state.photo];
  placeScores(exhibit ? find(".scores-place") : find(".scores details"));
  if (!exhibit) return;
  const slots = slotsOf(exhibit);
  const main = slots.find((slot) => sameSlot(slot, state.main)) ?? usualSlot(slots);
  const against = slots.find((slot) => sameSlot(slot, state.against));
  renderAbout(exhibit);
  renderFilmstrip(exhibit, slots, main);
  renderAgainst(exhibit, slots, against);
  renderPair(exhibit, viewIn(exhibit, main), against && viewIn(exhibit, against));
}

/** What a network made, by the chosen Run if there is one; else the last there is. */
const usualSlot = (slots) =>
  slots.find((slot) => slot.kind === "painting" && isOfChosenRun(slot)) ?? slots.at(-1);

function placeScores(place) {
  const panels = find(".panels");
  if (panels && panels.parentElement !== place) place.append(panels);
}

function renderAbout(exhibit) {
  const place = `${data.first + state.photo} of ${data.total.toLocaleString("en")}`;
  find("#lightbox-name").textContent = exhibit.name;
  find(".place", lightbox).textContent = `${place} · ${exhibit.section.title}`;
  for (const button of findAll(".step", lightbox)) {
    const step = Number(button.dataset.step);
    const page = step < 0 ? data.before : data.after;
    button.disabled = !data.exhibits[state.photo + step] && !page;
  }
}

function renderFilmstrip(exhibit, slots, main) {
  const strip = find(".filmstrip", lightbox);
  while (strip.children.length > slots.length) strip.lastElementChild.remove();
  while (strip.children.length < slots.length) strip.append(newFrame());
  slots.forEach((slot, place) => {
    const frame = strip.children[place];
    const view = viewIn(exhibit, slot);
    frame.ariaPressed = String(slot === main);
    frame.onclick = () => update({ main: slot });
    show(find("img", frame), view.thumbnail, "");
    find("span", frame).textContent = labelOf(exhibit, view);
  });
}

function newFrame() {
  const frame = document.createElement("button");
  frame.type = "button";
  frame.append(document.createElement("img"), document.createElement("span"));
  return frame;
}

function renderAgainst(exhibit, slots, against) {
  const options = slots.map((slot, place) => {
    const label = labelOf(exhibit, viewIn(exhibit, slot));
    return new Option(label, place, false, slot === against);
  });
  find("#against").replaceChildren(...options, new Option("nothing", "", false, !against));
}

function renderPair(exhibit, after, before) {
  const compared = before && before !== after;
  const pair = find(".pair", lightbox);
  pair.style.setProperty("--ratio", exhibit.width / exhibit.height);
  pair.style.setProperty("--divide", `${state.divide}%`);
  pair.classList.toggle("compared", Boolean(compared));
  find("#divide").hidden = !compared;
  show(find(".after", pair), after.file, altOf(exhibit, after));
  find(".before", pair).hidden = !compared;
  if (compared) show(find(".before", pair), before.file, altOf(exhibit, before));
  find(".tag-after", pair).textContent = labelWithEpoch(exhibit, after);
  find(".tag-before", pair).textContent = compared ? labelWithEpoch(exhibit, before) : "";
  find(".file", lightbox).setAttribute("href", after.file);
  find(".note", lightbox).textContent = noteOf(exhibit, after);
}

function noteOf(exhibit, view) {
  const other = isOtherEpoch(view)
    ? `There is no epoch ${state.epoch} of ${labelOf(exhibit, view)}; this is epoch ${view.epoch}.`
    : "";
  return [other, view.note].filter(Boolean).join(" ");
}

function renderDivider() {
  find(".pair", lightbox).style.setProperty("--divide", `${state.divide}%`);
  const range = find("#divide");
  range.value = state.divide;
  range.setAttribute("aria-valuetext", `${Math.round(state.divide)} % left picture`);
}

/** Dragging anywhere on the picture moves the divider, by mouse, pen or finger. */
function dragDivider(event) {
  const pair = event.currentTarget;
  if (event.type === "pointerdown") pair.setPointerCapture(event.pointerId);
  if (!pair.hasPointerCapture(event.pointerId)) return;
  const { left, width } = pair.getBoundingClientRect();
  const share = (100 * (event.clientX - left)) / width;
  state.divide = Math.min(100, Math.max(0, share));
  renderDivider();
}

function listenToLightbox() {
  lightbox.addEventListener("close", closed);
  // A click beside everything closes.
  lightbox.addEventListener("click", (event) => event.target === lightbox && lightbox.close());
  find(".close", lightbox).addEventListener("click", () => lightbox.close());
  for (const button of findAll(".step", lightbox)) {
    button.addEventListener("click", () => stepPhoto(Number(button.dataset.step)));
  }
  const pair = find(".pair", lightbox);
  pair.addEventListener("pointerdown", dragDivider);
  pair.addEventListener("pointermove", dragDivider);
  find("#divide").addEventListener("input", (event) => {
    state.divide = Number(event.target.value);
    renderDivider();
  });
  find("#against").addEventListener("change", (event) => {
    const slots = slotsOf(data.exhibits[state.photo]);
    update({ against: event.target.value === "" ? null : slots[event.target.value] });
  });
}
