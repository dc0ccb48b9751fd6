"""What notebook 10 asks of the machine, and its pictures of what a web page does."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import keras
import numpy as np
from PIL import Image

from artnb.data.decoding import decode_image
from artnb.data.images import to_float, to_uint8
from artnb.data.listing import list_images
from artnb.drawing.grids import picture_grid, save_picture, titled_grid
from artnb.errors import InputError
from artnb.exchange.optional import check_onnx
from artnb.models.layers import SharedStatistics
from artnb.notebook.pages import zip_of
from artnb.progress import Progress, silent
from artnb.publishing.examples import write_examples
from artnb.publishing.headers import POLICY
from artnb.publishing.networks import find_makers
from artnb.publishing.runtime import find_runtime
from artnb.runs.painter import Painter
from artnb.runs.run import Run
from artnb.sampling.generating import generate
from artnb.synthetic.dataset import make_demo_photos
from artnb.translation import translate_image, translate_images

# Beside what is made for the notebook: what it shows of the package.
__all__ = [
    "POLICY",
    "SharedStatistics",
    "draw_differences",
    "draw_seeds",
    "draw_strengths",
    "draw_tiles",
    "example_photos",
    "large_photo",
    "paint_by_all",
    "paint_in_tiles",
    "what_is_missing",
    "write_moonlit",
    "zip_of",
]

# What the page shows at first: a truncation, and so many seeds.
_TRUNCATION, _SEEDS = 0.7, 12
_STRENGTHS = (0, 25, 50, 75, 100)
_TILES_DOWN, _TILES_ACROSS = 2, 3
_TILE_PX, _SMOKE_TILE_PX = 256, 64
# Differences in grey levels of 255 are shown so many times as large.
_LOUDER = 8
# So many side by side are as wide as a notebook shows pictures.
_HALF_PX, _THIRD_PX, _FIFTH_PX = 580, 382, 226
# What moonlight leaves of red, green and blue, once half of the colour is gone.
_MOONLIGHT = (0.5, 0.68, 0.95)


def what_is_missing(runtime_folder: str = "", progress: Progress = silent) -> str:
    """Say in a sentence what a page lacks on this machine; nothing where all is here.

    What a browser computes with is fetched once, where the network allows it.

    Args:
        runtime_folder: `dist` of the npm package onnxruntime-web, or empty.
        progress: shows how far a download has got.
    """
    try:
        check_onnx()
        find_runtime(Path(runtime_folder) if runtime_folder else None, progress)
    except InputError as error:
        return f"No page can be made here: {error}. In this notebook --runtime is runtime_folder."
    return ""


def write_moonlit(paintings: Path, out: Path) -> Path:
    """Write paintings as if the moon shone on them, for a second painter.

    Args:
        paintings: a folder of pictures.
        out: the folder to write to; it is made.

    Returns:
        `out`.
    """
    for file in list_images(paintings):
        colours = np.asarray(decode_image(file.read_bytes()), np.float32)
        pale = (colours + colours.mean(axis=2, keepdims=True)) / 2
        light = (pale * np.float32(_MOONLIGHT)).astype(np.uint8)
        save_picture(Image.fromarray(light), out / f"{file.stem}.png")
    return out


def example_photos(folder: Path, photos: Path | None = None) -> list[np.ndarray]:
    """Give the photos that a page offers to be tried with, uint8 `(height, width, 3)` each.

    Args:
        folder: for their files.
        photos: a file or a folder of one's own; None takes those that every page has.
    """
    files = [folder / example["file"] for example in write_examples(folder, photos)]
    return [np.asarray(decode_image(file.read_bytes())) for file in files]


def paint_by_all(runs: Sequence[Run], photos: Sequence[np.ndarray]) -> Image.Image:
    """Show photos as each painter of some Runs paints them, side by side as a page does.

    Args:
        runs: of which those that make pictures out of latents are left out.
        photos: uint8 `(height, width, 3)` each.
    """
    columns = {"photo": list(photos)}
    for painter in _painters(runs):
        name = f"{painter.target} ({painter.run.path.name})"
        columns[name] = translate_images(painter.ready(), photos, painter.multiple_px)
    return titled_grid(list(zip(*columns.values(), strict=True)), list(columns), edge_px=_THIRD_PX)


def _painters(runs: Sequence[Run]) -> list[Painter]:
    return [maker for maker in find_makers(runs) if isinstance(maker, Painter)]


def draw_strengths(run: Run, photo: np.ndarray) -> Image.Image:
    """Show a photo from strength 0 to 100 %: mixed with its painting, as the page does."""
    painter = run.painter()
    painting = translate_image(painter.ready(), photo, painter.multiple_px)
    shares = [percent / 100 for percent in _STRENGTHS]
    mixed = [share * painting + (1 - share) * photo.astype(np.float32) for share in shares]
    pictures = [picture.round().astype(np.uint8) for picture in mixed]
    return titled_grid([pictures], [f"{percent} %" for percent in _STRENGTHS], edge_px=_FIFTH_PX)


def draw_seeds(run: Run) -> Image.Image:
    """Show the seeds that a page of a Run of latents begins with, at its truncation."""
    pictures = list(generate(run.sampler().load(), range(_SEEDS), _TRUNCATION))
    return picture_grid(pictures, columns=_SEEDS // 2)


# What tiles do.


def large_photo(folder: Path, preset: str, seed: int = 0) -> np.ndarray:
    """Invent a photo of three by two tiles of 256 px, in `"smoke"` of 64.

    Args:
        folder: for its file.
        preset: of the notebook.
        seed: another seed gives another photo.

    Returns:
        uint8 `(height, width, 3)`.
    """
    tile_px = _SMOKE_TILE_PX if preset == "smoke" else _TILE_PX
    make_demo_photos(folder, _TILES_ACROSS * tile_px, count=1, seed=seed)
    return np.asarray(decode_image((folder / "landscape-1.jpg").read_bytes()))


def paint_in_tiles(run: Run, photo: np.ndarray) -> dict[str, np.ndarray]:
    """Paint a photo in one piece and in tiles, without the overlap that a page gives them.

    Args:
        run: that paints.
        photo: uint8 `(height, width, 3)` of `large_photo`.

    Returns:
        By what was done, the same shape each: `"in one piece"`, `"each tile by itself"` and
        `"tiles share statistics"`.
    """
    generator = run.painter().load()
    tiles = _cut(photo)
    statistics = SharedStatistics()
    with statistics.recording():
        generator(to_float(np.stack(tiles)))
    with statistics.applied():
        shared = [_painted(generator, tile) for tile in tiles]
    return {
        "in one piece": _painted(generator, photo),
        "each tile by itself": _joined([_painted(generator, tile) for tile in tiles]),
        "tiles share statistics": _joined(shared),
    }


def _painted(generator: keras.Model, tile: np.ndarray) -> np.ndarray:
    # Not `paint`: what is compiled keeps the statistics that it was compiled with.
    return to_uint8(keras.ops.convert_to_numpy(generator(to_float(tile[None])))[0])


def _cut(photo: np.ndarray) -> list[np.ndarray]:
    rows = np.split(photo, _TILES_DOWN)
    return [tile for row in rows for tile in np.split(row, _TILES_ACROSS, axis=1)]


def _joined(tiles: Sequence[np.ndarray]) -> np.ndarray:
    starts = range(0, len(tiles), _TILES_ACROSS)
    return np.concatenate([np.concatenate(tiles[s : s + _TILES_ACROSS], axis=1) for s in starts])


def draw_tiles(paintings: Mapping[str, np.ndarray]) -> Image.Image:
    """Show what `paint_in_tiles` gives."""
    return titled_grid([list(paintings.values())], list(paintings), edge_px=_THIRD_PX)


def draw_differences(paintings: Mapping[str, np.ndarray]) -> Image.Image:
    """Show how tiles differ from the painting in one piece: white where they do not, 8 times."""
    (_, whole), *others = paintings.items()
    columns = {}
    for name, painting in others:
        difference = np.abs(painting.astype(np.float32) - whole)
        louder = np.clip(255 - _LOUDER * difference, 0, 255).astype(np.uint8)
        columns[f"{name}: {difference.mean():.2f} grey levels"] = louder
    return titled_grid([list(columns.values())], list(columns), edge_px=_HALF_PX)
