"""The draws that the golden numbers were made with; see README.md beside this file."""

from functools import cache
from pathlib import Path

import numpy as np

_FILE = Path(__file__).parent / "cyclegan_torch.npz"
_SCALE = 0.05


@cache
def _file():
    return np.load(_FILE)


def golden(name):
    """Give a stored number or array."""
    value = _file()[name]
    return value.item() if value.ndim == 0 else value


def draw_weights(model, seed, scale=_SCALE):
    """Fill a model, layer by layer in forward order, kernel before bias."""
    random = np.random.default_rng(seed)
    model.set_weights(
        [random.standard_normal(w.shape, dtype=np.float32) * scale for w in model.weights]
    )


def uniform_pictures(seed, shape):
    """Draw float32 pictures in [-1, 1]."""
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)
