"""How much two sets differ, and how far a translation has come, each with its interval."""

from collections.abc import Callable

import numpy as np

from artnb.evaluation.metrics.score import Score

RESAMPLES = 1000
# Below it a difference counts as negligible (Romano et al. 2006).
NEGLIGIBLE = 0.147
FEW_PICTURES = 30
_VIVID_SHARE = 0.2


def cliffs_delta(
    first: np.ndarray, second: np.ndarray, resamples: int = RESAMPLES, seed: int = 0
) -> Score:
    """Give Cliff's delta: how often a value of the second set is above one of the first.

    Args:
        first: `(n,)`, such as a measure of photos.
        second: `(m,)`, the same of paintings.
        resamples: bootstrap resamples of both sets; 0 gives no interval.
        seed: of the bootstrap.

    Returns:
        P(second > first) − P(second < first), in [−1, 1]: 0 is no difference, ±1 no overlap.
        From 0.147 on it is called small, from 0.33 medium, from 0.474 large.

    Source: Cliff 1993, *Dominance statistics*, Psychological Bulletin 114(3); the words for its
    size: Romano, Kromrey, Coraggio and Skowronek 2006, annual meeting of the Florida
    Association of Institutional Research.
    """
    above = np.sign(np.asarray(second)[None] - np.asarray(first)[:, None]).astype(np.float32)
    n, m = above.shape

    def delta(counts_first: np.ndarray, counts_second: np.ndarray) -> np.ndarray:
        return ((counts_first @ above) * counts_second).sum(axis=1) / (n * m)

    return _bootstrapped(
        float(above.mean()), delta, (n, m), resamples, seed, "pictures of both sets"
    )


def progress_between(
    photos: np.ndarray,
    translations: np.ndarray,
    paintings: np.ndarray,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Score:
    """Say how far translations have come from their photos' value towards the paintings'.

    Args:
        photos: `(n,)`, a measure of each photo.
        translations: `(n,)`, of the translation of each.
        paintings: `(m,)`, of real paintings.
        resamples: bootstrap resamples of the pairs, and of the paintings; 0 gives no interval.
        seed: of the bootstrap.

    Returns:
        0 where translations are as photos are on average, 1 where they are as paintings are;
        below 0 they moved away, above 1 too far.
    """
    photos, translations, paintings = (
        np.asarray(values, np.float64) for values in (photos, translations, paintings)
    )
    moved = translations - photos
    n, m = len(photos), len(paintings)

    def progress(of_pairs: np.ndarray, of_paintings: np.ndarray) -> np.ndarray:
        way = of_paintings @ paintings / m - of_pairs @ photos / n
        return (of_pairs @ moved / n) / np.where(way == 0, np.nan, way)

    value = float(progress(np.ones((1, n)), np.ones((1, m)))[0])
    return _bootstrapped(value, progress, (n, m), resamples, seed, "photos and paintings")


def ratio_of_means(
    above: np.ndarray, below: np.ndarray, resamples: int = RESAMPLES, seed: int = 0
) -> Score:
    """Give the ratio of the means of pairs with its bootstrap interval.

    Args:
        above: `(n,)`.
        below: `(n,)`, the partners, positive on average.
        resamples: of the pairs; 0 gives no interval.
        seed: of the bootstrap.
    """
    above, below = np.asarray(above, np.float64), np.asarray(below, np.float64)

    def ratio(counts: np.ndarray) -> np.ndarray:
        return (counts @ above) / np.maximum(counts @ below, 1e-9)

    value = float(ratio(np.ones((1, len(above))))[0])
    return _bootstrapped(value, ratio, (len(above),), resamples, seed, "pairs")


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
        vivid = photos >= np.quantile(photos, 1 - _VIVID_SHARE)
        kept["most vivid fifth"] = ratio_of_means(
            translations[vivid], photos[vivid], resamples, seed
        )
    return kept


def _bootstrapped(
    value: float,
    statistic: Callable[..., np.ndarray],
    sizes: tuple[int, ...],
    resamples: int,
    seed: int,
    of: str,
) -> Score:
    """Give a statistic with the interval that resampling its sets gives.

    A resample is how often each picture is drawn, so that a statistic of all resamples is a
    matrix product.
    """
    if resamples == 0 or min(sizes) < 2:
        return Score(value)
    rng = np.random.default_rng(seed)
    counts = [rng.multinomial(n, np.full(n, 1 / n), size=resamples).astype(float) for n in sizes]
    low, high = np.nanpercentile(statistic(*counts), (2.5, 97.5))
    interval = f"95 %, bootstrap of {resamples:,} resamples of the {of}"
    return Score(value, float(low), float(high), interval)


def hardly_differ(delta: Score) -> bool:
    """Say whether an effect is too small, or too unsure, for a way between the sets to exist."""
    if abs(delta.value) < NEGLIGIBLE:
        return True
    return delta.low is not None and delta.high is not None and delta.low <= 0 <= delta.high


def few_pictures_warning(name: str, count: int) -> tuple[str, ...]:
    """Warn of a set below 30 pictures: bootstrap intervals of so few are too narrow."""
    if count >= FEW_PICTURES:
        return ()
    return (
        f"only {count} pictures of {name}: intervals of fewer than {FEW_PICTURES} are too narrow, "
        "so take these numbers for a hint",
    )
