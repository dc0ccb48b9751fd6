// A photo of any size through a network: whole, or in overlapping tiles that share the statistics of
// its norms, as `artnb translate` does.

/** Where a picture is continued by mirroring: its place `at` beyond an edge of so many pixels. */
function mirrored(at, length) {
  const place = at % (2 * length);
  return place < length ? place : 2 * length - 1 - place;
}

/** The length that a side is continued to, so that it suits the network. */
function padded(length, { multiple_px: multiple, smallest_px: smallest }) {
  return Math.ceil(Math.max(smallest, length) / multiple) * multiple;
}

function evenly(last, count) {
  if (count < 2) return [0];
  const step = last / (count - 1);
  return Array.from({ length: count }, (_, place) => (place === count - 1 ? last : place * step));
}

/** Where tiles begin along a side so that neighbours overlap enough. */
export function tileStarts(length, { tile_px: tile, overlap_px: overlap, multiple_px: multiple }) {
  if (length <= tile) return [0];
  const count = Math.ceil((length - overlap) / (tile - overlap));
  const last = Math.floor((length - tile) / multiple);
  return evenly(last, count).map((place) => Math.floor(place) * multiple);
}

/** Cut a part out of a photo as the network takes it: floats in [-1, 1], colours last. */
function cut(photo, { top, left, height, width }, into = new Float32Array(height * width * 3)) {
  let to = 0;
  for (let row = top; row < top + height; row += 1) {
    const start = mirrored(row, photo.height) * photo.width;
    for (let column = left; column < left + width; column += 1) {
      const from = 4 * (start + mirrored(column, photo.width));
      for (let colour = 0; colour < 3; colour += 1) {
        into[to] = photo.pixels[from + colour] / 127.5 - 1;
        to += 1;
      }
    }
  }
  return into;
}

const asLevel = (value) => (value + 1) * 127.5;

/** Where squares of half a tile's edge lie, spread evenly over a picture from edge to edge. */
export function samplePlaces({ height, width }, numbers) {
  const { tile_px: tile, tiles_for_statistics: most, multiple_px: multiple } = numbers;
  const edge = Math.max(Math.floor(Math.floor(tile / 2) / multiple), 1) * multiple;
  const columns = Math.min(Math.max(Math.floor(Math.sqrt((most * width) / height)), 1), most);
  const rows = Math.floor(most / columns);

  function starts(length, most) {
    const steps = Math.floor(Math.max(length - edge, 0) / multiple);
    const count = Math.min(most, Math.ceil(length / edge));
    const places = count > 1 ? evenly(steps, count) : [Math.floor(steps / 2)];
    return places.map((place) => Math.floor(place) * multiple);
  }

  const size = { height: Math.min(edge, height), width: Math.min(edge, width) };
  const lefts = starts(width, columns);
  return starts(height, rows).flatMap((top) => lefts.map((left) => ({ top, left, ...size })));
}

async function measureStatistics(network, photo, size, numbers) {
  const places = samplePlaces(size, numbers);
  const { height, width } = places[0];
  const length = height * width * 3;
  const batch = new Float32Array(places.length * length);
  places.forEach((place, number) => {
    cut(photo, place, batch.subarray(number * length, (number + 1) * length));
  });
  return (await network(batch, [places.length, height, width, 3])).found;
}

/** What each pixel of a tile's side weighs: rising within the overlap, never quite zero. */
function ramp(length, overlap) {
  return Float32Array.from({ length }, (_, place) =>
    Math.min(1, (Math.min(place, length - 1 - place) + 1) / overlap),
  );
}

/** A sum of tiles of which only the rows are kept that tiles still reach. */
class Band {
  constructor(photo, rows, width) {
    this.photo = photo;
    this.width = width;
    this.top = 0;
    this.sums = new Float32Array(rows * width * 3);
    this.weights = new Float32Array(rows * width);
    this.painting = new Uint8ClampedArray(4 * photo.width * photo.height).fill(255);
  }

  add(painted, { top, left, height, width }, down, across) {
    let from = 0;
    for (let row = 0; row < height; row += 1) {
      const start = (top - this.top + row) * this.width + left;
      for (let column = 0; column < width; column += 1) {
        const weight = down[row] * across[column];
        const to = start + column;
        this.weights[to] += weight;
        for (let colour = 0; colour < 3; colour += 1) {
          this.sums[3 * to + colour] += weight * painted[from];
          from += 1;
        }
      }
    }
  }

  /** Write the rows above `top`, to which nothing is added any more. */
  finishUntil(top) {
    const { photo, width, sums, weights, painting } = this;
    const end = Math.min(top, photo.height);
    for (let row = this.top; row < end; row += 1) {
      for (let column = 0; column < photo.width; column += 1) {
        const from = (row - this.top) * width + column;
        const to = 4 * (row * photo.width + column);
        for (let colour = 0; colour < 3; colour += 1) {
          painting[to + colour] = asLevel(sums[3 * from + colour] / weights[from]);
        }
      }
    }
    const gone = (top - this.top) * width;
    sums.copyWithin(0, 3 * gone);
    weights.copyWithin(0, gone);
    sums.fill(0, sums.length - 3 * Math.min(gone, weights.length));
    weights.fill(0, weights.length - Math.min(gone, weights.length));
    this.top = top;
  }
}

async function paintInTiles(network, photo, size, numbers, advance) {
  const height = Math.min(numbers.tile_px, size.height);
  const width = Math.min(numbers.tile_px, size.width);
  const rows = tileStarts(size.height, numbers);
  const columns = tileStarts(size.width, numbers);
  const place = (top, left) => ({ top, left, height, width });
  const tiles = rows.flatMap((top) => columns.map((left) => place(top, left)));
  advance(0, tiles.length);
  const statistics = numbers.statistics
    ? await measureStatistics(network, photo, size, numbers)
    : null;
  const [down, across] = [ramp(height, numbers.overlap_px), ramp(width, numbers.overlap_px)];
  const band = new Band(photo, height, size.width);
  const values = new Float32Array(height * width * 3);
  for (const [number, tile] of tiles.entries()) {
    if (tile.top > band.top) band.finishUntil(tile.top);
    cut(photo, tile, values);
    const { painting } = await network(values, [1, height, width, 3], statistics);
    band.add(painting, tile, down, across);
    advance(number + 1, tiles.length);
  }
  band.finishUntil(size.height);
  return band.painting;
}

async function paintWhole(network, photo, size, advance) {
  advance(0, 1);
  const values = cut(photo, { top: 0, left: 0, ...size });
  const { painting } = await network(values, [1, size.height, size.width, 3]);
  const painted = new Uint8ClampedArray(4 * photo.width * photo.height).fill(255);
  for (let row = 0; row < photo.height; row += 1) {
    for (let column = 0; column < photo.width; column += 1) {
      const [from, to] = [3 * (row * size.width + column), 4 * (row * photo.width + column)];
      for (let colour = 0; colour < 3; colour += 1) {
        painted[to + colour] = asLevel(painting[from + colour]);
      }
    }
  }
  advance(1, 1);
  return painted;
}

/**
 * Paint a photo.
 *
 * @param {(values: Float32Array, shape: number[], statistics?: Float32Array) =>
 *   Promise<{painting: Float32Array, found?: Float32Array}>} network - floats in [-1, 1] in and out,
 *   colours last; with statistics it normalises with these, without it finds those of its batch
 * @param {{width: number, height: number, pixels: Uint8ClampedArray}} photo - RGBA, nothing clear
 * @param {object} numbers - how large tiles are, and what the network asks of sizes
 * @param {(done: number, total: number) => void} advance - told how far it has got
 * @returns {Promise<Uint8ClampedArray>} RGBA of the photo's size
 */
export async function paintPhoto(network, photo, numbers, advance) {
  const size = { height: padded(photo.height, numbers), width: padded(photo.width, numbers) };
  const isSmall = size.height * size.width <= numbers.whole_pixels;
  if (isSmall) return paintWhole(network, photo, size, advance);
  return paintInTiles(network, photo, size, numbers, advance);
}
