"""Which photos a submission paints, and what its pictures are called."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from artnb.data.dataset import MANIFEST, open_dataset
from artnb.data.records import read_shard
from artnb.data.sources import (
    SHARD_SUFFIX,
    Picture,
    ShardPicture,
    existing_folder,
    find_source,
    pictures_in,
)
from artnb.evaluation.pictures import EncodedPictures, encoded_pictures, pictures_of_splits
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
    existing_folder(path, "photos")
    if (path / MANIFEST).is_file():
        of_dataset = getattr(open_dataset(path, memory_limit_gb=0), domain)
        name = f"{of_dataset.name} of {path}"
        return pictures_of_splits(name, of_dataset.train, of_dataset.test, progress=progress)
    pictures = _pictures(path, domain)
    names = [picture.name for picture in pictures]
    return encoded_pictures(
        str(path), names, lambda place: pictures[place].read(), progress=progress
    )


def _pictures(path: Path, domain: str) -> Sequence[Picture]:
    if _holds_two_domains(path):
        side = getattr(find_source(path), domain)
        return [*side.pictures, *(side.test_pictures or ())]
    shards = sorted(path.glob(f"*{SHARD_SUFFIX}"))
    return _pictures_of_shards(shards) if shards else pictures_in(path)


def _holds_two_domains(path: Path) -> bool:
    """Say whether this is the competition's layout, or that of the CycleGAN authors."""
    folders = {entry.name for entry in path.iterdir() if entry.is_dir()}
    names = {name.rsplit("_", 1)[0] for name in folders if name.endswith(("_jpg", "_tfrec"))}
    return {"trainA", "trainB"} <= folders or len(names) == 2


def _pictures_of_shards(shards: Sequence[Path]) -> list[Picture]:
    return [
        ShardPicture(record.image_name or f"{shard.stem}-{number}", shard, frame)
        for shard in shards
        for number, (frame, record) in enumerate(read_shard(shard))
    ]


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
    stem = re.sub(r"\.(jpe?g|jfif|png|webp|bmp|gif|tiff?|avif|hei[cf])$", "",
                  PurePosixPath(name).name, flags=re.I)  # fmt: skip
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "_", plain).strip("._-")[:_LONGEST_NAME] or "photo"


def _free_name(stem: str, taken: set[str]) -> str:
    name, number = stem, 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}-{number}"
    taken.add(name.casefold())
    return f"{name}.jpg"
