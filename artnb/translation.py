"""Turn pictures of any size into paintings with a trained Run."""

from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np
from PIL import Image

from artnb.data.images import scaled_down, to_float, to_uint8
from artnb.data.painted import PhotosToPaint, Report
from artnb.models.layers import SharedStatistics
from artnb.models.painting import PaintingNetwork
from artnb.progress import Progress, silent
from artnb.runs.painter import other_role
from artnb.runs.run import Run

# Up to this many pixels a picture goes through the network in one piece.
WHOLE_PIXELS = 1024 * 1024
TILE_PX = 512
# More than the reach of a nine-block generator's output to either side, 92 px: in the middle
# of the overlap both tiles have seen all that matters.
OVERLAP_PX = 192
TILES_FOR_STATISTICS = 16
# A network mirrors several pixels at its borders itself.
SMALLEST_PX = 32


def paint(generator: keras.Model | PaintingNetwork, pictures: np.ndarray) -> np.ndarray:
    """Send uint8 `(batch, height, width, 3)` through a generator and give uint8 back."""
    # Under MirroredStrategy every replica paints all pictures, and Keras gives them one by one.
    return to_uint8(generator.predict_on_batch(to_float(pictures))[: len(pictures)])


def translate(
    run: Run,
    photos: str | Path,
    out: str | Path,
    epoch: str | int = "latest",
    to: str = "y",
    largest_px: int | None = None,
    progress: Progress = silent,
    say: Callable[[str], None] = lambda _line: None,
) -> Report:
    """Translate a file or a folder of pictures and write them under the same names.

    A picture in a known lossless format becomes a PNG, every other a JPEG. Sizes stay as
    they are: what is upright in the viewer is upright in the result.

    Args:
        run: which generators.
        photos: a file, a folder, or whatever else `pictures_to_paint` takes; subfolders are kept
            in the result.
        out: folder to write to; it is made, paintings of equal names in it are replaced.
        epoch: a snapshot's number, `"latest"` or `"best"`.
        to: `"y"`, `"x"` or a domain's name.
        largest_px: scale larger pictures down until their longer side has this many pixels.
        progress: shows how far it has got.
        say: gets a line about what paints.

    Returns:
        What was written and what was skipped.

    Pictures that would get one name (`a.jpg` and `a.webp`) keep their endings in it, and what lies
    in `out` is never taken for a photo.

    Raises:
        InputError: there are no pictures, no such snapshot, or `out` is where they come from, or
            holds other files under the names of the paintings.
    """
    painter = run.painter(epoch, to)
    pictures = PhotosToPaint(photos, out, other_role(painter.to))
    network = painter.ready()
    say(f"Paints with {network.engine}.")

    def painted(photo: Image.Image) -> np.ndarray:
        small = scaled_down(photo, largest_px)
        return translate_image(network, np.asarray(small), painter.multiple_px)

    return pictures.paint(painted, progress)


def translate_images(
    generator: keras.Model | PaintingNetwork, photos: Sequence[np.ndarray], multiple_px: int = 4
) -> list[np.ndarray]:
    """Translate pictures; those of one size go through the network several at a time.

    Args:
        generator: the network.
        photos: uint8 `(height, width, 3)` each.
        multiple_px: what both sides must be a multiple of for this generator.

    Returns:
        uint8 of the same shapes.
    """
    sizes = {photo.shape for photo in photos}
    if len(sizes) != 1 or 2 * photos[0].size > 3 * WHOLE_PIXELS:
        return [translate_image(generator, photo, multiple_px) for photo in photos]
    height, width, _ = photos[0].shape
    padded = np.stack([pad_to_multiple(photo, multiple_px) for photo in photos])
    at_a_time = max(1, WHOLE_PIXELS // (padded.shape[1] * padded.shape[2]))
    starts = range(0, len(padded), at_a_time)
    painted = [paint(generator, padded[start : start + at_a_time]) for start in starts]
    return list(np.concatenate(painted)[:, :height, :width])


def translate_image(
    generator: keras.Model | PaintingNetwork, photo: np.ndarray, multiple_px: int = 4
) -> np.ndarray:
    """Translate one picture of any size.

    Up to one megapixel it goes through the network whole, beyond that in overlapping tiles
    that share the statistics of their normalisation (see `SharedStatistics`) and are blended,
    so that memory is bounded and no seam shows.

    Args:
        generator: the network.
        photo: uint8 `(height, width, 3)`.
        multiple_px: what both sides must be a multiple of for this generator.

    Returns:
        uint8 of the same shape.
    """
    height, width = photo.shape[:2]
    padded = pad_to_multiple(photo, multiple_px)
    if padded.shape[0] * padded.shape[1] <= WHOLE_PIXELS:
        painting = paint(generator, padded[None])[0]
    else:
        painting = _translate_in_tiles(generator, padded, multiple_px)
    return painting[:height, :width]


def pad_to_multiple(photo: np.ndarray, multiple_px: int) -> np.ndarray:
    """Continue a picture by mirroring until both sides suit the network.

    Padding goes to the right and the bottom; very small pictures grow to `SMALLEST_PX`.
    """
    targets = [-(-max(SMALLEST_PX, edge) // multiple_px) * multiple_px for edge in photo.shape[:2]]
    missing = [(0, target - edge) for target, edge in zip(targets, photo.shape[:2], strict=True)]
    return np.pad(photo, (*missing, (0, 0)), mode="symmetric")


def tile_starts(length: int, tile_px: int, overlap_px: int, multiple_px: int) -> list[int]:
    """Place tiles evenly along a side so that neighbours overlap by at least `overlap_px`.

    All starts are multiples of `multiple_px`: the network samples the same positions in each.
    """
    if length <= tile_px:
        return [0]
    count = -(-(length - overlap_px) // (tile_px - overlap_px))
    places = np.linspace(0, (length - tile_px) // multiple_px, count)
    return [int(place) * multiple_px for place in places]


def _translate_in_tiles(
    generator: keras.Model | PaintingNetwork, photo: np.ndarray, multiple_px: int
) -> np.ndarray:
    height, width = photo.shape[:2]
    tile_height, tile_width = min(TILE_PX, height), min(TILE_PX, width)
    places = [
        (slice(top, top + tile_height), slice(left, left + tile_width))
        for top in tile_starts(height, tile_height, OVERLAP_PX, multiple_px)
        for left in tile_starts(width, tile_width, OVERLAP_PX, multiple_px)
    ]
    statistics = _measure_statistics(generator, photo, multiple_px)
    weight = _blending_weight(tile_height, tile_width)
    total = np.zeros((height, width, 3), np.float32)
    weights = np.zeros((height, width, 1), np.float32)
    with statistics.applied():
        for place in places:
            painting = keras.ops.convert_to_numpy(generator(to_float(photo[place][None])))[0]
            total[place] += weight * painting
            weights[place] += weight
    return to_uint8(total / weights)


def _measure_statistics(
    generator: keras.Model | PaintingNetwork, photo: np.ndarray, multiple_px: int
) -> SharedStatistics:
    """Take norm statistics over samples of the picture, at its own scale."""
    samples = [photo[place] for place in sample_places(*photo.shape[:2], multiple_px)]
    statistics = SharedStatistics()
    with statistics.recording():
        generator(to_float(np.stack(samples)))
    return statistics


def sample_places(height: int, width: int, multiple_px: int) -> list[tuple[slice, slice]]:
    """Spread squares of half a tile's edge evenly over a picture, from edge to edge.

    A picture's upper edge is sky and its lower one ground: left out, everything between would be
    taken for brighter or darker than it is.

    Args:
        height: of the picture, pixels.
        width: of the picture, pixels.
        multiple_px: what their places and edges are multiples of.

    Returns:
        At most `TILES_FOR_STATISTICS` places, all of one size.
    """
    columns = int(np.sqrt(TILES_FOR_STATISTICS * width / height))
    columns = min(max(columns, 1), TILES_FOR_STATISTICS)
    rows = TILES_FOR_STATISTICS // columns
    tops, lefts = (
        _sample_starts(length, count, multiple_px)
        for length, count in ((height, rows), (width, columns))
    )
    edges = [min(_sample_edge(multiple_px), length) for length in (height, width)]
    return [(slice(t, t + edges[0]), slice(x, x + edges[1])) for t in tops for x in lefts]


def _sample_edge(multiple_px: int) -> int:
    return max(TILE_PX // 2 // multiple_px, 1) * multiple_px


def _sample_starts(length: int, most: int, multiple_px: int) -> list[int]:
    edge = _sample_edge(multiple_px)
    steps = max(length - edge, 0) // multiple_px
    count = min(most, -(-length // edge))
    places = np.linspace(0, steps, count) if count > 1 else [steps // 2]
    return [int(place) * multiple_px for place in places]


def _blending_weight(height: int, width: int) -> np.ndarray:
    """Give each pixel of a tile its weight: rising within the overlap, never quite zero."""
    ramps = [
        np.minimum(1.0, (np.minimum(np.arange(n), np.arange(n)[::-1]) + 1.0) / OVERLAP_PX)
        for n in (height, width)
    ]
    return (ramps[0][:, None] * ramps[1][None])[..., None].astype(np.float32)
