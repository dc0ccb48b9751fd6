"""What a source holds, before it becomes a Collection."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.collection.reading import Problem

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class Found:
    """What one file or folder holds.

    Args:
        name: of the file or folder.
        kind: what it was read as, a clause.
        table: texts, with the columns `id` and, where pictures are named, `path`, which is
            relative to `images`; indexed by the number of the line.
        images: the folder that the source brings with it, if any.
        problems: the rows that are broken.
        remarks: sentences on what was assumed.
    """

    name: str
    kind: str
    table: "DataFrame"
    images: Path | None = None
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def plain(text: str) -> str:
    """Give a name as it is compared: without case, accents, and what stands between words.

    "Post_Impressionism" and "post-impressionism" are one style, "AACHEN, Hans von" and
    "aachen hans von" one artist.
    """
    letters = unicodedata.normalize("NFKD", text.casefold())
    words = "".join(
        letter if letter.isalnum() else " "
        for letter in letters
        if not unicodedata.combining(letter)
    )
    return " ".join(words.split())


def first_words(names: Iterable[str], most: int = 12) -> str:
    """Give the first of some names as the end of a sentence."""
    names = list(names)
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
