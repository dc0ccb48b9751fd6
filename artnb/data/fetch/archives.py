"""Zip archives from elsewhere, unpacked where they belong and nowhere else, or not at all."""

import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from artnb.errors import InputError
from artnb.files import check_room, disk
from artnb.limits import Limit
from artnb.progress import Progress, silent

MOST_FILES = 100_000
LARGEST_BYTES = 20_000_000_000
# Pictures hardly shrink in an archive, lists of text by ten or twenty times.
LARGEST_RATIO = 100
_CHUNK_BYTES = 1 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_NO_PICTURES = "__MACOSX"  # what a Mac adds to archives


def unpack(
    archive: Path,
    folder: Path,
    without_top: bool = False,
    progress: Progress = silent,
) -> None:
    """Unpack a zip archive into a folder; every name and size in it is checked before.

    Args:
        archive: the zip.
        folder: must be empty or not there yet.
        without_top: leave away the one folder that everything in it is in, where that is so.
        progress: shows how far it has got, a step for each file.

    Raises:
        InputError: it is no whole zip, a name in it leads out of the folder, a member is no plain
            file, it unpacks to too much, or there is no room.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [info for info in opened.infolist() if not _is_left_out(info)]
            _check(archive, members)
            check_room(folder, sum(info.file_size for info in members), archive.name)
            top = _top(members) if without_top else ""
            advance = progress(f"unpacking {archive.name}", len(members))
            with disk(folder):
                for info in members:
                    _write(opened, info, folder / info.filename.removeprefix(top))
                    advance()
    except (zipfile.BadZipFile, zlib.error, EOFError, UnicodeDecodeError) as error:
        raise InputError(
            f"{archive.name} is no whole zip archive ({error}); delete {archive} and fetch it again"
        ) from None


def _is_left_out(info: zipfile.ZipInfo) -> bool:
    return info.is_dir() or info.filename.startswith(f"{_NO_PICTURES}/")


def _check(archive: Path, members: list[zipfile.ZipInfo]) -> None:
    for info in members:
        problem = _problem(info)
        if problem:
            raise InputError(f"{archive.name} is not unpacked: {info.filename!r} in it {problem}")
    total = sum(info.file_size for info in members)
    if len(members) > MOST_FILES:
        problem = f"{len(members):,} files, and at most {MOST_FILES:,} are unpacked"
    else:
        limit = Limit("archive of pictures", LARGEST_BYTES, LARGEST_RATIO)
        problem = limit.problem(total, archive.stat().st_size)
    if not problem:
        return
    raise InputError(f"{archive.name} is not unpacked: it says that it holds {problem}")


def _problem(info: zipfile.ZipInfo) -> str:
    """Say what is wrong with a member's name or kind, or nothing."""
    name = info.orig_filename  # before zipfile cuts it at a zero byte
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or any(sign in name for sign in "\\:\0"):
        return "leads out of the folder or is no portable name"
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "is a link or a device, not a file"
    if info.flag_bits & 1:
        return "is encrypted"
    if info.compress_type not in _METHODS:
        return "is compressed in an unusual way"
    return ""


def _top(members: list[zipfile.ZipInfo]) -> str:
    """Give the beginning that all names share up to the first slash, such as `monet2photo/`."""
    tops = {name[: name.find("/") + 1] for name in (info.filename for info in members)}
    return tops.pop() if len(tops) == 1 else ""


def _write(opened: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # zipfile gives as many bytes as the member promised, and compares their checksum.
    with opened.open(info) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target, _CHUNK_BYTES)
