"""Pictures that are on both sides of a pair: real collections have one under two styles."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.collection.clean import BLANK_CONTRAST
from artnb.collection.duplicates import MOST_BITS, find_near
from artnb.collection.inspection import REMEMBERED, inspect_files
from artnb.collection.table import Collection
from artnb.files import can_write
from artnb.progress import Progress, silent

if TYPE_CHECKING:
    from pandas import DataFrame

Side = tuple[Collection, "DataFrame"]


def find_on_both(
    x: "Side", y: "Side", most_bits: int = MOST_BITS, progress: Progress = silent
) -> list[tuple[str, str]]:
    """Find pictures of one side that look like one of the other, mirrored or not.

    Args:
        x: a Collection, and those of its rows that are used.
        y: likewise.
        most_bits: of 64 by which the hashes may differ, see `find_near`.
        progress: shows how far it has got.

    Returns:
        Pairs of ids, of X and of Y. Every picture is looked at once; what was found is remembered
        beside the tables, as for cleaning.
    """
    hashes, ids, sides = [], [], []
    for number, (collection, rows) in enumerate((x, y)):
        folder = collection.folder
        place = folder / REMEMBERED if can_write(folder) else Path(os.devnull)
        looks = inspect_files(collection.images, rows["file"], place, progress)
        for row_id, file in zip(rows["id"], rows["file"], strict=True):
            if looks[file].hashes and looks[file].contrast >= BLANK_CONTRAST:
                hashes.append(looks[file].hashes)
                ids.append(row_id)
                sides.append(number)
    near = find_near(hashes, most_bits)
    return [(ids[one], ids[other]) for one, other in near if sides[one] != sides[other]]


def describe_both(pairs: Sequence[tuple[str, str]]) -> str:
    """Say what to do about pictures on both sides; nothing where there are none."""
    if not pairs:
        return ""
    one, other = pairs[0]
    return (
        f"{len(pairs):,} pictures are on both sides, such as {one} = {other}; write keep = no for "
        "one of each in its table, or nothing can be learnt from them"
    )
