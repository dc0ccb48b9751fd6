"""Generators that the CycleGAN authors publish: which there are, and where they are put."""

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from artnb.errors import InputError
from artnb.platform.where import cache_folder, known_folder
from artnb.progress import Progress, silent
from artnb.web.download import download
from artnb.web.observed import first_seen

# The authors' script scripts/download_cyclegan_model.sh has this address without encryption, which
# the server has had since (see artnb/data/fetch/cyclegan.py).
SERVER = "https://efrosgans.eecs.berkeley.edu/cyclegan/pretrained_models"
LICENCE = "BSD, that of the authors' code; they name none for the weights"
# 11.4 million float32 weights make 46 MB.
_LARGEST_BYTES = 200_000_000

# What each turns into what, by the names of that script.
PUBLISHED: Mapping[str, tuple[str, str]] = {
    "style_monet": ("photo", "monet"),
    "style_vangogh": ("photo", "vangogh"),
    "style_cezanne": ("photo", "cezanne"),
    "style_ukiyoe": ("photo", "ukiyoe"),
    "monet2photo": ("monet", "photo"),
    "horse2zebra": ("horse", "zebra"),
    "zebra2horse": ("zebra", "horse"),
    "apple2orange": ("apple", "orange"),
    "orange2apple": ("orange", "apple"),
    "summer2winter_yosemite": ("summer", "winter"),
    "winter2summer_yosemite": ("winter", "summer"),
    "iphone2dslr_flower": ("iphone", "dslr"),
    "sat2map": ("satellite", "map"),
    "map2sat": ("map", "satellite"),
    "cityscapes_photo2label": ("photo", "label"),
    "cityscapes_label2photo": ("label", "photo"),
    "facades_photo2label": ("photo", "label"),
    "facades_label2photo": ("label", "photo"),
}


def address_of(name: str, server: str = SERVER) -> str:
    """Give the address of a published generator."""
    return f"{server.rstrip('/')}/{name}.pth"


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
    path = _at_hand(name)
    if path is None:
        url, path = address_of(name, server), _cache() / f"{name}.pth"
        say(f"Fetching {path.name}, 46 MB, from {urlsplit(url).hostname}; licence: {LICENCE}.")
        try:
            download(url, path, largest_bytes=_LARGEST_BYTES, progress=progress, say=say)
        except InputError as error:
            raise InputError(f"{error}; or put {path.name} from {url} into {path.parent}") from None
    _compare_with_first(path)
    return path


def _cache() -> Path:
    return cache_folder() / "generators"


def _at_hand(name: str) -> Path | None:
    """Look for the file as it is published, and as the authors' script calls it."""
    own = known_folder("ARTNB_WEIGHTS")
    patterns = (f"{name}.pth", f"{name}_pretrained/latest_net_G.pth")
    found = [path for pattern in patterns for path in sorted(own.rglob(pattern))] if own else []
    cached = _cache() / f"{name}.pth"
    return next((path for path in [*found, cached] if path.is_file()), None)


def _compare_with_first(path: Path) -> None:
    notes = _cache() / "observed.json"
    if path.parent != _cache():
        return  # a folder of one's own is one's own business
    first, now = first_seen(path, notes)
    if first != now:
        raise InputError(
            f"{path} had the sha256 {first} when it was first used, and now has {now}; delete it "
            f"to fetch it again, and remove it from {notes} if you trust the change"
        )
