"""Folders of fetched data: there whole with a note of what they hold, or not there at all."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypedDict

from artnb.documents import Count, read_document
from artnb.errors import InputError
from artnb.files import disk, unfinished_folder, write_whole
from artnb.platform.where import cache_folder

NOTE = "fetched.json"


def folder_of(name: str, out: Path | None) -> Path:
    """Give the folder that data goes to.

    It is called after the data, whose direction `find_source` reads from such names.

    Args:
        name: of the data.
        out: the folder to put it in, or that folder itself where it has this name; None takes
            the cache.
    """
    if out is None:
        return cache_folder() / "data" / name
    out = out.expanduser()
    return out if out.name == name else out / name


def is_whole(folder: Path, name: str) -> bool:
    """Say whether data was fetched into a folder already, and nothing of it is gone.

    Raises:
        InputError: something else is there, or part of it is gone.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return False
    note = read_note(folder)
    if note.get("name") != name:
        raise InputError(
            f"{folder} must be the folder of {name} or not be there, and it holds something else; "
            "choose another folder"
        )
    files, size_bytes = _count(folder)
    if files < note["files"] or size_bytes < note["bytes"]:
        raise InputError(
            f"{folder} must hold {note['files']:,} files with {note['bytes']:,} bytes, and it has "
            f"{files:,} with {size_bytes:,}; delete it, and it is fetched again"
        )
    return True


class _Note(TypedDict):
    name: str
    files: Count
    bytes: Count


def read_note(folder: Path) -> dict[str, Any]:
    """Give what is noted about fetched data, or nothing where there is no such note."""
    try:
        return read_document(folder / NOTE, _Note, "fetch the data again")
    except (OSError, InputError):
        return {}


@contextmanager
def filling(folder: Path, name: str, **facts: str) -> Iterator[Path]:
    """Give an empty folder to fill, which gets its place when it was filled without an error.

    Args:
        folder: the place, where nothing or an empty folder is.
        name: of the data.
        facts: to note about it besides.

    Yields:
        The folder to fill. What a try that was killed left in it is gone.
    """
    with disk(folder), unfinished_folder(folder) as filled:
        yield filled
        files, size_bytes = _count(filled)
        note = {"name": name, **facts, "files": files, "bytes": size_bytes}
        write_whole(filled / NOTE, json.dumps(note, indent=2) + "\n")


def _count(folder: Path) -> tuple[int, int]:
    """Count the files of a folder but for the note, and their bytes."""
    sizes = [
        path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and path != folder / NOTE
    ]
    return len(sizes), sum(sizes)
