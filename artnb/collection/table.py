"""A Collection: a table of pictures that people read and edit, and a folder of originals.

    collection/
        collection.csv    one row for each picture
        images/           the originals, never changed; or a folder elsewhere

Nothing is ever deleted: what shall not be used has `keep` = no and a `reason`. The columns of
`COLUMNS` come first, those that the source had besides are kept behind them:

| column | what it holds |
|---|---|
| `id` | unique and stable, made from the source's own id or path |
| `file` | relative to the folder of images, with `/`; empty where nothing is there yet |
| `urls` | addresses of the picture, separated by a space, the first to try first |
| `artist`, `title`, `style`, `genre` | as the source writes them |
| `date` | as the source writes it |
| `first_year`, `last_year` | integers understood from `date`, or empty |
| `cluster` | a number from clustering, or empty |
| `group` | pictures of one group stay on one side of the split; empty: a group by itself |
| `keep` | yes or no; empty counts as yes |
| `reason` | why not, or a remark |
"""

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, TypedDict

from artnb.collection.text_tables import read_rows
from artnb.documents import read_document
from artnb.errors import InputError, nearest
from artnb.files import write_whole

if TYPE_CHECKING:
    from pandas import DataFrame, Series

TABLE = "collection.csv"
IMAGES = "images"
# Where the images lie when they are not beside the table.
SETTINGS = "collection.json"
NUMBER_COLUMNS = ("first_year", "last_year", "cluster")
COLUMNS = (
    *("id", "file", "urls", "artist", "title", "style", "genre", "date"),
    *("first_year", "last_year", "cluster", "group", "keep", "reason"),
)
YES, NO = "yes", "no"
_MOST_ROWS_NAMED = 10


@dataclass(frozen=True)
class Collection:
    """Pictures with a table of what they are.

    Args:
        folder: where `collection.csv` lies, or will.
        table: with the columns of `COLUMNS` first; texts are "" where nothing is known, numbers
            are pandas' nullable `Int64`.
        images: the folder that `file` is relative to.
    """

    folder: Path
    table: "DataFrame"
    images: Path

    @property
    def kept(self) -> "DataFrame":
        """The rows in use: all but those whose `keep` is no."""
        return self.table[keeps(self.table)]

    def path_of(self, file: str) -> Path:
        """Give the path of a row's `file`."""
        return self.images / file

    def with_table(self, table: "DataFrame") -> "Collection":
        """Give the same Collection with another table."""
        return replace(self, table=complete_table(table))

    def check(self) -> None:
        """Check every row.

        Raises:
            InputError: rows without an id or with one that another row has, `keep` that is
                neither yes nor no, files that lead out of the folder of images.
        """
        problems = row_problems(self.table)
        if problems:
            raise InputError(_sentence(problems, self.folder / TABLE))

    def save(self) -> None:
        """Write `collection.csv`, whole or not at all: UTF-8, sorted by id.

        Raises:
            InputError: as for `check`; nothing is written then.
        """
        self.check()
        text = self.table.sort_values("id", kind="stable").to_csv(index=False, lineterminator="\n")
        self.folder.mkdir(parents=True, exist_ok=True)
        _note_images(self.images, self.folder)
        write_whole(self.folder / TABLE, text)


def open_collection(path: Path | str) -> Collection:
    """Open a Collection.

    Args:
        path: its folder, or its `collection.csv`.

    Returns:
        The Collection, checked.

    Raises:
        InputError: there is none, it is no table, or rows in it are wrong.
    """
    path = Path(path)
    folder = path.parent if path.name == TABLE else path
    if not (folder / TABLE).is_file():
        raise InputError(
            f"a Collection is a folder with {TABLE}, and {folder} has none; make one with: "
            f"artnb collection read SOURCE --out {folder}"
        )
    table = _whole_table(folder / TABLE)
    collection = Collection(folder, table, _images_of(folder))
    collection.check()
    return collection


def must_be_new(folder: Path) -> None:
    """Check that a folder holds no Collection yet.

    Raises:
        InputError: it does, and it may hold somebody's choices.
    """
    if (folder / TABLE).exists():
        raise InputError(
            f"a new Collection is written to a new folder, and {folder} holds one, in which you "
            "may have made choices; choose another folder"
        )


def _whole_table(path: Path) -> "DataFrame":
    """Read a Collection's own table, in which no row may be broken."""
    rows = read_rows(path)
    if rows.problems:
        first = rows.problems[0]
        raise InputError(
            f"every row of {path} must be whole, and line {first.line} {first.problem} "
            f"({len(rows.problems)} such rows); correct the table"
        )
    return complete_table(rows.table)


def complete_table(table: "DataFrame") -> "DataFrame":
    """Bring a table into the form that a Collection's has.

    Args:
        table: with an `id` column; others of `COLUMNS` may be missing, and types may differ.

    Returns:
        A copy with all of `COLUMNS` first, texts without gaps, numbers as `Int64`, and the rows
        numbered from 0.

    Raises:
        InputError: there is no `id`, or a number column holds something else.
    """
    import pandas

    if "id" not in table.columns:
        raise InputError(
            f"a Collection's table must have the column id, and it has {', '.join(table.columns)}"
        )
    columns = {
        name: _numbers(table, name) if name in NUMBER_COLUMNS else _texts(table, name)
        for name in (*COLUMNS, *(name for name in table.columns if name not in COLUMNS))
    }
    return pandas.DataFrame(columns).reset_index(drop=True)


def keeps(table: "DataFrame") -> "Series":
    """Say for each row whether it is in use, as a Series of bool."""
    return table["keep"].str.strip().str.lower() != NO


def row_problems(table: "DataFrame") -> list[str]:
    """Find the rows that are wrong.

    Args:
        table: as `complete_table` gives it.

    Returns:
        For each a clause such as `'line 7 ("a-tree") has no id'`; lines are counted as in a file
        of this table.
    """
    ids, words = table["id"], table["keep"].str.strip().str.lower()
    checks = (
        (ids.str.strip() == "", "has no id"),
        (ids.duplicated(), "has the id of a row before it"),
        (~words.isin(["", YES, NO]), "has a keep that is neither yes nor no"),
        (table["file"].map(_leads_out), "has a file that is not within the folder of images"),
    )
    found: dict[int, str] = {}
    for wrong, problem in checks:
        for position in wrong.to_numpy(dtype=bool).nonzero()[0]:
            found.setdefault(int(position), problem)
    return [
        f"line {position + 2} ({_shown(table, position)}) {found[position]}"
        for position in sorted(found)
    ]


def _shown(table: "DataFrame", position: int) -> str:
    """Give what tells a row from others in a sentence."""
    keep, row_id = table["keep"].iloc[position], table["id"].iloc[position]
    if keep.strip().lower() in ("", YES, NO):
        return repr(row_id)
    return f"{row_id!r}, keep {keep!r}: {nearest(keep.lower(), (YES, NO))}"


def _leads_out(file: str) -> bool:
    path = PureWindowsPath(file)  # knows both slashes, and drives
    return path.is_absolute() or bool(path.drive or path.root) or ".." in path.parts


def _sentence(problems: list[str], path: Path) -> str:
    named = "; ".join(problems[:_MOST_ROWS_NAMED])
    more = len(problems) - _MOST_ROWS_NAMED
    return (
        f"every row needs an id of its own and a keep of yes or no, and in {path} {named}"
        f"{f'; and so do {more:,} more' if more > 0 else ''}; correct the table"
    )


def _texts(table: "DataFrame", name: str) -> "Series":
    import pandas

    if name not in table.columns:
        return pandas.Series("", index=table.index, dtype=object)
    texts = table[name].astype(object)
    texts = texts.where(texts.notna(), "").map(str)
    return texts.astype(object)  # the same in pandas 2, and in 3 with its type for text


def _numbers(table: "DataFrame", name: str) -> "Series":
    """Give a column as whole numbers; empty texts are no number."""
    import pandas

    if name not in table.columns:
        return pandas.Series(pandas.NA, index=table.index, dtype="Int64")
    given = table[name].astype(object)
    given = given.where(given.notna(), "").map(lambda value: str(value).strip())
    numbers = pandas.to_numeric(given, errors="coerce").astype(float)
    wrong = (given != "") & (numbers.isna() | (numbers % 1 != 0))
    if wrong.any():
        position = int(wrong.to_numpy().nonzero()[0][0])
        raise InputError(
            f"{name} must be a whole number or empty, and line {position + 2} of the table has "
            f"{given.iloc[position]!r}; correct it"
        )
    return numbers.astype("Int64")


class _Settings(TypedDict):
    images: str


def _images_of(folder: Path) -> Path:
    """Give the folder of images, beside the table unless a note says otherwise."""
    try:
        settings = read_document(folder / SETTINGS, _Settings, "correct it")
        return Path(os.path.normpath(folder / settings["images"]))
    except FileNotFoundError:
        return folder / IMAGES
    except InputError:
        raise InputError(
            f"{folder / SETTINGS} must name the folder of images, such as "
            f'{{"images": "../photos"}}, and it does not; correct it, or delete it where the '
            f"images are in {folder / IMAGES}"
        ) from None


def _note_images(images: Path, folder: Path) -> None:
    """Note where the images are if that is not beside the table."""
    if images.resolve() == (folder / IMAGES).resolve():
        (folder / SETTINGS).unlink(missing_ok=True)
        return
    try:
        written = Path(os.path.relpath(images.resolve(), folder.resolve())).as_posix()
    except ValueError:  # on another drive of Windows
        written = images.resolve().as_posix()
    note = json.dumps({"images": written}, ensure_ascii=False)
    write_whole(folder / SETTINGS, f"{note}\n")
