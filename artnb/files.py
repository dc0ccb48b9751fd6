"""Files that are there whole or not at all, and their hashes."""

import hashlib
import os
import shutil
from contextlib import suppress
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


def remove_folder(path: Path) -> None:
    """Remove a folder with all that is in it, where it is there.

    Files are emptied before they are deleted, since a deleted file on Google Drive goes to its
    trash and counts on.
    """
    if not path.exists():
        return
    for entry in path.iterdir():
        with suppress(OSError):  # a folder, or a full disk that wants space even for this
            os.truncate(entry, 0)
    shutil.rmtree(path)


def stamp_of(path: Path) -> list[int]:
    """Give what changes when a file does: its size and time, or nothing where there is none."""
    try:
        facts = path.stat()
    except OSError:
        return []
    return [facts.st_size, facts.st_mtime_ns]


def sha256_of(path: Path) -> str:
    """Give a file's sha256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
