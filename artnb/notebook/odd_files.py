"""Files as they turn up in collections: turned, grey, transparent, repeated, broken."""

from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from artnb.data.decoding import decode_image

_ORIENTATION_TAG = 0x0112
_QUARTER_TURN_RIGHT = 6  # what a phone held upright writes into EXIF


def make_odd_files(folder: Path, photos: Sequence[Path]) -> list[Path]:
    """Write one file of every kind that needs care.

    Args:
        folder: where to; it is made.
        photos: pictures to make them from, repeated where there are fewer than seven.

    Returns:
        The files, in the order of their names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    originals = [decode_image(path.read_bytes()) for path in islice(cycle(photos), 7)]
    plain, turned, grey, print_ready, cut_out, deep, broken = originals
    plain_file = folder / "a-plain.jpg"
    plain.save(plain_file, quality=95)
    exif = Image.Exif()
    exif[_ORIENTATION_TAG] = _QUARTER_TURN_RIGHT
    sideways = turned.transpose(Image.Transpose.ROTATE_90)
    sideways.save(folder / "b-turned-by-exif.jpg", quality=95, exif=exif)
    grey.convert("L").save(folder / "c-grey.jpg", quality=95)
    print_ready.convert("CMYK").save(folder / "d-cmyk.jpg", quality=95)
    _cut_out(cut_out).save(folder / "e-transparent.png")
    _sixteen_bits(deep).save(folder / "f-16-bit-scan.png")
    Image.open(plain_file).save(folder / "g-copy-of-a.png")
    plain.save(folder / "h-a-saved-again.jpg", quality=60)
    broken_file = folder / "i-cut-short.jpg"
    broken.save(broken_file, quality=95)
    whole = broken_file.read_bytes()
    broken_file.write_bytes(whole[: len(whole) // 2])
    (folder / "j-no-picture.jpg").write_text("<html>404 Not Found</html>", encoding="utf-8")
    return sorted(folder.iterdir())


def _cut_out(image: Image.Image) -> Image.Image:
    """Keep an oval and hide black beneath the transparent rest, as picture editors do."""
    oval = Image.new("L", image.size, 0)
    ImageDraw.Draw(oval).ellipse((0, 0, *image.size), fill=255)
    hidden = Image.composite(image, Image.new("RGB", image.size), oval)
    hidden.putalpha(oval)
    return hidden


def _sixteen_bits(image: Image.Image) -> Image.Image:
    values = np.asarray(image.convert("L"), np.uint16) * np.uint16(257)
    return Image.fromarray(values)
