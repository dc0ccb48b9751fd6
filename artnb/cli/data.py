"""Commands that make, fetch, prepare and check training data."""

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.cli import fetch
from artnb.cli.command import add_command
from artnb.progress import bar

if TYPE_CHECKING:
    from artnb.data.dataset import Dataset
    from artnb.data.workers import Workers


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the commands."""
    text = "Make, fetch, prepare and check training data."
    data = commands.add_parser("data", help=text, description=text)
    actions = data.add_subparsers(title="actions", metavar="ACTION", required=True)
    _add_data_demo(actions)
    _add_data_prepare(actions)
    fetch.add_to(actions)
    check = add_command(
        actions, "check", _data_check, "Say what data holds and whether it is usable."
    )
    check.add_argument("folder", type=Path, help="a Dataset, or any folder that train accepts")


def _add_data_demo(actions: argparse._SubParsersAction) -> None:
    parser = add_command(
        actions, "demo", _data_demo, "Make the embedded data: landscapes, paintings."
    )
    parser.add_argument("--out", type=Path, required=True, help="new folder")
    parser.add_argument("--size-px", type=int, default=128, help="edge of the pictures")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other scenes")


def _add_data_prepare(actions: argparse._SubParsersAction) -> None:
    text = "Turn two folders of pictures into a Dataset; the pictures themselves stay as they are."
    parser = add_command(actions, "prepare", _data_prepare, text)
    parser.add_argument(
        "--x", "--photos", type=Path, required=True, help="pictures to be turned into the others"
    )
    parser.add_argument(
        "--y", "--paintings", type=Path, required=True, help="pictures of the style to learn"
    )
    add_preparing(parser)
    parser.set_defaults(x_name="photo", y_name="painting")


def add_preparing(parser: argparse.ArgumentParser) -> None:
    """Let a command's user say what the Dataset shall be like."""
    parser.add_argument("--out", type=Path, required=True, help="new folder for the Dataset")
    parser.add_argument("--x-name", metavar="NAME", help="what the first pictures are")
    parser.add_argument("--y-name", metavar="NAME", help="what the second pictures are")
    parser.add_argument("--size-px", type=int, default=256, help="edge, a multiple of 4")
    parser.add_argument(
        "--test-share", type=float, default=0.1, help="share held out from training"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the choice of what is held out")
    parser.add_argument("--licence", default="", help="noted in dataset.json")
    parser.add_argument(
        "--beam",
        nargs="?",
        const="",
        metavar="OPTIONS",
        help="prepare as an Apache Beam pipeline, with Beam's options in one word, such as "
        "--beam='--runner=FlinkRunner --flink_master=host:8081'; needs artnb[beam]",
    )


def _data_demo(options: argparse.Namespace) -> None:
    from artnb.synthetic.dataset import make_demo_data

    dataset = make_demo_data(options.out, options.size_px, seed=options.seed, progress=bar)
    print(f"{options.out}: {dataset.describe()}")
    print(f"Pictures to look at:  {options.out / 'pictures'}")
    print(f"Next:                 artnb train --data {options.out} --preset preview")


def _data_prepare(options: argparse.Namespace) -> None:
    from artnb.data.prepare import prepare
    from artnb.data.sources import two_folders

    source = two_folders(options.x, options.y, options.x_name, options.y_name)
    source = source.with_test_share(options.test_share)
    dataset = prepare(
        source,
        options.out,
        options.size_px,
        options.seed,
        options.licence,
        progress=bar,
        workers=chosen_workers(options),
    )
    say_prepared(options.out, dataset)


def chosen_workers(options: argparse.Namespace) -> "Workers | None":
    """Give the workers of a Beam pipeline where `--beam` asks for them, otherwise None."""
    if options.beam is None:
        return None
    from artnb.data.beam import BeamPipeline

    return BeamPipeline(shlex.split(options.beam), progress=bar)


def say_prepared(out: Path, dataset: "Dataset") -> None:
    """Say what a new Dataset holds, what became of every picture, and what to do next."""
    from artnb.data.prepare import REPORT

    print(f"{out}: {dataset.describe()}")
    _print_problems(out)
    print(f"Every file's fate:  {out / REPORT}")
    print(f"Next:               artnb train --data {out} --preset preview")


def _print_problems(out: Path) -> None:
    from artnb.data.dataset import read_manifest

    for name, problems in read_manifest(out)["problems"].items():
        for kind, count in problems.items():
            if count:
                fate = "cannot be read: skipped" if kind == "unreadable" else "repeat others: kept"
                print(f"{name}: {count} pictures {fate}; the report names them")


def _data_check(options: argparse.Namespace) -> int:
    from artnb.data.check import check_data

    findings = check_data(options.folder, progress=bar)
    for line in findings.facts + findings.remarks:
        print(line)
    if findings.usable:
        print("Usable whole.")
        return 0
    for problem in findings.problems:
        print(f"artnb: {problem}", file=sys.stderr)
    return 2
