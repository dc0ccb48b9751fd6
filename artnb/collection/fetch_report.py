"""What is missing and why: `fetch.csv` beside a Collection's table."""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

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


class FetchNotes:
    """The list on disk: added to as pictures fail, so that whoever is killed keeps it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / REPORT

    def read(self) -> dict[str, Missing]:
        """Give what was missing after the last run, by id."""
        names = [one.name for one in fields(Missing)]
        try:
            rows = read_rows(self.path)
        except InputError:
            return {}  # not there, or empty; a line that was torn by a kill is left out
        if list(rows.table.columns) != names:
            return {}
        found = (
            Missing(row_id, lasting == _YES, reason, urls)
            for row_id, lasting, reason, urls in rows.table.itertuples(index=False, name=None)
        )
        return {missing.id: missing for missing in found}

    def add(self, missing: Missing) -> None:
        """Add a picture."""
        is_new = not self.path.exists()
        with self.path.open("a", encoding="utf-8", newline="") as file:
            file.write(_rows([missing], with_header=is_new))

    def write(self, missing: Iterable[Missing]) -> None:
        """Write the whole list anew, in the order of the ids."""
        missing = sorted(missing, key=lambda one: one.id)
        if missing or self.path.exists():
            write_whole(self.path, _rows(missing, with_header=True))


def _rows(missing: Iterable[Missing], with_header: bool) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if with_header:
        writer.writerow(one.name for one in fields(Missing))
    for one in missing:
        row_id, lasting, reason, urls = astuple(one)
        writer.writerow((row_id, _YES if lasting else _NO, reason, urls))
    return text.getvalue()
