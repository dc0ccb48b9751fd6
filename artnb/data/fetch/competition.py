"""The competition's files: attached, here already, or fetched from Kaggle."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from artnb.data.fetch.archives import LARGEST_BYTES, unpack
from artnb.data.fetch.folders import filling, folder_of, is_whole, read_note
from artnb.data.fetch.kaggle import COMPETITION, OFFICIAL, archive_address, attach
from artnb.errors import InputError, nearest
from artnb.files import check_room, sha256_of
from artnb.locks import locked
from artnb.platform.where import kaggle_inputs, known_folder, platform_name
from artnb.progress import Progress, silent
from artnb.web.download import download
from artnb.web.published import PublishedFile

# Of everything in it, unpacked: the shards, and 103 MB as single pictures.
UNPACKED_BYTES: Mapping[str, int] = {
    slug: sum(file.size_bytes for file in files.values()) + 103_000_000
    for slug, files in OFFICIAL.items()
}
_MOST_PROBLEMS_TOLD = 3


def fetch_competition(
    slug: str = COMPETITION,
    out: Path | None = None,
    keep_zip: bool = False,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
    attached: Path = Path("/kaggle/input"),
) -> Path:
    """Give a Kaggle competition's files; they are fetched only where they are not here yet.

    Looked for are what is attached to a Kaggle notebook, in the newer and the older place, then
    `$ARTNB_DATA`, what was fetched before, and what kagglehub has in its cache. Else a Kaggle
    notebook attaches them to itself, and other machines download them with kagglehub's
    credentials. A download that breaks off goes on where it was. A zip of this name that lies
    beside the folder is taken rather than fetched.

    Args:
        slug: the last part of the competition's address.
        out: the folder to put it in; None takes the cache.
        keep_zip: leave the zip beside the folder instead of deleting it.
        progress: shows how far it has got.
        say: gets a sentence for each thing that is done.
        attached: where Kaggle attaches files.

    Returns:
        The folder.

    Raises:
        InputError: no credentials, rules that were not accepted, no such competition, no network,
            no room, or not the official files.
    """
    if not re.fullmatch(r"[A-Za-z0-9][\w-]*", slug):
        raise InputError(
            f"a competition is named by the last part of its address, got {slug!r}; "
            f"{nearest(slug.rstrip('/').rpartition('/')[2], OFFICIAL)}"
        )
    here = _here(slug, out, attached)
    if here is not None:
        say(f"{slug} is in {here} already; nothing is fetched or copied.")
        return here
    folder = folder_of(slug, out)
    if _was_fetched(folder, slug):
        say(f"{slug} is in {folder} already.")
        return folder
    if platform_name() == "kaggle" and os.environ.get("KAGGLE_DATA_PROXY_URL"):
        say(f"Attaching {slug} to this notebook.")
        return attach(slug)
    with locked(folder, f"the data {slug}", say):
        archive = _fetch(folder.with_name(f"{slug}.zip"), slug, progress, say)
        with filling(folder, slug) as filled:
            unpack(archive, filled, progress=progress)
            _compare(archive, filled, slug, progress)
        if not keep_zip:
            archive.unlink()
    say(f"{slug} is in {folder}; its zip is {'beside it' if keep_zip else 'deleted'}.")
    return folder


def differences(
    folder: Path, files: Mapping[str, PublishedFile], progress: Progress = silent
) -> list[str]:
    """Compare a folder with a competition's official files.

    Args:
        folder: of the competition.
        files: what must be in it, by the path within.
        progress: shows how far it has got, a step for each file.

    Returns:
        A sentence for each file that is missing or another.
    """
    advance = progress("comparing with the official files", len(files))
    problems = []
    for name, file in files.items():
        path = folder / name
        if not path.is_file():
            problems.append(f"{name} is missing")
        elif path.stat().st_size != file.size_bytes:
            found = path.stat().st_size
            problems.append(f"{name} has {found:,} bytes instead of {file.size_bytes:,}")
        elif sha256_of(path) != file.sha256:
            problems.append(f"{name} has another sha256 than {file.sha256}")
        advance()
    return problems


def _here(slug: str, out: Path | None, attached: Path) -> Path | None:
    """Find what is here without our having fetched it."""
    places = kaggle_inputs(slug, attached)
    own = known_folder("ARTNB_DATA")
    places += [own / slug] if own and out is None else []
    kagglehub = Path(os.environ.get("KAGGLEHUB_CACHE") or Path.home() / ".cache" / "kagglehub")
    # kagglehub writes the mark beside it when all is unpacked.
    if out is None and (kagglehub / "competitions" / f"{slug}.complete").exists():
        places.append(kagglehub / "competitions" / slug)
    return next((place for place in places if place.is_dir() and any(place.iterdir())), None)


def _was_fetched(folder: Path, slug: str) -> bool:
    """Say whether the folder is whole: as was noted, or the official files unpacked by hand."""
    files = OFFICIAL.get(slug)
    if files and folder.is_dir() and not read_note(folder) and not differences(folder, files):
        return True
    return is_whole(folder, slug)


def _fetch(archive: Path, slug: str, progress: Progress, say: Callable[[str], None]) -> Path:
    """Download the archive, unless it was kept, or left by a try that was killed."""
    if archive.exists():
        say(f"Taking {archive.name}, which is in {archive.parent} already.")
        return archive
    if slug in UNPACKED_BYTES:
        check_room(archive, 2 * UNPACKED_BYTES[slug], f"{slug}, packed and unpacked,")
    say(f"Fetching {slug} from Kaggle.")
    address = archive_address(slug, say)
    return download(address, archive, largest_bytes=LARGEST_BYTES, progress=progress, say=say)


def _compare(archive: Path, folder: Path, slug: str, progress: Progress) -> None:
    problems = differences(folder, OFFICIAL.get(slug, {}), progress)
    if problems:
        archive.unlink()
        told = "; ".join(problems[:_MOST_PROBLEMS_TOLD])
        more = len(problems) - _MOST_PROBLEMS_TOLD
        rest = f"; and {more} more" if more > 0 else ""
        raise InputError(
            f"{slug} must be the official files, and {told}{rest}; what has arrived is "
            "deleted: fetch it again"
        )
