"""The evaluator: measures sets, refuses what must not be compared, and scores the rest."""

import copy
from collections.abc import Callable, Sequence

import numpy as np
from scipy.spatial import cKDTree

from artnb.errors import InputError
from artnb.evaluation.beforehand import other_sizes
from artnb.evaluation.extractor import Extractor
from artnb.evaluation.measure import Cache, Measure, Measured, measure, open_cache
from artnb.evaluation.metrics.path_length import LatentModel
from artnb.evaluation.metrics.pixels import Verdicts
from artnb.evaluation.metrics.score import Score, TooFewPicturesError
from artnb.evaluation.metrics.style import StyleClassifier
from artnb.evaluation.metrics.table import (
    DEFAULT_METRICS,
    Comparison,
    Metric,
    check_needs,
    find_metrics,
)
from artnb.evaluation.pictures import Pictures
from artnb.evaluation.rows import PHOTOS, Row, facts_of_sets, row_of
from artnb.progress import Progress, silent

# Of 255, averaged over a 16 px thumbnail. The same picture in another file format or size stays
# below it: JPEG of quality 30 moved the competition's paintings by 1.3 at most, while no two of
# them are nearer than 11.
_SAME_LEVELS = 1.5
# A thumbnail with less contrast than this is fog: many pictures would look like it.
_LEAST_CONTRAST = 8.0


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
        measures = [self.extractor, *others] if self.needs("features") else others
        return measure(pictures, measures, self.cache, self.progress)

    def needs(self, what: str) -> bool:
        """Say whether a metric that was asked for needs something, one of `NEEDS`."""
        return any(what in metric.needs for metric in self.metrics)

    def rows(
        self,
        real: Measured,
        fake: Measured,
        verdicts: Verdicts | None = None,
        classifier: StyleClassifier | None = None,
        latents: LatentModel | None = None,
        **facts: str,
    ) -> list[Row]:
        """Score a generated set against a reference.

        Args:
            real: the reference, measured.
            fake: the generated set, measured.
            verdicts: of the discriminator that both were shown to.
            classifier: of styles.
            latents: the generator as a function of latents, where it has them.
            **facts: further columns of the rows.

        Raises:
            InputError: the two sets must not be compared, or a metric cannot be had from them.
        """
        check_comparable(real, fake)
        real, fake = real.in_order(), fake.in_order()
        comparison = Comparison(
            real, fake, self.extractor, self.seed, verdicts, classifier, latents
        )
        warnings = (*_left_out(real), *real.warnings, *_left_out(fake), *fake.warnings)
        facts |= {**facts_of_sets(real, fake), "seed": str(self.seed)}
        rows = [
            row_of(title, score.with_warnings(*warnings), **facts, **self._network(metric))
            for metric in self.metrics
            for title, score in self._compute(metric, comparison).items()
        ]
        if not rows:
            raise TooFewPicturesError(
                f"scores need more pictures than {len(real)} real and {len(fake)} generated ones: "
                "none of the metrics can be had; add pictures"
            )
        return rows

    def of_photos(self, real: Measured, photos: Pictures, **facts: str) -> list[Row]:
        """Score the photos themselves as if they were paintings: what a translation starts from.

        Metrics that need more than features are left out.

        Args:
            real: the reference, measured.
            photos: that were painted.
            **facts: further columns of the rows.

        Returns:
            Rows of the split `"photos"`; none, with a sentence, where a rule forbids it.
        """
        alone = copy.copy(self)
        alone.metrics = [metric for metric in self.metrics if metric.needs == {"features"}]
        if not alone.metrics:
            return []
        try:
            return alone.rows(real, alone.measure(photos), split=PHOTOS, **facts)
        except InputError as error:
            self.say(f"the photos themselves have no score: {error}")
            return []

    def _compute(self, metric: Metric, comparison: Comparison) -> dict[str, Score]:
        check_needs(metric, comparison.offers)
        try:
            return metric.compute(comparison)
        except TooFewPicturesError as error:
            if not self.skip_too_few:
                raise
            self.say(f"{metric.name} is left out: {error}")
            return {}

    def _network(self, metric: Metric) -> dict[str, str]:
        if "features" not in metric.needs:
            return {}
        network = self.extractor
        return {"extractor": network.title, "weights_sha256": network.weights_sha256}


def _left_out(measured: Measured) -> tuple[str, ...]:
    """Warn of files that could not be read."""
    if not measured.unreadable:
        return ()
    name, why = measured.unreadable[0]
    count, total = len(measured.unreadable), len(measured) + len(measured.unreadable)
    return (
        f"{count} of {total} files of {measured.name} cannot be read and are left out, such as "
        f"{name} ({why})",
    )


def check_comparable(real: Measured, fake: Measured) -> None:
    """Refuse a comparison that cannot mean what it says.

    Args:
        real: the reference set.
        fake: the generated set.

    Raises:
        InputError: the reference holds generated pictures, or pictures of the generated set, or
            the two sets differ in size.
    """
    painted = [name for name, f in zip(real.names, real.facts, strict=True) if f.is_painted]
    if painted:
        raise InputError(
            f"a reference set must hold real pictures, and {len(painted)} of the {len(real)} in "
            f"{real.name} were painted by a generator, such as {painted[0]}; "
            "give the folder of real paintings"
        )
    shared = shared_pictures(real, fake)
    if shared:
        mine, theirs = shared[0]
        raise InputError(
            f"a reference set must share no picture with the generated one, and {len(shared)} "
            f"pictures of {fake.name} are in {real.name} too, such as {mine} ({theirs}); "
            "the score would say how well pictures resemble themselves"
        )
    real_size, fake_size = ((m.facts[0].width, m.facts[0].height) for m in (real, fake))
    if real_size != fake_size:
        hint = (*real.warnings, *fake.warnings)
        raise other_sizes(real.name, real_size, fake.name, fake_size, hint)


def shared_pictures(real: Measured, fake: Measured) -> list[tuple[str, str]]:
    """List pictures of the generated set that are in the reference too.

    The same pixels count, and the same picture in another file format or size.

    Returns:
        Names in the generated set and in the reference.
    """
    places = {facts.pixels: place for place, facts in enumerate(real.facts)}
    reference, thumbnails = _thumbnails(real), _thumbnails(fake)
    similar = _similar(reference, thumbnails)
    found = []
    for number, facts in enumerate(fake.facts):
        place = places.get(facts.pixels)
        if place is None and thumbnails[number].std() >= _LEAST_CONTRAST:
            place = _same(reference, thumbnails[number], similar[number])
        if place is not None:
            found.append((fake.names[number], real.names[place]))
    return found


def _similar(reference: np.ndarray, thumbnails: np.ndarray) -> list[list[int]]:
    """List for each thumbnail the few that may be the same, by the means of its quarters.

    These differ by no more than the pixels do, so nothing is missed.
    """
    tree = cKDTree(_quarters(reference))
    quarters = _quarters(thumbnails)
    return list(tree.query_ball_point(quarters, _SAME_LEVELS * quarters.shape[1], p=1))


def _quarters(thumbnails: np.ndarray) -> np.ndarray:
    return thumbnails.reshape(-1, 2, 8, 2, 8, 3).mean(axis=(2, 4)).reshape(-1, 12)


def _same(reference: np.ndarray, thumbnail: np.ndarray, candidates: list[int]) -> int | None:
    """Find the place of the nearest candidate that is the same picture."""
    if not candidates:
        return None
    distances = np.abs(reference[candidates] - thumbnail).mean(axis=1)
    nearest = int(distances.argmin())
    return candidates[nearest] if distances[nearest] <= _SAME_LEVELS else None


def _thumbnails(measured: Measured) -> np.ndarray:
    """Give a set's thumbnails, float32 `(n, 768)`."""
    stacked = np.stack([facts.thumbnail for facts in measured.facts])
    return stacked.reshape(len(stacked), -1).astype(np.float32)
