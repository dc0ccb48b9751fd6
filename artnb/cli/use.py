"""Commands that use trained Runs: translate and runs."""

import argparse
import sys
from pathlib import Path

from artnb.cli.command import add_backend, add_command, say_backend
from artnb.progress import bar


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the commands."""
    _add_translate(commands)
    _add_runs(commands)


def _add_translate(commands: argparse._SubParsersAction) -> None:
    parser = add_command(
        commands, "translate", _translate, "Turn photos of any size into paintings."
    )
    parser.add_argument("--run", required=True, help="name or path of a trained Run")
    parser.add_argument("--photos", type=Path, required=True, help="a file or a folder")
    parser.add_argument("--out", type=Path, required=True, help="folder for the paintings")
    parser.add_argument("--epoch", default="latest", help="a kept epoch's number, latest or best")
    parser.add_argument("--to", default="y", help="x, y or a domain's name")
    parser.add_argument(
        "--largest-px", type=int, help="scale larger pictures down to this longer side"
    )
    add_backend(parser)


def _add_runs(commands: argparse._SubParsersAction) -> None:
    parser = add_command(commands, "runs", _runs, "List Runs: how far they got, how they ended.")
    parser.add_argument("folder", type=Path, nargs="?", help="where (default: outputs)")


def _translate(options: argparse.Namespace) -> int:
    from artnb.data.images import find_pictures
    from artnb.runs.run import direction_towards, open_run

    run = open_run(options.run)
    direction_towards(run, options.to)
    run.find_snapshot(options.epoch)
    find_pictures(options.photos)
    say_backend(options)
    from artnb.translation import translate

    report = translate(
        run, options.photos, options.out, options.epoch, options.to, options.largest_px, bar
    )
    print(f"{len(report.written)} paintings in {options.out}")
    for path, problem in report.skipped:
        print(f"artnb: {path} was skipped: {problem}", file=sys.stderr)
    return 2 if report.skipped else 0


def _runs(options: argparse.Namespace) -> None:
    from artnb.platform.where import outputs_folder
    from artnb.runs.table import runs_table

    print(runs_table(options.folder or outputs_folder()))
