"""Photos to try a page with: sample photos with their credit, and an invented one."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from artnb.data.decoding import decode_image
from artnb.data.images import encode_jpeg, scaled_down
from artnb.data.listing import list_images
from artnb.errors import InputError
from artnb.files import write_whole

_LARGEST_PX = 768
# By the README beside them in scikit-learn's package.
_SAMPLE_PHOTOS = {
    "china.jpg": ("Summer Palace", "photo by danielbuechele, CC BY 2.0"),
    "flower.jpg": ("Dahlia", "photo by vultilion, CC BY 2.0"),
}


def write_examples(site: Path, photos: Path | None = None) -> list[dict[str, Any]]:
    """Write photos into a site's folder `examples`.

    Args:
        site: the folder.
        photos: a file or a folder of one's own; None takes two sample photos of scikit-learn and an
            invented landscape.

    Returns:
        For each its file, name, title, credit and size.

    Raises:
        InputError: there are no pictures in the folder.
    """
    chosen = _sample_photos() if photos is None else _own_photos(photos)
    (site / "examples").mkdir(parents=True, exist_ok=True)
    return [_write(site, number, *photo) for number, photo in enumerate(chosen)]


def _write(site: Path, number: int, title: str, credit: str, photo: Image.Image) -> dict[str, Any]:
    small = scaled_down(photo, _LARGEST_PX)
    file = f"examples/{number}.jpg"
    write_whole(site / file, encode_jpeg(small))
    return {
        "file": file,
        "name": f"{title}.jpg",
        "title": title,
        "credit": credit,
        "width": small.width,
        "height": small.height,
    }


def _sample_photos() -> Iterator[tuple[str, str, Image.Image]]:
    from sklearn.datasets import load_sample_image

    from artnb.synthetic.dataset import make_demo_photos

    for name, (title, credit) in _SAMPLE_PHOTOS.items():
        yield title, credit, Image.fromarray(np.asarray(load_sample_image(name)))
    with tempfile.TemporaryDirectory() as folder:
        make_demo_photos(Path(folder, "photos"), count=1)
        (file,) = list_images(Path(folder, "photos"))
        yield "Invented landscape", "drawn by artnb", decode_image(file.read_bytes())


def _own_photos(photos: Path) -> Iterator[tuple[str, str, Image.Image]]:
    files = list_images(photos) if photos.is_dir() else [photos]
    if not files:
        raise InputError(f"{photos} holds no pictures; choose another folder for --examples")
    for file in files:
        try:
            yield file.stem, "", decode_image(file.read_bytes())
        except (ValueError, OSError) as error:
            raise InputError(f"{file} cannot be an example: {error}; leave it out") from error
