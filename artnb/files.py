"""Files that are there whole or not at all, and their hashes."""

import hashlib
import os
from pathlib import Path


def write_whole(path: Path, data: bytes | str) -> None:
    """Write a file under another name and rename it: whoever is killed leaves the old one.

    Args:
        path: the file to make or to replace.
        data: what it shall hold; text is written as UTF-8.
    """
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)


def sha256_of(path: Path) -> str:
    """Give a file's sha256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
