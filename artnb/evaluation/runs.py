"""Score a Run, epoch by epoch, when it is trained or while it trains; what it knows by heart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from artnb.data.dataset import Dataset
from artnb.drawing.figures import save_figure
from artnb.drawing.nearest import draw_nearest
from artnb.errors import InputError
from artnb.evaluation.beforehand import check_sizes
from artnb.evaluation.evaluator import Evaluator
from artnb.evaluation.extractor import load_extractor
from artnb.evaluation.metrics.neighbours import (
    Nearest,
    nearest_real,
    real_to_real,
    suspicious_distance,
)
from artnb.evaluation.metrics.path_length import LatentModel
from artnb.evaluation.metrics.pixels import SSIM, Verdicts
from artnb.evaluation.metrics.style import StyleClassifier, train_style_classifier
from artnb.evaluation.metrics.table import (
    DEFAULT_METRICS,
    LATENT_NEEDS,
    PHOTO_NEEDS,
    check_needs,
)
from artnb.evaluation.pictures import PaintedPictures, Pictures, Seen, pictures_of_folder
from artnb.evaluation.plots import draw_scores
from artnb.evaluation.rows import (
    PHOTOS,
    Best,
    Row,
    as_dictionaries,
    choose_best,
    gap_row,
    read_scores,
    write_scores,
)
from artnb.evaluation.sets import Choice, RunSets, Sets
from artnb.files import require_writable
from artnb.runs.painter import Judge, LatentSampler, LoadedNetworks, Painter
from artnb.runs.run import COPY_IT, Run
from artnb.runs.snapshots import MissingSnapshotError, snapshot_networks
from artnb.sampling.generating import LatentsW

# What makes pictures: of photos, or of latents.
Maker = Painter | LatentSampler
# Of each class at most; more teach the style classifier little.
_MOST_PICTURES = 600
# Beside those of two folders; these two need a Run.
DEFAULT_RUN_METRICS = (*DEFAULT_METRICS, "ssim", "discriminator")


@dataclass(frozen=True)
class RunScores:
    """What an evaluation of a Run gave: its new rows, all rows there are, and the best epoch.

    `photos` are scores of the photos themselves, which are not kept in the Run.
    """

    rows: list[Row]
    all_rows: list[Row]
    best: Best | None = None
    photos: list[Row] = field(default_factory=list)


def evaluate(
    run: Run,
    evaluator: Evaluator | None = None,
    epochs: str | Sequence[int] = "all",
    to: str = "y",
    choice: Choice | None = None,
    gap: bool = False,
    artists: Mapping[str, Path] | None = None,
    dataset: Dataset | None = None,
    say: Callable[[str], None] = lambda sentence: None,
    anchor: bool = False,
    until: int | None = None,
) -> RunScores:
    """Score kept epochs of a Run and write what came out into it.

    Args:
        run: the Run.
        evaluator: what measures; None takes the usual metrics and the best extractor at hand.
        epochs: `"all"` that are kept, `"latest"`, `"best"`, or numbers such as `"1,10"`.
        to: `"y"`, `"x"` or a domain's name: which translations are scored.
        choice: other data, reference or photos than the Run's own.
        gap: also score training photos and held-out ones, and their difference.
        artists: for the metric `style`: folders of further painters' pictures by name.
        dataset: the Run's Dataset where it is open already.
        say: gets a sentence for each score.
        anchor: also score the photos themselves, where the metric is defined for them.
        until: how far the training has got, while it goes on; see `choose_best`.

    Returns:
        The rows. They are in the Run's `scores.csv` and `scores.png` now, and the best epoch is
        in its `run.json`.

    Raises:
        InputError: there is no such epoch, the Run is read-only, the data is gone or is other data,
            or a rule forbids the comparison.
    """
    makers = run.makers(epochs, to)
    require_writable(run.path, COPY_IT)
    all_rows = read_scores(run.scores_file)  # what cannot be added to is said before the work
    if evaluator is None:
        metrics = default_metrics([run], epochs)
        evaluator = Evaluator(load_extractor("auto"), metrics, skip_too_few=True)
    check_beforehand(run, evaluator)
    sets = RunSets(run, choice or Choice(), makers[0].to, dataset, evaluator.progress)
    classifier = None
    if evaluator.needs("classifier"):
        classifier = classifier_of(evaluator, sets, artists or {})
    scorer = _Scorer(evaluator, classifier, LoadedNetworks(say=say))
    held_out, both_splits = sets.held_out(), sets.of_both_splits() if gap else ()
    for each in (held_out, *both_splits):
        if each.photos:
            check_sizes(each.reference, each.photos)
    anchors = scorer.of_photos(makers[0], held_out) if anchor and held_out.photos else []
    for row in anchors:
        say(f"the photos themselves: {describe_row(row)}")
    rows = []
    for maker in makers:
        try:
            new = scorer.rows(maker, held_out)
            new += scorer.gap_rows(maker, *both_splits) if gap else []
        except MissingSnapshotError as error:  # its training went on meanwhile
            if len(makers) == 1:
                raise
            say(f"epoch {maker.epoch} is left out: {error}")
            continue
        for row in new:
            say(f"epoch {maker.epoch}: {describe_row(row)}")
        all_rows = write_scores(run.scores_file, new)
        rows += new
    best = note_best(run, all_rows, until) if makers[0].to == "y" else None
    draw_curves(run, [*all_rows, *anchors], best and best.epoch)
    return RunScores(rows, all_rows, best, anchors)


def note_best(run: Run, rows: Sequence[Row], until: int | None = None) -> Best | None:
    """Choose the best epoch and note it in the Run; see `choose_best`."""
    best = choose_best(run, rows, until)
    if best:
        run.note(best=asdict(best))
    return best


def draw_curves(run: Run, rows: Sequence[Row], best: int | None) -> None:
    """Draw the curves of scores, with the best epoch marked."""
    save_figure(draw_scores(as_dictionaries(rows), best), run.scores_picture)


def default_metrics(runs: Sequence[Run], epochs: str | Sequence[int]) -> list[str]:
    """Give the metrics that Runs are scored by where none are named.

    Snapshots of earlier versions hold no discriminators; these are then not asked.
    """
    makers = [maker for run in runs for maker in run.makers(epochs)]
    left_out = {"discriminator"} if any(map(_lacks_judge, makers)) else set()
    left_out |= {"ssim"} if any(run.is_latent for run in runs) else set()
    return [name for name in DEFAULT_RUN_METRICS if name not in left_out]


def check_beforehand(run: Run, evaluator: Evaluator) -> None:
    """Refuse a metric that a Run cannot be scored by, before anything is painted.

    Raises:
        InputError: the metric needs latents, and the Run paints photos, or the other way.
    """
    offers = LATENT_NEEDS if run.is_latent else PHOTO_NEEDS
    for metric in evaluator.metrics:
        check_needs(metric, offers)


def _lacks_judge(painter: Maker) -> bool:
    """Say whether a snapshot holds no discriminator; one that was thinned out lacks nothing."""
    try:
        return _find_judge(painter) is None
    except MissingSnapshotError:
        return False


def _find_judge(painter: Maker) -> Judge | None:
    """Give the discriminator of a painter's epoch where the snapshot holds it."""
    judge, snapshot = painter.run.judge(painter), painter.run.snapshot(painter.epoch)
    return judge if judge and judge.network in snapshot_networks(snapshot) else None


def describe_row(row: Row) -> str:
    """Say a score in a line."""
    split = f", {row.split}" if row.split not in ("", "test", PHOTOS) else ""
    return f"{row.metric} {row.score}{split}"


@dataclass(frozen=True)
class _Scorer:
    """Scores what painters make of photos."""

    evaluator: Evaluator
    classifier: StyleClassifier | None
    networks: LoadedNetworks

    def rows(self, painter: Maker, sets: Sets) -> list[Row]:
        """Score what a generator makes."""
        evaluator, verdicts = self.evaluator, self._verdicts(painter)
        on_both = [verdicts] if verdicts else []
        on_fakes = [SSIM] if evaluator.needs("sources") else []
        fakes = sets.made_by(painter, self.networks)
        return evaluator.rows(
            evaluator.measure(sets.reference, *on_both),
            evaluator.measure(fakes, *on_both, *on_fakes),
            verdicts,
            self.classifier,
            self._latents(painter),
            source_sha256=sets.source_sha256,
            direction=f"{painter.source} → {painter.target}",
            epoch=str(painter.epoch),
            split=sets.split,
        )

    def of_photos(self, painter: Painter, sets: Sets) -> list[Row]:
        """Score the photos as if they were paintings."""
        direction = f"{painter.source} → {painter.target}"
        reference = self.evaluator.measure(sets.reference)
        return self.evaluator.of_photos(reference, sets.photos, direction=direction)

    def _latents(self, maker: Maker) -> LatentModel | None:
        """Give the generator as a function of latents, where a metric needs it."""
        if not self.evaluator.needs("latents"):
            return None
        return LatentsW(self.networks.load(maker))

    def _verdicts(self, painter: Maker) -> Verdicts | None:
        """Give the verdicts of the painter's judge, where a metric needs them."""
        if not self.evaluator.needs("discriminator"):
            return None
        judge, snapshot = _find_judge(painter), painter.run.snapshot(painter.epoch)
        if judge is None:
            raise InputError(
                f"the snapshot {snapshot} holds no discriminator_{painter.to} that could be asked: "
                "it was made before they were kept, or imported, or judges by classes; leave out "
                "what needs it"
            )
        return Verdicts(judge, self.networks)

    def gap_rows(self, painter: Painter, train: Sets, test: Sets) -> list[Row]:
        """Score training and held-out photos, and the difference: held out minus training."""
        of_train, of_test = self.rows(painter, train), self.rows(painter, test)
        gaps = [gap_row(a, b) for a, b in zip(of_train, of_test, strict=True)]
        return [*of_train, *of_test, *gaps]


def classifier_of(
    evaluator: Evaluator, sets: RunSets, artists: Mapping[str, Path]
) -> StyleClassifier:
    """Train a classifier that tells a Run's photos, its paintings and further painters apart.

    Held-out photos are left out: their translations are what it will be asked about.

    Args:
        evaluator: measures the real pictures.
        sets: the Run's.
        artists: folders of further painters' pictures by name.

    Raises:
        InputError: the Run's data is not at hand, a folder cannot be used, or two classes have
            one name.
    """
    source, target = sets.source, sets.target
    if source is None or target is None:
        raise InputError(
            "the style classifier learns from the Run's own photos and paintings; leave out "
            "--real or --photos, or leave style out of --metrics"
        )
    classes = {
        source.name: sets.of_splits(source.name, source.train),
        target.name: sets.of_splits(target.name, target.train, target.test),
    }
    for name, folder in artists.items():
        if name in classes:
            raise InputError(f"there is a class {name} already; give the painter another name")
        classes[name] = pictures_of_folder(
            folder, sets.choice.resize_px, evaluator.progress, "y", f"{name} pictures"
        )
    measured = {
        name: evaluator.measure(pictures.some(_MOST_PICTURES)) for name, pictures in classes.items()
    }
    return train_style_classifier(
        {name: m.numbers[evaluator.extractor.key] for name, m in measured.items()},
        {name: [facts.pixels for facts in m.facts] for name, m in measured.items()},
        seed=evaluator.seed,
    )


@dataclass(frozen=True)
class NearestView:
    """The picture, and what it says in a sentence."""

    picture: Image.Image
    sentence: str
    nearest: Nearest


def view_nearest(
    run: Run,
    evaluator: Evaluator,
    epoch: int,
    to: str = "y",
    choice: Choice | None = None,
    dataset: Dataset | None = None,
    most: int = 6,
) -> NearestView:
    """Show the translations that lie nearest to real paintings, the most suspicious first.

    Args:
        run: the Run.
        evaluator: its extractor gives the features.
        epoch: of the generator.
        to: `"y"`, `"x"` or a domain's name.
        choice: other data, reference or photos than the Run's own.
        dataset: the Run's Dataset where it is open already.
        most: how many are shown.

    Raises:
        InputError: as for `evaluate`.
    """
    painter = run.painter(epoch, to)
    sets = RunSets(run, choice or Choice(), painter.to, dataset, evaluator.progress)
    held_out = sets.held_out()
    fakes = PaintedPictures(painter, held_out.photos)
    real, fake = evaluator.measure(held_out.reference), evaluator.measure(fakes)
    key = evaluator.extractor.key
    nearest = nearest_real(real.numbers[key], fake.numbers[key])
    among_real = real_to_real(real.numbers[key])
    shown = nearest.order()[:most]
    places = [fake.places[number] for number in shown]
    picture = draw_nearest(
        _pixels(held_out.photos, places),
        _pixels(fakes, places),
        _pixels(held_out.reference, [real.places[nearest.indices[number]] for number in shown]),
        nearest.distances[shown],
        limit=suspicious_distance(among_real),
        most=most,
        names=("photo", f"epoch {epoch}", "nearest real"),
        total=len(nearest.distances),
    )
    return NearestView(picture, nearest.describe(among_real), nearest)


def _pixels(pictures: Pictures, places: Sequence[int]) -> list[np.ndarray]:
    return [seen.picture for seen in pictures.read(places) if isinstance(seen, Seen)]
