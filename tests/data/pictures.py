"""Invented pictures for the tests of the data room."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from artnb.data.sources import Source, two_folders


def picture(seed: int, width: int = 48, height: int = 40) -> Image.Image:
    """Make a smooth RGB picture, another one for every seed."""
    cells = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return Image.fromarray(cells).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image | np.ndarray, form: str = "PNG", **options) -> bytes:
    """Encode a picture in a file format."""
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def fill(folder: Path, count: int, first_seed: int = 0, suffix: str = ".png") -> list[Path]:
    """Write pictures of consecutive seeds into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:04d}{suffix}" for number in range(count)]
    for number, path in enumerate(paths):
        picture(first_seed + number).save(path)
    return paths


def two_filled(root: Path, photos: int = 10, paintings: int = 4) -> Source:
    """Make a folder of photos and one of paintings."""
    fill(root / "photos", photos)
    fill(root / "paintings", paintings, first_seed=1000)
    return two_folders(root / "photos", root / "paintings")


def snapshot(folder: Path) -> dict[str, tuple[str, int]]:
    """Describe every file below a folder by its hash and the time of its last change."""
    return {
        path.relative_to(folder).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in folder.rglob("*")
        if path.is_file()
    }


def contents(folder: Path) -> dict[str, bytes]:
    """Read every file of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


class CountedProgress:
    """A progress that counts: totals and steps by title."""

    def __init__(self) -> None:
        self.calls: dict[str, list[int]] = {}

    def __call__(self, title: str, total: int) -> Callable[[], None]:
        """Begin to count what has this title."""
        self.calls[title] = [total, 0]

        def advance() -> None:
            self.calls[title][1] += 1

        return advance
