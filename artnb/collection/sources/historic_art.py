"""Kaggle's historic-art (`ansonnnnn/historic-art`): European art from the Web Gallery of Art.

What was assumed, from the program that its author made it with (github.com/ansonwhc/Art_Scraping)
and from projects that use it; the data set itself was not at hand:

    complete/artwork_dataset.csv   ID, artist, title, picture data, file info, jpg url
    complete/info_dataset.csv      artist, born-died, period, school, url, base, nationality
    complete/artwork/              0.jpg, 1.jpg …, named by ID

The style of a picture is its artist's `period` (Baroque, Realism …). The date is the first part
of `picture data` ("1574-88, oil on canvas, …") that is one. Names of columns may differ in case;
the tables may lie in the folder itself or below it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from artnb.collection.dates import find_date
from artnb.collection.sources.tables import read_columns
from artnb.collection.text_tables import Found, plain, read_rows
from artnb.errors import InputError

if TYPE_CHECKING:
    from pandas import DataFrame

ARTWORKS, ARTISTS, IMAGES = "artwork_dataset.csv", "info_dataset.csv", "artwork"


def find_tables(folder: Path) -> Path | None:
    """Find the table of artworks in a folder or up to two folders below it."""
    for pattern in (ARTWORKS, f"*/{ARTWORKS}", f"*/*/{ARTWORKS}"):
        for path in sorted(folder.glob(pattern)):
            return path
    return None


def read_historic_art(folder: Path) -> Found:
    """Read the data set.

    Args:
        folder: that `artwork_dataset.csv` is in or below, or that file.

    Raises:
        InputError: the table is not there.
    """
    artworks = folder if folder.is_file() else find_tables(folder)
    if artworks is None:
        raise InputError(
            f"historic-art has a table {ARTWORKS}, and it is not in {folder} nor below it; "
            "unpack the data set and name its folder"
        )
    found = read_columns(artworks)
    table, remarks = found.table, list(found.remarks)
    described = next((name for name in table.columns if plain(name) == "picture data"), None)
    if "date" not in table and described is not None:
        table["date"] = table[described].map(find_date)
    if "path" not in table:
        table["path"] = table["id"].map(lambda number: f"{number.strip()}.jpg")
    problems = list(found.problems)
    artists = artworks.with_name(ARTISTS)
    if artists.is_file():
        rows = read_rows(artists)
        problems += rows.problems
        table = _with_artists(table, rows.table)
    else:
        remarks.append(f"there is no {ARTISTS} beside {artworks.name}: styles are not known")
    images = artworks.with_name(IMAGES)
    kind = "Kaggle's historic-art"
    return Found(artworks.name, kind, table, images if images.is_dir() else None, problems, remarks)


def _with_artists(table: "DataFrame", artists: "DataFrame") -> "DataFrame":
    """Add what is known of each picture's artist; the period is the style."""
    known = {plain(name): name for name in artists.columns}
    if "artist" not in known or "artist" not in table:
        return table
    names = artists[known["artist"]].map(plain)
    artists = artists.set_axis(names, axis=0)[~names.duplicated().to_numpy()]
    painters = table["artist"].map(plain)
    for word, column in known.items():
        if word != "artist":
            name = "style" if word == "period" else f"artist {word}"
            if name not in table:
                table[name] = painters.map(artists[column]).fillna("").to_numpy()
    return table
