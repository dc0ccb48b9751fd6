// Pictures on the page: a painting over its photo, with what divides them; or a picture by itself.

import { encode, fileName, save } from "./saving.js";
import { say } from "./words.js";

const TYPES = { png: "image/png", jpg: "image/jpeg" };

function made(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function canvasOf({ width, height, pixels }) {
  const canvas = made("canvas", { width, height });
  canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}

/** Mix a painting with its photo, as the page shows it: all of it at strength 1. */
function blended(photo, painting, strength) {
  const { width, height } = painting;
  const pixels = painting.pixels.map((level, place) =>
    level * strength + photo.pixels[place] * (1 - strength),
  );
  return canvasOf({ width, height, pixels });
}

function saveButton(ending, draw, comment, parts) {
  const button = made("button", { type: "button", textContent: ending.toUpperCase() });
  button.ariaLabel = say("save_as", { format: ending.toUpperCase(), what: parts.join(", ") });
  button.addEventListener("click", async () => {
    save(await encode(draw(), TYPES[ending], comment), fileName(parts, ending));
  });
  return button;
}

function captionOf(title, line, draw, comment, parts) {
  const buttons = Object.keys(TYPES).map((ending) => saveButton(ending, draw, comment, parts));
  return made(
    "figcaption",
    {},
    made("strong", { textContent: title }),
    made("span", { textContent: line }),
    made("span", { className: "saves" }, made("span", { textContent: say("save") }), ...buttons),
  );
}

/** Enlarge no picture so much that it looks soft. */
function bounded(figure, { width }) {
  figure.style.setProperty("max-width", `max(20rem, ${1.25 * width}px)`);
  return figure;
}

/**
 * Show a painting over its photo, and what divides them.
 *
 * @param {object} shown - photo and painting as width, height and pixels; what it is called; the
 *   comment of its file; the parts of its file's name
 * @param {() => number} strength - how much of the painting is seen, from 0 to 1
 * @returns {HTMLElement} the figure
 */
export function comparison({ photo, painting, title, line, comment, parts }, strength) {
  const over = canvasOf(painting);
  over.className = "over";
  const under = canvasOf(photo);
  const divide = made("input", { type: "range", min: 0, max: 100, value: 35, className: "divide" });
  divide.ariaLabel = say("divide", { style: title });
  const stage = made("div", { className: "stage" }, under, over, divide);
  const place = () => {
    stage.style.setProperty("--divide", `${divide.value}%`);
    divide.setAttribute("aria-valuetext", say("divided", { percent: divide.value }));
  };
  divide.addEventListener("input", place);
  place();
  under.ariaHidden = over.ariaHidden = "true";
  const draw = () => blended(photo, painting, strength());
  return bounded(made("figure", {}, stage, captionOf(title, line, draw, comment, parts)), painting);
}

/** Show a picture by itself. */
export function single({ picture, title, line, comment, parts }) {
  const canvas = canvasOf(picture);
  canvas.role = "img";
  canvas.ariaLabel = title;
  const stage = made("div", { className: "stage" }, canvas);
  return made("figure", {}, stage, captionOf(title, line, () => canvas, comment, parts));
}

/** Show the photo while its painting is made. */
export function waiting(title, photo) {
  const canvas = canvasOf(photo);
  canvas.ariaHidden = "true";
  const stage = made("div", { className: "stage waits" }, canvas);
  const caption = made("figcaption", {}, made("strong", { textContent: title }));
  return bounded(made("figure", {}, stage, caption), photo);
}
