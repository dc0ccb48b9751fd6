"""Which pictures can be painted in the explorer: a folder's, a Run's, and uploaded ones."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from artnb.data.decoding import UnreadableImageError, decode_image, open_image
from artnb.data.images import scaled_down
from artnb.data.sources import pictures_to_paint
from artnb.errors import InputError
from artnb.evaluation.sets import open_run_data
from artnb.gallery.manifest import spread
from artnb.progress import Progress, silent
from artnb.runs.painter import other_role
from artnb.runs.run import Run

# Decoded, a picture of this size fills 600 MB, as much as a notebook's machine can spare.
TOO_MANY_PIXELS = 200_000_000
# A longer list is no use to anybody, and slow in the page.
_MOST_LISTED = 300


@dataclass(frozen=True)
class Photo:
    """A picture to be painted.

    Args:
        name: of its file.
        key: a hash of its file and of how it was scaled.
        pixels: uint8 `(height, width, 3)`.
        remark: a sentence on what was done to it; empty where nothing was.
    """

    name: str
    key: str
    pixels: np.ndarray = field(compare=False)
    remark: str = ""


def read_photo(name: str, data: bytes, largest_px: int) -> Photo:
    """Decode a picture and bring it down to a size that is painted quickly.

    Args:
        name: of the file.
        data: what it holds.
        largest_px: what is larger is scaled down until its longer side has this many pixels.

    Raises:
        InputError: the file is empty, is no picture, or has 200 megapixels or more.
    """
    if not data:
        raise InputError(f"{name} is empty, and a picture is needed; choose another file")
    _refuse_huge(name, data)
    try:
        image = decode_image(data)
    except UnreadableImageError as error:
        raise InputError(
            f"{name} cannot be painted: {error}; choose a JPEG, PNG, WebP or TIFF file"
        ) from error
    scaled = scaled_down(image, largest_px)
    key = f"{hashlib.sha256(data).hexdigest()} at most {largest_px} px"
    remark = "" if scaled.size == image.size else _describe_scaling(name, image, scaled)
    return Photo(name, key, np.asarray(scaled), remark)


def _refuse_huge(name: str, data: bytes) -> None:
    """Look at the size that a file claims, before anything is decoded."""
    try:
        with open_image(data) as image:
            size = f"{image.width}×{image.height} pixels"
            is_huge = image.width * image.height >= TOO_MANY_PIXELS
    except Image.DecompressionBombError:
        size, is_huge = "far too many pixels", True
    except Exception:  # damaged files make Pillow's plugins raise almost anything
        return  # decoding says what is wrong with it
    if is_huge:
        raise InputError(
            f"{name} has {size}, and a picture must stay below "
            f"{TOO_MANY_PIXELS // 1_000_000} megapixels; scale it down first"
        )


def _describe_scaling(name: str, image: Image.Image, scaled: Image.Image) -> str:
    return (
        f"{name} has {image.width}×{image.height} pixels; for speed it is painted at "
        f"{scaled.width}×{scaled.height}."
    )


def read_upload(value: Mapping[str, Any] | Sequence[Mapping[str, Any]], largest_px: int) -> Photo:
    """Read the one picture that was uploaded.

    Args:
        value: of a `FileUpload`: in ipywidgets 7 a dictionary by file names, in 8 a tuple.
        largest_px: see `read_photo`.

    Raises:
        InputError: it is not one file, or the file is no picture that can be painted.
    """
    files = uploaded_files(value)
    if len(files) != 1:
        raise InputError(f"one picture is painted at a time, got {len(files)} files; choose one")
    return read_photo(*files[0], largest_px)


def uploaded_files(
    value: Mapping[str, Any] | Sequence[Mapping[str, Any]],
) -> list[tuple[str, bytes]]:
    """Give the names and the bytes of uploaded files, whichever ipywidgets hands them over."""
    if isinstance(value, Mapping):
        return [(name, bytes(file["content"])) for name, file in value.items()]
    return [(file["name"], bytes(file["content"])) for file in value]


@dataclass(frozen=True)
class Album:
    """Pictures to choose from.

    Args:
        names: of the pictures.
        read_bytes: gives a picture's encoded file by its place.
        remark: a sentence on which these are; empty where that is plain.
    """

    names: Sequence[str]
    read_bytes: Callable[[int], bytes]
    remark: str = ""

    def of_useful_length(self) -> "Album":
        """Give a part of a long album, spread evenly over it."""
        total = len(self.names)
        if total <= _MOST_LISTED:
            return self
        places = spread(range(total), _MOST_LISTED)
        remark = f"The list has {_MOST_LISTED} of {total:,} pictures, spread evenly."
        return replace(
            self,
            names=[self.names[place] for place in places],
            read_bytes=lambda place: self.read_bytes(places[place]),
            remark=f"{self.remark} {remark}".strip(),
        )


class Albums:
    """The pictures that there are for each Run and direction, opened when first asked for.

    Args:
        photos: a file or a folder of pictures of X for all Runs; None takes each Run's own.
        paintings: likewise of Y.
        progress: shows how far reading has got.
    """

    def __init__(
        self,
        photos: Path | None = None,
        paintings: Path | None = None,
        progress: Progress = silent,
    ) -> None:
        self.progress = progress
        self._given = {
            to: _album_of_files(path, to)
            for to, path in (("y", photos), ("x", paintings))
            if path is not None
        }
        self._of_runs: dict[tuple[str, ...], dict[str, Album]] = {}

    def of(self, run: Run, to: str) -> Album:
        """Give the pictures that a Run translates.

        Args:
            run: the Run.
            to: `"y"` for pictures of X, which are translated to Y, `"x"` for those of Y.

        Returns:
            An album, empty and with a remark where the Run's pictures are gone.
        """
        if to in self._given:
            return self._given[to]
        data = run.facts()["data"]
        if run.is_imported:
            return _missing_album(run)
        key = (data["path"], data["fingerprint"], data["x"])
        if key not in self._of_runs:
            try:
                self._of_runs[key] = _albums_of_run(run, self.progress)
            except InputError:
                return _missing_album(run)
        return self._of_runs[key][to]


def _album_of_files(path: Path, to: str) -> Album:
    pictures = pictures_to_paint(path, other_role(to)).pictures
    names = [picture.name for picture in pictures]

    def read_bytes(place: int) -> bytes:
        try:
            return pictures[place].read()
        except UnreadableImageError as error:
            raise InputError(
                f"{names[place]} cannot be painted: {error}; choose another"
            ) from error

    return Album(names, read_bytes).of_useful_length()


def _albums_of_run(run: Run, progress: Progress) -> dict[str, Album]:
    dataset = open_run_data(run, progress=progress)
    albums = {}
    for to, domain in (("y", dataset.x), ("x", dataset.y)):
        trained = f"No {domain.name} pictures were held out: these are ones it was trained on."
        remark = "" if len(domain.test) else trained
        images = domain.shown()
        albums[to] = Album(images.names, images.__getitem__, remark).of_useful_length()
    return albums


def _missing_album(run: Run) -> Album:
    path = run.facts()["data"].get("path")
    where = (
        f"The pictures of the Run {run.path.name} are not at {path}, or are not those it was "
        "trained on"
    )
    if run.is_imported:
        where = f"The Run {run.path.name} was imported and has no pictures of its own"
    remark = f"{where}; upload one, or name a folder of photos."
    return Album((), lambda place: b"", remark)
