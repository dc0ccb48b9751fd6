"""Files that are there whole or not at all, and their hashes."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PART = ".part"  # is added to the name of what is not finished


@contextmanager
def unfinished_file(path: Path, at: Path | None = None) -> Iterator[Path]:
    """Give another name to write a file under, which gets its own when no error came up.

    Whoever is killed leaves the old file; after an error the unfinished one is removed.

    Args:
        path: the file to make or to replace.
        at: the other name, on the same disk; None adds `.part`.

    Yields:
        The other name. Who needs the bytes on the disk before the name brings them there.
    """
    unfinished = at or path.with_name(path.name + PART)
    try:
        yield unfinished
        os.replace(unfinished, path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise


@contextmanager
def unfinished_folder(path: Path, suffix: str = PART) -> Iterator[Path]:
    """Give an empty folder to fill, which gets its own name when no error came up.

    Args:
        path: the folder to make; an empty one that is there already gives way.
        suffix: is added to the name until then.

    Yields:
        The folder to fill. What a killed try left in it is gone.
    """
    unfinished = path.with_name(path.name + suffix)
    remove_folder(unfinished)
    unfinished.mkdir(parents=True)
    try:
        yield unfinished
        if path.is_dir():
            path.rmdir()
        os.replace(unfinished, path)
    except BaseException:
        with suppress(OSError):
            remove_folder(unfinished)
        raise


def write_whole(path: Path, data: bytes | str) -> None:
    """Write a file, which is on the disk before it gets its name.

    Args:
        path: the file to make or to replace.
        data: what it shall hold; text is written as UTF-8.
    """
    with unfinished_file(path) as unfinished, unfinished.open("wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)
        file.flush()
        os.fsync(file.fileno())


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
