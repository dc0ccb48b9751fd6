"""What is measured of a picture: each quantity by name, and the measures that give them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy.ndimage import label

from artnb.data.images import fit_square
from artnb.errors import InputError
from artnb.evaluation.measure import Measured
from artnb.study.colour import (
    chroma_of,
    colour_samples,
    hue_of,
    lab_of,
    palette_numbers,
    saturation_numbers,
)
from artnb.study.grid import grid_numbers
from artnb.study.sky import GRAIN_PERIODS_PX, sky_numbers, sky_texture_numbers
from artnb.study.texture import haze_numbers, spectrum_slope

# All pictures are brought to this size, so that lengths in pixels mean the same in each.
WORKING_PX = 256
# Of the picture; smaller spots are found in paintings and photos alike.
_SMALLEST_BLOB = 0.001
_BLACKEST, _REDDEST = 5.0, 75.0
# CIELAB distance (1976) to the photo at the same place; a darkened shadow stays below it.
_NEW = 25.0


@dataclass(frozen=True)
class Quantity:
    """One number of a picture.

    Args:
        name: such as `"dark channel"`.
        question: what it helps to answer, such as `"haze"`.
        meaning: what more of it is, for people who read a figure.
        share: it is a share of [0, 1].
    """

    name: str
    question: str
    meaning: str
    share: bool = False


@dataclass(frozen=True)
class PictureMeasure:
    """A measure of pictures that looks at one after the other (see `Measure`).

    Args:
        name: with `version`, stands for what is computed: another way is another version.
        quantities: what the numbers are, in their order.
        of_picture: gives them from uint8 `(256, 256, 3)`; NaN where a picture has no such thing.
        of_pairs: `of_picture` also takes the photo that the picture was painted from.
        resized: pictures are brought to the working size first.
        version: counted from 1.
    """

    name: str
    quantities: tuple[Quantity, ...]
    of_picture: Callable[..., Sequence[float] | np.ndarray]
    of_pairs: bool = False
    resized: bool = True
    version: int = 1

    @property
    def key(self) -> str:
        """A name for everything that the numbers depend on."""
        at = f"at {WORKING_PX} px" if self.resized else "as it is"
        return f"study: {self.name}, version {self.version}, {at}"

    def __call__(self, pictures: np.ndarray, sources: np.ndarray | None = None) -> np.ndarray:
        """Measure uint8 `(batch, height, width, 3)`; gives float32 `(batch, d)`.

        Raises:
            InputError: there are no photos to compare with, and this measure needs them.
        """
        if self.of_pairs and sources is None:
            raise InputError(
                f"{self.name} are what the photo does not have, so they are measured on "
                "translations together with their photos; these pictures come without"
            )
        sets = (pictures, sources) if self.of_pairs else (pictures,)
        if self.resized:
            sets = [map(at_working_size, of_set) for of_set in sets]
        shown = zip(*sets, strict=True)
        return np.float32([self.of_picture(*those) for those in shown])


def at_working_size(picture: np.ndarray) -> np.ndarray:
    """Bring uint8 `(height, width, 3)` to a square of the working size (see `fit_square`)."""
    if picture.shape[:2] == (WORKING_PX, WORKING_PX):
        return picture
    return np.asarray(fit_square(Image.fromarray(picture), WORKING_PX))


def blob_masks(picture: np.ndarray, photo: np.ndarray) -> dict[str, np.ndarray]:
    """Find blobs of saturated black or red that were not in the photo.

    Args:
        picture: uint8 `(256, 256, 3)`, a translation.
        photo: uint8 `(256, 256, 3)`, what it was painted from.

    Returns:
        bool `(256, 256)` for `"black"` (L* below 5) and `"red"` (chroma from 75 on, hue within
        45° of red's 20°): connected areas of at least a thousandth of the picture whose pixels
        are 25 CIELAB units or more from the photo's.
    """
    lab, before = lab_of(picture), lab_of(photo)
    new = np.linalg.norm(lab - before, axis=-1) >= _NEW
    from_red = np.abs((hue_of(lab) - 20 + 180) % 360 - 180)
    black = lab[..., 0] < _BLACKEST
    red = (chroma_of(lab) >= _REDDEST) & (from_red <= 45)
    return {"black": _large_areas(black & new), "red": _large_areas(red & new)}


def _large_areas(mask: np.ndarray) -> np.ndarray:
    parts, _ = label(mask, structure=np.ones((3, 3)))
    areas = np.bincount(parts.ravel())
    areas[0] = 0
    return (areas >= round(_SMALLEST_BLOB * mask.size))[parts]


def _blob_shares(picture: np.ndarray, photo: np.ndarray) -> list[float]:
    return [mask.mean() for mask in blob_masks(picture, photo).values()]


PALETTE = PictureMeasure(
    "palette",
    (
        Quantity("lightness", "palette", "mean L*: lighter"),
        Quantity("redness", "palette", "mean a*: less green, more red"),
        Quantity("warmth", "palette", "mean b*: less blue, more yellow"),
        Quantity("brown", "palette", "share of brown pixels", share=True),
        Quantity("green", "palette", "share of green pixels", share=True),
        Quantity("blue", "palette", "share of blue pixels", share=True),
    ),
    palette_numbers,
)
SATURATION = PictureMeasure(
    "saturation",
    (
        Quantity("chroma", "saturation", "mean C*: more colourful"),
        Quantity("vivid chroma", "saturation", "90th percentile of C*: more vivid colours"),
        Quantity("most vivid chroma", "saturation", "99th percentile of C*: more vivid accents"),
    ),
    saturation_numbers,
)
SKY_TEXTURE = PictureMeasure(
    "sky texture",
    (
        Quantity("coherence", "sky texture", "strokes side by side have one direction"),
        Quantity("spirality", "sky texture", "strokes turn around some point"),
        Quantity("fine grain", "sky texture", "share of grain finer than 10 px", share=True),
        *(
            Quantity(f"grain of {period} px", "grain", f"share of grain of {period} px", share=True)
            for period in GRAIN_PERIODS_PX
        ),
    ),
    sky_texture_numbers,
)
SKY = PictureMeasure(
    "sky",
    (
        Quantity("sky share", "sky and clouds", "share of the picture that is sky", share=True),
        Quantity("sky lightness", "sky and clouds", "mean L* of the sky: lighter"),
        Quantity("sky chroma", "sky and clouds", "mean C* of the sky: more colourful"),
        Quantity("sky contrast", "sky and clouds", "deviation of L* in the sky: more contrast"),
        Quantity("clouds", "sky and clouds", "share of grey and white in the sky", share=True),
    ),
    sky_numbers,
)
HAZE = PictureMeasure(
    "haze",
    (
        Quantity("dark channel", "haze", "more veil over dark places", share=True),
        Quantity("local contrast", "haze", "deviation of L* within 17 px: more contrast"),
        Quantity("edge softness", "haze", "gradient left after a blur: softer edges", share=True),
    ),
    haze_numbers,
)
STROKES = PictureMeasure(
    "strokes", (Quantity("spectrum slope", "strokes", "flatter: more fine detail"),), spectrum_slope
)
GRID = PictureMeasure(
    "grid",
    (Quantity("grid", "checkerboards", "a net of 2, 4, 8 or 16 px lies over the picture"),),
    grid_numbers,
    resized=False,
)
COLOUR_SAMPLES = PictureMeasure("colour samples", (), colour_samples)
ARTEFACTS = PictureMeasure(
    "artefacts",
    (
        Quantity("black blobs", "artefacts", "share of the picture", share=True),
        Quantity("red blobs", "artefacts", "share of the picture", share=True),
    ),
    _blob_shares,
    of_pairs=True,
)

# Of every picture, and of translations beside their photos.
MEASURES = (PALETTE, SATURATION, SKY_TEXTURE, SKY, HAZE, STROKES, GRID, COLOUR_SAMPLES)
MEASURES_OF_PAIRS = (ARTEFACTS,)

_PLACES = {
    quantity.name: (measure, place)
    for measure in (*MEASURES, *MEASURES_OF_PAIRS)
    for place, quantity in enumerate(measure.quantities)
}
QUANTITIES: dict[str, Quantity] = {
    name: measure.quantities[place] for name, (measure, place) in _PLACES.items()
}
# What photos and paintings both have, and translations may move between.
_OF_NETWORKS = ("artefacts", "checkerboards")
COMPARED = tuple(name for name, q in QUANTITIES.items() if q.question not in _OF_NETWORKS)


def values_of(measured: Measured, quantity: str) -> np.ndarray:
    """Give a quantity of every picture of a set, float64 `(n,)`; NaN where one has none.

    Args:
        measured: a set that was measured with the measure in question.
        quantity: its name.
    """
    measure, place = _PLACES[quantity]
    return measured.numbers[measure.key][:, place].astype(np.float64)
