"""Commands that make Collections of paintings of any epoch: invent, read, choose, fetch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import artnb
from artnb import collection, synthetic
from artnb.cli import options
from artnb.cli.data import chosen_workers, say_prepared
from artnb.cli.maker import Option
from artnb.errors import InputError

_MEGA = 1_000_000

_Collection = Annotated[Path, "its folder", Option(metavar="COLLECTION")]
_Conditions = Annotated[Sequence[str], Option(metavar="CONDITION", nargs="+")]


def demo(
    *,
    out: Annotated[Path, "new folder"],
    pictures: Annotated[int, "how many, 24 or more"] = 200,
    seed: Annotated[int, "another seed, other paintings"] = 0,
) -> None:
    """Invent paintings of two epochs, with a table, and with what spoils such collections."""
    table = synthetic.make_demo_collection(out, pictures, seed, progress=artnb.bar)
    print(f"The table:     {table}")
    print(f"The pictures:  {out / 'Baroque'}, {out / 'Realism'}")
    print(f"Next:          artnb collection read {table} --out paintings")


def read(
    sources: Annotated[Sequence[Path], "table or folder", Option(metavar="SOURCE")],
    *,
    out: Annotated[Path, "new folder for the Collection"],
    kind: Annotated[str, "auto, wikiart, historic-art, folders or table"] = "auto",
    columns: Annotated[
        str | None,
        "which column holds what, such as artist=Author,date=Year",
        Option(metavar="NAME=COLUMN,…"),
    ] = None,
    classes: Annotated[str, "what subfolders' names are: style, artist or genre"] = "style",
    images: Annotated[Path | None, "where the pictures lie"] = None,
) -> None:
    """Read lists, tables or folders of paintings as a Collection."""
    given = _read_columns(columns)
    reading = collection.read_collection(
        sources, out, kind=kind, columns=given, classes=classes, images=images
    )
    reading.save()
    print(*reading.describe(), sep="\n")
    print(f"The table:  {out / 'collection.csv'}")
    if reading.problems:
        print(f"Each problem with its line:  {out / collection.PROBLEMS}")
    print(f"Next:  artnb collection choose {out} --x style=… --y style=… --out …")


def _read_columns(text: str | None) -> dict[str, str]:
    """Read NAME=COLUMN,NAME=COLUMN."""
    pairs = [part.partition("=") for part in text.split(",")] if text else []
    for name, equals, column in pairs:
        if not (name.strip() and equals and column.strip()):
            raise InputError(
                f"--columns is written NAME=COLUMN,NAME=COLUMN, such as artist=Author, got {text!r}"
            )
    return {name.strip(): column.strip() for name, _, column in pairs}


def choose(
    folder: _Collection,
    conditions: Annotated[Sequence[str], "for a single side", Option(metavar="CONDITION")] = (),
    *,
    x: Annotated[_Conditions, "what is to be turned into y"] = (),
    y: Annotated[_Conditions, "what x is to be turned into"] = (),
    out: Annotated[Path, "new folder; of a pair, x and y are made in it"],
) -> None:
    """Choose pictures by style, artist, genre, date, cluster; or both sides of a pair.

    A condition is written style=Baroque,Rococo or date=1600-1700 or cluster!=3; of several, all
    must hold.
      artnb collection choose art --x style=Baroque --y style=Realism date=1840-1890 --out pair
    """
    from artnb.collection.choose import choose

    if bool(conditions) == bool(x or y) or bool(x) != bool(y):
        raise InputError(
            "choose takes conditions for one side, such as style=Baroque, or both --x and --y"
        )
    whole = collection.open_collection(folder)
    if conditions:
        chosen = {out: choose(whole, "; ".join(conditions))}
    else:
        of_x, of_y = collection.choose_pair(whole, "; ".join(x), "; ".join(y))
        chosen = {out / "x": of_x, out / "y": of_y}
    for place in chosen:
        collection.must_be_new(place)
    for place, choice in chosen.items():
        choice.save(place)
        print(f"{place}: {choice.describe()}")


def fetch(
    folder: _Collection,
    *,
    per_host: Annotated[int, "requests to a server at a time"] = 2,
    at_once: Annotated[int, "requests to all servers at a time"] = 16,
    largest_mb: Annotated[float, "of a file"] = 50,
    largest_mp: Annotated[float, "of a picture, megapixels"] = 100,
    again: Annotated[bool, "also ask for what failed for good"] = False,
) -> None:
    """Fetch a Collection's pictures by their addresses; run it again to go on."""
    from artnb.collection.fetch_images import fetch_images

    limits = collection.FetchLimits(
        per_host=per_host,
        at_once=at_once,
        largest_bytes=int(largest_mb * _MEGA),
        largest_pixels=int(largest_mp * _MEGA),
    )
    whole = collection.open_collection(folder)
    report = fetch_images(whole, limits, again=again, progress=artnb.bar)
    print(*report.describe(), sep="\n")


def prepare(
    x: Annotated[Path, "pictures to be turned into the others", Option(metavar="X")],
    y: Annotated[Path, "pictures of the style to learn", Option(metavar="Y")],
    *,
    x_ids: Annotated[Path | None, "use these rows alone; see pair"] = None,
    y_ids: Annotated[Path | None, "likewise of Y"] = None,
    out: options.DatasetOut,
    x_name: options.XName = None,
    y_name: options.YName = None,
    size_px: options.SizePx = 256,
    test_share: options.TestShare = 0.1,
    seed: options.SplitSeed = 0,
    licence: options.Licence = "",
    beam: options.Beam = None,
) -> None:
    """Make a Dataset to train on of two Collections, and a card that says what is in it."""
    of_x, of_y = _take(x, x_ids), _take(y, y_ids)
    names = (x_name or of_x.folder.resolve().name, y_name or of_y.folder.resolve().name)
    dataset = collection.prepare_pair(
        of_x, of_y, out, names, size_px, test_share, seed, licence, artnb.bar, chosen_workers(beam)
    )
    say_prepared(out, dataset)
    print(f"What is in it:      {out / collection.CARD}")


def folders(
    folder: _Collection,
    *,
    by: Annotated[str | None, "a column, such as cluster: a folder for each value"] = None,
    least: Annotated[int, "leave out values with fewer pictures"] = 1,
    out: Annotated[Path, "new folder"],
) -> None:
    """Copy the pictures in use into folders, cropped where the table says so: for stylegan2."""
    whole = collection.open_collection(folder)
    written = collection.write_folders(whole, out, by, least, artnb.bar)
    for name, count in written.items():
        print(f"{out / name}: {count:,} pictures")
    classes = " --set classes=folders" if len(written) > 1 else ""
    print(f"Next:  artnb train --method stylegan2 --data {out}{classes}")


def _take(folder: Path, ids: Path | None):
    whole = collection.open_collection(folder)
    return collection.with_ids(whole, ids) if ids else whole
