"""Commands for Kaggle's competition: make and check a submission, push the notebook."""

import argparse
import sys
import time
from pathlib import Path

from artnb.cli.command import add_backend, add_command, add_extractor, say_backend
from artnb.progress import bar
from artnb.submission.rules import SLUG, ZIP_NAME


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the commands."""
    text = "Make and check a submission for Kaggle's gan-getting-started."
    submit = commands.add_parser("submit", help=text, description=text)
    actions = submit.add_subparsers(title="actions", metavar="ACTION", required=True)
    _add_build(actions)
    _add_check(actions)
    text = "Push a notebook to Kaggle, with what it needs attached."
    kaggle = commands.add_parser("kaggle", help=text, description=text)
    _add_push(kaggle.add_subparsers(title="actions", metavar="ACTION", required=True))


def _add_build(actions: argparse._SubParsersAction) -> None:
    text = "Paint 7,000 to 10,000 photos into a zip; goes on where it was stopped."
    parser = add_command(actions, "build", _build, text)
    parser.add_argument("--run", required=True, help="name or path of a trained Run")
    parser.add_argument(
        "--photos",
        type=Path,
        required=True,
        metavar="DIR",
        help="the competition's folder, a Dataset, or a folder of pictures or shards",
    )
    parser.add_argument("--out", type=Path, default=Path(ZIP_NAME), help="the zip to make")
    parser.add_argument("--epoch", default="latest", help="a kept epoch's number, latest or best")
    parser.add_argument("--to", default="y", help="x, y or a domain's name")
    parser.add_argument("--count", type=int, help="paint so many of the photos, spread evenly")
    parser.add_argument(
        "--deadline",
        type=float,
        metavar="MINUTES",
        help="from now: stop in time, with a zip where there are pictures enough",
    )
    parser.add_argument(
        "--replace", action="store_true", help="make it anew where another one is there"
    )
    add_backend(parser)


def _add_check(actions: argparse._SubParsersAction) -> None:
    text = "Check a submission: count, size, colours, names, repeats, damage."
    parser = add_command(actions, "check", _check, text)
    parser.add_argument("zip", type=Path, nargs="?", default=Path(ZIP_NAME), help="the zip")
    parser.add_argument(
        "--real",
        type=Path,
        metavar="DIR",
        help="also a local MiFID: the competition's folder, or one of real paintings",
    )
    add_extractor(parser)
    add_backend(parser)


def _add_push(actions: argparse._SubParsersAction) -> None:
    text = "Push a notebook with Kaggle's client; Kaggle runs it at once."
    parser = add_command(actions, "push", _push, text)
    parser.add_argument("notebook", type=Path, help="an .ipynb file")
    parser.add_argument("--user", required=True, help="the account's name in kaggle.com/NAME")
    parser.add_argument("--title", help="of the notebook there (default: of its file's name)")
    parser.add_argument(
        "--dataset",
        action="append",
        default=[],
        metavar="OWNER/NAME",
        help="a data set to attach, such as one with a wheel of artnb; may be repeated",
    )
    parser.add_argument("--competition", default=SLUG, help="whose data is attached")
    parser.add_argument(
        "--without-previous",
        action="store_true",
        help="do not attach the output of the notebook's previous version",
    )
    parser.add_argument("--public", action="store_true", help="everybody may see it")
    parser.add_argument("--no-gpu", action="store_true", help="run on CPUs")
    parser.add_argument("--no-internet", action="store_true", help="run without the internet")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder to make and to push")
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would be pushed; needs no credentials"
    )


def _build(options: argparse.Namespace) -> None:
    from artnb.data.sources import existing_folder
    from artnb.platform.deadline import Deadline
    from artnb.runs.run import open_run

    started = time.time()
    run = open_run(options.run)
    run.find_snapshot(options.epoch)
    existing_folder(options.photos, "photos")
    deadline = Deadline(options.deadline, 0, started) if options.deadline is not None else None
    say_backend(options)
    from artnb.submission.build import build_submission

    made = build_submission(
        run,
        options.photos,
        options.out,
        options.epoch,
        options.to,
        options.count,
        deadline=deadline,
        replace=options.replace,
        progress=bar,
    )
    print(f"{made.path}: {made.describe()}")
    for name, why in made.unreadable:
        print(f"artnb: {name} was left out: {why}", file=sys.stderr)
    print(f"Check it:  artnb submit check {made.path}")


def _check(options: argparse.Namespace) -> int:
    from artnb.submission.check import check_submission, local_mifid

    checked = check_submission(options.zip, progress=bar)
    print(checked.describe())
    if not checked.is_right:
        return 2
    if options.real:
        say_backend(options)

    for line in local_mifid(options.zip, options.real, options.extractor, bar):
        print(line)
    return 0


def _push(options: argparse.Namespace) -> None:
    from artnb.platform.where import outputs_folder
    from artnb.submission.kernel import (
        METADATA,
        Kernel,
        as_json,
        check_notebook,
        push,
        title_of,
        write_kernel,
    )

    notebook = options.notebook
    check_notebook(notebook)
    kernel = Kernel(
        options.user,
        options.title or title_of(notebook),
        [options.competition],
        options.dataset,
        continues=not options.without_previous,
        public=options.public,
        gpu=not options.no_gpu,
        internet=not options.no_internet,
    )
    folder = options.out or outputs_folder() / "kaggle" / kernel.id.split("/")[1]
    if options.dry_run:
        print(f"Would push {notebook} as kaggle.com/code/{kernel.id}, from {folder}")
        print(f"{METADATA}:\n{as_json(kernel, notebook)}", end="")
        return
    print(f"Metadata: {write_kernel(notebook, kernel, folder)}")
    for line in push(folder, kernel.id):
        print(line)
