"""The command that studies styles."""

from pathlib import Path
from typing import Annotated

import artnb.study
from artnb import evaluation
from artnb.cli import options
from artnb.cli.maker import Option
from artnb.errors import InputError
from artnb.files import can_write, require_writable

_PICTURES_ALONE_PX = 256
_EITHER = Option(exclusive="subjects")


def study(
    *,
    run: options.RunNames = (),
    epochs: options.Epochs = "all",
    painter: options.Painters = (),
    photos: options.RunPhotos = None,
    data: options.RunData = None,
    count: Annotated[int | None, "photos, spread evenly (default: up to 100)"] = None,
    resize: Annotated[int | None, "edge of all pictures (default: the Run's)"] = None,
    subjects: Annotated[Path | None, "CSV of name,subject: also by what is shown", _EITHER] = None,
    clusters: Annotated[int | None, "also by so many clusters of an extractor", _EITHER] = None,
    extractor: options.Extractor = "auto",
    seed: Annotated[int, "of bootstrap and clusters"] = 0,
    out: Annotated[Path | None, "for table and figures (default: in the Run)"] = None,
    backend: options.Backend = None,
) -> None:
    """Measure what a style consists of, and how far Runs have come towards it.

    measured: palette (shares of brown, green, blue), saturation, texture of skies, clouds,
              haze, scale of strokes, black or red blobs that the photo does not have, and
              checkerboards (grid: near 0 in real pictures, 1 to 4 where a net shows)
    without a Run: real photos against real paintings, with --photos and --painter
    """
    if not run and not (photos and painter):
        raise InputError(
            "study needs a Run, or real pictures alone: --photos DIR --painter NAME=DIR"
        )
    painters = options.read_painters(painter)
    runs = [artnb.open_run(name) for name in run]
    options.say_passed_over(photos, *painters.values())
    if runs or clusters:
        options.say_backend(backend)
    out = out or _default_folder(runs)
    require_writable(out, "choose another folder with --out")
    choice = evaluation.Choice(data, None, photos, count, resize) if runs else None
    how = _options(subjects, clusters, extractor, seed)
    if runs:
        made = artnb.study.study_runs(runs, epochs, painters, choice, how)
    else:
        size_px = resize or _PICTURES_ALONE_PX
        made = artnb.study.study_pictures(photos, painters, count, size_px, how)
    print(f"\n{artnb.study.describe_study(made)}\n")
    artnb.study.write_study(out / "study.csv", made.rows)
    print(f"Table:    {out / 'study.csv'}")
    for file in artnb.study.save_figures(made, out).values():
        print(f"Figure:   {file}")


def _options(subjects: Path | None, clusters: int | None, extractor: str, seed: int):
    groups = None
    if clusters:
        groups = artnb.study.Clusters(clusters, artnb.load_extractor(extractor, progress=artnb.bar))
    given = artnb.study.read_subjects(subjects) if subjects else None
    return artnb.study.Options(given, groups, seed=seed, progress=artnb.bar, say=print)


def _default_folder(runs) -> Path:
    """Say where everything goes: into the one Run, or beside several."""
    paths = [run.path for run in runs]
    if not paths:
        return artnb.outputs_folder() / "style-study"
    if len(paths) == 1:
        inside = can_write(paths[0])
        return paths[0] / "study" if inside else artnb.outputs_folder() / f"{paths[0].name}-study"
    return paths[0].parent / f"{'-'.join(path.name for path in paths)}-study"
