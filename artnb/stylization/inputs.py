"""What people hand in: paintings with weights, masks, maps of regions; checked before any work."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from artnb.data.decoding import UnreadableImageError, decode_image
from artnb.errors import InputError

# Of a side. What is smaller shows nothing at the coarsest layer that is looked at.
SMALLEST_PX = 32
_MOST_REGIONS = 12
# Beyond that a weight is a slip, and a sum of them no number any more.
_MOST_WEIGHT = 1e6
# Regions that cover less of a photo than this are too small to have a style.
_LEAST_SHARE = 0.002


@dataclass(frozen=True)
class Style:
    """A painting to take the style from.

    Args:
        painting: RGB of any size.
        weight: against other styles.
        regions: flat colours that name its parts, of the painting's size; None where it has none.
    """

    painting: Image.Image
    weight: float = 1.0
    regions: Image.Image | None = None

    def style_for(self, _photo: Image.Image) -> "Style":
        """Give what a photo takes its style from: this painting, whatever it shows."""
        return self


def open_picture(picture: str | Path | Image.Image | np.ndarray, what: str) -> Image.Image:
    """Open a picture as RGB.

    Args:
        picture: a file, a Pillow image, or uint8 `(height, width, 3)`.
        what: names it in errors: `"a photo"`.

    Raises:
        InputError: it is no picture, or too small.
    """
    if isinstance(picture, np.ndarray):
        if picture.dtype != np.uint8 or picture.shape[2:] != (3,):
            raise InputError(
                f"{what} that is an array must be uint8 (height, width, 3), got {picture.dtype} "
                f"{picture.shape}; convert it"
            )
        picture = Image.fromarray(picture)
    if isinstance(picture, Image.Image):
        opened, name = picture.convert("RGB"), "this one"
    else:
        path = Path(picture)
        if path.is_dir():
            raise InputError(f"{what} must be a file, and {path} is a folder; name a picture in it")
        if not path.is_file():
            raise InputError(f"{what} must be a file, and there is none at {path}; check the path")
        try:
            opened, name = decode_image(path.read_bytes()), str(path)
        except UnreadableImageError as error:
            raise InputError(
                f"{what} must be a picture, and {path} cannot be read: {error}"
            ) from None
    width, height = opened.size
    if min(width, height) < SMALLEST_PX:
        raise InputError(
            f"{what} must be at least {SMALLEST_PX} px on each side, and {name} has "
            f"{width}×{height}; take a larger one"
        )
    return opened


def parse_style(text: str) -> tuple[Path, float]:
    """Read `FILE` or `FILE:WEIGHT`, or a folder likewise.

    Raises:
        InputError: the weight is no number that is at least 0.
    """
    if Path(text).exists() or ":" not in text:
        return Path(text), 1.0
    name, _, weight = text.rpartition(":")
    try:
        number = float(weight)
    except ValueError:
        if not Path(name).exists():
            return Path(text), 1.0
        number = np.nan
    if not 0 <= number <= _MOST_WEIGHT:
        raise InputError(
            f"a style's weight must be at least 0, got {weight or 'none'} for {name}; 1 is usual, "
            f"and {_MOST_WEIGHT:,.0f} the most"
        )
    return Path(name), number


def check_weights(styles: Sequence[Any]) -> None:
    """Check that some style counts; styles have weights.

    Raises:
        InputError: there is none, or their weights sum to 0.
    """
    if not styles:
        raise InputError("a painting is needed to take the style from; name one with --style")
    if not sum(style.weight for style in styles) > 0:
        raise InputError("weights of styles must sum to more than 0; leave out those of 0")


def open_mask(mask: str | Path | Image.Image, photo: Image.Image) -> np.ndarray:
    """Open a mask: white is painted, black stays as it is.

    Returns:
        float32 `(height, width)` in [0, 1], of the photo's size.

    Raises:
        InputError: it is no picture, of another size, or black all over.
    """
    opened = mask if isinstance(mask, Image.Image) else open_picture(mask, "a mask")
    _same_size(opened, photo, "a mask", "its photo")
    grey = np.asarray(opened.convert("L"), np.float32) / 255
    if not grey.max() > 0:
        raise InputError("a mask must be white where the photo is painted, and it is all black")
    return grey


def regions_of(
    photo_regions: Image.Image, photo: Image.Image, style: Style
) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """Pair the regions of a photo with those of a painting by their colours.

    Args:
        photo_regions: flat colours, of the photo's size.
        photo: what they are regions of.
        style: a painting with regions.

    Returns:
        For each region its mask in the photo, in the painting, and its share of the photo.

    Raises:
        InputError: sizes differ, colours are not flat, or a colour is missing in the painting.
    """
    if style.regions is None:
        raise InputError("regions need a map for the photo and one for the painting; give both")
    _same_size(photo_regions, photo, "a map of regions", "its photo")
    _same_size(style.regions, style.painting, "a map of regions", "its painting")
    here, there = _flat(photo_regions), _flat(style.regions)
    found = []
    for colour in np.unique(here):
        mask = (here == colour).astype(np.float32)
        if mask.mean() < _LEAST_SHARE:
            continue
        if not (there == colour).any():
            raise InputError(
                "each region of a photo needs one of the same colour in the painting, and there "
                f"is no #{colour:06x} in it"
            )
        found.append((mask, (there == colour).astype(np.float32), float(mask.mean())))
    return found


def _flat(regions: Image.Image) -> np.ndarray:
    """Give each pixel's colour as a number."""
    red, green, blue = (channel.astype(np.int64) for channel in
                        np.moveaxis(np.asarray(regions.convert("RGB")), -1, 0))  # fmt: skip
    colours = (red << 16) + (green << 8) + blue
    count = len(np.unique(colours))
    if count > _MOST_REGIONS:
        raise InputError(
            f"regions must be drawn in at most {_MOST_REGIONS} flat colours, and there are "
            f"{count:,}; save them as PNG, without soft brushes"
        )
    return colours


def _same_size(one: Image.Image, other: Image.Image, what: str, of: str) -> None:
    if one.size != other.size:
        raise InputError(
            f"{what} must have the size of {of}, {other.width}×{other.height}, got "
            f"{one.width}×{one.height}; scale it"
        )
