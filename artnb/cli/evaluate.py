"""The command that scores."""

from functools import partial
from pathlib import Path
from typing import Annotated

import artnb
from artnb import evaluation
from artnb.cli import options
from artnb.errors import InputError


def evaluate(
    *,
    run: options.RunNames = (),
    epochs: options.Epochs = "all",
    to: options.To = "y",
    fake: Annotated[Path | None, "generated pictures, or a zip of them, without --run"] = None,
    real: Annotated[Path | None, "real pictures (default: the Run's paintings)"] = None,
    photos: options.RunPhotos = None,
    data: options.RunData = None,
    count: Annotated[int | None, "photos to paint, spread evenly (default: up to 300)"] = None,
    resize: Annotated[int | None, "bring all pictures to squares of this edge first"] = None,
    metrics: Annotated[str | None, "comma-separated (default: what the sets allow)"] = None,
    extractor: options.Extractor = "auto",
    seed: Annotated[int, "of bootstrap, subsets and folds"] = 0,
    gap: Annotated[bool, "also training photos against held-out ones: overfitting"] = False,
    nearest: Annotated[bool, "show translations beside the nearest real pictures"] = False,
    painter: options.Painters = (),
    out: Annotated[Path | None, "of two folders: write scores to this CSV"] = None,
    backend: options.Backend = None,
) -> None:
    """Score a Run epoch by epoch, or a folder of generated pictures against real ones.

    metrics: frechet (with Inception: fid), kernel (kid), memorised-frechet (mifid),
             precision-recall, inception-score; of a Run also ssim, discriminator, style,
             of one that has latents ppl
    anchor:  what the photos themselves score is printed beside it: --photos, or the Run's
    rules:   real and generated pictures must be others, and of one size; what breaks
             a rule gets no score, and the exit code is 2
    """
    if bool(run) == bool(fake):
        raise InputError("evaluate needs either --run RUN, or two folders: --real DIR --fake DIR")
    scorer = partial(_evaluator, metrics, extractor, seed)
    if fake:
        _evaluate_folders(real, fake, photos, to, resize, out, scorer, backend)
        return
    runs = [artnb.open_run(name) for name in run]
    for each in runs:
        _refuse_what_latents_lack(each, to, photos, gap, nearest)
    painters = options.read_painters(painter)
    options.say_passed_over(real, photos, *painters.values())
    options.say_backend(backend)
    choice = evaluation.Choice(data, real, photos, count, resize)
    default = evaluation.default_metrics(runs, epochs) + (["style"] if painters else [])
    evaluator = scorer(default)
    rows = {}
    for each in runs:
        dataset = evaluation.open_run_data(each, data, artnb.bar) if choice.needs_data else None
        scores = artnb.evaluate(
            each, evaluator, epochs, to, choice, gap, painters, dataset, say=print, anchor=True
        )
        rows[each.path.name] = scores.rows
        _say_scores(each, scores)
        if nearest:
            _show_nearest(each, evaluator, to, choice, dataset, scores)
    if len(runs) > 1:
        _compare(runs, rows)


def _refuse_what_latents_lack(run, to, photos, gap, nearest) -> None:
    """Say before any work what only a Run can be asked that paints photos."""
    if not run.is_latent:
        return
    asked = {
        "--photos": photos,
        "--gap": gap,
        "--nearest": nearest,
        f"--to {to}": to not in ("y", run.domains[1]),
    }
    for option, wanted in asked.items():
        if wanted:
            raise InputError(
                f"the Run {run.path.name} makes pictures out of latents and paints no photos; "
                f"leave out {option} (artnb sample --nearest shows samples beside real pictures)"
            )


def _evaluate_folders(real, fake, photos, to, resize, out, scorer, backend) -> None:
    from artnb.data import pictures_of_side
    from artnb.evaluation.rows import PHOTOS

    if not real:
        raise InputError("generated pictures are scored against real ones; name them with --real")
    to = "x" if to == "x" else "y"
    if not real.is_file():
        pictures_of_side(real, to, "real pictures")
    if not fake.is_file():
        pictures_of_side(fake, None, "generated pictures")
    options.say_passed_over(real, fake, photos)
    options.say_backend(backend)
    evaluator = scorer([*evaluation.DEFAULT_METRICS, *(["ssim"] if photos else [])])
    rows = artnb.evaluate_folders(real, fake, evaluator, resize, to, photos)
    for row in rows:
        whose = "the photos themselves: " if row.split == PHOTOS else ""
        print(f"{whose}{row.metric}: {row.score}")
    _say_warnings(rows)
    if out:
        evaluation.write_scores(out, rows)
        print(f"Scores: {out}")


def _say_scores(run, scores) -> None:
    _say_warnings(scores.rows)
    print(f"Scores:  {run.scores_file}")
    print(f"Curves:  {run.scores_picture}")
    if scores.best:
        print(scores.best.describe())


def _show_nearest(run, evaluator, to, choice, dataset, scores) -> None:
    """Show the best epoch's translations that are nearest to real pictures, or the last one's."""
    epoch = scores.best.epoch if scores.best else max(int(row.epoch) for row in scores.rows)
    view = evaluation.view_nearest(run, evaluator, epoch, to, choice, dataset)
    picture = artnb.save_picture(view.picture, run.path / f"nearest-epoch-{epoch:04d}.png")
    print(f"Nearest: {picture}")
    print(view.sentence)


def _compare(runs, rows) -> None:
    # A gap's sides are each Run's own pictures.
    comparable = {n: [row for row in of_run if not row.is_of_gap] for n, of_run in rows.items()}
    evaluation.check_same_pictures(comparable)
    print(evaluation.comparison_table(comparable))
    picture = runs[0].path.parent / f"{'-'.join(rows)}.png"
    curves = evaluation.draw_scores(
        {name: evaluation.as_dictionaries(of_run) for name, of_run in rows.items()}
    )
    curves.savefig(picture, dpi=110)
    print(f"Side by side:  {picture}")


def _evaluator(metrics, extractor, seed, default_metrics):
    asked = [name.strip().lower() for name in (metrics or "").split(",") if name.strip()]
    network = artnb.load_extractor(extractor, progress=artnb.bar)
    return artnb.Evaluator(
        network, asked or default_metrics, seed, skip_too_few=not asked, progress=artnb.bar
    )


def _say_warnings(rows) -> None:
    """Print each warning once."""
    for warning in dict.fromkeys(w for row in rows for w in row.score.warnings):
        print(f"Warning: {warning}")
