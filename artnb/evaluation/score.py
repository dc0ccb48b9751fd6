"""A score: a number that carries how sure it is."""

from dataclasses import dataclass, replace

import numpy as np

from artnb.errors import InputError

# Under this many pictures on a side, Fréchet distances are biased upwards (Heusel et al. 2017).
ENOUGH_IMAGES = 2048


class TooFewPicturesError(InputError):
    """A score that cannot be had from so few pictures."""


@dataclass(frozen=True)
class Score:
    """A number with its interval and what speaks against trusting it; `float()` gives the number.

    Args:
        value: the score.
        low: lower end of its interval, or None where there is none.
        high: upper end.
        interval: what the interval is, such as `"95 %, bootstrap of 50 resamples"`.
        warnings: sentences to show wherever the number is shown.
    """

    value: float
    low: float | None = None
    high: float | None = None
    interval: str = ""
    warnings: tuple[str, ...] = ()

    def __float__(self) -> float:
        return self.value

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{self.value:.4g}"
        return f"{self.value:.4g} ({self.low:.4g} to {self.high:.4g})"

    def with_warnings(self, *warnings: str) -> "Score":
        """Give the same score with further warnings."""
        return replace(self, warnings=self.warnings + warnings)


def checked_features(
    real: np.ndarray, fake: np.ndarray, fewest: int = 2
) -> tuple[np.ndarray, np.ndarray]:
    """Check two sets of features and give them as float64.

    Args:
        real: `(n, d)`, a row for each real picture.
        fake: `(m, d)`, a row for each generated picture.
        fewest: rows that each side needs.

    Raises:
        InputError: they are not two-dimensional, differ in `d`, hold NaN or infinity, or are
            too few.
    """
    checked = [_checked(side, name, fewest) for side, name in ((real, "real"), (fake, "generated"))]
    dimensions = [side.shape[1] for side in checked]
    if dimensions[0] != dimensions[1]:
        raise InputError(
            f"both sets need features of one extractor, got {dimensions[0]} and {dimensions[1]} "
            "features a picture; extract both with the same one"
        )
    return checked[0], checked[1]


def _checked(features: np.ndarray, name: str, fewest: int) -> np.ndarray:
    features = checked_rows(features, f"the {name} set")
    if len(features) < fewest:
        raise TooFewPicturesError(
            f"this score needs at least {fewest} pictures on each side, got {len(features)} "
            f"{name} ones; add pictures"
        )
    return features


def checked_rows(features: np.ndarray, whose: str) -> np.ndarray:
    """Check one set of features and give it as float64.

    Args:
        features: `(n, d)`, a row for each picture.
        whose: names the set in errors, such as `"the real set"`.

    Raises:
        InputError: it is not two-dimensional, or holds NaN or infinity.
    """
    features = np.asarray(features, np.float64)
    if features.ndim != 2:
        raise InputError(
            f"features must be (pictures, features), got the shape {features.shape} of {whose}; "
            "give a row for each picture"
        )
    bad = ~np.isfinite(features).all(axis=1)
    if bad.any():
        raise InputError(
            f"features must be finite, and {bad.sum()} of {len(bad)} rows of {whose} are not "
            f"(the first is row {bad.argmax()}); look at the pictures they come from"
        )
    return features


def few_images_warning(real: int, fake: int) -> tuple[str, ...]:
    """Warn of sets below 2,048 pictures; nothing where both are large enough."""
    if min(real, fake) >= ENOUGH_IMAGES:
        return ()
    return (
        f"only {real:,} real and {fake:,} generated pictures: below {ENOUGH_IMAGES:,} on a side "
        "this score is biased upwards, so compare it only with others of the same numbers",
    )
