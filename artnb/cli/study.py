"""The command that studies styles."""

from pathlib import Path
from typing import Annotated

from artnb.cli import options
from artnb.cli.maker import Option
from artnb.errors import InputError
from artnb.progress import bar

_PICTURES_ALONE_PX = 256


def study(
    *,
    run: options.RunNames = (),
    epochs: options.Epochs = "all",
    painter: options.Painters = (),
    photos: options.RunPhotos = None,
    data: options.RunData = None,
    count: Annotated[int | None, "photos, spread evenly (default: up to 100)"] = None,
    resize: Annotated[int | None, "edge of all pictures (default: the Run's)"] = None,
    subjects: Annotated[
        Path | None,
        "name,subject: also by what pictures show",
        Option(exclusive="subjects"),
    ] = None,
    clusters: Annotated[
        int | None,
        "also by so many clusters of an extractor",
        Option(exclusive="subjects"),
    ] = None,
    extractor: options.Extractor = "auto",
    seed: Annotated[int, "of bootstrap and clusters"] = 0,
    out: Annotated[Path | None, "for table and figures (default: in the Run)"] = None,
    backend: options.Backend = None,
) -> None:
    """Measure what a style consists of, and how far Runs have come towards it.

    measured: palette (shares of brown, green, blue), saturation, texture of skies, clouds,
              haze, scale of strokes, and black or red blobs that the photo does not have
    without a Run: real photos against real paintings, with --photos and --painter
    """
    if not run and not (photos and painter):
        raise InputError(
            "study needs a Run, or real pictures alone: --photos DIR --painter NAME=DIR"
        )
    from artnb.runs.run import open_run

    painters = options.read_painters(painter)
    runs = [open_run(name) for name in run]
    if runs or clusters:
        options.say_backend(backend)
    from artnb.evaluation.sets import Choice
    from artnb.study.of_runs import study_pictures, study_runs
    from artnb.study.rows import describe_study

    choice = Choice(data, None, photos, count, resize) if runs else None
    how = _options(subjects, clusters, extractor, seed)
    if runs:
        made = study_runs(runs, epochs, painters, choice, how)
    else:
        size_px = resize or _PICTURES_ALONE_PX
        made = study_pictures(photos, painters, count, size_px, how)
    print(f"\n{describe_study(made)}\n")
    _write(made, out or _default_folder(runs))


def _options(subjects: Path | None, clusters: int | None, extractor: str, seed: int):
    from artnb.study.of_runs import Clusters, Options
    from artnb.study.sets import read_subjects

    groups = None
    if clusters:
        from artnb.evaluation.extractors import load_extractor

        groups = Clusters(clusters, load_extractor(extractor, progress=bar))
    given = read_subjects(subjects) if subjects else None
    return Options(given, groups, seed=seed, progress=bar, say=print)


def _default_folder(runs) -> Path:
    """Say where everything goes: into the one Run, or beside several."""
    from artnb.platform.where import outputs_folder

    paths = [run.path for run in runs]
    if not paths:
        return outputs_folder() / "style-study"
    if len(paths) == 1:
        return paths[0] / "study"
    return paths[0].parent / f"{'-'.join(path.name for path in paths)}-study"


def _write(study, out: Path) -> None:
    from artnb.study.plots import save_figures
    from artnb.study.rows import write_study

    write_study(out / "study.csv", study.rows)
    print(f"Table:    {out / 'study.csv'}")
    for file in save_figures(study, out).values():
        print(f"Figure:   {file}")
