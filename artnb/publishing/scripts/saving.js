// Pictures as files, with the mark by which generated ones are known.

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function checksum(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 255] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function bigEndian(number, length) {
  return Array.from({ length }, (_, place) => (number >>> (8 * (length - 1 - place))) & 255);
}

/** A chunk of UTF-8 text under the keyword Comment (PNG 1.2, section 4.2.3.3), not packed. */
function pngComment(text) {
  const head = new TextEncoder().encode("iTXtComment");
  const body = Uint8Array.from([...head, 0, 0, 0, 0, 0, ...new TextEncoder().encode(text)]);
  return Uint8Array.from([
    ...bigEndian(body.length - 4, 4),
    ...body,
    ...bigEndian(checksum(body), 4),
  ]);
}

/** A comment's segment (ITU-T T.81, B.2.4.5), which holds 65,533 bytes. */
function jpegComment(text) {
  const body = new TextEncoder().encode(text).slice(0, 65533);
  return Uint8Array.from([0xff, 0xfe, ...bigEndian(body.length + 2, 2), ...body]);
}

// Where the comment goes: behind a PNG's header; in a JPEG behind its first segment, JFIF's.
const PNG_HEADER_BYTES = 33;
// Of a JPEG: below it browsers halve the colours' resolution, which blurs the edges of strokes.
const BEST = 1;

async function withComment(blob, text) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const isPng = blob.type === "image/png";
  const place = isPng ? PNG_HEADER_BYTES : 4 + 256 * bytes[4] + bytes[5];
  const comment = isPng ? pngComment(text) : jpegComment(text);
  const parts = [bytes.subarray(0, place), comment, bytes.subarray(place)];
  return new Blob(parts, { type: blob.type });
}

/**
 * Encode a picture.
 *
 * @param {HTMLCanvasElement} canvas - the picture
 * @param {string} type - image/png or image/jpeg
 * @param {string} comment - kept in the file
 * @returns {Promise<Blob>} the file
 */
export async function encode(canvas, type, comment) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, type, BEST));
  if (!blob) throw new Error(`the browser cannot write ${type} of this size`);
  return withComment(blob, comment);
}

/** Have the browser save a file. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A file's name of what it shows, as every system allows it. */
export function fileName(parts, ending) {
  const harmless = parts.map((part) =>
    String(part)
      .replace(/[^\p{L}\p{N}_.-]+/gu, "_")
      .slice(0, 50)
      .replace(/^[._]+|[._]+$/g, ""),
  );
  return `${harmless.filter(Boolean).join("-") || "painting"}.${ending}`;
}
