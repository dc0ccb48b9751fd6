"""The command that scores."""

import argparse
from collections.abc import Sequence
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
    from artnb.data.dataset import Dataset
    from artnb.evaluation.evaluator import Evaluator
    from artnb.evaluation.rows import Row
    from artnb.evaluation.runs import RunScores
    from artnb.evaluation.sets import Choice
    from artnb.runs.run import Run


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    text = "Score a Run epoch by epoch, or a folder of generated pictures against real ones."
    parser = add_command(commands, "evaluate", _evaluate, text)
    parser.epilog = (
        "metrics: frechet (with Inception: fid), kernel (kid), memorised-frechet (mifid),\n"
        "         precision-recall, inception-score; of a Run also ssim, discriminator, style\n"
        "rules:   real and generated pictures must be others, and of one size; what breaks\n"
        "         a rule gets no score, and the exit code is 2"
    )
    parser.add_argument(
        "--run", action="append", metavar="RUN", help="name or path; several are compared"
    )
    add_epochs(parser)
    parser.add_argument("--to", default="y", help="x, y or a domain's name")
    parser.add_argument(
        "--fake", type=Path, metavar="DIR", help="generated pictures, without --run"
    )
    _add_sets(parser)
    _add_measuring(parser)
    parser.add_argument(
        "--gap", action="store_true", help="also training photos against held-out ones: overfitting"
    )
    parser.add_argument(
        "--nearest", action="store_true", help="show translations beside the nearest real pictures"
    )
    add_painters(parser, "for style: a further painter's pictures; may be repeated")
    parser.add_argument("--out", type=Path, help="of two folders: write scores to this CSV")
    add_backend(parser)


def _add_sets(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--real", type=Path, metavar="DIR", help="real pictures (default: the Run's paintings)"
    )
    parser.add_argument(
        "--photos", type=Path, metavar="DIR", help="to paint (default: the Run's held-out photos)"
    )
    parser.add_argument("--data", type=Path, help="the Run's data, where it has moved")
    parser.add_argument(
        "--count", type=int, help="photos to paint, spread evenly (default: up to 300)"
    )
    parser.add_argument(
        "--resize", type=int, metavar="PX", help="bring all pictures to squares of this edge first"
    )


def _add_measuring(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--metrics", help="comma-separated (default: what the sets allow)")
    add_extractor(parser)
    parser.add_argument("--seed", type=int, default=0, help="of bootstrap, subsets and folds")


def _evaluate(options: argparse.Namespace) -> None:
    if bool(options.run) == bool(options.fake):
        raise InputError("evaluate needs either --run RUN, or two folders: --real DIR --fake DIR")
    if options.fake:
        _evaluate_folders(options)
    else:
        _evaluate_runs(options)


def _evaluate_folders(options: argparse.Namespace) -> None:
    from artnb.data.sources import existing_folder, pictures_in

    if not options.real:
        raise InputError("generated pictures are scored against real ones; name them with --real")
    for folder in (options.real, options.fake):
        pictures_in(existing_folder(folder, "pictures"))
    say_backend(options)
    from artnb.evaluation.evaluator import evaluate_folders
    from artnb.evaluation.metrics.table import DEFAULT_METRICS
    from artnb.evaluation.rows import write_scores

    evaluator = _evaluator(options, DEFAULT_METRICS)
    rows = evaluate_folders(options.real, options.fake, evaluator, options.resize)
    for row in rows:
        print(f"{row.metric}: {row.score}")
    _say_warnings(rows)
    if options.out:
        write_scores(options.out, rows)
        print(f"Scores: {options.out}")


def _evaluate_runs(options: argparse.Namespace) -> None:
    from artnb.runs.run import open_run

    runs = [open_run(name) for name in options.run]
    painters = dict(map(painter, options.painter))
    say_backend(options)
    from artnb.evaluation.runs import default_metrics, evaluate
    from artnb.evaluation.sets import Choice, open_run_data

    choice = Choice(options.data, options.real, options.photos, options.count, options.resize)
    metrics = default_metrics(runs, options.epochs) + (["style"] if painters else [])
    evaluator = _evaluator(options, metrics)
    rows = {}
    for run in runs:
        dataset = open_run_data(run, choice.data, bar) if choice.needs_data else None
        scores = evaluate(
            run,
            evaluator,
            options.epochs,
            options.to,
            choice,
            options.gap,
            painters,
            dataset,
            say=print,
        )
        rows[run.path.name] = scores.rows
        _say_warnings(scores.rows)
        print(f"Scores:  {run.scores_file}")
        print(f"Curves:  {run.scores_picture}")
        if scores.best:
            print(scores.best.describe())
        if options.nearest:
            _show_nearest(run, evaluator, options.to, choice, dataset, scores)
    if len(runs) > 1:
        _compare(runs, rows)


def _show_nearest(
    run: "Run",
    evaluator: "Evaluator",
    to: str,
    choice: "Choice",
    dataset: "Dataset | None",
    scores: "RunScores",
) -> None:
    """Show the best epoch's translations that are nearest to real pictures, or the last one's."""
    from artnb.drawing.grids import save_picture
    from artnb.evaluation.nearest import view_nearest

    epoch = scores.best.epoch if scores.best else max(int(row.epoch) for row in scores.rows)
    view = view_nearest(run, evaluator, epoch, to, choice, dataset)
    picture = save_picture(view.picture, run.path / f"nearest-epoch-{epoch:04d}.png")
    print(f"Nearest: {picture}")
    print(view.sentence)


def _compare(runs: Sequence["Run"], rows: dict[str, list["Row"]]) -> None:
    from artnb.evaluation.plots import draw_scores
    from artnb.evaluation.rows import as_dictionaries, check_same_pictures, comparison_table

    # A gap's sides are each Run's own pictures.
    comparable = {n: [row for row in of_run if not row.is_of_gap] for n, of_run in rows.items()}
    check_same_pictures(comparable)
    print(comparison_table(comparable))
    picture = runs[0].path.parent / f"{'-'.join(rows)}.png"
    draw_scores({name: as_dictionaries(of_run) for name, of_run in rows.items()}).savefig(
        picture, dpi=110
    )
    print(f"Side by side:  {picture}")


def _evaluator(options: argparse.Namespace, default_metrics: Sequence[str]) -> "Evaluator":
    from artnb.evaluation.evaluator import Evaluator
    from artnb.evaluation.extractors import load_extractor

    asked = [name.strip().lower() for name in (options.metrics or "").split(",") if name.strip()]
    extractor = load_extractor(options.extractor, progress=bar)
    return Evaluator(
        extractor, asked or default_metrics, options.seed, skip_too_few=not asked, progress=bar
    )


def _say_warnings(rows: Sequence["Row"]) -> None:
    """Print each warning once."""
    for warning in dict.fromkeys(w for row in rows for w in row.score.warnings):
        print(f"Warning: {warning}")
