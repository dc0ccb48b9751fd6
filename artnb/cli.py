"""The command line: thin, one function per command."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from artnb.errors import InputError
from artnb.show.progress import bar

_DESCRIPTION = "Turn photos into paintings: prepare data, train a CycleGAN, translate."
_EPILOG = "Start with: artnb demo    (help on a command: artnb train --help)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: without the program's name; None takes the process's own.

    Returns:
        0, or 2 after input that cannot be used, or 130 after Ctrl-C.
    """
    # What TensorFlow says at start-up is of no use to the people this is for.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    options = build_parser().parse_args(arguments)
    try:
        return options.command(options) or 0
    except InputError as error:
        print(f"artnb: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        # No space, no permission, a drive that went away: the user's to mend, not a bug.
        print(f"artnb: the system says: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nartnb: interrupted; what was written stays", file=sys.stderr)
        return 130


# The commands


def _doctor(options: argparse.Namespace) -> None:
    from artnb.platform.doctor import examine

    print(examine(options.backend))


def _demo(options: argparse.Namespace) -> None:
    _say_backend(options)
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


def _data_demo(options: argparse.Namespace) -> None:
    from artnb.data.demo import make_demo_data

    dataset = make_demo_data(options.out, options.size_px, seed=options.seed, progress=bar)
    print(f"{options.out}: {dataset.describe()}")
    print(f"Pictures to look at:  {options.out / 'pictures'}")
    print(f"Next:                 artnb train --data {options.out} --preset preview")


def _data_prepare(options: argparse.Namespace) -> None:
    from artnb.data.prepare import REPORT, prepare
    from artnb.data.sources import two_folders

    source = two_folders(options.x, options.y, options.x_name, options.y_name)
    source = source.with_test_share(options.test_share)
    dataset = prepare(
        source, options.out, options.size_px, options.seed, options.licence, progress=bar
    )
    print(f"{options.out}: {dataset.describe()}")
    _print_problems(options.out)
    print(f"Every file's fate:  {options.out / REPORT}")
    print(f"Next:               artnb train --data {options.out} --preset preview")


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


def _train(options: argparse.Namespace) -> None:
    from artnb.config import parse_setting, preset_config
    from artnb.run import Run, refuse_existing, run_folder

    changes = dict(map(parse_setting, options.set))
    if options.epochs is not None:
        changes["epochs"] = options.epochs
    config = preset_config(options.preset or "preview", **changes)
    if options.resume and not (options.preset or changes):
        config = None
    if options.run and not options.resume:
        refuse_existing(Run(run_folder(options.run)))
    _say_backend(options)
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
    )
    print(f"Grids while training:  {run.samples}")
    print(f"Loss curves:           {run.losses_picture}")
    if run.facts()["status"] == "finished":
        command = f"translate --run {run.path} --photos FOLDER --out FOLDER"
    else:
        command = f"train --data {options.data} --run {run.path} --resume"
    print(f"Next:                  artnb {command}")


def _translate(options: argparse.Namespace) -> int:
    from artnb.run import open_run
    from artnb.translate import direction_towards, find_pictures

    run = open_run(options.run)
    direction_towards(run, options.to)
    run.find_snapshot(options.epoch)
    find_pictures(options.photos)
    _say_backend(options)
    from artnb.translate import translate

    report = translate(
        run, options.photos, options.out, options.epoch, options.to, options.largest_px, bar
    )
    print(f"{len(report.written)} paintings in {options.out}")
    for path, problem in report.skipped:
        print(f"artnb: {path} was skipped: {problem}", file=sys.stderr)
    return 2 if report.skipped else 0


def _runs(options: argparse.Namespace) -> None:
    from artnb.platform.where import outputs_folder
    from artnb.show.runs import runs_table

    print(runs_table(options.folder or outputs_folder()))


def _say_backend(options: argparse.Namespace) -> None:
    from artnb.platform.backend import choose_backend, import_quietly

    print(choose_backend(options.backend))
    import_quietly("keras")


# The parser


class _Help(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Show defaults where there is one to tell, and keep the lines of an epilog."""

    def _get_help_string(self, action: argparse.Action) -> str:
        says_nothing = action.default in (None, False, []) or "(default" in (action.help or "")
        return action.help or "" if says_nothing else super()._get_help_string(action)


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of all commands."""
    import artnb

    parser = argparse.ArgumentParser("artnb", description=_DESCRIPTION, epilog=_EPILOG)
    parser.add_argument("--version", action="version", version=f"artnb {artnb.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_doctor(commands)
    _add_demo(commands)
    _add_data(commands)
    _add_train(commands)
    _add_translate(commands)
    runs = _add(commands, "runs", _runs, "List Runs: how far they got, how they ended.")
    runs.add_argument("folder", type=Path, nargs="?", help="where (default: outputs)")
    return parser


def _add(
    commands: argparse._SubParsersAction, name: str, function: Callable, text: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text, formatter_class=_Help)
    parser.set_defaults(command=function)
    return parser


def _add_backend(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--backend",
        metavar="NAME",
        help="tensorflow or jax; without it KERAS_BACKEND counts, then what is installed",
    )


def _add_doctor(commands: argparse._SubParsersAction) -> None:
    text = "Look at this machine: backend, devices, versions, disk and memory, data, weights."
    _add_backend(_add(commands, "doctor", _doctor, text))


def _add_demo(commands: argparse._SubParsersAction) -> None:
    text = "Make data, train for four minutes, paint held-out photos: see that all works."
    parser = _add(commands, "demo", _demo, text)
    parser.add_argument("--out", type=Path, help="new folder (default: outputs/demo-DATE)")
    parser.add_argument("--data", type=Path, help="train on this instead of the embedded data")
    _add_backend(parser)


def _add_data(commands: argparse._SubParsersAction) -> None:
    text = "Make, prepare and check training data."
    data = commands.add_parser("data", help=text, description=text)
    actions = data.add_subparsers(title="actions", metavar="ACTION", required=True)
    _add_data_demo(actions)
    _add_data_prepare(actions)
    check = _add(actions, "check", _data_check, "Say what data holds and whether it is usable.")
    check.add_argument("folder", type=Path, help="a Dataset, or any folder that train accepts")


def _add_data_demo(actions: argparse._SubParsersAction) -> None:
    parser = _add(actions, "demo", _data_demo, "Make the embedded data: landscapes, paintings.")
    parser.add_argument("--out", type=Path, required=True, help="new folder")
    parser.add_argument("--size-px", type=int, default=128, help="edge of the pictures")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other scenes")


def _add_data_prepare(actions: argparse._SubParsersAction) -> None:
    text = "Turn two folders of pictures into a Dataset; the pictures themselves stay as they are."
    parser = _add(actions, "prepare", _data_prepare, text)
    parser.add_argument(
        "--x", "--photos", type=Path, required=True, help="pictures to be turned into the others"
    )
    parser.add_argument(
        "--y", "--paintings", type=Path, required=True, help="pictures of the style to learn"
    )
    parser.add_argument("--out", type=Path, required=True, help="new folder for the Dataset")
    parser.add_argument("--x-name", default="photo", help="what the first pictures are")
    parser.add_argument("--y-name", default="painting", help="what the second pictures are")
    parser.add_argument("--size-px", type=int, default=256, help="edge, a multiple of 4")
    parser.add_argument(
        "--test-share", type=float, default=0.1, help="share held out from training"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the choice of what is held out")
    parser.add_argument("--licence", default="", help="noted in dataset.json")


def _add_train(commands: argparse._SubParsersAction) -> None:
    parser = _add(commands, "train", _train, "Train a CycleGAN into a Run, or go on with one.")
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
    parser.add_argument("--tensorboard", action="store_true", help="also write for TensorBoard")
    _add_backend(parser)


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


def _add_translate(commands: argparse._SubParsersAction) -> None:
    parser = _add(commands, "translate", _translate, "Turn photos of any size into paintings.")
    parser.add_argument("--run", required=True, help="name or path of a trained Run")
    parser.add_argument("--photos", type=Path, required=True, help="a file or a folder")
    parser.add_argument("--out", type=Path, required=True, help="folder for the paintings")
    parser.add_argument("--epoch", default="latest", help="a kept epoch's number, latest or best")
    parser.add_argument("--to", default="y", help="x, y or a domain's name")
    parser.add_argument(
        "--largest-px", type=int, help="scale larger pictures down to this longer side"
    )
    _add_backend(parser)
