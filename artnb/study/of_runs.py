"""The style study of Runs: their photos, their paintings, further artists, every kept epoch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from artnb.data.dataset import Dataset
from artnb.errors import InputError
from artnb.evaluation.measure import Cache, Measure, Measured, measure, open_cache
from artnb.evaluation.pictures import (
    EncodedPictures,
    PaintedPictures,
    Pictures,
    pictures_of_folder,
)
from artnb.evaluation.sets import Choice, RunSets, Sets
from artnb.progress import Progress, silent
from artnb.runs.painter import LoadedNetworks
from artnb.runs.run import Run
from artnb.study.effect import RESAMPLES
from artnb.study.quantities import MEASURES, MEASURES_OF_PAIRS, WORKING_PX
from artnb.study.sets import StudySets, Translation, cluster_subjects
from artnb.study.study import Study, study

DEFAULT_PHOTOS = 100


@dataclass(frozen=True)
class Clusters:
    """How to group pictures by subject where no table says what they show.

    Args:
        count: how many groups.
        extractor: a network that gives features (see `load_extractor`).
    """

    count: int
    extractor: Measure


@dataclass(frozen=True)
class Options:
    """How a study is made.

    Args:
        groups: subjects by picture from a table.
        clusters: or groups of what looks alike.
        resamples: of every bootstrap.
        seed: of bootstraps and clusters.
        cache: what was measured before; None opens this machine's.
        progress: shows how far it has got.
        say: gets a sentence about what is studied.
    """

    groups: Mapping[str, str] | None = None
    clusters: Clusters | None = None
    resamples: int = RESAMPLES
    seed: int = 0
    cache: Cache | None = None
    progress: Progress = silent
    say: Callable[[str], None] = lambda sentence: None


def study_runs(
    runs: Sequence[Run],
    epochs: str | Sequence[int] = "all",
    painters: Mapping[str, Path] | None = None,
    choice: Choice | None = None,
    options: Options | None = None,
    dataset: Dataset | None = None,
) -> Study:
    """Study what Runs make of photos, beside the paintings they strive for.

    Args:
        runs: one or more.
        epochs: of those kept: `"all"`, `"latest"`, `"best"`, or numbers such as `"1,10"`.
        painters: folders of further painters' pictures by name.
        choice: other data or photos than the Runs' own, how many, and their size; without a
            size that of the Runs' pictures, of several the smallest.
        options: how the study is made.
        dataset: the Runs' Dataset where it is open already.

    Raises:
        InputError: an epoch is not kept, the data is gone or is other data, several Runs have
            other photos, or a rule forbids the comparison.
    """
    options = options or Options()
    choice = _with_size(runs, choice or Choice())
    chosen = [painter for run in runs for painter in run.painters(epochs, "y")]
    sets = {
        run.path.name: RunSets(run, choice, "y", dataset, options.progress).held_out()
        for run in runs
    }
    photos = _same_photos({name: of_run.photos for name, of_run in sets.items()})
    styles = _styles(runs, sets)
    paintings = {style: sets[name].reference for name, style in styles.items()}
    paintings |= _folders(painters or {}, paintings, choice.resize_px, options.progress)
    networks = LoadedNetworks(say=options.say)
    translations = {
        (p.run.path.name, p.epoch, styles[p.run.path.name]): PaintedPictures(p, photos, networks)
        for p in chosen
    }
    return _study(photos, paintings, translations, options)


def study_pictures(
    photos: Path,
    painters: Mapping[str, Path],
    count: int | None = None,
    resize_px: int = WORKING_PX,
    options: Options | None = None,
) -> Study:
    """Study real photos and real paintings alone: do the quantities tell them apart?

    Args:
        photos: a folder.
        painters: folders of paintings by style.
        count: how many photos, spread evenly; None takes 100.
        resize_px: all pictures are brought to a square of this edge.
        options: how the study is made.

    Raises:
        InputError: a folder cannot be used, or a rule forbids the comparison.
    """
    options = options or Options()
    found = pictures_of_folder(photos, resize_px, options.progress, "x", "photos")
    chosen = found.some(count or DEFAULT_PHOTOS)
    paintings = _folders(painters, {}, resize_px, options.progress)
    return _study(chosen, paintings, {}, options)


def _study(
    photos: EncodedPictures,
    paintings: Mapping[str, EncodedPictures],
    translations: Mapping[tuple[str, int, str], Pictures],
    options: Options,
) -> Study:
    """Measure all sets, and compare them; translations by Run, epoch and style."""
    cache, clusters, groups = options.cache or open_cache(), options.clusters, options.groups

    def measured(pictures: Pictures, *further: Measure) -> Measured:
        return measure(pictures, (*MEASURES, *further), cache, options.progress)

    real = {}
    for label, pictures in {"photo": photos, **paintings}.items():
        options.say(f"{label}: {len(pictures.names)} pictures of {pictures.name}")
        real[label] = measured(pictures, *([clusters.extractor] if clusters else []))
    made = []
    for which, pictures in translations.items():
        options.say(f"translation: {pictures.name}")
        made.append(Translation(*which, measured(pictures, *MEASURES_OF_PAIRS)))
    if clusters:
        key = clusters.extractor.key
        groups = cluster_subjects(list(real.values()), key, clusters.count, options.seed)
    sets = StudySets(real.pop("photo"), real, made)
    return study(sets, groups, options.resamples, options.seed)


def _with_size(runs: Sequence[Run], choice: Choice) -> Choice:
    """Bring all pictures to one size: that of the Runs' data."""
    smallest = min(run.facts()["data"]["size_px"] for run in runs)
    count = choice.count or DEFAULT_PHOTOS
    return replace(choice, resize_px=choice.resize_px or smallest, count=count)


def _same_photos(photos: Mapping[str, EncodedPictures]) -> EncodedPictures:
    if len({of_run.sha256 for of_run in photos.values()}) > 1:
        raise InputError(
            f"Runs are studied on the same photos, and {', '.join(photos)} have different ones; "
            "name one folder for all with --photos DIR"
        )
    return next(iter(photos.values()))


def _styles(runs: Sequence[Run], sets: Mapping[str, Sets]) -> dict[str, str]:
    """Name the style of each Run: its domain, and the Run where two domains share a name."""
    styles: dict[str, str] = {}
    known: dict[str, str] = {}
    for run in runs:
        style, sha256 = run.domains[1], sets[run.path.name].reference.sha256
        if known.setdefault(style, sha256) != sha256:
            style = f"{style} of {run.path.name}"
        styles[run.path.name] = style
    return styles


def _folders(
    folders: Mapping[str, Path],
    paintings: Mapping[str, EncodedPictures],
    resize_px: int | None,
    progress: Progress,
) -> dict[str, EncodedPictures]:
    for name in folders:
        if name in paintings or name == "photo":
            raise InputError(f"there is a set {name} already; give the painter another name")
    return {
        name: pictures_of_folder(folder, resize_px, progress, "y", f"{name} pictures")
        for name, folder in folders.items()
    }
