"""Tables as people have them: any of the usual separators and encodings, broken rows and all.

Each row keeps the number of its line, and what is broken is named rather than dropped: that is
why the standard library's reader is used here, where pandas fills short rows up and passes long
ones over.
"""

import csv
import gzip
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.errors import InputError
from artnb.limits import Limit, TooLargeError, ungzip

if TYPE_CHECKING:
    from pandas import DataFrame

SEPARATORS = (",", ";", "\t", "|")
# Windows' own encoding is what a spreadsheet writes there; latin-1 can decode any byte.
ENCODINGS = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252", "latin-1": "latin-1"}
UTF_16 = {"utf-16": "UTF-16"}
# The Metropolitan Museum's list of all that it has takes 0.3 GB: 480,000 rows, 26 million cells.
LARGEST_TABLE = Limit("table", most_bytes=1_000_000_000)
MOST_ROWS, MOST_CELLS = 2_000_000, 50_000_000
_LINES_TRIED = 50
_MOST_LINES_OF_RECORD = 1024
_MOST_LETTERS_SHOWN = 200
_NO_TEXT = (
    "a table is a file of text (.csv, .tsv, .csv.gz), and {} holds something else; "
    "a spreadsheet program can save one as CSV"
)


@dataclass(frozen=True)
class Problem:
    """What is wrong with one row of a source.

    Args:
        source: name of the file.
        line: counted from 1, with the header; 0 where the source has no lines.
        problem: a clause, such as `"has 3 fields instead of 5"`.
        row: its beginning, or its id.
        left_out: whether the row is not in the table that comes out.
    """

    source: str
    line: int
    problem: str
    row: str
    left_out: bool = True


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


def read_rows(path: Path, header: Iterable[str] | None = None) -> Found:
    """Read a table of text: `.csv`, `.tsv`, or either with `.gz` added.

    Args:
        path: the file. Separators may be , ; | or tabs, the encoding UTF-8 with or without a
            mark, or else Windows-1252.
        header: the columns' names, where the first line is a row like all others.

    Returns:
        The whole rows as they are written there, and the broken ones among the problems.

    Raises:
        InputError: the file cannot be read, is empty, is no text, names a column twice, or has
            more than 1 GB, 2 million rows or 50 million cells; unpacked it may have 100 times what
            it has packed.
    """
    import pandas

    lines, remarks = _lines(path)
    separator = _separator(lines)
    skipped = 0
    if header is None:
        skipped, first = next(_records(lines, separator))
        header = _names(path, first)
    header = tuple(header)
    _check_count(path, len(lines) * len(header), MOST_CELLS, "cells")
    numbers, fields, problems = [], [], []
    for line, record in _records(lines, separator, len(header)):
        if line <= skipped:
            continue
        if isinstance(record, str):
            start = lines[line - 1].rstrip()[:_MOST_LETTERS_SHOWN]
            problems.append(Problem(path.name, line, record, start))
        else:
            numbers.append(line)
            fields.append(record)
    table = pandas.DataFrame(fields, numbers, list(header), dtype=object)
    return Found(path.name, "", table, None, problems, remarks)


def first_fields(path: Path) -> list[str]:
    """Give the fields of a table's first line, to recognise its kind by."""
    lines, _ = _lines(path)
    _, fields = next(_records(lines, _separator(lines)))
    return fields if isinstance(fields, list) else []


def _lines(path: Path) -> tuple[list[str], list[str]]:
    """Give a file's lines with their ends, and what was assumed about their letters."""
    data = _bytes(path)
    if not data.strip():
        raise InputError(f"a table must have rows, and {path} is empty; choose another file")
    utf_16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in data and not utf_16:
        raise InputError(_NO_TEXT.format(path))
    for encoding, name in UTF_16.items() if utf_16 else ENCODINGS.items():
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Not splitlines: that would also break lines at rarer signs within fields.
        text = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
        _check_count(path, text.count("\n") + 1, MOST_ROWS, "rows")
        lines = text.split("\n")
        assumed = f"{path.name} is not UTF-8; it was read as {name}: look at letters with accents"
        return [f"{line}\n" for line in lines], [] if name.startswith("UTF") else [assumed]
    raise InputError(_NO_TEXT.format(path))


def _check_count(path: Path, count: int, most: int, what: str) -> None:
    if count > most:
        raise InputError(
            f"a table may have at most {most:,} {what}, and {path} has {count:,}; leave out what "
            "you do not need, or split it"
        )


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if problem := LARGEST_TABLE.problem(size, size):
            raise InputError(f"{path} is not read: it holds {problem}; split it")
        data = path.read_bytes()
        return ungzip(data, LARGEST_TABLE) if data.startswith(b"\x1f\x8b") else data
    except TooLargeError as error:
        raise InputError(f"{path} is not read: {error}; unpack and look at it yourself") from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise InputError(f"{path} is damaged: it cannot be decompressed; fetch it again") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); choose a table") from None


def _separator(lines: list[str]) -> str:
    """Choose the separator that splits the first lines into equally many fields, the most."""

    def fit(separator: str) -> tuple[int, int]:
        records = (record for _, record in _records(lines[:_LINES_TRIED], separator))
        widths = Counter(len(record) for record in records if isinstance(record, list))
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        return (count, width) if width > 1 else (0, 0)

    return max(SEPARATORS, key=fit)


def _records(
    lines: list[str], separator: str, width: int | None = None
) -> Iterator[tuple[int, list[str] | str]]:
    """Give the number of each record's first line, and its fields or else what is wrong with it.

    A quote that never closes would swallow what follows: where a record of several lines does
    not fit, only its first line is given up, and reading goes on with the next.
    """
    start = 0
    while start < len(lines):
        fields, end = _record_at(lines, start, separator)
        line, height = start + 1, end - start
        if fields is not None and not any(map(str.strip, fields)):
            start = end  # a blank line, or one of separators as spreadsheets leave them
            continue
        while fields and width and len(fields) > width and not fields[-1].strip():
            fields.pop()
        start = end
        if fields is None or (height > 1 and width and len(fields) != width):
            start = line
            yield line, "has a quote that is not closed"
        elif width and len(fields) != width:
            yield line, f"has {len(fields)} fields instead of {width}"
        else:
            yield line, fields


def _record_at(lines: list[str], start: int, separator: str) -> tuple[list[str] | None, int]:
    """Give a record's fields, or None where a quote does not close, and where the next begins."""
    if '"' not in lines[start]:
        return lines[start].rstrip("\n").split(separator), start + 1
    height = 1
    while height <= _MOST_LINES_OF_RECORD:
        reader = csv.reader(lines[start : start + height], delimiter=separator, strict=True)
        try:
            return next(reader), start + reader.line_num
        except csv.Error:
            height *= 2
    try:  # quotes within quotes, as in 7,"The "Swing"",1767
        fields = next(csv.reader(lines[start : start + 1], delimiter=separator))
    except csv.Error:
        return None, start + 1
    return None if fields[-1].endswith("\n") else fields, start + 1


def _names(path: Path, first: list[str] | str) -> list[str]:
    """Give the columns' names, which are the fields of the first row."""
    names = [name.strip() for name in first] if isinstance(first, list) else []
    doubled = [name for name, count in Counter(names).items() if count > 1 and name]
    if doubled or not names:
        problem = f"{doubled[0]!r} twice" if doubled else "a first row that is broken"
        raise InputError(f"each column must have a name of its own, and {path} has {problem}")
    return [name or f"column {number}" for number, name in enumerate(names, 1)]


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
