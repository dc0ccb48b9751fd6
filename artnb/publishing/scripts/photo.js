// A person's picture: opened, upright, in sRGB, over white, and no larger than wished.

/** Why a picture is not taken: a word of the dictionary, and what stands in it. */
export class Refusal extends Error {
  constructor(word, values = {}) {
    super(word);
    this.word = word;
    this.values = values;
  }
}

/** A picture that is being shown by the browser, which knows its size before it decodes it. */
async function shown(file) {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = reject;
    });
  } catch {
    URL.revokeObjectURL(image.src);
    throw new Refusal("not_a_picture", { name: file.name || file.type });
  }
  return image;
}

function blank(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  return context;
}

/** Browsers that hide what a canvas holds, against fingerprinting, would give noise for a photo. */
function mayReadPixels() {
  const context = blank(16, 16);
  const colours = Array.from({ length: 16 }, (_, place) => 16 * place);
  colours.forEach((level, place) => {
    context.fillStyle = `rgb(${level}, ${255 - level}, ${place})`;
    context.fillRect(place, 0, 1, 16);
  });
  const { data } = context.getImageData(0, 0, 16, 16);
  return colours.every((level, place) => {
    const at = 4 * (16 * place + place);
    return data[at] === level && data[at + 1] === 255 - level && data[at + 2] === place;
  });
}

/**
 * Open a picture.
 *
 * @param {Blob} file - of any kind that the browser shows
 * @param {number} mostPixels - larger ones are refused, since decoding them takes all memory
 * @returns {Promise<{image: HTMLImageElement, name: string}>} what `pixelsOf` takes
 * @throws {Refusal} it is empty, no picture, or too large
 */
export async function openPhoto(file, mostPixels) {
  if (!file.size) throw new Refusal("empty_file", { name: file.name });
  const image = await shown(file);
  const { naturalWidth: width, naturalHeight: height } = image;
  if (!width || !height) throw new Refusal("not_a_picture", { name: file.name });
  if (width * height > mostPixels) {
    URL.revokeObjectURL(image.src);
    throw new Refusal("too_large", { width, height, most: Math.round(mostPixels / 1e6) });
  }
  const name = (file.name || "photo").replace(/\.[^.]*$/, "");
  return { image, name };
}

/** Let go of what a photo holds. */
export function closePhoto({ image }) {
  URL.revokeObjectURL(image.src);
}

/**
 * Decode a photo.
 *
 * @param {{image: HTMLImageElement}} photo - of `openPhoto`
 * @param {number} largestPx - its longer side is scaled down to this; 0 leaves it
 * @returns {Promise<ImageData>} its pixels
 * @throws {Refusal} it is damaged, or the browser does not let pages read pictures
 */
export async function pixelsOf({ image, name }, largestPx) {
  if (!mayReadPixels()) throw new Refusal("pixels_hidden");
  const { naturalWidth, naturalHeight } = image;
  const scale = largestPx ? Math.min(1, largestPx / Math.max(naturalWidth, naturalHeight)) : 1;
  const [width, height] = [naturalWidth, naturalHeight].map((side) =>
    Math.max(1, Math.round(side * scale)),
  );
  try {
    await image.decode();
    const context = blank(width, height);
    context.drawImage(image, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  } catch {
    throw new Refusal("damaged", { name });
  }
}
