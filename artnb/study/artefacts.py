"""Early artefacts: black and red blobs that the photo does not have."""

import numpy as np
from scipy.ndimage import label

from artnb.errors import InputError
from artnb.study.colour import chroma_of, hue_of, lab_of
from artnb.study.quantity import WORKING_PX, Quantity, at_working_size

# A thousandth of the picture; smaller spots are found in paintings and photos alike.
_SMALLEST_PX = round(0.001 * WORKING_PX**2)
_BLACKEST = 5.0
_REDDEST = 75.0
# CIELAB distance (1976) to the photo at the same place; a darkened shadow stays below it.
_NEW = 25.0


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
    return (areas >= _SMALLEST_PX)[parts]


class _Artefacts:
    """Shares of a translation that are new black and red blobs (see `Measure`)."""

    key = f"study: artefacts, version 1, at {WORKING_PX} px"
    quantities = (
        Quantity("black blobs", "artefacts", "share of the picture", share=True),
        Quantity("red blobs", "artefacts", "share of the picture", share=True),
    )

    def __call__(self, pictures: np.ndarray, sources: np.ndarray | None) -> np.ndarray:
        """Measure translations, uint8 `(batch, height, width, 3)`; gives float32 `(batch, 2)`.

        Raises:
            InputError: there are no photos to compare with.
        """
        if sources is None:
            raise InputError(
                "artefacts are what the photo does not have, so they are measured on translations "
                "together with their photos; these pictures come without"
            )
        pairs = (map(at_working_size, pair) for pair in zip(pictures, sources, strict=True))
        masks = (blob_masks(picture, photo) for picture, photo in pairs)
        return np.float32([[mask.mean() for mask in found.values()] for found in masks])


ARTEFACTS = _Artefacts()
