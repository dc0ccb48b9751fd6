"""The evaluator: measures sets, refuses what must not be compared, and scores the rest."""

from collections.abc import Callable, Sequence
from pathlib import Path

from artnb.errors import InputError
from artnb.evaluation.cache import Cache, open_cache
from artnb.evaluation.extractors import Extractor
from artnb.evaluation.measure import Measure, Measured, measure
from artnb.evaluation.metrics import DEFAULT_METRICS, Comparison, Metric, find_metrics
from artnb.evaluation.pictures import Pictures, pictures_of_folder
from artnb.evaluation.pixels import Verdicts
from artnb.evaluation.rows import Row, facts_of_sets, row_of
from artnb.evaluation.rules import check_comparable
from artnb.evaluation.score import Score, TooFewPicturesError
from artnb.evaluation.style import StyleClassifier
from artnb.progress import Progress, silent


class Evaluator:
    """Measures sets of pictures, refuses what must not be compared, and scores the rest.

    Args:
        extractor: what gives the features.
        metrics: names of metrics.
        seed: of bootstrap, subsets and folds; 0 or more.
        skip_too_few: leave out metrics that need more pictures than there are, rather than fail.
        cache: what was measured before; None opens this machine's.
        progress: shows how far it has got.
        say: gets a sentence about what is left out.

    Raises:
        InputError: there is no such metric, or not with this extractor; or no such seed.
    """

    def __init__(
        self,
        extractor: Extractor,
        metrics: Sequence[str] = DEFAULT_METRICS,
        seed: int = 0,
        skip_too_few: bool = False,
        cache: Cache | None = None,
        progress: Progress = silent,
        say: Callable[[str], None] = print,
    ) -> None:
        if not 0 <= seed < 2**32:
            raise InputError(f"a seed must be from 0 to 2**32 - 1, got {seed}; the usual is 0")
        self.extractor, self.seed, self.progress, self.say = extractor, seed, progress, say
        self.skip_too_few = skip_too_few
        self.metrics = find_metrics(metrics, extractor)
        self.cache = cache or open_cache()

    def measure(self, pictures: Pictures, *others: Measure) -> Measured:
        """Measure a set with the extractor, where a metric needs it, and with others."""
        measures = [self.extractor, *others] if self._needs_features else list(others)
        return measure(pictures, measures, self.cache, self.progress)

    @property
    def _needs_features(self) -> bool:
        return any(metric.on_features for metric in self.metrics)

    def asks_for(self, name: str) -> bool:
        """Say whether a metric is among those that were asked for."""
        return any(metric.name == name for metric in self.metrics)

    def rows(
        self,
        real: Measured,
        fake: Measured,
        verdicts: Verdicts | None = None,
        classifier: StyleClassifier | None = None,
        **facts: str,
    ) -> list[Row]:
        """Score a generated set against a reference.

        Args:
            real: the reference, measured.
            fake: the generated set, measured.
            verdicts: of the discriminator that both were shown to.
            classifier: of styles.
            **facts: further columns of the rows.

        Raises:
            InputError: the two sets must not be compared, or a metric cannot be had from them.
        """
        check_comparable(real, fake)
        comparison = Comparison(real, fake, self.extractor, self.seed, verdicts, classifier)
        warnings = tuple(warning for side in (real, fake) for warning in left_out(side))
        rows = [
            row_of(
                title,
                score.with_warnings(*warnings),
                **facts_of_sets(real, fake),
                **self._facts_of_extractor(metric),
                seed=str(self.seed),
                **facts,
            )
            for metric in self.metrics
            for title, score in self._compute(metric, comparison).items()
        ]
        if not rows:
            raise TooFewPicturesError(
                f"scores need more pictures than {len(real)} real and {len(fake)} generated ones: "
                "none of the metrics can be had; add pictures"
            )
        return rows

    def _compute(self, metric: Metric, comparison: Comparison) -> dict[str, Score]:
        try:
            return metric.compute(comparison)
        except TooFewPicturesError as error:
            if not self.skip_too_few:
                raise
            self.say(f"{metric.name} is left out: {error}")
            return {}

    def _facts_of_extractor(self, metric: Metric) -> dict[str, str]:
        if not metric.on_features:
            return {}
        return {
            "extractor": self.extractor.title,
            "weights_sha256": self.extractor.weights_sha256,
        }


def left_out(measured: Measured) -> tuple[str, ...]:
    """Warn of files that could not be read."""
    if not measured.unreadable:
        return ()
    name, why = measured.unreadable[0]
    total = len(measured) + len(measured.unreadable)
    return (
        f"{len(measured.unreadable)} of {total} files of {measured.name} cannot be read and are "
        f"left out, such as {name} ({why})",
    )


def evaluate_folders(
    real: Path, fake: Path, evaluator: Evaluator, resize_px: int | None = None
) -> list[Row]:
    """Score the pictures of one folder against those of another.

    Args:
        real: the reference, real pictures.
        fake: generated pictures.
        evaluator: what measures.
        resize_px: bring all pictures to a square of this edge first; without it both folders
            must hold pictures of one size.

    Returns:
        A row for each score.

    Raises:
        InputError: a folder cannot be used, or a rule forbids the comparison.
    """
    sets = [pictures_of_folder(folder, resize_px, evaluator.progress) for folder in (real, fake)]
    measured = [evaluator.measure(pictures) for pictures in sets]
    return evaluator.rows(*measured)
