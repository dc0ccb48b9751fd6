"""The command that studies styles."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.cli.command import (
    add_backend,
    add_command,
    add_epochs,
    add_extractor,
    add_painters,
    painter,
    say_backend,
)
from artnb.errors import InputError
from artnb.progress import bar

if TYPE_CHECKING:
    from artnb.study.of_runs import Options
    from artnb.study.study import Study

_PAINTERS_ALONE = 256


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    text = "Measure what a style consists of, and how far Runs have come towards it."
    parser = add_command(commands, "study", _study, text)
    parser.epilog = (
        "measured: palette (shares of brown, green, blue), saturation, texture of skies, clouds,\n"
        "          haze, scale of strokes, and black or red blobs that the photo does not have\n"
        "without a Run: real photos against real paintings, with --photos and --painter"
    )
    parser.add_argument(
        "--run", action="append", default=[], metavar="RUN", help="name or path; may be repeated"
    )
    add_epochs(parser)
    add_painters(parser, "a further painter's pictures; may be repeated")
    parser.add_argument(
        "--photos", type=Path, metavar="DIR", help="to paint (default: the Run's held-out photos)"
    )
    parser.add_argument("--data", type=Path, help="the Run's data, where it has moved")
    parser.add_argument("--count", type=int, help="photos, spread evenly (default: up to 100)")
    parser.add_argument(
        "--resize", type=int, metavar="PX", help="edge of all pictures (default: the Run's)"
    )
    _add_subjects(parser)
    parser.add_argument("--seed", type=int, default=0, help="of bootstrap and clusters")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="for table and figures (default: in the Run)"
    )
    add_backend(parser)


def _add_subjects(parser: argparse.ArgumentParser) -> None:
    subjects = parser.add_mutually_exclusive_group()
    subjects.add_argument(
        "--subjects", type=Path, metavar="CSV", help="name,subject: also by what pictures show"
    )
    subjects.add_argument(
        "--clusters", type=int, metavar="N", help="also by so many clusters of an extractor"
    )
    add_extractor(parser)


def _study(options: argparse.Namespace) -> None:
    if not options.run and not (options.photos and options.painter):
        raise InputError(
            "study needs a Run, or real pictures alone: --photos DIR --painter NAME=DIR"
        )
    painters = dict(map(painter, options.painter))
    made = _study_runs(options, painters) if options.run else _study_pictures(options, painters)
    from artnb.study.rows import describe_study

    print(f"\n{describe_study(made)}\n")
    _write(made, _out(options))


def _study_runs(options: argparse.Namespace, painters: dict[str, Path]) -> "Study":
    from artnb.runs.run import open_run

    runs = [open_run(name) for name in options.run]
    say_backend(options)
    from artnb.evaluation.sets import Choice
    from artnb.study.of_runs import study_runs

    choice = Choice(options.data, None, options.photos, options.count, options.resize)
    return study_runs(runs, options.epochs, painters, choice, _options(options))


def _study_pictures(options: argparse.Namespace, painters: dict[str, Path]) -> "Study":
    if options.clusters:
        say_backend(options)
    from artnb.study.of_runs import study_pictures

    size = options.resize or _PAINTERS_ALONE
    return study_pictures(options.photos, painters, options.count, size, _options(options))


def _options(options: argparse.Namespace) -> "Options":
    from artnb.study.of_runs import Clusters, Options
    from artnb.study.sets import read_subjects

    clusters = None
    if options.clusters:
        from artnb.evaluation.extractors import load_extractor

        clusters = Clusters(options.clusters, load_extractor(options.extractor, progress=bar))
    groups = read_subjects(options.subjects) if options.subjects else None
    return Options(groups, clusters, seed=options.seed, progress=bar, say=print)


def _out(options: argparse.Namespace) -> Path:
    """Say where everything goes: into the one Run, or beside several."""
    from artnb.platform.where import outputs_folder
    from artnb.runs.run import open_run

    if options.out:
        return options.out
    if not options.run:
        return outputs_folder() / "style-study"
    paths = [open_run(name).path for name in options.run]
    if len(paths) == 1:
        return paths[0] / "study"
    return paths[0].parent / f"{'-'.join(path.name for path in paths)}-study"


def _write(study: "Study", out: Path) -> None:
    from artnb.study.plots import save_figures
    from artnb.study.rows import write_study

    write_study(out / "study.csv", study.rows)
    print(f"Table:    {out / 'study.csv'}")
    for file in save_figures(study, out).values():
        print(f"Figure:   {file}")
