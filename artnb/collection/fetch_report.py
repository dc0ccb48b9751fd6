"""What is missing and why: `fetch.csv` beside a Collection's table."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import pandas

from artnb.collection.text_tables import first_words, read_rows
from artnb.errors import InputError
from artnb.files import write_whole

REPORT = "fetch.csv"
_YES, _NO = "yes", "no"
_MOST_REASONS = 8


@dataclass(frozen=True)
class Missing:
    """A picture that is not there.

    Args:
        id: of the picture.
        lasting: whether another try would fail too, as with 404; such a picture is asked for
            again only where that is wished.
        reason: why.
        urls: its addresses as they were then.
    """

    id: str
    lasting: bool
    reason: str
    urls: str


@dataclass(frozen=True)
class FetchReport:
    """What came of fetching.

    Args:
        fetched: how many pictures arrived.
        present: how many were there before.
        missing: those that are not there.
        path: of the list of what is missing.
    """

    fetched: int
    present: int
    missing: tuple[Missing, ...]
    path: Path

    def describe(self) -> list[str]:
        """Say in sentences what came of it."""
        lines = [f"{self.fetched:,} pictures fetched, {self.present:,} were here already."]
        if self.missing:
            counts = Counter(missing.reason for missing in self.missing).most_common()
            reasons = (f"{count:,} {reason}" for reason, count in counts)
            passing = sum(not missing.lasting for missing in self.missing)
            lines += [
                f"{len(self.missing):,} are missing: {first_words(reasons, _MOST_REASONS)}.",
                f"{passing:,} of them will be asked for in the next run; the others failed for "
                "good and are asked for only with --again.",
                f"Each with its reason: {self.path}",
            ]
        return lines


_COLUMNS = [field.name for field in fields(Missing)]
_AS_ROWS = {"index": False, "lineterminator": "\n"}


class FetchNotes:
    """The list on disk: added to as pictures fail, so that whoever is killed keeps it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / REPORT

    def read(self) -> dict[str, Missing]:
        """Give what was missing after the last run, by id."""
        try:
            table = read_rows(self.path).table
        except InputError:
            return {}  # not there, or empty; a line that was torn by a kill is left out
        if list(table.columns) != _COLUMNS:
            return {}
        rows = table.assign(lasting=table["lasting"] == _YES).itertuples(index=False, name=None)
        return {row[0]: Missing(*row) for row in rows}

    def add(self, missing: Missing) -> None:
        """Add a picture."""
        header = not self.path.exists()
        _table([missing]).to_csv(self.path, mode="a", header=header, **_AS_ROWS)

    def write(self, missing: Iterable[Missing]) -> None:
        """Write the whole list anew, in the order of the ids."""
        missing = sorted(missing, key=lambda one: one.id)
        if missing or self.path.exists():
            write_whole(self.path, _table(missing).to_csv(**_AS_ROWS))


def _table(missing: list[Missing]) -> pandas.DataFrame:
    table = pandas.DataFrame(missing, columns=_COLUMNS)
    return table.assign(lasting=table["lasting"].map({True: _YES, False: _NO}))
