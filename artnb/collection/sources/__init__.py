"""Where paintings come from: lists, tables and folders, recognised by what they hold.

`read_source` reads any of these:

- `wikiart`: ArtGAN's lists `Style/artist_title.jpg,class`;
- `historic-art`: Kaggle's `ansonnnnn/historic-art`, folders and tables;
- `folders`: a folder whose subfolders are styles, artists or genres;
- `table`: any table with a header, whose columns are recognised by their names or said.
"""

from collections.abc import Mapping
from pathlib import Path

from artnb.collection.sources import folders, historic_art, tables, wikiart
from artnb.collection.text_tables import Found, first_fields
from artnb.errors import InputError, nearest
from artnb.files import refuse_pointer

KINDS = ("auto", "wikiart", "historic-art", "folders", "table")


def read_source(
    path: Path, kind: str = "auto", columns: Mapping[str, str] | None = None, classes: str = "style"
) -> Found:
    """Read what lies at a path.

    Args:
        path: a table or a folder.
        kind: one of `KINDS`; `auto` recognises it.
        columns: for a table, which of its columns holds what, such as `{"artist": "Author"}`.
        classes: for a folder of folders, what their names are: style, artist or genre.

    Raises:
        InputError: there is nothing, or nothing of that kind.
    """
    if kind not in KINDS:
        raise InputError(f"--kind is one of {', '.join(KINDS)}, got {kind!r}")
    if classes not in folders.CLASSES:
        raise InputError(
            f"classes are one of {', '.join(folders.CLASSES)}, got {classes!r}; "
            f"{nearest(classes, folders.CLASSES)}"
        )
    if not path.exists():
        raise InputError(f"a source is a table or a folder, and {path} does not exist")
    if path.is_file():
        refuse_pointer(path)
    kind = _recognise(path, columns) if kind == "auto" else kind
    if kind == "historic-art":
        return historic_art.read_historic_art(path)
    if kind == "folders":
        _must_be(path, path.is_dir(), "a folder", kind)
        return folders.read_folders(path, classes)
    if kind == "wikiart" and path.is_dir():
        return folders.read_folders(path)
    _must_be(path, path.is_file(), "a file", kind)
    return wikiart.read_list(path) if kind == "wikiart" else tables.read_columns(path, columns)


def _recognise(path: Path, columns: Mapping[str, str] | None) -> str:
    if path.is_dir():
        return "historic-art" if historic_art.find_tables(path) else "folders"
    if path.name == historic_art.ARTWORKS:
        return "historic-art"
    return "table" if columns or not wikiart.is_list(first_fields(path)) else "wikiart"


def _must_be(path: Path, so: bool, what: str, kind: str) -> None:
    if not so:
        raise InputError(f"a source of the kind {kind} is {what}, and {path} is none")
