"""The one registry of files that others publish: what they are, where, and how to know them.

`published.csv` lists them. A file whose publisher gives no hash is known by the one it had when
it was first seen here.
"""

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

from artnb.errors import InputError
from artnb.files import pointer_reason, sha256_of, write_whole
from artnb.platform.where import known_folder
from artnb.progress import Progress, silent
from artnb.web.download import download
from artnb.web.partial import hash_problem

_LARGEST_UNKNOWN_BYTES = 2_000_000_000


@dataclass(frozen=True)
class PublishedFile:
    """One published file.

    Args:
        name: of the file, or its path within a set of files.
        server: address of the folder that holds it.
        size_bytes: how long it is, or None where nobody says.
        sha256: what its hash must be, or empty.
        md5: the same for publishers who give only that.
        title: what it is, for people.
        licence: under which it may be used.
        other_names: under which the same file is published elsewhere.
        source: where size and hash are from.
    """

    name: str
    server: str = ""
    size_bytes: int | None = None
    sha256: str = ""
    md5: str = ""
    title: str = ""
    licence: str = ""
    other_names: tuple[str, ...] = ()
    source: str = ""

    @property
    def url(self) -> str:
        """Where it is published."""
        return f"{self.server.rstrip('/')}/{self.name}"

    def problem(self, path: Path, notes: Path) -> str:
        """Say in a clause why a file cannot be this one, or nothing.

        Args:
            path: the file.
            notes: of hashes that were first seen.
        """
        with path.open("rb") as file:
            if reason := pointer_reason(file.read(64)):
                return reason.removeprefix("it ")
        found_bytes = path.stat().st_size
        if self.size_bytes not in (None, found_bytes):
            return f"must have {self.size_bytes:,} bytes, and it has {found_bytes:,}"
        if self.sha256 or self.md5:
            return hash_problem(path, self.sha256, self.md5)
        first, now = first_seen(path, notes)
        if first == now:
            return ""
        return f"had the sha256 {first} when it was first used ({notes}), and now has {now}"


Published = Mapping[str, tuple[PublishedFile, ...]]


@cache
def published(kind: str) -> Published:
    """List the files of a kind in the order of the registry.

    Args:
        kind: `"weights"` of networks that measure, `"datasets"` and `"generators"` of the
            CycleGAN authors, or a competition.

    Returns:
        By what they are for, such as `"inception"`: files any of which will do, the first is
        fetched where none is at hand.
    """
    found: dict[str, tuple[PublishedFile, ...]] = {}
    with Path(__file__).with_name("published.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            key = row.pop("key")
            if row.pop("kind") != kind:
                continue
            size, names = row.pop("size_bytes"), row.pop("other_names")
            more = {"size_bytes": int(size) if size else None, "other_names": tuple(names.split())}
            found[key] = (*found.get(key, ()), PublishedFile(**row, **more))
    return found


def at_hand(files: Iterable[PublishedFile], folder: Path) -> Path | None:
    """Look for one of some files in `$ARTNB_WEIGHTS`, with its subfolders, then in a folder."""
    names = [name for file in files for name in (file.name, *file.other_names)]
    own = known_folder("ARTNB_WEIGHTS")
    found = (path for name in names if own for path in sorted(own.rglob(name)))
    cached = (folder / name for name in names)
    return next((path for path in chain(found, cached) if path.is_file()), None)


def fetch_published(
    file: PublishedFile,
    folder: Path,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
    or_by_hand: bool = True,
) -> Path:
    """Download a file into a folder and verify what is published about it.

    Args:
        file: what to download.
        folder: where it gets its name.
        progress: shows how far it has got.
        say: called with a sentence when a try failed and another follows.
        or_by_hand: an error says where to put the file by hand.

    Raises:
        InputError: it cannot be fetched, or is another.
    """
    try:
        return download(
            file.url,
            folder / file.name,
            sha256=file.sha256,
            md5=file.md5,
            size_bytes=file.size_bytes,
            largest_bytes=file.size_bytes or _LARGEST_UNKNOWN_BYTES,
            progress=progress,
            say=say,
        )
    except InputError as error:
        by_hand = f"; or put {file.name} from {file.url} into {folder}" if or_by_hand else ""
        raise InputError(f"{error}{by_hand}") from None


def first_seen(path: Path, notes: Path) -> tuple[str, str]:
    """Look up which hash a file had when it was first seen, and note it if that is now.

    Args:
        path: the file; its name is what it is known by.
        notes: a JSON file of hashes by name. Where it cannot be written nothing is noted.

    Returns:
        The sha256 it had at first, and the one it has.
    """
    sha256 = sha256_of(path)
    try:
        observed = dict(json.loads(notes.read_bytes()))
    except (OSError, ValueError, TypeError):
        observed = {}
    if path.name not in observed:
        with suppress(OSError):
            notes.parent.mkdir(parents=True, exist_ok=True)
            write_whole(notes, json.dumps({**observed, path.name: sha256}, indent=2) + "\n")
    return observed.get(path.name, sha256), sha256
