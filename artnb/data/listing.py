"""Which files of a folder are pictures, and why the others are not taken."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from artnb.data.decoding import RAW_REMEDY, UnreadableImageError, open_image
from artnb.data.records import is_shard
from artnb.files import PART

# Files with these names are taken as they are; what Pillow cannot decode of them (.heic in most
# builds) is then reported. All others are taken for what they begin with.
IMAGE_SUFFIXES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"),
    *(".avif", ".heic", ".heif", ".tga", ".ppm", ".pgm", ".pbm", ".pnm", ".jp2", ".j2k", ".psd"),
)
_RAW_SUFFIXES = (
    *(".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dng", ".erf", ".iiq", ".kdc", ".mef", ".mrw"),
    *(".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srw", ".x3f"),
)
# What programs are still fetching begins like a picture already.
_UNFINISHED_SUFFIXES = (PART, ".crdownload", ".download", ".partial", ".tmp")
# Written by operating systems beside everything, and by version control and notebooks.
_OF_SYSTEMS = re.compile(r"\._.*|\.DS_Store|Thumbs\.db|desktop\.ini", re.I)
_OF_TOOLS = re.compile(r"\.git|\.ipynb_checkpoints", re.I)
_SUFFIX = re.compile(rf"({'|'.join(map(re.escape, IMAGE_SUFFIXES))})(![A-Za-z]+)?$", re.I)
_MOST_NAMED = 3
NO_PICTURE = "no picture"


@dataclass(frozen=True)
class Listing:
    """What lies in a folder and its subfolders, those that are links included.

    Args:
        pictures: the files that are taken, in the order of their names with slashes.
        shards: TFRecord files, likewise.
        passed_over: everything else, and why.
    """

    pictures: list[Path]
    shards: list[Path] = field(default_factory=list)
    passed_over: list[tuple[Path, str]] = field(default_factory=list)

    def reasons(self, folder: Path) -> tuple[tuple[str, str], ...]:
        """Give names within the folder that was looked through, and why they are not taken."""
        return tuple((name_within(folder, path), reason) for path, reason in self.passed_over)


def look_through(folder: Path) -> Listing:
    """Find the picture files of a folder; the order is the same on every operating system.

    A file with the ending of a picture is taken without being opened; any other is taken when it
    begins as a picture does that Pillow knows. Hidden files and folders are passed over.
    """
    found = list(_walk(folder))
    found.sort(key=lambda entry: entry[0].relative_to(folder).as_posix())
    taken = [path for path, reason in found if not reason]
    return Listing(
        [path for path in taken if not is_shard(path)],
        [path for path in taken if is_shard(path)],
        [(path, reason) for path, reason in found if reason],
    )


def list_images(folder: Path) -> list[Path]:
    """List the pictures of a folder; see `look_through`."""
    return look_through(folder).pictures


def _walk(folder: Path) -> Iterator[tuple[Path, str]]:
    """Give every file with the reason why it is not taken; links to folders come last.

    No folder is walked through twice, so that links in a circle end.
    """
    seen: set[str] = set()
    waiting, links = [folder], []
    while waiting or links:
        place = waiting.pop() if waiting else links.pop(0)
        real = os.path.realpath(place)
        if place != folder and _holds(real, folder):
            yield place, "a link to a folder that holds this one"
            continue
        if real in seen:
            yield place, "a link to a folder that is taken already"
            continue
        seen.add(real)
        try:
            entries = list(os.scandir(place))
        except OSError as error:
            yield place, f"a folder that cannot be opened: {error.strerror}"
            continue
        for entry in sorted(entries, key=lambda entry: entry.name):
            path = place / entry.name
            if is_rubbish(entry.name) or _OF_TOOLS.fullmatch(entry.name):
                continue
            if entry.name.startswith("."):
                yield path, "hidden by the dot that its name begins with"
            elif entry.is_dir():
                (links if entry.is_symlink() else waiting).append(path)
            else:
                yield path, _reason(path, entry)


def _holds(real: str, folder: Path) -> bool:
    own = os.path.realpath(folder)
    return real != own and Path(own).is_relative_to(real)


def _reason(path: Path, entry: os.DirEntry) -> str:
    """Say why a file is not taken; nothing where it is."""
    if not entry.is_file():
        return "a link to nothing" if entry.is_symlink() else "no file"
    suffix = path.suffix.lower()
    if suffix in _RAW_SUFFIXES:
        return RAW_REMEDY.removeprefix("it is ")
    if suffix in _UNFINISHED_SUFFIXES:
        return "not finished"
    return "" if suffix in IMAGE_SUFFIXES or is_shard(path) else _reason_within(path)


def _reason_within(path: Path) -> str:
    """Look at what a file begins with, whose name says nothing."""
    try:
        with path.open("rb") as file, open_image(file, by_start=True):
            return ""
    except UnreadableImageError as error:
        reason = str(error).removeprefix("it is ")
        return NO_PICTURE if reason.startswith("not a picture") else reason
    except OSError as error:
        return f"a file that cannot be opened: {error.strerror}" if error.errno else NO_PICTURE
    except Exception:  # what only begins like a picture may make a plugin raise anything
        return NO_PICTURE


def is_rubbish(name: str) -> bool:
    """Say whether an operating system put a file there by itself.

    Args:
        name: with slashes, as within a zip, where macOS adds a folder of its own too.
    """
    *folders, last = name.split("/")
    return "__macosx" in map(str.lower, folders) or bool(_OF_SYSTEMS.fullmatch(last))


def describe_reasons(passed_over: Iterable[tuple[str, str]]) -> list[str]:
    """Put names with their reasons into a line for each reason."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in passed_over:
        by_reason.setdefault(reason, []).append(name)
    return [
        f"passed over: {', '.join(names[:_MOST_NAMED])}"
        + (f" and {len(names) - _MOST_NAMED:,} more" if names[_MOST_NAMED:] else "")
        + f" ({reason})"
        for reason, names in by_reason.items()
    ]


def name_within(folder: Path, path: Path) -> str:
    """Name a file by its place in the folder, in characters that can be written and printed."""
    name = path.relative_to(folder).as_posix()
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


def picture_stem(name: str) -> str:
    """Give a picture's name without its ending, also that of `a.jpg!Large`."""
    return _SUFFIX.sub("", name) or name
