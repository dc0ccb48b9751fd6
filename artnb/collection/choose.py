"""Choosing from a Collection: by style, artist, genre, date, cluster, or any other column.

Conditions are written `style=Baroque,Rococo; date=1600-1700; cluster!=3`: all of them must hold,
and of several values one. Names are compared without case, accents and signs. A `date` may be
written in any way that `understand_date` knows, and also "before 1700" or "after 1600"; a picture
is from that time when the middle of the years that its own date means lies within.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.collection.dates import understand_date
from artnb.collection.table import Collection, complete_table, keeps
from artnb.collection.text_tables import first_words, plain
from artnb.errors import InputError, nearest

if TYPE_CHECKING:
    import numpy as np
    from pandas import DataFrame, Series

_CONDITION = re.compile(r"\s*([^=!]+?)\s*(!?=)\s*(.+?)\s*", re.DOTALL)
_BEFORE = re.compile(r"(?:before|until|up to|-)\s*(?=[\dc])(?P<date>.+)", re.IGNORECASE)
_AFTER = re.compile(
    r"(?:after|since|from)\s+(?P<date>(?!.*\bto\b)[^-–]+)|(?P<open>.*\d)\s*[-–]", re.IGNORECASE
)
_OVERLAP_SHOWN = 3


@dataclass(frozen=True)
class Condition:
    """One condition: the column's name, its values, and whether they are left out."""

    column: str
    value: str
    left_out: bool

    def __str__(self) -> str:
        return f"{self.column}{'!=' if self.left_out else '='}{self.value}"


@dataclass(frozen=True)
class Choice:
    """What was chosen.

    Args:
        collection: the rows for which all conditions hold, whatever their `keep` is; its
            `folder` is still the one that it was chosen from.
        conditions: as they were written.
        without_date: how many rows were left out only because their date is not known.
    """

    collection: Collection
    conditions: str
    without_date: int

    def describe(self) -> str:
        """Say in a sentence how many there are."""
        rows, kept = len(self.collection.table), len(self.collection.kept)
        unused = f", {rows - kept:,} of them not in use (keep = no)" if kept < rows else ""
        dates = f"; {self.without_date:,} without a known date were left out"
        return f"{self.conditions}: {rows:,} pictures{unused}{dates if self.without_date else ''}."

    def save(self, folder: Path) -> Collection:
        """Write what was chosen as a Collection of its own, with the images where they are."""
        chosen = replace(self.collection, folder=folder)
        chosen.save()
        return chosen


def choose(collection: Collection, conditions: str) -> Choice:
    """Choose the rows for which conditions hold.

    Args:
        collection: to choose from; it stays as it is.
        conditions: such as `"style=Baroque,Rococo; date=1600-1700"`.

    Returns:
        The chosen rows.

    Raises:
        InputError: a condition is not understood, names no column or a value that no row has, or
            nothing is left.
    """
    import numpy as np

    table = collection.table
    wanted, dated = np.ones(len(table), bool), np.ones(len(table), bool)
    for condition in read_conditions(conditions, table):
        if condition.column == "date":
            dated &= table["first_year"].notna().to_numpy()
        fulfilled = _fulfilled(table, condition)
        if not (wanted & fulfilled & dated).any():
            raise InputError(_nothing_left(condition, wanted, fulfilled & dated))
        wanted &= fulfilled
    chosen = replace(collection, table=complete_table(table[wanted & dated]))
    return Choice(chosen, conditions, int((wanted & ~dated).sum()))


def choose_pair(collection: Collection, x: str, y: str) -> tuple[Choice, Choice]:
    """Choose both sides of a pair at once.

    Args:
        collection: to choose from.
        x: conditions for the pictures to be turned into the others, such as `"style=Baroque"`.
        y: conditions for the others, such as `"style=Realism"`.

    Raises:
        InputError: as for `choose`, or a picture that is in use would be on both sides.
    """
    chosen_x, chosen_y = choose(collection, x), choose(collection, y)
    ids = [set(choice.collection.kept["id"]) for choice in (chosen_x, chosen_y)]
    both = sorted(ids[0] & ids[1])
    if both:
        raise InputError(
            f"no picture may be on both sides, and {len(both):,} are both {x} and {y}, such as "
            f"{first_words(both, _OVERLAP_SHOWN)}; add a condition with != to one of them"
        )
    return chosen_x, chosen_y


def read_conditions(text: str, table: "DataFrame") -> list[Condition]:
    """Read conditions.

    Args:
        text: conditions with ";" between them.
        table: whose columns they name.

    Raises:
        InputError: one is not understood, or there is no such column.
    """
    found = []
    for part in filter(str.strip, text.split(";")):
        match = _CONDITION.fullmatch(part)
        if not match:
            raise InputError(
                'a condition is written column=value, such as "style=Baroque", got '
                f"{part.strip()!r}"
            )
        columns = {plain(name): name for name in reversed(table.columns)}
        column = columns.get(plain(match[1]))
        if column is None:
            raise InputError(
                f"{match[1]!r} is no column of the table; {nearest(match[1], table.columns)}"
            )
        found.append(Condition(column, match[3], match[2] == "!="))
    if not found:
        raise InputError('conditions are written such as "style=Baroque; date=1600-1700", got none')
    return found


def _fulfilled(table: "DataFrame", condition: Condition) -> "np.ndarray":
    """Say for each row whether a condition holds; rows without a date are counted elsewhere."""
    if condition.column == "date":
        inside = _in_time(table, condition.value)
        unknown = table["first_year"].isna().to_numpy()
        return ~inside if condition.left_out else inside | unknown
    texts = table[condition.column].astype(object)
    names = texts.where(texts.notna(), "").map(lambda value: plain(str(value)))
    wanted = _values(names, table[condition.column], condition, keeps(table))
    fulfilled = names.isin(wanted).to_numpy(dtype=bool)
    return ~fulfilled if condition.left_out else fulfilled


def _values(
    names: "Series", written: "Series", condition: Condition, in_use: "Series"
) -> list[str]:
    """Take a condition's values apart at its commas, except at those within a name."""
    parts, values, start = condition.value.split(","), [], 0
    there = set(names)
    while start < len(parts):
        for end in range(len(parts), start, -1):
            name = plain(",".join(parts[start:end]))
            if name and name in there:
                values.append(name)
                start = end
                break
        else:
            raise InputError(_no_such_value(parts[start].strip(), written[in_use], condition))
    return values


def _no_such_value(value: str, written: "Series", condition: Condition) -> str:
    counts = Counter(str(name) for name in written.dropna() if str(name))
    if not counts:
        return f"{condition} chooses nothing: {condition.column} is empty in every row"
    alike = [name for name in counts if plain(value) and plain(value) in plain(name)]
    there = first_words(f"{name} ({count:,})" for name, count in counts.most_common())
    meant = f'did you mean "{alike[0]}"?' if alike else nearest(value, counts)
    meant = f"{meant} There" if meant.endswith("?") else "there"
    return f"{condition.column}={value} is in no row; {meant} are {there}"


def _in_time(table: "DataFrame", text: str) -> "np.ndarray":
    """Say for each row whether the middle of its years lies within some years."""
    first, last = _time(text)
    middle = (table["first_year"].astype(float) + table["last_year"].astype(float)) / 2
    return middle.between(first, last).to_numpy(dtype=bool)


def _time(text: str) -> tuple[float, float]:
    before, after = _BEFORE.fullmatch(text), _AFTER.fullmatch(text)
    match = before or after
    part = text if match is None else next(filter(None, match.groups()))
    years = understand_date(part)
    if years is None:
        raise InputError(
            f'date is written such as 1600-1700, 1650s, 17th century or "before 1700", got {text!r}'
        )
    first = float("-inf") if before else years.first
    return first, float("inf") if after else years.last


def _nothing_left(condition: Condition, wanted: "np.ndarray", fulfilled: "np.ndarray") -> str:
    if not fulfilled.any():
        return f"{condition} is true of no picture in the table; choose other values"
    return (
        f"{condition} is true of {int(fulfilled.sum()):,} pictures, but of none of the "
        f"{int(wanted.sum()):,} that the other conditions leave; loosen one of them"
    )
