"""Random generators, periodic noise textures and small image filters for the scenes."""

import zlib
from functools import cache

import numpy as np
from numpy.random import Generator
from PIL import Image

TILE_PX = 512

# Spectral slope of each texture: amplitude falls as frequency ** -slope.  Higher is smoother.
TILE_SLOPES = {"smooth": 2.3, "cloud": 1.75, "rough": 1.1, "fine": 0.35}


def part_generator(seed: int, part: str) -> Generator:
    """Give one part of a scene, such as ``"sky"``, a random stream of its own.

    It depends on nothing but seed and name, so that parts never shift each other.
    """
    return np.random.default_rng([seed, zlib.crc32(part.encode())])


@cache
def noise_tile(name: str) -> np.ndarray:
    """Make one of the periodic noise textures that every scene cuts its patterns from.

    Args:
        name: ``"smooth"``, ``"cloud"``, ``"rough"``, ``"fine"`` or ``"ridged"``.

    Returns:
        float32 of shape (512, 512), mean 0 and standard deviation 1.
    """
    generator = part_generator(0, f"tile {name}")
    if name == "ridged":
        return _standardised(_ridged_noise(generator))
    return _standardised(_spectral_noise(generator, TILE_SLOPES[name], low=1.0, high=TILE_PX))


def _spectral_noise(generator: Generator, slope: float, low: float, high: float) -> np.ndarray:
    """Filter white noise to the waves that fit `low` to `high` times across the tile."""
    across = np.fft.fftfreq(TILE_PX)[:, None] * TILE_PX
    down = np.fft.rfftfreq(TILE_PX)[None, :] * TILE_PX
    frequency = np.hypot(across, down)
    amplitude = np.where((frequency >= low) & (frequency <= high), 1.0, 0.0)
    amplitude *= np.maximum(frequency, 1.0) ** -slope
    white = np.fft.rfft2(generator.standard_normal((TILE_PX, TILE_PX)))
    return np.fft.irfft2(white * amplitude, s=(TILE_PX, TILE_PX))


def _ridged_noise(generator: Generator) -> np.ndarray:
    """Add octaves of folded noise, whose folds look like the crests of mountains."""
    total = np.zeros((TILE_PX, TILE_PX))
    crest = np.ones((TILE_PX, TILE_PX))
    for octave in range(7):
        low = 2.0 * 2**octave
        wave = _standardised(_spectral_noise(generator, 1.0, low, 2.2 * low))
        # Folding only where the coarser octave already stands high keeps the valleys smooth.
        crest = crest * np.clip(1.0 - np.abs(wave) * 0.8, 0.0, 1.0)
        total += crest * 0.5**octave
        crest = np.clip(crest * 1.6, 0.0, 1.0)
    return total


def _standardised(values: np.ndarray) -> np.ndarray:
    return ((values - values.mean()) / values.std()).astype(np.float32)


def sample_smoothly(tile: str, across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Read a `noise_tile` between its texels, bilinearly.

    Args:
        tile: Its name.
        across: Horizontal positions, where 1 is the width of the tile; any shape.
        down: Vertical positions of the same (or a broadcastable) shape.

    Returns:
        float32 of the broadcast shape.
    """
    column = np.asarray(across * TILE_PX, np.float32)
    row = np.asarray(down * TILE_PX, np.float32)
    left, top = np.floor(column), np.floor(row)
    right_share, lower_share = column - left, row - top
    left, top = left.astype(np.int32), top.astype(np.int32)
    last = TILE_PX - 1
    upper, lower = (top & last) * TILE_PX, ((top + 1) & last) * TILE_PX
    left, right = left & last, (left + 1) & last
    texels = noise_tile(tile).ravel()
    above = texels.take(upper + left)
    above += (texels.take(upper + right) - above) * right_share
    below = texels.take(lower + left)
    below += (texels.take(lower + right) - below) * right_share
    return above + (below - above) * lower_share


def sample_nearest(tile: str, across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Read a `noise_tile` at its nearest texels, for grain (see `sample_smoothly`)."""
    column = np.floor(across * TILE_PX).astype(np.int32) & (TILE_PX - 1)
    row = np.floor(down * TILE_PX).astype(np.int32) & (TILE_PX - 1)
    return noise_tile(tile).ravel().take(row * TILE_PX + column)


def sample_square(
    tile: str, places: np.ndarray, offset: tuple[float, float] | np.ndarray = (0.0, 0.0)
) -> np.ndarray:
    """Read a tile at the same places across and down, moved by an offset: shape (n, n)."""
    return sample_smoothly(tile, places[None, :] + offset[0], places[:, None] + offset[1])


def pixel_middles(count: int) -> np.ndarray:
    """Give where the middles of so many pixels lie, as float32 shares of their whole width."""
    return (np.arange(count, dtype=np.float32) + 0.5) / count


def blend(colour: np.ndarray, other: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Mix colours (..., 3) with others: 0 of `share` (...) leaves them, 1 takes the others."""
    return colour + (other - colour) * share[..., None]


def wavy_line(generator: Generator, position: np.ndarray, waves: float) -> np.ndarray:
    """Draw a random smooth function of one variable, with values of about -1 to 1.

    Args:
        position: Where to evaluate it, any shape, usually 0 to 1.
        waves: About how many times it swings while `position` goes from 0 to 1.
    """
    total = np.zeros_like(position)
    for frequency, amplitude in ((1.0, 0.6), (1.9, 0.3), (3.7, 0.15)):
        phase = generator.uniform(0.0, 2.0 * np.pi)
        total += amplitude * np.sin(2.0 * np.pi * waves * frequency * position + phase)
    return total


def smoothstep(low: float, high: float, values: np.ndarray) -> np.ndarray:
    """Rise smoothly from 0 where values are at `low` to 1 at `high`; fall if `high` is lower."""
    share = np.clip((values - low) / (high - low), 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


def blurred(values: np.ndarray, radius_px: float) -> np.ndarray:
    """Blur a plane (height, width) by shrinking and enlarging it, which costs almost nothing.

    `radius_px` is about the standard deviation.
    """
    height, width = values.shape
    small = (max(2, round(width / radius_px)), max(2, round(height / radius_px)))
    plane = Image.fromarray(np.ascontiguousarray(values, np.float32))
    plane = plane.resize(small, Image.Resampling.BILINEAR)
    return np.asarray(plane.resize((width, height), Image.Resampling.BICUBIC))
