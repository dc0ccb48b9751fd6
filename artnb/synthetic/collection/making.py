"""A generated collection of paintings of two epochs, with what spoils such collections.

No picture is read from anywhere: portraits, landscapes and still lifes are invented, painted as an
epoch of an invented art history would, and catalogued in a table with the columns that tables of
paintings have. Portraits make up most of Baroque, landscapes most of Realism. Some pictures have
margins and frames; there are copies, details, blank and grey pictures, pages and statues, a file
that is broken, and rows that are.
"""

import io
from pathlib import Path

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageEnhance

from artnb.data.prepare import new_folder
from artnb.errors import InputError
from artnb.locks import locked
from artnb.parallel import in_parallel
from artnb.progress import Progress, silent
from artnb.synthetic.collection import subjects
from artnb.synthetic.collection.catalogue import (
    BROKEN,
    FORMATS,
    Work,
    catalogue_row,
    catalogue_text,
    generator_of,
    make_catalogue,
    scene_seed,
)
from artnb.synthetic.collection.epochs import EPOCHS, Epoch, paint
from artnb.synthetic.landscapes.noise import sample_nearest
from artnb.synthetic.landscapes.photo import as_bytes
from artnb.synthetic.landscapes.plan import code_colour

TABLE = "paintings.csv"
DEMO_PICTURES = 200
# Fewer could not hold one of everything on either side.
FEWEST_PICTURES = 24
_MARGINS = ("#f4f1e8", "#ffffff", "#0a0a0a", "#d8d4c8")
_FRAMES = ("#6b4424", "#a8823c", "#4a3020")


def make_demo_collection(
    out: Path, pictures: int = DEMO_PICTURES, seed: int = 0, progress: Progress = silent
) -> Path:
    """Invent a collection of two epochs, Baroque and Realism: a table and folders of pictures.

    Args:
        out: the folder to make; it must not exist or be empty.
        pictures: how many can be decoded, 24 or more, half of them of each epoch. Beside them
            there are a file that is broken, a row without a file, a row that repeats another's
            id, and one that is cut short.
        seed: another seed gives another collection; the same gives the same bytes.
        progress: shows how far it has got.

    Returns:
        The table, `paintings.csv` in `out`; `artnb.collection.read.read_collection` reads it.

    Raises:
        InputError: `pictures`, `seed` or `out` will not do.
    """
    if pictures < FEWEST_PICTURES:
        raise InputError(
            f"a collection with one of everything has {FEWEST_PICTURES} pictures or more, got "
            f"{pictures}; name a larger number"
        )
    if seed < 0:
        raise InputError(f"the seed must be 0 or more, got {seed}; use a whole number from 0 on")
    works = make_catalogue(pictures, seed)
    rows = [catalogue_row(work, seed) for work in works]
    advance = progress("inventing paintings", len(works))
    with locked(out, f"the collection {out}"), new_folder(out) as folder:
        for epoch in EPOCHS:
            (folder / epoch.name).mkdir()
        jpegs = in_parallel(lambda work: make_picture(work, seed), works)
        for row, jpeg in zip(rows, jpegs, strict=True):
            (folder / row["File"]).write_bytes(jpeg)
            advance()
        (folder / BROKEN).write_bytes(jpeg[: len(jpeg) // 3])
        (folder / TABLE).write_text(catalogue_text(rows), encoding="utf-8", newline="")
    return out / TABLE


def make_picture(work: Work, seed: int) -> bytes:
    """Make one picture of a collection.

    Args:
        work: what it is.
        seed: of the collection.

    Returns:
        A JPEG.
    """
    image = _bare(work.kind, work.epoch, work.of, seed)
    hand = generator_of(work.number, seed, "change")
    if work.change:
        image = CHANGES[work.change](image, hand)
    quality = 62 if work.change == "repeat" else int(hand.integers(86, 96))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, subsampling=0)
    return buffer.getvalue()


def _bare(kind: str, epoch: Epoch, number: int, seed: int) -> Image.Image:
    """Make a picture before anything spoils it, and cut it to its format."""
    generator = generator_of(number, seed, "picture")
    square = Image.fromarray(as_bytes(_seen(kind, epoch, number, seed, generator)))
    ratio, scale = generator.uniform(*FORMATS[kind]), generator.uniform(0.84, 0.98)
    size = (min(1.0, ratio) * square.width, min(1.0, 1 / ratio) * square.height)
    left, top = 0.5 * (square.width - size[0]), 0.45 * (square.height - size[1])
    return square.resize(
        tuple(round(scale * side) for side in size),
        Image.Resampling.LANCZOS,
        (left, top, left + size[0], top + size[1]),
    )


def _seen(kind: str, epoch: Epoch, number: int, seed: int, generator: Generator) -> np.ndarray:
    if kind == "page":
        return subjects.page(generator)
    if kind == "statue":
        return subjects.statue(generator)
    if kind == "blank":
        return subjects.blank(generator)
    if kind == "landscape":
        seen = subjects.landscape(scene_seed(number, seed))
    elif kind == "portrait":
        seen = subjects.portrait(epoch, generator)
    else:
        seen = subjects.still_life(epoch, generator)
    return paint(seen, epoch, generator)


def margin(image: Image.Image, generator: Generator) -> Image.Image:
    """Lay a picture on a sheet of one colour, with another margin on each side."""
    widths = generator.integers(14, 34, 4).tolist()
    colour = code_colour(_MARGINS[generator.integers(len(_MARGINS))]) * 255
    return _on_sheet(image, widths, np.broadcast_to(colour, (*_outer(image, widths), 3)))


def frame(image: Image.Image, generator: Generator) -> Image.Image:
    """Put a picture into a frame of wood or gilding."""
    width = int(generator.integers(16, 26))
    height, across = _outer(image, [width] * 4)
    y, x = np.mgrid[:height, :across].astype(np.float32)
    depth = np.minimum(np.minimum(x, across - 1 - x), np.minimum(y, height - 1 - y))
    profile = 0.12 * np.sin(depth / width * 2.5 * np.pi)
    grain = 0.025 * sample_nearest("rough", x / 512, y / 512)
    wood = code_colour(_FRAMES[generator.integers(len(_FRAMES))]) * 255
    return _on_sheet(image, [width] * 4, wood * (1.0 + profile + grain)[..., None])


def repeat(image: Image.Image, generator: Generator) -> Image.Image:
    """Give a picture as another museum has it: of another size, and toned a little."""
    scale = generator.uniform(1.08, 1.3)
    size = tuple(round(scale * side) for side in image.size)
    toned = ImageEnhance.Color(image.resize(size, Image.Resampling.BICUBIC)).enhance(0.9)
    return ImageEnhance.Brightness(toned).enhance(generator.uniform(0.93, 1.08))


def detail(image: Image.Image, generator: Generator) -> Image.Image:
    """Give a part of a picture as large as the whole."""
    width, height = (round(0.6 * side) for side in image.size)
    left = int(generator.integers(image.width - width))
    top = int(generator.integers(max(1, (image.height - height) // 2)))
    return image.resize(
        image.size, Image.Resampling.BICUBIC, (left, top, left + width, top + height)
    )


def grey(image: Image.Image, generator: Generator) -> Image.Image:
    """Give a picture as an old black-and-white photograph has it."""
    contrast = generator.uniform(0.85, 1.05)
    return ImageEnhance.Contrast(image.convert("L")).enhance(contrast).convert("RGB")


def _outer(image: Image.Image, widths: list[int]) -> tuple[int, int]:
    left, top, right, bottom = widths
    return image.height + top + bottom, image.width + left + right


def _on_sheet(image: Image.Image, widths: list[int], values: np.ndarray) -> Image.Image:
    sheet = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    sheet.paste(image, (widths[0], widths[1]))
    return sheet


CHANGES = {"margin": margin, "frame": frame, "repeat": repeat, "detail": detail, "grey": grey}
