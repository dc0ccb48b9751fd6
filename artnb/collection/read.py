"""Sources become a Collection: one row for each picture, and a list of what is broken."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.collection.dates import Years, says_nothing, understand_date
from artnb.collection.sources import read_source
from artnb.collection.table import IMAGES, Collection, complete_table, must_be_new
from artnb.collection.text_tables import Found, Problem, first_words
from artnb.data.listing import list_images, picture_stem
from artnb.errors import InputError
from artnb.files import write_whole

if TYPE_CHECKING:
    from pandas import DataFrame

PROBLEMS = "problems.csv"
_MOST_KINDS = 5
_ROWS_TRIED = 20


@dataclass(frozen=True)
class Reading:
    """A Collection that was read, and what there is to say about it.

    Args:
        collection: what came out, not saved yet.
        problems: the rows that are broken; those that are `left_out` are not in the table.
        remarks: sentences on what was assumed.
    """

    collection: Collection
    problems: list[Problem]
    remarks: list[str]

    def save(self) -> None:
        """Write `collection.csv`, and `problems.csv` beside it where there are any."""
        self.collection.save()
        if self.problems:
            import pandas

            text = pandas.DataFrame(self.problems).to_csv(index=False, lineterminator="\n")
            write_whole(self.collection.folder / PROBLEMS, text)

    def describe(self) -> list[str]:
        """Say in sentences what was read."""
        table = self.collection.table
        left_out = sum(problem.left_out for problem in self.problems)
        here, addressed = (table["file"] != "").sum(), (table["urls"] != "").sum()
        lines = [
            f"{len(table):,} pictures; {here:,} are here, {addressed:,} have an address; "
            f"{table['first_year'].notna().sum():,} have a date that was understood."
        ]
        if not here and not addressed:
            lines.append("Name the folder that the pictures lie in with --images to use them.")
        if left_out:
            lines.append(f"Left out as broken: {left_out:,} ({self._kinds(left_out=True)}).")
        if len(self.problems) > left_out:
            amiss = len(self.problems) - left_out
            lines.append(f"In the table all the same: {amiss:,} ({self._kinds(left_out=False)}).")
        return [*self.remarks, *lines]

    def _kinds(self, left_out: bool) -> str:
        counts = Counter(one.problem for one in self.problems if one.left_out == left_out)
        named = (f"{count:,} × {problem}" for problem, count in counts.most_common())
        return first_words(named, _MOST_KINDS)


def read_collection(
    sources: Sequence[Path | str],
    folder: Path | str,
    *,
    kind: str = "auto",
    columns: Mapping[str, str] | None = None,
    classes: str = "style",
    images: Path | str | None = None,
) -> Reading:
    """Read one source, or several of one kind, as a Collection; nothing is written yet.

    Args:
        sources: tables and folders; see `artnb.collection.sources`.
        folder: of the Collection, a new one.
        kind: of the sources, recognised where it is `auto`.
        columns: for tables, which of their columns holds what.
        classes: for folders of folders, what their names are: style, artist or genre.
        images: where the pictures lie that tables name; without it those that a source brings
            with it, or `images` in `folder`.

    Returns:
        The Collection, with every row that is whole; the others are among its problems.

    Raises:
        InputError: a source cannot be read, `folder` holds a Collection already, or no row is
            whole.
    """
    import pandas

    folder = Path(folder)
    must_be_new(folder)
    found = [read_source(Path(source), kind, columns, classes) for source in sources]
    images = _images(found, images, folder, [Path(source) for source in sources])
    problems = [problem for one in found for problem in one.problems]
    tables = pandas.concat([one.table for one in found], keys=_names(found)).fillna("")
    table = _without_doubles(tables, problems)
    if not len(table):
        raise InputError(
            f"a Collection needs pictures, and none of the rows of {', '.join(_names(found))} is "
            f"whole; the first {problems[0].problem if problems else 'is not there'}"
        )
    table["file"] = _files(table, images)
    _add_years(table, problems)
    remarks = [f"{one.name} was read as {one.kind}." for one in found]
    remarks += [f"{remark}." for one in found for remark in one.remarks]
    return Reading(Collection(folder, complete_table(table), images), problems, remarks)


def _images(
    found: list[Found], given: Path | str | None, folder: Path, sources: list[Path]
) -> Path:
    """Give the folder that files are relative to: what was said, or what the sources bring."""
    if given is not None:
        if not Path(given).is_dir():
            raise InputError(f"--images is the folder of the pictures, and {given} is none")
        return Path(given)
    brought = {one.images for one in found if one.images is not None}
    if len(brought) > 1:
        raise InputError(
            "sources that bring pictures are read one at a time, or from a folder that holds "
            f"them all; these bring {', '.join(sorted(map(str, brought)))}"
        )
    if brought:
        return brought.pop()
    paths = [
        path for one in found if "path" in one.table for path in one.table["path"][:_ROWS_TRIED]
    ]
    places = [place for source in sources for place in (source.parent, source.parent / IMAGES)]

    def hits(place: Path) -> int:
        return sum(bool(path) and (place / path).is_file() for path in paths)

    best = max(places, key=hits)
    return best if hits(best) else folder / IMAGES


def _names(found: list[Found]) -> list[str]:
    """Give each source a name of its own."""
    names = [one.name for one in found]
    return [
        name if names.count(name) == 1 else f"{name} ({number})"
        for number, name in enumerate(names, 1)
    ]


def _without_doubles(table: "DataFrame", problems: list[Problem]) -> "DataFrame":
    """Leave out rows without an id of their own, and say which."""
    table["id"] = table["id"].astype(object).map(str.strip)
    empty, doubled = table["id"] == "", table["id"].duplicated()
    for (name, line), row_id in table["id"][empty | doubled].items():
        problem = "has the id of a row before it" if row_id else "names no picture"
        problems.append(Problem(name, int(line), problem, row_id))
    return table[~(empty | doubled)].copy()


def _files(table: "DataFrame", images: Path) -> list[str]:
    """Give each row's file relative to the images, or nothing where it is not there."""
    if "path" not in table or not images.is_dir():
        return [""] * len(table)
    files = [path.relative_to(images).as_posix() for path in list_images(images)]
    present = {file: file for file in files}
    for file in files:
        # Tables often leave the ending out, or what a server added to it.
        for bare in (file.rpartition("!")[0], picture_stem(file)):
            present.setdefault(bare, file)
    found = []
    for path in table["path"]:
        written = path.strip().replace("\\", "/").removeprefix("./")
        within = written.removeprefix(f"{images.as_posix()}/")
        found.append(present.get(within) or present.get(within.removeprefix("images/"), ""))
    return found


def _add_years(table: "DataFrame", problems: list[Problem]) -> None:
    """Understand each date; those that are not understood are noted, their rows stay."""
    if "date" not in table:
        return
    dates = table["date"].str.strip()
    years: dict[str, Years | None] = {text: understand_date(text) for text in dates.unique()}
    if {"first_year", "last_year"} <= set(table.columns):
        return  # the source is a Collection's own table
    table["first_year"] = [years[text].first if years[text] else None for text in dates]
    table["last_year"] = [years[text].last if years[text] else None for text in dates]
    for (name, line), text in dates.items():
        if years[text] is None and not says_nothing(text):
            problem = "has a date that was not understood"
            problems.append(Problem(name, int(line), problem, text, left_out=False))
