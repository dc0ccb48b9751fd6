"""Small things to submit: JPEGs, zips with something wrong in them, rules for few pictures."""

import zipfile
from io import BytesIO

import numpy as np
from PIL import Image

from artnb.submission.rules import Rules
from artnb.submission.unfinished import write_entry

SIZE_PX = 32
FEW = Rules(fewest=3, most=40, size_px=SIZE_PX)


def encoded(seed=0, size_px=SIZE_PX, mode="RGB", form="JPEG"):
    """Encode a picture that no other seed gives."""
    small = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), np.uint8)
    image = Image.fromarray(small).resize((size_px, size_px)).convert(mode)
    buffer = BytesIO()
    image.save(buffer, form)
    return buffer.getvalue()


def some_pictures(count, **options):
    return {f"{number:04d}.jpg": encoded(number, **options) for number in range(count)}


def write_zip(path, pictures, *more):
    """Write pictures by name, and more pairs whose names may be there already."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in [*pictures.items(), *more]:
            write_entry(archive, name, data)
    return path
