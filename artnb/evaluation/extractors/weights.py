"""Weights of the networks that measure: found here or fetched, and verified either way."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from artnb.errors import InputError, nearest
from artnb.platform.where import cache_folder
from artnb.progress import Progress, silent
from artnb.web.published import Published, PublishedFile, at_hand, fetch_published, published

PUBLISHED = published("weights")


def find_weights(
    kind: str,
    download_allowed: bool = True,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
    published: Published = PUBLISHED,
) -> Path:
    """Find a network's weights here, or fetch them; either way they are verified.

    `$ARTNB_WEIGHTS` is searched with its subfolders, then the cache. A file whose publisher gives
    no hash is remembered by the one it had when it was first seen, and compared from then on.

    Args:
        kind: `"inception"`, `"squeezenet"` or `"vgg16"`.
        download_allowed: fetch the file where it is not at hand.
        progress: shows how far a download has got.
        say: gets a sentence before a download.
        published: what there is.

    Returns:
        The file.

    Raises:
        InputError: it is not at hand and cannot be fetched, or it is not the published one.
    """
    files = _known(kind, published)
    file, folder = files[0], _cache()
    path = at_hand(files, folder)
    if path is not None:
        _verify(path, next(f for f in files if path.name in (f.name, *f.other_names)))
        return path
    if not download_allowed:
        raise InputError(
            f"the weights of {file.title} are not here; put {file.name} from {file.url} into "
            f"{folder}, or let ARTNB_WEIGHTS name the folder that holds it"
        )
    say(
        f"Fetching the weights of {file.title}: {file.size_bytes / 1e6:.0f} MB from "
        f"{urlsplit(file.url).hostname}, licence {file.licence}."
    )
    path = fetch_published(file, folder, progress, say)
    _verify(path, file)
    return path


def weights_at_hand(kind: str, published: Published = PUBLISHED) -> Path | None:
    """Give the file of a network's weights where it is here already; it is not verified."""
    return at_hand(_known(kind, published), _cache())


def _known(kind: str, published: Published) -> tuple[PublishedFile, ...]:
    if kind not in published:
        raise InputError(f"there are no weights for {kind!r}; {nearest(kind, published)}")
    return published[kind]


def _cache() -> Path:
    return cache_folder() / "weights"


def _verify(path: Path, file: PublishedFile) -> None:
    if problem := file.problem(path, _cache() / "observed.json"):
        raise InputError(f"{path} {problem}; delete it, and it is fetched again from {file.url}")
