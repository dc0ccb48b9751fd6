"""The metrics by name: what each needs to see, what it is called, how it is computed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from artnb.errors import InputError, nearest
from artnb.evaluation.extractors import Extractor
from artnb.evaluation.measure import Measured
from artnb.evaluation.metrics.frechet import fid
from artnb.evaluation.metrics.inception_score import inception_score
from artnb.evaluation.metrics.kernel import kid
from artnb.evaluation.metrics.neighbours import (
    PROXY,
    memorisation_distance,
    mifid,
    precision_recall,
)
from artnb.evaluation.metrics.pixels import SSIM, Verdicts
from artnb.evaluation.metrics.score import Score, mean_of_shares, mean_score, share_score
from artnb.evaluation.metrics.style import StyleClassifier


@dataclass(frozen=True)
class Comparison:
    """Two measured sets and what they were measured with."""

    real: Measured
    fake: Measured
    extractor: Extractor
    seed: int
    verdicts: Verdicts | None = None
    classifier: StyleClassifier | None = None

    @property
    def features(self) -> tuple[np.ndarray, np.ndarray]:
        """The features of both sets."""
        key = self.extractor.key
        return self.real.numbers[key], self.fake.numbers[key]


Compute = Callable[[Comparison], dict[str, Score]]


@dataclass(frozen=True)
class Metric:
    """One metric.

    Args:
        name: on the command line.
        alias: its name with Inception, which is refused with another extractor.
        compute: gives scores by the names that they are shown under.
        on_features: it rests on an extractor.
    """

    name: str
    compute: Compute
    alias: str = ""
    on_features: bool = True


def titled(published: str, general: str, extractor: Extractor) -> str:
    """Name a score: as it is published with Inception, otherwise with the extractor in it."""
    return published if extractor.name == "inception" else f"{general} ({extractor.title})"


def _frechet(c: Comparison) -> dict[str, Score]:
    score = fid(*c.features)
    return {titled("FID", "Fréchet distance", c.extractor): score}


def _memorised(c: Comparison) -> dict[str, Score]:
    score = mifid(*c.features)
    if c.extractor.name != "inception":
        score = replace(score, warnings=tuple(w for w in score.warnings if w != PROXY))
    title = titled("MiFID", "memorisation-informed Fréchet distance", c.extractor)
    nearest_real = Score(memorisation_distance(*c.features))
    return {title: score, f"distance to the nearest real ({c.extractor.title})": nearest_real}


def _kernel(c: Comparison) -> dict[str, Score]:
    return {titled("KID", "kernel distance", c.extractor): kid(*c.features, seed=c.seed)}


def _precision_recall(c: Comparison) -> dict[str, Score]:
    precision, recall = precision_recall(*c.features)
    return {f"precision ({c.extractor.title})": precision, f"recall ({c.extractor.title})": recall}


def _inception_score(c: Comparison) -> dict[str, Score]:
    return {"Inception Score": inception_score(c.extractor.probabilities(c.features[1]))}


def _ssim(c: Comparison) -> dict[str, Score]:
    if SSIM.key not in c.fake.numbers:
        raise InputError(
            "SSIM compares translations with their photos, and two folders tell nothing of who "
            "belongs to whom; measure it with --run, or leave it out of --metrics"
        )
    return {"SSIM to the photo": mean_score(c.fake.numbers[SSIM.key][:, 0], seed=c.seed)}


def _discriminator(c: Comparison) -> dict[str, Score]:
    if c.verdicts is None:
        raise InputError(
            "discriminator accuracy asks a Run's discriminator, and two folders have none; "
            "measure it with --run, or leave it out of --metrics"
        )
    real, fake = (c.verdicts.right(m, is_real) for m, is_real in ((c.real, True), (c.fake, False)))
    sides = [share_score(int(side.sum()), len(side)) for side in (real, fake)]
    return {
        "discriminator accuracy": mean_of_shares(sides),
        "discriminator accuracy, real": sides[0],
        "discriminator accuracy, translated": sides[1],
    }


def _style(c: Comparison) -> dict[str, Score]:
    if c.classifier is None:
        raise InputError(
            "the style classifier learns from a Run's two domains, and two folders have none; "
            "measure it with --run, or leave it out of --metrics"
        )
    shares, accuracy = c.classifier.shares(c.features[1]), c.classifier.accuracy
    worth = f"{accuracy.interval}; always saying one class is worth {c.classifier.baseline:.3g}"
    return {
        **{f"taken for {name} ({c.extractor.title})": share for name, share in shares.items()},
        f"style classifier on real pictures ({c.extractor.title})": replace(
            accuracy, interval=worth
        ),
    }


METRICS = {
    metric.name: metric
    for metric in (
        Metric("frechet", _frechet, "fid"),
        Metric("memorised-frechet", _memorised, "mifid"),
        Metric("kernel", _kernel, "kid"),
        Metric("precision-recall", _precision_recall),
        Metric("inception-score", _inception_score),
        Metric("style", _style),
        Metric("ssim", _ssim, on_features=False),
        Metric("discriminator", _discriminator, on_features=False),
    )
}
# Path lengths are asked for by these names, and there is no picture here to answer with.
_PATH_LENGTHS = ("ppl", "path-length", "perceptual-path-length")
DEFAULT_METRICS = ("frechet", "kernel", "precision-recall")


def find_metrics(names: Sequence[str], extractor: Extractor) -> list[Metric]:
    """Find metrics by name.

    Args:
        names: such as `"frechet"`; `"fid"`, `"mifid"` and `"kid"` with Inception only.
        extractor: what they will be measured with.

    Raises:
        InputError: there is no such metric, its name belongs to another extractor, or it is
            not defined on pictures that are painted from photos.
    """
    by_alias = {metric.alias: metric for metric in METRICS.values() if metric.alias}
    found = []
    for name in names:
        if name in by_alias and extractor.name != "inception":
            raise InputError(
                f"{name.upper()} is measured with Inception, and the extractor is "
                f"{extractor.title}; ask for {by_alias[name].name}, or use --extractor inception"
            )
        if name in _PATH_LENGTHS:
            raise InputError(
                "a perceptual path length is defined between two latents, and pictures painted "
                "from photos have none; leave it out of --metrics, and for a model with latents "
                "call artnb.evaluation.perceptual_path_length"
            )
        metric = METRICS.get(name) or by_alias.get(name)
        if metric is None:
            raise InputError(f"there is no metric {name!r}; {nearest(name, METRICS)}")
        found.append(metric)
    return list(dict.fromkeys(found))
