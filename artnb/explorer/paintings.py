"""What a Run makes of a photo, and the folders that such paintings are kept in."""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from artnb.data.decoding import decode_image
from artnb.data.images import PAINTED_MARK, encode_jpeg, encode_png, scaled_down
from artnb.explorer.photos import Photo
from artnb.files import write_whole
from artnb.runs.painter import LatentSampler, LoadedNetworks, Painter

_LONGEST_PART = 50
_THUMBNAIL_PX = 200


@dataclass(frozen=True)
class Painted:
    """A photo and what a Run made of it.

    Args:
        photo: what was painted.
        painter: who painted it.
        painting: uint8 `(height, width, 3)`.
        reconstruction: uint8 of the same shape, the painting led back; None where nothing does.
    """

    photo: Photo
    painter: Painter
    painting: np.ndarray
    reconstruction: np.ndarray | None

    @cached_property
    def mean_difference(self) -> float:
        """How far painting and photo are apart on average, in grey levels of 255."""
        return float(_apart(self.photo.pixels, self.painting).mean())

    @property
    def maker(self) -> str:
        """Who painted it, in words."""
        return f"{self.painter.run.path.name}, epoch {self.painter.epoch}"

    @property
    def name_parts(self) -> tuple[str, ...]:
        """What its file is named after: photo, Run, epoch and style."""
        painter, photo = self.painter, PurePosixPath(self.photo.name).stem
        return photo, painter.run.path.name, f"epoch-{painter.epoch:04d}", painter.target

    def describe(self) -> str:
        """Say what it is, in two lines."""
        source, target = self.painter.source, self.painter.target
        return f"{self.photo.name}\n{source} → {target} by {self.maker}"


@dataclass(frozen=True)
class Sampled:
    """A picture that a Run made out of a latent.

    Args:
        sampler: who painted it.
        seed: of the latent.
        truncation: see `generate`.
        painting: uint8 `(size_px, size_px, 3)`.
    """

    sampler: LatentSampler
    seed: int
    truncation: float
    painting: np.ndarray

    @property
    def name_parts(self) -> tuple[str, ...]:
        """What its file is named after: seed, truncation, Run and epoch."""
        run, epoch = self.sampler.run.path.name, f"epoch-{self.sampler.epoch:04d}"
        return f"seed{self.seed:04d}", f"truncation-{self.truncation:g}", run, epoch

    def describe(self) -> str:
        """Say what it is, in two lines."""
        of = f"{self.sampler.run.path.name}, epoch {self.sampler.epoch}"
        return f"seed {self.seed}\ntruncation {self.truncation:g}, by {of}"


def visible_difference(photo: np.ndarray, painting: np.ndarray) -> tuple[np.ndarray, int]:
    """Show where two pictures differ: black where they are equal.

    Args:
        photo: uint8 `(height, width, 3)`.
        painting: likewise.

    Returns:
        uint8 of the same shape, |painting − photo| times a factor, and that factor: the largest
        of 1, 2, 4, 8 and 16 that leaves 99 % of the values unclipped.
    """
    apart = _apart(photo, painting)
    high = np.percentile(apart, 99)
    factor = next(factor for factor in (16, 8, 4, 2, 1) if factor * high <= 255)
    return np.minimum(factor * apart, 255).astype(np.uint8), factor


def _apart(photo: np.ndarray, painting: np.ndarray) -> np.ndarray:
    return np.abs(painting.astype(np.int16) - photo)


def paint_there_and_back(networks: LoadedNetworks, painter: Painter, photo: Photo) -> Painted:
    """Paint a photo and lead the painting back.

    Raises:
        InputError: as for `Painter.load`.
    """
    painting = paint_photo(networks, painter, photo.pixels)
    back = painter.back
    returned = paint_photo(networks, back, painting) if back else None
    return Painted(photo, painter, painting, returned)


def paint_photo(networks: LoadedNetworks, painter: Painter, pixels: np.ndarray) -> np.ndarray:
    """Paint uint8 `(height, width, 3)`; gives the same shape.

    Raises:
        InputError: as for `Painter.load`.
    """
    from artnb.translation import translate_image  # Keras is loaded when something is painted

    return translate_image(networks.ready(painter), pixels, painter.multiple_px)


@dataclass(frozen=True)
class PaintingFolder:
    """A folder of paintings; nothing in it is ever overwritten.

    Args:
        path: it is made when the first painting is put into it.
    """

    path: Path

    def put(self, painted: Painted | Sampled) -> Path:
        """Write a painting as a PNG, marked as painted and with a line that says what it is.

        Returns:
            The file; where it holds this very painting already, nothing is written.
        """
        data = encode_png(painted.painting, f"{PAINTED_MARK}: {painted.describe()}")
        self.path.mkdir(parents=True, exist_ok=True)
        stem = file_stem(painted)
        for number in count(1):
            path = self.path / f"{stem}{f'-{number}' if number > 1 else ''}.png"
            if not path.exists():
                write_whole(path, data)
                return path
            if path.is_file() and path.read_bytes() == data:
                return path
        raise AssertionError("numbers do not end")

    def paintings(self) -> list[Path]:
        """List the paintings, the newest first."""
        files = [file for file in self.path.glob("*.png") if file.is_file()]
        return sorted(files, key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)

    def remove(self, path: Path) -> None:
        """Delete a painting; one that is gone already is no mistake."""
        path.unlink(missing_ok=True)


def file_stem(painted: "Painted | Sampled") -> str:
    """Name a painting's file after what made it, as every system allows it."""
    parts = painted.name_parts
    harmless = [re.sub(r"[^\w.-]+", "_", part)[:_LONGEST_PART].strip("._") for part in parts]
    return "-".join(part or "picture" for part in harmless)


def caption_of(path: Path) -> tuple[str, str]:
    """Give a title and a line, which a painting carries in its file; else the file's name."""
    try:
        with Image.open(path) as image:
            comment = str(image.info.get("Comment", ""))
    except OSError:
        return path.name, "cannot be read"
    title, _, line = comment.removeprefix(PAINTED_MARK).lstrip(": ").partition("\n")
    return title or path.name, line


def thumbnail_of(path: Path) -> bytes:
    """Give a small JPEG of a painting, or nothing where the file is damaged."""
    try:
        return encode_jpeg(scaled_down(decode_image(path.read_bytes()), _THUMBNAIL_PX))
    except (ValueError, OSError):
        return b""
