"""Generators that the CycleGAN authors publish: which there are, and where they are put."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from artnb.errors import InputError
from artnb.platform.where import cache_folder
from artnb.progress import Progress, silent
from artnb.web.published import PublishedFile, at_hand, fetch_published, first_seen, published

_FILES: Mapping[str, PublishedFile] = {
    name: file for name, (file,) in published("generators").items()
}
# What each turns into what, by the names of the authors' script.
PUBLISHED: Mapping[str, tuple[str, ...]] = {
    name: tuple(file.title.split(" → ")) for name, file in _FILES.items()
}
# The script has this address without encryption, which the server has had since.
SERVER = _FILES["style_monet"].server
LICENCE = _FILES["style_monet"].licence


def address_of(name: str, server: str = SERVER) -> str:
    """Give the address of a published generator."""
    return replace(_FILES[name], server=server).url


def find_published(
    name: str,
    server: str = SERVER,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
) -> Path:
    """Find a published generator here, or fetch it.

    `$ARTNB_WEIGHTS` is searched with its subfolders, then the cache. Nobody published hashes: a
    file is compared with the hash it had when it was first seen.

    Args:
        name: one of `PUBLISHED`.
        server: address of the folder that holds the files, for copies of the authors' server.
        progress: shows how far a download has got.
        say: gets a sentence before a download.

    Returns:
        The .pth file.

    Raises:
        InputError: it cannot be fetched, or is not what it was.
    """
    file, folder = replace(_FILES[name], server=server), cache_folder() / "generators"
    path = at_hand([file], folder)
    if path is None:
        host = urlsplit(file.url).hostname
        say(f"Fetching {file.name}, 46 MB, from {host}; licence: {LICENCE}.")
        path = fetch_published(file, folder, progress, say)
    if path.parent == folder:  # a folder of one's own is one's own business
        notes = folder / "observed.json"
        first, now = first_seen(path, notes)
        if first != now:
            raise InputError(
                f"{path} had the sha256 {first} when it was first used, and now has {now}; delete "
                f"it to fetch it again, and remove it from {notes} if you trust the change"
            )
    return path
