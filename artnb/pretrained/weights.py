"""Weights of the networks that measure: found here or fetched, and verified either way."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from artnb.errors import InputError, nearest
from artnb.platform.where import cache_folder
from artnb.progress import Progress, silent
from artnb.web.published import PublishedFile, at_hand, fetch_published, published

PUBLISHED = published("weights")


def find_weights(
    kind: str,
    download_allowed: bool = True,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
) -> Path:
    """Find a network's weights here, or fetch them; either way they are verified.

    `$ARTNB_WEIGHTS` is searched with its subfolders, then the cache. A file whose publisher gives
    no hash is remembered by the one it had when it was first seen, and compared from then on.

    Args:
        kind: `"inception"`, `"squeezenet"`, `"vgg16"` or `"vgg19"`.
        download_allowed: fetch the file where it is not at hand.
        progress: shows how far a download has got.
        say: gets a sentence before a download.

    Returns:
        The file.

    Raises:
        InputError: it is not at hand and cannot be fetched, or it is not the published one.
    """
    files = _known(kind)
    first, folder = files[0], _cache()
    path = at_hand(files, folder)
    if path is None:
        if not download_allowed:
            raise InputError(
                f"the weights of {first.title} are not here; put {first.name} from {first.url} "
                f"into {folder}, or let ARTNB_WEIGHTS name the folder that holds it"
            )
        say(
            f"Fetching the weights of {first.title}: {first.size_bytes / 1e6:.0f} MB from "
            f"{urlsplit(first.url).hostname}, licence {first.licence}."
        )
        try:
            path = fetch_published(first, folder, progress, say)
        except InputError as error:
            raise InputError(
                f"{error}, or let ARTNB_WEIGHTS name the folder that holds it"
            ) from None
    file = next(file for file in files if path.name in (file.name, *file.other_names))
    if problem := file.problem(path, folder / "observed.json"):
        raise InputError(f"{path} {problem}; delete it, and it is fetched again from {file.url}")
    return path


def weights_at_hand(kind: str) -> Path | None:
    """Give the file of a network's weights where it is here already; it is not verified."""
    return at_hand(_known(kind), _cache())


def _known(kind: str) -> tuple[PublishedFile, ...]:
    if kind not in PUBLISHED:
        raise InputError(f"there are no weights for {kind!r}; {nearest(kind, PUBLISHED)}")
    return PUBLISHED[kind]


def _cache() -> Path:
    return cache_folder() / "weights"
