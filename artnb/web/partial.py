"""A file that has not arrived yet: what is there of it, and whether there is room for the rest."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.errors import InputError
from artnb.files import PART

if TYPE_CHECKING:
    from requests import Response


class PartialFile:
    """What has arrived of a file, and beside it what the server calls this version of it."""

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(path.name + PART)
        self._note = path.with_name(f"{path.name}{PART}.json")

    @property
    def size(self) -> int:
        """How many bytes are there."""
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def version(self) -> str:
        """The strong ETag or the date that the server gave, or nothing."""
        try:
            return str(json.loads(self._note.read_bytes())["version"])
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def begin(self, response: "Response") -> None:
        """Start over with what a response will bring."""
        etag = response.headers.get("ETag", "")
        version = etag if etag.startswith('"') else response.headers.get("Last-Modified", "")
        self.discard()
        self._note.write_text(json.dumps({"version": version}), encoding="utf-8")

    def discard(self) -> None:
        """Forget what has arrived."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def rename(self, path: Path) -> None:
        """Give the whole file its name."""
        os.replace(self.path, path)
        self._note.unlink(missing_ok=True)


@contextmanager
def disk(path: Path) -> Iterator[None]:
    """Say what hinders a file from being written: no room, no permission.

    Raises:
        InputError: of an OSError.
    """
    try:
        yield
    except OSError as error:
        raise InputError(
            f"{path.name} cannot be written to {path.parent} ({error.strerror}); "
            "free space there or choose another folder"
        ) from None


def check_room(path: Path, needed_bytes: int, name: str, digits: int = 0) -> None:
    """Check that the disk that a file or folder is on, or will be on, has room.

    Args:
        path: of the file or folder.
        needed_bytes: that it will take.
        name: of what needs them.
        digits: with which MB are told.

    Raises:
        InputError: it has not.
    """
    there = next(place for place in (path, *path.absolute().parents) if place.exists())
    free = shutil.disk_usage(there).free
    if free < needed_bytes:
        raise InputError(
            f"{name} needs {needed_bytes / 1e6:,.{digits}f} MB in {path.parent}, and "
            f"{free / 1e6:,.{digits}f} MB are free; free space there or choose another folder"
        )


def hash_problem(path: Path, sha256: str | None = None, md5: str | None = None) -> str:
    """Compare a file's hashes with what they must be; None is not compared.

    Returns:
        A clause that names both where they differ, else nothing.
    """
    for kind, expected in (("sha256", sha256), ("md5", md5)):
        if not expected:
            continue
        with path.open("rb") as file:
            found = hashlib.file_digest(file, kind).hexdigest()
        if found != expected.lower():
            return (
                f"must have the {kind} {expected.lower()}, and it has {found}: "
                "it is damaged or another file"
            )
    return ""
