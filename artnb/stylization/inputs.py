"""What people hand in: paintings with weights, masks, maps of regions; checked before any work."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from artnb.data.decoding import UnreadableImageError, decode_image, open_image, upright_rgb
from artnb.errors import InputError

# A picture as people have it: a file, a Pillow image, or uint8 `(height, width, 3)`.
Anything = str | Path | Image.Image | np.ndarray
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
        painting: a file, a Pillow image, or uint8 `(height, width, 3)`; kept as RGB.
        weight: against other styles, at least 0.
        regions: flat colours that name its parts, of the painting's size; None where it has none.
        name: what it is called where it is told which was taken; empty where there is no choice.

    Raises:
        InputError: it is no picture, or too small, or has no such weight.
    """

    painting: Any
    weight: float = 1.0
    regions: Any = None
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "painting", open_picture(self.painting, "a style"))
        if self.regions is not None:
            object.__setattr__(self, "regions", open_picture(self.regions, "a map of regions"))
        check_weight(self.weight, self.name or "a painting")

    def style_for(self, _photo: Image.Image) -> "Style":
        """Give what a photo takes its style from: this painting, whatever it shows."""
        return self


def open_picture(picture: Anything, what: str) -> Image.Image:
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
        try:
            opened, name = upright_rgb(picture), "this one"
        except Exception as error:  # damaged files make Pillow's plugins raise almost anything
            raise InputError(
                f"{what} must be a picture, and this cannot be read: {error}"
            ) from None
    elif not isinstance(picture, str | Path):
        raise InputError(
            f"{what} must be a file, a Pillow image or an array, got {type(picture).__name__}"
        )
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
    if not text:
        raise InputError("a style must be a file or a folder, and this is empty; name one")
    if Path(text).exists() or ":" not in text:
        return Path(text), 1.0
    name, _, weight = text.rpartition(":")
    try:
        number = float(weight)
    except ValueError:
        if not Path(name).exists():
            return Path(text), 1.0
        number = np.nan
    check_weight(number, name, weight or "none")
    return Path(name), number


def check_weight(weight: float, name: str, told: str = "") -> None:
    """Check that a style may weigh so much.

    Raises:
        InputError: it may not.
    """
    if not 0 <= weight <= _MOST_WEIGHT:
        raise InputError(
            f"a style's weight must be from 0 to {_MOST_WEIGHT:,.0f}, got {told or weight} for "
            f"{name}; 1 is usual"
        )


def check_weights(styles: Sequence[Any]) -> None:
    """Check that some style counts; styles have weights.

    Raises:
        InputError: there is none, or their weights sum to 0.
    """
    if not styles:
        raise InputError("a painting is needed to take the style from; name one with --style")
    if not sum(style.weight for style in styles) > 0:
        raise InputError("weights of styles must sum to more than 0; leave out those of 0")


def check_parts(photos: str | Path, mask: Any, regions: Any, styles: Sequence[Any]) -> None:
    """Check a mask and a map of regions before any work.

    Args:
        photos: what they are of: the file of one photo.
        mask, regions: None where there is none.
        styles: what regions are looked for in.

    Raises:
        InputError: there is more than one photo, or they cannot be used.
    """
    if mask is None and regions is None:
        return
    if Path(photos).is_dir():
        raise InputError("a mask and regions are those of one photo; let --photos name that file")
    photo = open_picture(photos, "a photo")
    if mask is not None:
        open_mask(mask, photo)
    if regions is not None:
        opened = open_picture(regions, "a map of regions")
        for style in styles:
            regions_of(opened, photo, style.style_for(photo))


def open_mask(mask: Anything, photo: Image.Image) -> np.ndarray:
    """Open a mask: white is painted, black and what is transparent stay as they are.

    Args:
        mask: a file, a Pillow image, or an array `(height, width)`, uint8 or boolean.
        photo: what it is a mask of.

    Returns:
        float32 `(height, width)` in [0, 1], of the photo's size.

    Raises:
        InputError: it is no picture, of another size, or black all over.
    """
    if isinstance(mask, np.ndarray) and mask.ndim == 2 and mask.dtype in (bool, np.uint8):
        mask = Image.fromarray(mask if mask.dtype == np.uint8 else np.uint8(255) * mask)
    opened = open_picture(mask, "a mask")
    _same_size(opened, photo, "a mask", "its photo")
    grey = np.asarray(opened.convert("L"), np.float32) / 255
    # It was laid over white.
    grey = np.maximum(grey - _transparency(mask, opened.size), 0)
    if not grey.max() > 0:
        raise InputError("a mask must be white where the photo is painted, and it is all black")
    return grey


def _transparency(mask: Anything, size: tuple[int, int]) -> Any:
    """Give how transparent a picture is, `(height, width)` in [0, 1]; 0 where it cannot be."""
    if isinstance(mask, np.ndarray):
        return 0.0
    if not isinstance(mask, Image.Image):
        with open_image(Path(mask).read_bytes()) as opened:
            return _transparency(opened, size)
    if mask.size != size or not mask.has_transparency_data:
        return 0.0
    return 1 - np.asarray(mask.convert("RGBA").getchannel("A"), np.float32) / 255


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
