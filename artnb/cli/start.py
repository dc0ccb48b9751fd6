"""Commands to begin with: doctor and demo."""

import argparse
from datetime import datetime
from pathlib import Path

from artnb.cli.command import add_backend, add_command, say_backend
from artnb.progress import bar


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the commands."""
    _add_doctor(commands)
    _add_demo(commands)


def _add_doctor(commands: argparse._SubParsersAction) -> None:
    text = "Look at this machine: backend, devices, versions, disk and memory, data, weights."
    add_backend(add_command(commands, "doctor", _doctor, text))


def _add_demo(commands: argparse._SubParsersAction) -> None:
    text = "Make data, train for four minutes, paint held-out photos: see that all works."
    parser = add_command(commands, "demo", _demo, text)
    parser.add_argument("--out", type=Path, help="new folder (default: outputs/demo-DATE)")
    parser.add_argument("--data", type=Path, help="train on this instead of the embedded data")
    add_backend(parser)


def _doctor(options: argparse.Namespace) -> None:
    from artnb.doctor import examine

    print(examine(options.backend))


def _demo(options: argparse.Namespace) -> None:
    say_backend(options)
    from artnb.demo import run_demo
    from artnb.platform.where import outputs_folder

    moment = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    out = options.out or outputs_folder() / f"demo-{moment}"
    result = run_demo(out, options.data, progress=bar)
    if result.check:
        print(result.check.describe())
    print(f"Look at the paintings:  {result.contact_sheet}")
    print(f"Grids while training:   {result.run.samples}")
    print(f"Loss curves:            {result.run.losses_picture}")
    print(f"Your own photos:        artnb translate --run {result.run.path} --photos FOLDER "
          f"--out {out / 'mine'}")  # fmt: skip
