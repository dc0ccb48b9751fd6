"""The command that trains."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.cli.command import add_backend, add_command, add_extractor, say_backend
from artnb.progress import bar

if TYPE_CHECKING:
    from artnb.evaluation.runs import Scoring


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    parser = add_command(
        commands, "train", _train, "Train a CycleGAN into a Run, or go on with one."
    )
    parser.epilog = (
        "presets: smoke (seconds, to see that it runs), preview (minutes on a CPU),\n"
        "         session (one session on a free GPU),\n"
        "         paper (the original's 200 epochs: days on a free GPU)"
    )
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        help="a Dataset, the competition's folder, or a folder with trainA and trainB",
    )
    parser.add_argument("--preset", help="smoke, preview, session or paper (default: preview)")
    parser.add_argument("--run", metavar="NAME", help="of the Run (default: preset and date)")
    _add_resume(parser)
    parser.add_argument("--epochs", type=int, help="how often every photo is seen")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="any setting, such as steps_per_epoch=200; may be repeated",
    )
    parser.add_argument("--swap-domains", action="store_true", help="take X for Y and Y for X")
    parser.add_argument(
        "--evaluate-every", type=int, metavar="N", help="score every N epochs, on held-out photos"
    )
    add_extractor(parser)
    parser.add_argument("--tensorboard", action="store_true", help="also write for TensorBoard")
    add_backend(parser)


def _add_resume(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--resume", action="store_true", help="go on with the Run where it was left off"
    )
    parser.add_argument(
        "--accept-changes",
        action="store_true",
        help="go on although settings or data are not the Run's",
    )
    parser.add_argument(
        "--mirror", type=Path, metavar="DIR", help="keep a second copy of the Run in this folder"
    )
    parser.add_argument(
        "--deadline", type=float, metavar="MINUTES", help="stop this long after the start"
    )
    parser.add_argument(
        "--reserve", type=float, default=0.0, metavar="MINUTES", help="stop so much earlier"
    )
    parser.add_argument(
        "--heartbeat", type=float, metavar="MINUTES", help="say this often how far it is"
    )


def _train(options: argparse.Namespace) -> None:
    from artnb.config import parse_setting, preset_config
    from artnb.runs.run import Run, refuse_existing, run_folder

    changes = dict(map(parse_setting, options.set))
    if options.epochs is not None:
        changes["epochs"] = options.epochs
    config = preset_config(options.preset or "preview", **changes)
    if options.resume and not (options.preset or changes):
        config = None
    if options.run and not options.resume:
        refuse_existing(Run(run_folder(options.run)))
    say_backend(options)
    from artnb.data.dataset import open_dataset
    from artnb.platform.deadline import Deadline
    from artnb.platform.devices import join_hosts
    from artnb.training.train import train

    deadline = Deadline(options.deadline, options.reserve) if options.deadline is not None else None
    join_hosts()
    dataset = open_dataset(options.data, swap_domains=options.swap_domains, progress=bar)
    for remark in dataset.remarks:
        print(remark)
    run = train(
        dataset,
        config,
        options.run,
        tensorboard=options.tensorboard,
        resume=options.resume,
        accept_changes=options.accept_changes,
        mirror=options.mirror,
        deadline=deadline,
        keep_alive_minutes=options.heartbeat,
        scoring=_scoring(options),
    )
    print(f"Grids while training:  {run.samples}")
    print(f"Loss curves:           {run.losses_picture}")
    if run.facts()["status"] == "finished":
        command = f"translate --run {run.path} --photos FOLDER --out FOLDER"
    else:
        command = f"train --data {options.data} --run {run.path} --resume"
    print(f"Next:                  artnb {command}")


def _scoring(options: argparse.Namespace) -> "Scoring | None":
    if options.evaluate_every is None:
        return None
    from artnb.evaluation.evaluator import Evaluator
    from artnb.evaluation.extractors import load_extractor
    from artnb.evaluation.runs import DEFAULT_RUN_METRICS, Scoring

    extractor = load_extractor(options.extractor, progress=bar)
    evaluator = Evaluator(extractor, DEFAULT_RUN_METRICS, skip_too_few=True)
    return Scoring(options.evaluate_every, evaluator)
