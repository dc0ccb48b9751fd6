"""One look at every picture of a collection, remembered beside the table."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from artnb.collection.borders import find_inside
from artnb.collection.duplicates import hash_picture
from artnb.data.decoding import UnreadableImageError, decode_image
from artnb.documents import convert
from artnb.files import stamp_of
from artnb.parallel import in_parallel
from artnb.progress import Progress, silent

# Beside the table; it may be deleted, then every picture is looked at again.
REMEMBERED = "looks.jsonl"
# Another number when a look finds something else: what was remembered before does not count.
_EDITION = 2
_SMALL_PX = 64


@dataclass(frozen=True)
class Inspection:
    """What one look at a picture found.

    Args:
        width: of the upright picture, pixels.
        height: likewise.
        inside: what lies inside its borders (`left top right bottom`), or nothing.
        hashes: see `hash_picture`, of the inside.
        contrast: standard deviation of the inside's lightness, grey levels; 0 is blank.
        colour: the most that red, green and blue lie apart in all but 5 % of it, grey levels.
        problem: why it cannot be read, or nothing.
    """

    width: int = 0
    height: int = 0
    inside: str = ""
    hashes: tuple[int, ...] = field(default=())
    contrast: float = 0.0
    colour: float = 0.0
    problem: str = ""


def inspect_picture(data: bytes) -> Inspection:
    """Look at one encoded picture."""
    try:
        image = decode_image(data)
    except UnreadableImageError as error:
        return Inspection(problem=str(error))
    box = find_inside(image, smallest_remainder=0.0)
    inside = box.crop(image) if box else image
    small = inside.resize((_SMALL_PX, _SMALL_PX), Image.Resampling.BOX)
    return Inspection(
        *image.size,
        inside=str(box or ""),
        hashes=hash_picture(inside),
        contrast=round(float(np.asarray(small.convert("L"), np.float32).std()), 2),
        colour=float(np.percentile(np.ptp(np.asarray(small, np.int16), axis=2), 95)),
    )


def inspect_files(
    images: Path, files: Iterable[str], remembered: Path, progress: Progress = silent
) -> dict[str, Inspection]:
    """Look at every file that is new or has changed, on all cores.

    What was found is written as it is found, so that whoever is interrupted goes on.

    Args:
        images: the folder of images.
        files: relative to it.
        remembered: what was found before, and where what is found now is added.
        progress: shows how far it has got.

    Returns:
        Looks by file.
    """
    known = _read(remembered)
    stamps = {file: stamp_of(images / file) for file in dict.fromkeys(files)}
    looks = {f: known[f][1] for f, stamp in stamps.items() if f in known and known[f][0] == stamp}
    missing = [file for file in stamps if file not in looks]
    advance = progress("looking at pictures", len(missing))
    if missing:
        with _appended(remembered) as lines:
            found = in_parallel(lambda file: _inspect_file(images / file), missing)
            for file, look in zip(missing, found, strict=True):
                looks[file] = look
                lines.write(_line(file, stamps[file], look))
                advance()
    return looks


def _inspect_file(path: Path) -> Inspection:
    try:
        return inspect_picture(path.read_bytes())
    except OSError as error:
        return Inspection(problem=f"it cannot be opened ({error.strerror})")


def _appended(path: Path):
    """Open a file to add lines; what a killed process left half-written ends with its own line."""
    torn = path.exists() and path.stat().st_size > 0 and path.read_bytes()[-1:] != b"\n"
    file = path.open("a", encoding="utf-8", buffering=1)
    if torn:
        file.write("\n")
    return file


@dataclass(frozen=True)
class _Entry:
    edition: int
    file: str
    stamp: list[int]
    look: Inspection


def _line(file: str, stamp: list[int], look: Inspection) -> str:
    entry = {"edition": _EDITION, "file": file, "stamp": stamp, "look": asdict(look)}
    return json.dumps(entry, ensure_ascii=False) + "\n"


def _read(path: Path) -> Mapping[str, tuple[list[int], Inspection]]:
    if not path.exists():
        return {}
    entries = map(_entry, path.read_text(encoding="utf-8", errors="replace").splitlines())
    return {file: (stamp, look) for file, stamp, look in filter(None, entries)}


def _entry(line: str) -> tuple[str, list[int], Inspection] | None:
    """Read a line; a torn one, or one of another edition, is as good as none."""
    try:
        entry = convert(json.loads(line), _Entry)
    except (ValueError, RecursionError):
        return None
    return (entry.file, entry.stamp, entry.look) if entry.edition == _EDITION else None
