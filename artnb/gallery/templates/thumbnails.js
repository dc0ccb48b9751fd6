// The thumbnails of all photos.

/** Which slot a link among them shows. */
const slotOf = new WeakMap();

function renderThumbnails() {
  for (const list of findAll(".thumbnails")) {
    const across = findAll(".exhibit", list).map(renderCard);
    list.dataset.across = Math.max(...across);
  }
}

/** Returns how many pictures the photo has now. */
function renderCard(card) {
  const exhibit = data.exhibits[card.dataset.exhibit];
  const strip = find(".strip", card);
  const slots = slotsInView(exhibit);
  while (strip.children.length > slots.length) strip.lastElementChild.remove();
  while (strip.children.length < slots.length) strip.append(newPicture(exhibit));
  slots.forEach((slot, place) => renderPicture(strip.children[place], exhibit, slot));
  return slots.length;
}

function newPicture(exhibit) {
  const link = document.createElement("a");
  link.className = "picture";
  const image = document.createElement("img");
  Object.assign(image, { loading: "lazy", decoding: "async" });
  Object.assign(image, { width: exhibit.width, height: exhibit.height });
  const label = document.createElement("span");
  label.className = "label";
  label.ariaHidden = "true";
  link.append(image, label);
  return link;
}

function renderPicture(link, exhibit, slot) {
  const view = viewIn(exhibit, slot);
  link.setAttribute("href", view.file);
  slotOf.set(link, slot);
  show(find("img", link), view.thumbnail, altOf(exhibit, view));
  const other = isOtherEpoch(view) ? ` · epoch ${view.epoch}, no ${state.epoch}` : "";
  find(".label", link).textContent = labelOf(exhibit, view) + other;
}

const photoOf = (link) => Number(link.closest(".exhibit").dataset.exhibit);

function openFromThumbnail(event) {
  const link = event.target.closest(".picture");
  // With a modifier people want the file itself, in another tab.
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openLightbox(photoOf(link), slotOf.get(link));
}

/** From a picture that has the focus to the same place in the photo beside it. */
function moveAmongThumbnails(link, step) {
  const cards = findAll(".exhibit");
  const next = cards[photoOf(link) + step];
  const place = [...link.parentElement.children].indexOf(link);
  const pictures = next ? findAll(".picture", next) : [];
  (pictures[place] ?? pictures[0] ?? link).focus();
}
