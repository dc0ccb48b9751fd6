"""Commands that get training data from the network."""

import argparse
from pathlib import Path

from artnb.cli.command import add_command
from artnb.progress import bar


def add_to(actions: argparse._SubParsersAction) -> None:
    """Add the actions of `artnb data`."""
    text = "Get a Kaggle competition's files: attached, here already, or downloaded."
    kaggle = add_command(actions, "kaggle", _data_kaggle, text)
    kaggle.add_argument(
        "slug",
        metavar="SLUG",
        nargs="?",
        default="gan-getting-started",
        help="last part of the competition's address",
    )
    text = "Get a data set of the CycleGAN paper from its authors' server."
    cyclegan = add_command(actions, "cyclegan", _data_cyclegan, text)
    cyclegan.add_argument(
        "name",
        metavar="NAME",
        help="monet2photo, vangogh2photo, cezanne2photo, ukiyoe2photo, horse2zebra …",
    )
    cyclegan.add_argument("--server", metavar="URL", help="folder of a copy of the authors' zips")
    for parser, name in ((kaggle, "SLUG"), (cyclegan, "NAME")):
        parser.add_argument(
            "--out", type=Path, metavar="DIR", help=f"folder to put {name} in; else the cache"
        )
        parser.add_argument("--keep-zip", action="store_true", help="keep the zip beside it")


def _data_kaggle(options: argparse.Namespace) -> None:
    from artnb.data.fetch.competition import fetch_competition

    _say_next(fetch_competition(options.slug, options.out, options.keep_zip, progress=bar))


def _data_cyclegan(options: argparse.Namespace) -> None:
    from artnb.data.fetch.cyclegan import SERVER, fetch_cyclegan

    server = options.server or SERVER
    _say_next(fetch_cyclegan(options.name, options.out, options.keep_zip, server, progress=bar))


def _say_next(folder: Path) -> None:
    print(f"Look at it:  artnb data check {folder}")
    print(f"Next:        artnb train --data {folder} --preset preview")
