// A person's picture: opened, upright, in sRGB, over white, and no larger than wished.

/** Why a picture is not taken: a word of the dictionary, and what stands in it. */
export class Refusal extends Error {
  constructor(word, values = {}) {
    super(word);
    this.word = word;
    this.values = values;
  }
}

/** How large a picture is; the browser knows before it decodes it. */
async function sizeOf(file) {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = reject;
    });
    return { width: image.naturalWidth, height: image.naturalHeight };
  } catch {
    return { width: 0, height: 0 };
  } finally {
    URL.revokeObjectURL(image.src);
  }
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
 * Look at a picture's file.
 *
 * @param {File} file - of any kind that the browser shows
 * @param {number} mostPixels - larger ones are refused, since decoding them takes all memory
 * @returns {Promise<{file: File, name: string}>} what `pixelsOf` takes
 * @throws {Refusal} it is empty, no picture, or too large
 */
export async function openPhoto(file, mostPixels) {
  const name = file.name || "photo";
  if (!file.size) throw new Refusal("empty_file", { name });
  const { width, height } = await sizeOf(file);
  if (!width || !height) throw new Refusal("not_a_picture", { name });
  if (width * height > mostPixels) {
    throw new Refusal("too_large", { width, height, most: Math.round(mostPixels / 1e6) });
  }
  return { file, name: name.replace(/\.[^.]*$/, "") };
}

/** Decode a file whole; of one that is cut short an image element would show what there is. */
async function decoded({ file }) {
  try {
    return await createImageBitmap(file);
  } catch {
    throw new Refusal("damaged", { name: file.name });
  }
}

/**
 * Decode a photo, upright, over white.
 *
 * @param {{file: File}} photo - of `openPhoto`
 * @param {number} largestPx - its longer side is scaled down to this; 0 leaves it
 * @returns {Promise<ImageData>} its pixels
 * @throws {Refusal} it is damaged, or the browser does not let pages read pictures
 */
export async function pixelsOf(photo, largestPx) {
  if (!mayReadPixels()) throw new Refusal("pixels_hidden");
  const bitmap = await decoded(photo);
  const scale = largestPx ? Math.min(1, largestPx / Math.max(bitmap.width, bitmap.height)) : 1;
  const [width, height] = [bitmap.width, bitmap.height].map((side) =>
    Math.max(1, Math.round(side * scale)),
  );
  const context = blank(width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}
