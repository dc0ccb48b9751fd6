"""Saturation: how vivid colours are, and whether a translation keeps or damps them."""

import numpy as np

from artnb.evaluation.metrics.score import Score
from artnb.study.colour import chroma_of, lab_of
from artnb.study.effect import RESAMPLES, ratio_of_means
from artnb.study.quantity import PictureMeasure, Quantity

_QUESTION = "saturation"
VIVID_SHARE = 0.2


def saturation_numbers(picture: np.ndarray) -> np.ndarray:
    """Give the mean chroma of a picture, and its 90th and 99th percentile."""
    chroma = chroma_of(lab_of(picture))
    return np.array([chroma.mean(), *np.percentile(chroma, (90, 99))])


SATURATION = PictureMeasure(
    name="saturation",
    version=1,
    quantities=(
        Quantity("chroma", _QUESTION, "mean C*: more colourful"),
        Quantity("vivid chroma", _QUESTION, "90th percentile of C*: more vivid colours"),
        Quantity("most vivid chroma", _QUESTION, "99th percentile of C*: more vivid accents"),
    ),
    of_picture=saturation_numbers,
)


def chroma_kept(
    photos: np.ndarray, translations: np.ndarray, resamples: int = RESAMPLES, seed: int = 0
) -> dict[str, Score]:
    """Say how much of the photos' chroma their translations keep: 1 all, below 1 damped.

    Args:
        photos: `(n,)`, the vivid chroma of each photo.
        translations: `(n,)`, that of its translation.
        resamples: of the pairs; 0 gives no intervals.
        seed: of the bootstrap.

    Returns:
        The ratio of the means, `"all photos"` and `"most vivid fifth"` of them: sunsets,
        flowers, autumn. Of fewer than 10 photos there is no fifth.
    """
    kept = {"all photos": ratio_of_means(translations, photos, resamples, seed)}
    if len(photos) >= 10:
        vivid = photos >= np.quantile(photos, 1 - VIVID_SHARE)
        kept["most vivid fifth"] = ratio_of_means(
            translations[vivid], photos[vivid], resamples, seed
        )
    return kept
