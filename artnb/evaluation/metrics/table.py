"""The metrics by name: what each needs to see, what it is called, how it is computed."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from artnb.errors import InputError, nearest
from artnb.evaluation.extractor import Extractor
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
from artnb.evaluation.metrics.path_length import LatentModel, perceptual_path_length
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
    latents: LatentModel | None = None

    @property
    def features(self) -> tuple[np.ndarray, np.ndarray]:
        """The features of both sets."""
        key = self.extractor.key
        return self.real.numbers[key], self.fake.numbers[key]

    @property
    def offers(self) -> set[str]:
        """What metrics may need and is here."""
        at_hand = {
            "features": self.extractor.key in self.fake.numbers,
            "sources": SSIM.key in self.fake.numbers,
            "discriminator": self.verdicts is not None,
            "classifier": self.classifier is not None,
            "latents": self.latents is not None,
        }
        return {need for need, is_here in at_hand.items() if is_here}


@dataclass(frozen=True)
class Metric:
    """One metric.

    Args:
        name: on the command line.
        needs: what two sets of pictures must come with, some of `NEEDS`.
        compute: gives scores by the names that they are shown under.
        published: its name with Inception, which is refused with another extractor.
    """

    name: str
    needs: frozenset[str]
    compute: Callable[[Comparison], dict[str, Score]]
    published: str = ""


# What a metric may need, and what is said where it is not there.
NEEDS = {
    "features": "this score compares features, and the sets were measured without an extractor; "
    "measure them with Evaluator.measure",
    "sources": "SSIM compares translations with their photos: two folders tell nothing of who "
    "belongs to whom, and pictures out of latents have none; measure it with a --run that paints "
    "photos, name those of a folder with --photos, or leave it out of --metrics",
    "discriminator": "discriminator accuracy asks a Run's discriminator, and two folders have "
    "none; measure it with --run, or leave it out of --metrics",
    "classifier": "the style classifier learns from the two domains of a Run that paints photos, "
    "and neither two folders nor a Run that makes pictures out of latents have them; measure it "
    "with another --run, or leave it out of --metrics",
    "latents": "a perceptual path length is defined between two latents, and pictures painted "
    "from photos have none; leave it out of --metrics, or score a Run of stylegan2",
}
# What a Run offers that paints photos, and one that makes pictures of latents.
PHOTO_NEEDS = NEEDS.keys() - {"latents"}
LATENT_NEEDS = NEEDS.keys() - {"sources", "classifier"}


def check_needs(metric: Metric, offers: Collection[str]) -> None:
    """Refuse a metric that needs more than there is.

    Args:
        metric: that is asked for.
        offers: what there is, some of `NEEDS`.

    Raises:
        InputError: something is missing.
    """
    for need, refusal in NEEDS.items():
        if need in metric.needs and need not in offers:
            raise InputError(refusal)


def titled(published: str, general: str, extractor: Extractor) -> str:
    """Name a score: as it is published with Inception, otherwise with the extractor in it."""
    return published if extractor.name == "inception" else f"{general} ({extractor.title})"


def _frechet(c: Comparison) -> dict[str, Score]:
    return {titled("FID", "Fréchet distance", c.extractor): fid(*c.features)}


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


def _path_length(c: Comparison) -> dict[str, Score]:
    def features(pictures: np.ndarray) -> np.ndarray:
        return c.extractor((pictures + 1.0) * 127.5)

    length = perceptual_path_length(c.latents, features, samples=len(c.fake), seed=c.seed)
    return {f"perceptual path length ({c.extractor.title})": length}


def _ssim(c: Comparison) -> dict[str, Score]:
    return {"SSIM to the photo": mean_score(c.fake.numbers[SSIM.key][:, 0], seed=c.seed)}


def _discriminator(c: Comparison) -> dict[str, Score]:
    real, fake = (c.verdicts.right(m, is_real) for m, is_real in ((c.real, True), (c.fake, False)))
    sides = [share_score(int(side.sum()), len(side)) for side in (real, fake)]
    return {
        "discriminator accuracy": mean_of_shares(sides),
        "discriminator accuracy, real": sides[0],
        "discriminator accuracy, translated": sides[1],
    }


def _style(c: Comparison) -> dict[str, Score]:
    shares, accuracy = c.classifier.shares(c.features[1]), c.classifier.accuracy
    worth = f"{accuracy.interval}; always saying one class is worth {c.classifier.baseline:.3g}"
    return {
        **{f"taken for {name} ({c.extractor.title})": share for name, share in shares.items()},
        f"style classifier on real pictures ({c.extractor.title})": replace(
            accuracy, interval=worth
        ),
    }


_FEATURES = frozenset({"features"})
METRICS = {
    metric.name: metric
    for metric in (
        Metric("frechet", _FEATURES, _frechet, "fid"),
        Metric("memorised-frechet", _FEATURES, _memorised, "mifid"),
        Metric("kernel", _FEATURES, _kernel, "kid"),
        Metric("precision-recall", _FEATURES, _precision_recall),
        Metric("inception-score", _FEATURES, _inception_score),
        Metric("style", _FEATURES | {"classifier"}, _style),
        Metric("ssim", frozenset({"sources"}), _ssim),
        Metric("discriminator", frozenset({"discriminator"}), _discriminator),
        Metric("perceptual-path-length", _FEATURES | {"latents"}, _path_length),
    )
}
_BY_OTHER_NAME = {
    **{metric.published: metric for metric in METRICS.values() if metric.published},
    **dict.fromkeys(("ppl", "path-length"), METRICS["perceptual-path-length"]),
}
DEFAULT_METRICS = ("frechet", "kernel", "precision-recall")


def find_metrics(names: Sequence[str], extractor: Extractor) -> list[Metric]:
    """Find metrics by name.

    Args:
        names: such as `"frechet"`; `"fid"`, `"mifid"` and `"kid"` with Inception only.
        extractor: what they will be measured with.

    Raises:
        InputError: there is no such metric, or its name belongs to another extractor.
    """
    found = []
    for name in names:
        metric = METRICS.get(name) or _BY_OTHER_NAME.get(name)
        if metric is None:
            raise InputError(f"there is no metric {name!r}; {nearest(name, METRICS)}")
        if name == metric.published and extractor.name != "inception":
            raise InputError(
                f"{name.upper()} is measured with Inception, and the extractor is "
                f"{extractor.title}; ask for {metric.name}, or use --extractor inception"
            )
        found.append(metric)
    return list(dict.fromkeys(found))
