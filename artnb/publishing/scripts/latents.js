// Latents of seeds, as NumPy's `RandomState(seed).randn` draws them: a seed is the same picture here.

const LENGTH = 624;
const MIDDLE = 397;

/**
 * Matsumoto and Nishimura's Mersenne Twister (1998), with doubles of 53 bits.
 *
 * @param {number} seed - a whole number from 0 to 2³² − 1
 * @returns {() => number} draws from [0, 1)
 */
function uniform(seed) {
  const state = new Uint32Array(LENGTH);
  state[0] = seed;
  for (let place = 1; place < LENGTH; place += 1) {
    const before = state[place - 1] ^ (state[place - 1] >>> 30);
    state[place] = Math.imul(before, 1812433253) + place;
  }
  let place = LENGTH;

  function twist() {
    for (let i = 0; i < LENGTH; i += 1) {
      const mixed = (state[i] & 0x80000000) | (state[(i + 1) % LENGTH] & 0x7fffffff);
      state[i] = state[(i + MIDDLE) % LENGTH] ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    place = 0;
  }

  function bits() {
    if (place === LENGTH) twist();
    let word = state[place];
    place += 1;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  return () => ((bits() >>> 5) * 67108864 + (bits() >>> 6)) / 9007199254740992;
}

/**
 * Draw a latent from N(0, 1) by Marsaglia's polar method, two numbers at a time.
 *
 * @param {number} seed - a whole number from 0 to 2³² − 1
 * @param {number} size - how many numbers
 * @returns {Float32Array} the latent z
 */
export function drawLatent(seed, size) {
  const draw = uniform(seed);
  const latent = new Float32Array(size + 1);
  for (let place = 0; place < size; place += 2) {
    let first, second, square;
    do {
      first = 2 * draw() - 1;
      second = 2 * draw() - 1;
      square = first * first + second * second;
    } while (square >= 1 || square === 0);
    const scale = Math.sqrt((-2 * Math.log(square)) / square);
    latent[place] = scale * second;
    latent[place + 1] = scale * first;
  }
  return latent.slice(0, size);
}
