"""Pictures laid out on a plane by t-SNE, which takes a minute for 2,000: once, and kept."""

import hashlib
from functools import lru_cache

import numpy as np

from artnb.evaluation.measure import Cache, open_cache


@lru_cache(maxsize=1)
def this_machines_cache() -> Cache:
    """Open the cache of this machine once; where nothing can be kept it is in memory."""
    return open_cache()


def lay_out(points: np.ndarray, seed: int, cache: Cache | None = None) -> np.ndarray:
    """Lay points out so that near means alike; distances between far groups mean nothing.

    Args:
        points: `(n, components)`, n at least 2.
        seed: of the layout.
        cache: what was laid out before; None takes this machine's.

    Returns:
        float32 `(n, 2)`. The same points come to the same places.
    """
    import sklearn

    cache = cache or this_machines_cache()
    key = f"{hashlib.sha256(points.tobytes()).hexdigest()} {points.shape}"
    method = f"t-SNE of scikit-learn {sklearn.__version__}, seed {seed}"
    known = cache.numbers([key], method)
    if key not in known:
        known = {key: _t_sne(points, seed).astype(np.float32).ravel()}
        cache.keep({}, {method: known})
    return known[key].reshape(-1, 2)


def _t_sne(points: np.ndarray, seed: int) -> np.ndarray:
    from sklearn.manifold import TSNE

    perplexity = min(30.0, (len(points) - 1) / 3)
    tsne = TSNE(2, perplexity=perplexity, init="pca", random_state=seed)
    return tsne.fit_transform(points if points.shape[1] > 1 else np.repeat(points, 2, axis=1))
