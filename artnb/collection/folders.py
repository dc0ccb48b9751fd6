"""From a Collection to folders of pictures: one for each value of a column, such as a cluster."""

import re
from collections import Counter
from itertools import chain, count
from pathlib import Path

from artnb.collection.prepare import CroppedPicture, pictures_of, usable
from artnb.collection.table import Collection
from artnb.data.decoding import UnreadableImageError
from artnb.data.listing import picture_stem
from artnb.data.prepare import new_folder
from artnb.errors import InputError, nearest
from artnb.progress import Progress, silent

_MOST_FOLDERS = 1000


def write_folders(
    collection: Collection,
    out: Path,
    by: str | None = None,
    least: int = 1,
    progress: Progress = silent,
) -> dict[str, int]:
    """Copy the pictures in use into folders, cropped where the table says so.

    For what learns from one kind of pictures, or tells classes apart by folders.

    Args:
        collection: its originals stay as they are.
        out: the folder to make; it must not exist or be empty.
        by: a column, such as `cluster`, `genre` or `artist`; each value gets a folder. None puts
            all pictures into one.
        least: values with fewer pictures are left out.
        progress: shows how far it has got.

    Returns:
        How many pictures are in which folder.

    Raises:
        InputError: there is no such column, no picture in use, or `out` is not empty.
    """
    rows = usable(collection)
    if by is not None and by not in rows.columns:
        raise InputError(
            f"the table of {collection.folder} has no column {by!r}; {nearest(by, rows.columns)}"
        )
    values = [""] * len(rows)
    if by is not None:
        values = [folder_name(value) for value in rows[by].astype("string").fillna("")]
    pictures = pictures_of(collection, rows)
    counts = Counter(values)
    chosen = {value for value, many in counts.items() if many >= least and (value or not by)}
    if not chosen or len(chosen) > _MOST_FOLDERS:
        raise InputError(
            f"a column to sort by must have 1 to {_MOST_FOLDERS:,} values with {least} pictures or "
            f"more, and {by} has {len(chosen):,}; take another column, or another --least"
        )
    advance = progress("copying pictures", len(pictures))
    written: Counter[str] = Counter()
    with new_folder(out) as folder:
        for value in chosen:
            (folder / value).mkdir(exist_ok=True)
        for value, picture in zip(values, pictures, strict=True):
            if value in chosen:
                written[value] += _copy(picture, folder / value)
            advance()
    return dict(sorted(written.items()))


def folder_name(value: object) -> str:
    """Make a value into a name that every system takes for a folder's; nothing stays nothing."""
    return re.sub(r"[^\w.-]+", "_", str(value)).strip("_. ")[:80]


def _copy(picture: CroppedPicture, folder: Path) -> int:
    """Write a picture as it is used; give 1, or 0 where it cannot be read."""
    suffix = picture.path.suffix if picture.box is None else ".png"
    name = folder_name(picture_stem(picture.name)) or "picture"
    try:
        data = picture.read()
    except (UnreadableImageError, OSError):
        return 0
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    path = next(p for n in names if not (p := folder / f"{n}{suffix}").exists())
    path.write_bytes(data)
    return 1
