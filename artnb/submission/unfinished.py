"""A submission in the making: what is painted is kept, so that it need not be painted again.

Beside `images.zip` lies a folder `images.zip.part` with `plan.json`, which says what is painted
from what, and little zips of some dozen pictures each. Each is written whole or not at all, and
read with its checksums before it counts. Whoever is killed at any moment loses the pictures that
were not yet in one of them.
"""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from artnb.documents import read_document
from artnb.errors import InputError
from artnb.files import sha256_of, unfinished_file, write_whole

_PLAN = "plan.json"
# The earliest that a zip can hold: equal pictures make equal zips.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


class Unfinished:
    """The folder beside a submission that is not finished.

    Args:
        out: the zip to make.
        plan: what is painted, from what and how, as JSON.
        replace: forget what was begun with another plan.

    Raises:
        InputError: something was begun there with another plan.
    """

    def __init__(self, out: Path, plan: Mapping[str, Any], replace: bool = False) -> None:
        self.out, self.plan = out, dict(plan)
        self.folder = out.with_name(out.name + ".part")
        self._chunk_of: dict[str, Path] = {}
        other = self._other_plan()
        if other and not replace:
            raise InputError(
                f"{self.folder} holds the beginning of another submission: {other}; delete it or "
                "add --replace to start anew, or choose another --out"
            )
        if other:
            shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.folder / _PLAN, json.dumps(self.plan, indent=2) + "\n")
        for chunk in sorted(self.folder.glob("[0-9]*.zip")):
            self._take(chunk)

    @property
    def painted(self) -> set[str]:
        """The names of the pictures that are there."""
        return set(self._chunk_of)

    def add(self, pictures: Mapping[str, bytes]) -> None:
        """Keep some pictures by name."""
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, data in pictures.items():
                write_entry(archive, name, data)
        number = len(list(self.folder.glob("[0-9]*.zip")))
        while (chunk := self.folder / f"{number:04d}.zip").exists():
            number += 1
        write_whole(chunk, buffer.getvalue())
        self._chunk_of |= dict.fromkeys(pictures, chunk)

    def finish(self, names: Sequence[str], facts: Mapping[str, Any]) -> None:
        """Put everything into the zip, which appears whole, with its facts beside it.

        Args:
            names: of the pictures, in their order.
            facts: to be written into the file beside the zip.
        """
        with unfinished_file(self.out, self.folder / "whole") as whole:
            with whole.open("wb") as file:
                with zipfile.ZipFile(file, "w") as archive:
                    for name, data in self._in_order(names):
                        write_entry(archive, name, data)
                file.flush()
                os.fsync(file.fileno())
            made = {"pictures": len(names), "bytes": whole.stat().st_size}
            facts = {**self.plan, **facts, **made, "sha256": sha256_of(whole)}
            write_whole(facts_file(self.out), json.dumps(facts, indent=2) + "\n")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _other_plan(self) -> str:
        """Say how a plan that lies there differs from this one; nothing where none lies there."""
        try:
            there = read_document(self.folder / _PLAN, dict[str, Any], "begin again")
        except FileNotFoundError:
            return ""
        except (InputError, OSError):
            return "its plan cannot be read"
        return difference(there, self.plan)

    def _take(self, chunk: Path) -> None:
        """Count a chunk's pictures in, or delete it where it is damaged."""
        try:
            with zipfile.ZipFile(chunk) as archive:
                whole = archive.testzip() is None
                names = archive.namelist()
        except Exception:  # damaged archives make zipfile raise almost anything
            whole = False
        if whole:
            self._chunk_of |= dict.fromkeys(names, chunk)
        else:
            chunk.unlink()

    def _in_order(self, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Read pictures, with one chunk open at a time."""
        path, archive = None, None
        for name in names:
            if self._chunk_of[name] != path:
                if archive:
                    archive.close()
                path = self._chunk_of[name]
                archive = zipfile.ZipFile(path)
            yield name, archive.read(name)
        if archive:
            archive.close()


def write_entry(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Write a picture as it is: JPEGs shrink no further."""
    entry = zipfile.ZipInfo(name, _NO_DATE)
    entry.create_system, entry.external_attr = 3, 0o644 << 16  # the same on every system
    archive.writestr(entry, data, zipfile.ZIP_STORED)


def facts_file(out: Path) -> Path:
    """Name the file beside a zip that says how it was made."""
    return out.with_name(out.name + ".json")


def finished_facts(out: Path) -> dict[str, Any] | None:
    """Read how a zip was made, or None where it does not say or has been changed."""
    with suppress(OSError, InputError, KeyError):
        facts = read_document(facts_file(out), dict[str, Any], "build it again")
        if facts["bytes"] == out.stat().st_size and facts["sha256"] == sha256_of(out):
            return facts
    return None


def difference(there: Mapping[str, Any], plan: Mapping[str, Any]) -> str:
    """Say in which facts of a plan something that is there differs from it."""
    return "; ".join(
        f"{name} is {there.get(name)!r} there and {value!r} here"
        for name, value in plan.items()
        if there.get(name) != value
    )


def hash_of(*lines: str) -> str:
    """Give one sha256 for some lines."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
