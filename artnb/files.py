"""Files that are there whole or not at all, room for them, and their hashes."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from artnb.errors import InputError

PART = ".part"  # is added to the name of what is not finished
_LFS_START = b"version https://git-lfs.github.com/spec/"
_ANNEX_START = b"/annex/objects/"


@contextmanager
def unfinished_file(path: Path, at: Path | None = None) -> Iterator[Path]:
    """Give another name to write a file under, which gets its own when no error came up.

    Whoever is killed leaves the old file; after an error the unfinished one is removed.

    Args:
        path: the file to make or to replace.
        at: the other name, on the same disk; None adds `.part`.

    Yields:
        The other name. Who needs the bytes on the disk before the name brings them there.

    Raises:
        OSError: it could not be written; it names the file, which not all who write do.
    """
    unfinished = at or path.with_name(path.name + PART)
    try:
        yield unfinished
        os.replace(unfinished, path)
    except BaseException as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        nameless = (None, unfinished, str(unfinished))
        if isinstance(error, OSError) and error.errno and error.filename in nameless:
            error.filename = str(path)
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


def sync_to_disk(path: Path) -> None:
    """Wait until a file or a folder's list of names has reached the disk, where the system can.

    Raises:
        OSError: it could not be written after all.
    """
    if os.name == "nt" and path.is_dir():
        return  # Windows opens no folders
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network drives have no fsync; their copies are verified by reading.
        if error.errno in (errno.EIO, errno.ENOSPC, errno.EDQUOT):
            raise
    finally:
        os.close(descriptor)


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


def can_write(folder: Path) -> bool:
    """Say whether files can be made in a folder, or in the one that it would be made in."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    return os.access(there, os.W_OK)


def require_writable(folder: Path, advice: str) -> None:
    """Check, before any work is done, that its results can be written.

    Args:
        folder: where they go; it may be made yet.
        advice: what to do where they cannot, to end the error with.

    Raises:
        InputError: the folder is read-only.
    """
    if not can_write(folder):
        raise InputError(f"nothing can be written to {folder}, it is read-only; {advice}")


def pointer_reason(start: bytes) -> str:
    """Say what lies in place of a file that Git keeps elsewhere; nothing where it is a file.

    Args:
        start: what the file begins with, 48 bytes or more.

    Source: git-lfs/docs/spec.md, and git-annex's pointer files.
    """
    if start.startswith(_LFS_START):
        return "it is a Git LFS pointer, not the file: git lfs pull"
    if start.startswith(_ANNEX_START):
        return "it is a git-annex pointer, not the file: git annex get"
    return ""


def refuse_pointer(path: Path) -> None:
    """Check that a file is not what Git puts in its place.

    Raises:
        InputError: it is.
        OSError: the file cannot be opened.
    """
    with path.open("rb") as file:
        if reason := pointer_reason(file.read(64)):
            raise InputError(f"{path}: {reason}")


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
