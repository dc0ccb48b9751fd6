"""Tables whose columns say who painted what, when, and where a picture of it is."""

import ast
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from artnb.collection.table import COLUMNS
from artnb.collection.text_tables import Found, Problem, first_words, plain, read_rows
from artnb.data.listing import IMAGE_SUFFIXES
from artnb.errors import InputError, nearest

if TYPE_CHECKING:
    from pandas import DataFrame, Series

# Names of columns as they are met, without case and signs, the likeliest first.
KNOWN_NAMES = {
    "id": ("id", "painting id", "object id", "image id", "content id", "uid", "identifier"),
    "file": (
        *("file", "file name", "filename", "path", "file path", "filepath", "image path"),
        *("image file", "image", "new filename"),
    ),
    "urls": (
        *("image urls", "image url", "imageurl", "jpg url", "img url", "picture url"),
        *("image link", "urls", "link", "url"),
    ),
    "artist": (
        *("artist", "author", "painter", "artist name", "artist full name", "artistname"),
        *("creator", "maker"),
    ),
    "title": ("title", "name", "artwork name", "painting name", "work"),
    "style": ("style", "movement", "art movement", "period", "epoch", "school"),
    "genre": ("genre", "category", "type", "form", "subject"),
    "date": (
        *("date", "year", "dated", "display date", "creation date", "creation year"),
        *("completion year", "completitionyear", "completed", "timeframe"),
    ),
    "cluster": ("cluster", "cluster ind", "cluster index", "cluster id"),
    **{name: (plain(name),) for name in ("first_year", "last_year", "group", "keep", "reason")},
}
_FOUND_NAMES = {"file": "path"}  # whether there is such a file is found out later
_START = r"(?:https?:)?//(?=[\w\[])"
_BETWEEN = re.compile(rf"[\s,;|]+['\"(\[]*(?={_START})", re.IGNORECASE)
_ADDRESS = re.compile(_START, re.IGNORECASE)


def read_columns(path: Path, columns: Mapping[str, str] | None = None) -> Found:
    """Read a table with a header.

    Args:
        path: `.csv`, `.tsv`, or either with `.gz` added.
        columns: which of the file's columns holds what, such as `{"artist": "Author"}`; what is
            not named is recognised by its name, as in `KNOWN_NAMES`.

    Returns:
        Its rows; columns that no name is known for are kept as they are.

    Raises:
        InputError: a column is not there, or none tells one picture from another.
    """
    import pandas

    rows = read_rows(path)
    mapping = match_columns(list(rows.table.columns), columns or {}, path)
    table = rows.table
    problems = list(rows.problems)
    if "urls" not in mapping and _holds_addresses(table, mapping.get("file")):
        mapping["urls"] = mapping.pop("file")
    named = {_FOUND_NAMES.get(name, name): table[column] for name, column in mapping.items()}
    others = {
        f"{column} of {path.name}" if column in (*COLUMNS, "path") else column: table[column]
        for column in table.columns
        if column not in mapping.values()
    }
    found = pandas.DataFrame(named | others)
    if "urls" in mapping:
        found["urls"] = _addresses(found["urls"], table, mapping["urls"])
    if "cluster" in mapping:
        found["cluster"] = _whole_numbers(found["cluster"], rows, problems)
    if "id" not in mapping:
        found.insert(0, "id", _made_ids(found))
    said = first_words(f"{name} from {written!r}" for name, written in mapping.items())
    kind = f"a table ({said})"
    return Found(path.name, kind, found, None, problems, rows.remarks)


def match_columns(header: Sequence[str], columns: Mapping[str, str], path: Path) -> dict[str, str]:
    """Say which column of a file holds what.

    Args:
        header: the file's columns.
        columns: what is known for certain.
        path: of the file, for what is said where it does not fit.

    Returns:
        A column of the file for each of the Collection's columns that it has.

    Raises:
        InputError: a name is unknown, or nothing says which picture a row is about.
    """
    for name, written in columns.items():
        if name not in KNOWN_NAMES:
            raise InputError(
                f"--columns gives one of {', '.join(KNOWN_NAMES)}, and {name!r} is none of them; "
                f"{nearest(name, KNOWN_NAMES)}"
            )
        if written not in header:
            raise InputError(
                f"--columns {name}={written} needs a column {written!r}, and {path.name} has "
                f"{', '.join(header)}; {nearest(written, header)}"
            )
    mapping, taken = dict(columns), set(columns.values())
    plain_header = {plain(written): written for written in reversed(header)}
    for name, known in KNOWN_NAMES.items():
        written = next((plain_header[word] for word in known if word in plain_header), None)
        if name not in mapping and written is not None and written not in taken:
            mapping[name] = written
            taken.add(written)
    if not mapping.keys() & {"id", "file", "urls", "title"}:
        raise InputError(
            f"a table of pictures needs a column that says which picture a row is about, and "
            f"{path.name} has {', '.join(header)}; say which, such as: "
            f"--columns file={header[0]}"
        )
    return mapping


def _holds_addresses(table: "DataFrame", column: str | None) -> bool:
    """Say whether a column called for files, such as `image`, holds addresses in truth."""
    texts = [text for text in table[column] if text.strip()] if column else []
    return bool(texts) and bool(find_addresses(texts[0]))


def _addresses(written: "Series", table: "DataFrame", column: str) -> list[str]:
    """Give each row's addresses; where there are none, another column may have a picture's."""
    others = [name for name in table.columns if name != column and plain(name) in ("url", "link")]
    found = [find_addresses(text) for text in written]
    for name in others:
        for addresses, text in zip(found, table[name], strict=True):
            if not addresses:
                addresses.extend(filter(is_picture_address, find_addresses(text)))
    return [" ".join(addresses) for addresses in found]


def _whole_numbers(written: "Series", rows: Found, problems: list[Problem]) -> list[str]:
    """Give each row's cluster, or nothing where it is no number, which is noted."""
    numbers = []
    for line, text in written.items():
        is_number = bool(re.fullmatch(r"\s*-?\d+(?:\.0*)?\s*", text))
        numbers.append(text.strip() if is_number else "")
        if text.strip() and not is_number:
            problem = f"has {text!r} where the number of a cluster must be"
            problems.append(Problem(rows.name, line, problem, text, left_out=False))
    return numbers


def _made_ids(found: "DataFrame") -> list[str]:
    """Make ids of what tells rows apart: the file, the first address, or who painted what when."""
    empty = [""] * len(found)
    paths, urls = (found.get(name, empty) for name in ("path", "urls"))
    texts = [found[name] for name in ("artist", "title", "date") if name in found]
    described = [" ".join(" ".join(row).split()) for row in zip(*texts, strict=True)] or empty
    return [
        path.strip() or addresses.partition(" ")[0] or text
        for path, addresses, text in zip(paths, urls, described, strict=True)
    ]


def find_addresses(text: str) -> list[str]:
    """Find the addresses in a field.

    Args:
        text: one address, or several: a list of Python or JSON, or separated by white space,
            commas, semicolons or "|".

    Returns:
        The addresses in their order, each once; white space within one is written %20.
    """
    found = [address for part in _parts(text.strip()) for address in _split(part)]
    return list(dict.fromkeys(found))


def is_picture_address(address: str) -> bool:
    """Say whether an address ends as a picture's does (`…/dog.jpg`, `…/dog.jpg!Large.jpg`)."""
    return PurePosixPath(urlsplit(address).path).suffix.lower() in IMAGE_SUFFIXES


def _parts(text: str) -> list[str]:
    """Take a list of Python or JSON apart; anything else stays as it is."""
    if text[:1] not in ("[", "(", "{", '"', "'"):
        return [text]
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        values = value if isinstance(value, list | tuple | set) else [value]
        values = value.values() if isinstance(value, dict) else values
        return [item for item in values if isinstance(item, str)]
    return [text]


def _split(text: str) -> list[str]:
    start = _ADDRESS.search(text)
    if not start:
        return []
    return [_tidy(part) for part in _BETWEEN.split(text[start.start() :])]


def _tidy(address: str) -> str:
    address = address.strip().rstrip(",;|'\"")
    for opening, closing in ("()", "[]"):
        while address.endswith(closing) and address.count(closing) > address.count(opening):
            address = address[:-1].rstrip("'\"")
    address = "%20".join(address.split())
    return f"https:{address}" if address.startswith("//") else address
