"""A file that has not arrived yet: what is there of it, and whether it is the right one."""

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

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
