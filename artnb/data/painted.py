"""Photos in, paintings out: which file becomes which, and what may be written where."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from artnb.data.decoding import UnreadableImageError, decode_image
from artnb.data.images import PAINTED_MARK, encode_jpeg, encode_png, is_marked_as_painted
from artnb.data.listing import IMAGE_SUFFIXES, picture_stem
from artnb.data.sources import FilePicture, Picture, pictures_to_paint
from artnb.errors import InputError
from artnb.files import disk, write_whole
from artnb.progress import Progress, silent

# Formats whose paintings lose nothing either.
_LOSSLESS = (".png", ".bmp", ".tif", ".tiff", ".gif", ".tga", ".ppm", ".pgm", ".psd")


@dataclass(frozen=True)
class Report:
    """What became of photos: files written, and pictures left out with the reason.

    `passed_over` has names and reasons of what lies beside the photos and is none. Where it was
    `stopped`, the last picture that was written is not whole, and `left` say how many are missing.
    """

    written: tuple[Path, ...]
    skipped: tuple[tuple[Path, str], ...]
    passed_over: tuple[tuple[str, str], ...] = ()
    stopped: bool = False
    left: int = 0


class PhotosToPaint:
    """Photos, and where their paintings go: checked as this is made, before any network is loaded.

    Pictures that would get one name (`a.jpg` and `a.webp`) keep their endings in it, and what lies
    in `out` is never taken for a photo.

    Args:
        photos: a file, a folder, or whatever else `pictures_to_paint` takes; subfolders are kept
            in the result.
        out: folder to write to; paintings of equal names in it are replaced.
        side: `"x"` or `"y"`: which of two sides is painted, where both are there.

    Raises:
        InputError: there are no pictures, or `out` is a file, or where they come from, or holds
            other files under the names of the paintings.
    """

    def __init__(self, photos: str | Path, out: str | Path, side: str = "x") -> None:
        photos, self.out = Path(photos), Path(out)
        found = pictures_to_paint(photos, side)
        self.passed_over = found.passed_over
        self.folder = photos if photos.is_dir() else photos.parent
        inside = self.out.resolve()
        if files := [path for path in (inside, *inside.parents) if path.is_file()]:
            raise InputError(
                f"{out} must be a folder, and {files[0]} is a file; name another --out"
            )
        if inside == self.folder.resolve():
            raise InputError(f"{out} is where the photos come from; choose another --out")
        self.pictures = [p for p in found.pictures if not p.path.resolve().is_relative_to(inside)]
        if not self.pictures:
            raise InputError(f"{photos} holds no photos but those that lie in {out}; choose others")
        self.places = [_place(picture, self.folder) for picture in self.pictures]
        self.targets = _targets(self.places)
        refuse_to_replace([self.out / target for target in self.targets.values()])

    def paint(
        self,
        painted: Callable[[Image.Image], np.ndarray],
        progress: Progress = silent,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Report:
        """Paint each photo and write it; those that cannot be read or painted are left out.

        Args:
            painted: turns an RGB photo into uint8 `(height, width, 3)`.
            progress: shows how far it has got.
            stopped: whether the last one is not whole and the others are left, asked after each.
        """
        self.out.mkdir(parents=True, exist_ok=True)
        advance = progress("painting", len(self.pictures))
        written, skipped = [], []
        for place, picture in zip(self.places, self.pictures, strict=True):
            try:
                painting = painted(decode_image(picture.read()))
            except (UnreadableImageError, InputError, OSError) as error:
                skipped.append((self.folder / place, str(error)))
            else:
                written.append(write_painting(painting, self.out / self.targets[place]))
            advance()
            if stopped():
                break
        left = len(self.pictures) - len(written) - len(skipped)
        return Report(tuple(written), tuple(skipped), self.passed_over, stopped(), left)


def _place(picture: Picture, folder: Path) -> Path:
    """Give a picture's place below its folder; a shard's names may be anything."""
    if isinstance(picture, FilePicture):
        return picture.path.relative_to(folder)
    parts = PurePosixPath(picture.name.replace("\\", "/")).parts
    plain = (re.sub(r"[^\w .-]", "_", part).strip(" .") for part in parts)
    place = Path(*[part for part in plain if part])
    return place if place.suffix.lower() in IMAGE_SUFFIXES else Path(f"{place}.jpg")


def _targets(pictures: Sequence[Path]) -> dict[Path, Path]:
    """Name what is written for each picture, no two alike: `a.jpg`, and for `a.webp` beside it
    `a.webp.jpg`; a disk may take `A.jpg` and `a.jpg` for one file.
    """
    plain = {path: path.with_name(picture_stem(path.name) + _suffix(path)) for path in pictures}
    count = Counter(str(name).casefold() for name in plain.values())
    targets, taken = {}, set()
    for path in sorted(pictures, key=lambda path: path != plain[path]):  # who keep their names
        own = path == plain[path] or count[str(plain[path]).casefold()] == 1
        name = plain[path] if own else path.with_name(path.name + _suffix(path))
        while str(name).casefold() in taken:
            name = name.with_stem(f"{name.stem}-2")
        taken.add(str(name).casefold())
        targets[path] = name
    return targets


def refuse_to_replace(paintings: Sequence[Path]) -> None:
    """Check that nothing but earlier paintings lies where paintings shall be.

    Raises:
        InputError: something else does.
    """
    for path in paintings:
        if path.exists() and not _is_painting(path):
            raise InputError(
                f"{path} is there and no painting of artnb's, and will not be overwritten; choose "
                "another --out"
            )


def _is_painting(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return is_marked_as_painted(file)


def _suffix(path: Path) -> str:
    return ".png" if path.suffix.lower() in _LOSSLESS else ".jpg"


def write_painting(painting: np.ndarray, path: Path, about: str = "") -> Path:
    """Write a painting, whole or not at all, with the mark of generated pictures.

    Args:
        painting: uint8 `(height, width, 3)`.
        path: a PNG or a JPEG; its folder is made.
        about: a line that says what it is, kept beside the mark.

    Raises:
        InputError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    encode = encode_png if path.suffix == ".png" else encode_jpeg
    encoded = encode(painting, f"{PAINTED_MARK}: {about}" if about else PAINTED_MARK)
    with disk(path):
        write_whole(path, encoded)
    return path
