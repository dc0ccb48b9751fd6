"""Commands that make Collections of paintings of any epoch: invent, read, choose, fetch."""

import argparse
from pathlib import Path

from artnb.cli.collection_looks import add_looks
from artnb.cli.command import add_command
from artnb.cli.data import add_preparing, chosen_workers, say_prepared
from artnb.errors import InputError
from artnb.progress import bar

_MEGA = 1_000_000


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    text = "Read, choose, fetch and clean paintings of any epoch."
    collection = commands.add_parser("collection", help=text, description=text)
    actions = collection.add_subparsers(title="actions", metavar="ACTION", required=True)
    _add_demo(actions)
    _add_read(actions)
    _add_choose(actions)
    _add_fetch(actions)
    add_looks(actions)
    _add_prepare(actions)


def _add_demo(actions: argparse._SubParsersAction) -> None:
    text = "Invent paintings of two epochs, with a table, and with what spoils such collections."
    parser = add_command(actions, "demo", _demo, text)
    parser.add_argument("--out", type=Path, required=True, help="new folder")
    parser.add_argument("--pictures", type=int, default=200, help="how many, 24 or more")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other paintings")


def _add_read(actions: argparse._SubParsersAction) -> None:
    text = "Read lists, tables or folders of paintings as a Collection."
    parser = add_command(actions, "read", _read, text)
    parser.add_argument("sources", nargs="+", type=Path, metavar="SOURCE", help="table or folder")
    parser.add_argument("--out", type=Path, required=True, help="new folder for the Collection")
    parser.add_argument(
        "--kind", default="auto", help="auto, wikiart, historic-art, folders or table"
    )
    parser.add_argument(
        "--columns",
        metavar="NAME=COLUMN,…",
        help="which column holds what, such as artist=Author,date=Year",
    )
    parser.add_argument(
        "--classes", default="style", help="what subfolders' names are: style, artist or genre"
    )
    parser.add_argument("--images", type=Path, metavar="DIR", help="where the pictures lie")


def _add_prepare(actions: argparse._SubParsersAction) -> None:
    text = "Make a Dataset to train on of two Collections, and a card that says what is in it."
    parser = add_command(actions, "prepare", _prepare, text)
    parser.add_argument("x", type=Path, metavar="X", help="pictures to be turned into the others")
    parser.add_argument("y", type=Path, metavar="Y", help="pictures of the style to learn")
    parser.add_argument("--x-ids", type=Path, metavar="FILE", help="use these rows alone; see pair")
    parser.add_argument("--y-ids", type=Path, metavar="FILE", help="likewise of Y")
    add_preparing(parser)


def _add_choose(actions: argparse._SubParsersAction) -> None:
    text = "Choose pictures by style, artist, genre, date, cluster; or both sides of a pair."
    parser = add_command(actions, "choose", _choose, text)
    parser.epilog = (
        "A condition is written style=Baroque,Rococo or date=1600-1700 or cluster!=3; of several, "
        "all must hold.\n  artnb collection choose art --x style=Baroque --y style=Realism "
        "date=1840-1890 --out pair"
    )
    parser.add_argument("collection", type=Path, metavar="COLLECTION")
    parser.add_argument("conditions", nargs="*", metavar="CONDITION", help="for a single side")
    parser.add_argument("--x", nargs="+", metavar="CONDITION", help="what is to be turned into y")
    parser.add_argument("--y", nargs="+", metavar="CONDITION", help="what x is to be turned into")
    parser.add_argument(
        "--out", type=Path, required=True, help="new folder; of a pair, x and y are made in it"
    )


def _add_fetch(actions: argparse._SubParsersAction) -> None:
    text = "Fetch a Collection's pictures by their addresses; run it again to go on."
    parser = add_command(actions, "fetch", _fetch, text)
    parser.add_argument("collection", type=Path, metavar="COLLECTION")
    parser.add_argument("--per-host", type=int, default=2, help="requests to a server at a time")
    parser.add_argument("--at-once", type=int, default=16, help="requests to all servers at a time")
    parser.add_argument("--largest-mb", type=float, default=50, help="of a file")
    parser.add_argument("--largest-mp", type=float, default=100, help="of a picture, megapixels")
    parser.add_argument("--again", action="store_true", help="also ask for what failed for good")


def _demo(options: argparse.Namespace) -> None:
    from artnb.synthetic.collection import make_demo_collection

    table = make_demo_collection(options.out, options.pictures, options.seed, progress=bar)
    print(f"The table:     {table}")
    print(f"The pictures:  {options.out / 'Baroque'}, {options.out / 'Realism'}")
    print(f"Next:          artnb collection read {table} --out paintings")


def _read(options: argparse.Namespace) -> None:
    from artnb.collection.read import PROBLEMS, read_collection

    reading = read_collection(
        options.sources,
        options.out,
        kind=options.kind,
        columns=_columns(options.columns),
        classes=options.classes,
        images=options.images,
    )
    reading.save()
    print(*reading.describe(), sep="\n")
    print(f"The table:  {options.out / 'collection.csv'}")
    if reading.problems:
        print(f"Each problem with its line:  {options.out / PROBLEMS}")
    print(f"Next:  artnb collection choose {options.out} --x style=… --y style=… --out …")


def _columns(text: str | None) -> dict[str, str]:
    """Read NAME=COLUMN,NAME=COLUMN."""
    pairs = [part.partition("=") for part in text.split(",")] if text else []
    for name, equals, column in pairs:
        if not (name.strip() and equals and column.strip()):
            raise InputError(
                f"--columns is written NAME=COLUMN,NAME=COLUMN, such as artist=Author, got {text!r}"
            )
    return {name.strip(): column.strip() for name, _, column in pairs}


def _choose(options: argparse.Namespace) -> None:
    from artnb.collection.choose import choose, choose_pair
    from artnb.collection.table import must_be_new, open_collection

    single = bool(options.conditions)
    if single == bool(options.x or options.y) or bool(options.x) != bool(options.y):
        raise InputError(
            "choose takes conditions for one side, such as style=Baroque, or both --x and --y"
        )
    collection = open_collection(options.collection)
    if single:
        sides = {options.out: choose(collection, "; ".join(options.conditions))}
    else:
        pair = choose_pair(collection, "; ".join(options.x), "; ".join(options.y))
        sides = {options.out / name: choice for name, choice in zip("xy", pair, strict=True)}
    for folder in sides:
        must_be_new(folder)
    for folder, choice in sides.items():
        choice.save(folder)
        print(f"{folder}: {choice.describe()}")


def _fetch(options: argparse.Namespace) -> None:
    from artnb.collection.fetch_images import fetch_images
    from artnb.collection.one_picture import Manners
    from artnb.collection.table import open_collection

    manners = Manners(
        per_host=options.per_host,
        at_once=options.at_once,
        largest_bytes=int(options.largest_mb * _MEGA),
        largest_pixels=int(options.largest_mp * _MEGA),
    )
    collection = open_collection(options.collection)
    report = fetch_images(collection, manners, again=options.again, progress=bar)
    print(*report.describe(), sep="\n")


def _prepare(options: argparse.Namespace) -> None:
    from artnb.collection.prepare import CARD, prepare_pair, with_ids
    from artnb.collection.table import open_collection

    x, y = open_collection(options.x), open_collection(options.y)
    if options.x_ids:
        x = with_ids(x, options.x_ids)
    if options.y_ids:
        y = with_ids(y, options.y_ids)
    dataset = prepare_pair(
        x,
        y,
        options.out,
        (options.x_name or x.folder.resolve().name, options.y_name or y.folder.resolve().name),
        options.size_px,
        options.test_share,
        options.seed,
        options.licence,
        progress=bar,
        workers=chosen_workers(options),
    )
    say_prepared(options.out, dataset)
    print(f"What is in it:      {options.out / CARD}")
