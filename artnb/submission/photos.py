"""Which photos a submission paints, and what its pictures are called."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from artnb.data.listing import picture_stem
from artnb.evaluation.pictures import EncodedPictures, pictures_of_folder
from artnb.progress import Progress, silent

_LONGEST_NAME = 80


def find_photos(path: Path, domain: str = "x", progress: Progress = silent) -> EncodedPictures:
    """Take all pictures of one domain, those for training and those held out.

    None is held in memory, and none is looked at before it is painted.

    Args:
        path: the competition's folder, a Dataset, a folder with `trainA` and `trainB`, a folder
            of shards (`*.tfrec`), or any folder of pictures.
        domain: `"x"` or `"y"`, where there are two.
        progress: shows how far hashing has got.

    Returns:
        The pictures as they lie there, in a fixed order.

    Raises:
        InputError: there is nothing at `path` that could be painted.
    """
    return pictures_of_folder(path, None, progress, domain, "photos")


def names_in_zip(names: Sequence[str]) -> list[str]:
    """Name a submission's pictures after their photos.

    Args:
        names: of the photos; folders in them are left out.

    Returns:
        As many names of letters, digits, dots, dashes and _, ending in `.jpg`, no two of them
        equal on any system: the same photos always get the same names.
    """
    taken: set[str] = set()
    return [_free_name(_plain_stem(name), taken) for name in names]


def _plain_stem(name: str) -> str:
    stem = picture_stem(PurePosixPath(name).name)
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "_", plain).strip("._-")[:_LONGEST_NAME] or "photo"


def _free_name(stem: str, taken: set[str]) -> str:
    name, number = stem, 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}-{number}"
    taken.add(name.casefold())
    return f"{name}.jpg"
