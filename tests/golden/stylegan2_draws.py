"""The weights and inputs of stylegan2_torch.npz; see README.md beside this file."""

import zlib
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("stylegan2_torch.npz")
SIZES = {
    "size_px": 16,
    "z_size": 10,
    "w_size": 6,
    "mapping_layers": 2,
    "channel_base": 64,
    "channel_max": 8,
    "group": 4,
}
CLASSES = 3
BATCH = 8
MEAN_PATH_LENGTH = 0.7
# Weights of these layers are drawn larger, since they are scaled by a hundredth when they are used.
_SLOW = "dense_"


def draw(name, *shape):
    """Draw from N(0, 1), for each name its own numbers."""
    random = np.random.default_rng([2020, zlib.crc32(name.encode())])
    return random.standard_normal(shape)


def draw_weight(name, shape):
    """Draw a weight, named `network/layer/weight`, in the layout that Keras has it in."""
    layer, weight = name.split("/")[1:]
    drawn = draw(name, *shape)
    if weight == "affine_bias":
        drawn = 1 + 0.3 * drawn
    elif weight in ("bias", "strength"):
        drawn = 0.3 * drawn
    return drawn * (100 if layer.startswith(_SLOW) else 1)


def draw_classes():
    """Give each picture of a batch its class, one-hot `(8, 3)`."""
    return np.eye(CLASSES)[np.arange(BATCH) % CLASSES]
