"""Checkpoints: folders that hold everything a training needs to go on, verified by hashes.

A checkpoint is `step-00012345/` with any files, and `meta.json`, written last, with the size and
sha256 of each of them and a check of itself. It is written under another name, brought to disk
and renamed, so that a torn one is either no checkpoint at all or found to be damaged. A mirror's
copies have the same form.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from artnb.documents import Count, read_document
from artnb.errors import InputError
from artnb.files import (
    refuse_pointer,
    remove_folder,
    sha256_of,
    sync_to_disk,
    unfinished_folder,
)

META = "meta.json"
FORMAT = 1
KEPT = 3
_NAME = re.compile(r"step-(\d{8,})")
PARTIAL = ".partial"


class FileFacts(TypedDict):
    """A file of a checkpoint."""

    bytes: Count
    sha256: str


class CheckpointMeta(TypedDict):
    """What `meta.json` must say of any checkpoint."""

    check: str
    step: Count
    files: dict[str, FileFacts]


@dataclass(frozen=True)
class Checkpoint:
    """One checkpoint's folder and the step after which it was written."""

    path: Path
    step: int

    def meta(self) -> dict[str, Any]:
        """Read what `write_checkpoint` was given as `facts`, and `files`.

        Raises:
            DamagedError: the file is missing, no JSON or altered.
        """
        try:
            meta = read_document(self.path / META, CheckpointMeta, "it is passed over")
        except (OSError, InputError) as error:
            raise DamagedError(f"{self.path}: {META} is missing or torn") from error
        if meta.pop("check") != _check(meta):
            raise DamagedError(f"{self.path}: {META} was altered")
        return meta

    def verify(self) -> None:
        """Read every file and compare.

        Raises:
            DamagedError: a file is missing, has another size or another hash.
        """
        for name, expected in self.meta()["files"].items():
            path = self.path / name
            if not path.is_file():
                raise DamagedError(f"{self.path}: {name} is missing")
            try:
                refuse_pointer(path)
            except InputError as error:
                raise DamagedError(str(error)) from error
            if path.stat().st_size != expected["bytes"]:
                raise DamagedError(
                    f"{self.path}: {name} has {path.stat().st_size:,} bytes of "
                    f"{expected['bytes']:,}"
                )
            if sha256_of(path) != expected["sha256"]:
                raise DamagedError(f"{self.path}: {name} was altered, its sha256 differs")


class DamagedError(Exception):
    """A checkpoint that cannot be used; the message says what is wrong with it."""


def checkpoint_name(step: int) -> str:
    """Name the folder of a checkpoint."""
    return f"step-{step:08d}"


def write_checkpoint(
    folder: Path, step: int, facts: dict[str, Any], write_files: Callable[[Path], None]
) -> Checkpoint:
    """Write a checkpoint, all of it or nothing that counts.

    Args:
        folder: where checkpoints lie; it is made.
        step: how many steps have been taken.
        facts: what `meta.json` says beside the files; JSON.
        write_files: writes the files into the folder that it is given.

    Raises:
        OSError: no space, no permission; nothing of the half-written checkpoint stays.
    """
    path = folder / checkpoint_name(step)
    with unfinished_folder(path, PARTIAL) as partial:
        write_files(partial)
        names = sorted(entry.name for entry in partial.iterdir())
        for name in names:
            sync_to_disk(partial / name)
        write_meta(partial, {**facts, "step": step, "files": describe_files(partial, names)})
        sync_to_disk(partial)
        remove(path)
    sync_to_disk(folder)
    return Checkpoint(path, step)


def write_meta(folder: Path, meta: dict[str, Any]) -> None:
    """Write `meta.json`, check included, and bring it to disk."""
    meta = json.loads(json.dumps({"format": FORMAT, **meta}))  # as it will be read
    text = json.dumps({**meta, "check": _check(meta)}, indent=2)
    (folder / META).write_text(text + "\n", encoding="utf-8")
    sync_to_disk(folder / META)


def describe_files(folder: Path, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Give size and sha256 of files by name."""
    return {
        name: {"bytes": (folder / name).stat().st_size, "sha256": sha256_of(folder / name)}
        for name in names
    }


def list_checkpoints(folder: Path) -> list[Checkpoint]:
    """List the checkpoints in a folder, whole or not, the newest first."""
    if not folder.is_dir():
        return []
    found = ((entry, _NAME.fullmatch(entry.name)) for entry in folder.iterdir())
    listed = [Checkpoint(entry, int(match[1])) for entry, match in found if match]
    return sorted(listed, key=lambda checkpoint: checkpoint.step, reverse=True)


def newest_whole(folders: Iterable[Path], say: Callable[[str], None]) -> Checkpoint | None:
    """Find the newest checkpoint that is whole, in the first of the folders that has it.

    Args:
        folders: the Run's own, a mirror's.
        say: gets a sentence for every damaged one that is passed over.
    """
    listed = [checkpoint for folder in folders for checkpoint in list_checkpoints(folder)]
    for checkpoint in sorted(listed, key=lambda g: g.step, reverse=True):
        try:
            checkpoint.verify()
        except (DamagedError, OSError) as error:
            say(f"A checkpoint is damaged and passed over: {error}.")
        else:
            return checkpoint
    return None


def thin_out(
    folder: Path, kept: int = KEPT, in_use: Callable[[Path], bool] = lambda _: False
) -> None:
    """Remove all but the newest checkpoints, and what was left half-written.

    Args:
        folder: where checkpoints lie.
        kept: how many stay.
        in_use: says of a checkpoint's folder that somebody still reads it; it stays, too.
    """
    for checkpoint in list_checkpoints(folder)[kept:]:
        if not in_use(checkpoint.path):
            remove(checkpoint.path)
    for entry in folder.glob(f"step-*{PARTIAL}"):
        remove(entry)


def remove(path: Path) -> None:
    """Remove a checkpoint, where it is there.

    `meta.json` goes first: what is half removed is no checkpoint.
    """
    (path / META).unlink(missing_ok=True)
    remove_folder(path)


def _check(meta: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(meta, sort_keys=True).encode()).hexdigest()
