"""A published folder: made whole, in place of what was published there before."""

import filecmp
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from artnb.errors import InputError
from artnb.files import PART, can_write, disk, remove_folder, write_whole
from artnb.locks import locked


@contextmanager
def published_folder(out: Path, manifest: str, say: Callable[[str], None]) -> Iterator[Path]:
    """Give an empty folder to fill; what is in it comes to its place when no error came up.

    Args:
        out: the place. What was published there earlier gives way, other files stay.
        manifest: name of a JSON file that is to list all others under `files`.
        say: gets a sentence where another process has to be waited for.

    Yields:
        The folder to fill.

    Raises:
        InputError: other files of the same names lie there, its list is damaged, or the disk is
            full.
    """
    earlier = _files_made_before(out, manifest)
    with disk(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    with locked(out, f"the folder {out}", say), disk(out), _unfinished_folder(out) as unfinished:
        yield unfinished
        _replace(out, unfinished, manifest, earlier)


@contextmanager
def _unfinished_folder(out: Path) -> Iterator[Path]:
    """Give a folder on the same disk, so that finished files need only get their names.

    It is called the same each time: what a killed try left in it goes.
    """
    is_inside = out.is_dir() and (out.is_mount() or not can_write(out.parent))
    unfinished = (out if is_inside else out.parent) / f".{out.resolve().name}{PART}"
    remove_folder(unfinished)
    unfinished.mkdir()
    try:
        yield unfinished
    finally:
        remove_folder(unfinished)


def _files_made_before(out: Path, manifest: str) -> list[str]:
    """List what was published in a folder earlier.

    Raises:
        InputError: it is a file, or its list is damaged.
    """
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} must be a folder, and it is a file; name another --out")
    if not (out / manifest).exists():
        return []
    try:
        return [manifest, *map(str, json.loads((out / manifest).read_bytes())["files"])]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{out / manifest} must be a list of artnb publish, and it is damaged or "
            "another's; choose another --out, or remove it"
        ) from error


def _replace(out: Path, site: Path, manifest: str, earlier: Sequence[str]) -> None:
    """Move what was made to its place, then remove what was published earlier beside it."""
    files = files_in(site)
    for file in files:
        if file not in earlier and _is_anothers(out / file, site / file):
            raise InputError(
                f"{out / file} is there and nothing that artnb publish made, and will not be "
                "overwritten; choose another --out"
            )
    # The list first: whatever is there then is known to be ours.
    known = {"files": sorted({*files, *earlier} - {manifest})}
    out.mkdir(exist_ok=True)
    write_whole(out / manifest, json.dumps(known))
    for file in sorted(files, key=lambda file: file == manifest):
        (out / file).parent.mkdir(parents=True, exist_ok=True)
        (site / file).replace(out / file)
    for file in set(earlier) - set(files):
        if _is_within(out, file):
            (out / file).unlink(missing_ok=True)


def _is_anothers(there: Path, made: Path) -> bool:
    """Say whether a file lies there that others have made; an equal one, such as an empty
    `.nojekyll`, may be ours as well."""
    return there.exists() and not (there.is_file() and filecmp.cmp(there, made, shallow=False))


def _is_within(folder: Path, file: str) -> bool:
    """Say whether a file of a list lies in its folder, whatever the list says."""
    return (folder / file).resolve().is_relative_to(folder.resolve())


def files_in(site: Path) -> list[str]:
    """List all files of a folder by their places in it."""
    found = (path for path in site.rglob("*") if path.is_file())
    return sorted(path.relative_to(site).as_posix() for path in found)
