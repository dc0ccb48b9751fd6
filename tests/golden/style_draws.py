"""The weights and pictures of style_torch.npz; see README.md beside this file."""

from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("style_torch.npz")
# Convolutions and filters of VGG19's blocks.
BLOCKS = ((2, 64), (2, 128), (4, 256), (4, 512), (4, 512))
STYLE = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
CONTENT = "relu4_2"
POOLINGS = ("average", "max")


def draw_vgg19():
    """Draw `{"relu1_1": (kernel, bias), …}`, kernels `(3, 3, in, out)`.

    The first layer is a hundred times smaller than He's scale: what comes in are differences to a
    mean, of up to 150.
    """
    random, channels = np.random.default_rng(19), 3
    drawn = {}
    for block, (convolutions, filters) in enumerate(BLOCKS, start=1):
        for number in range(1, convolutions + 1):
            scale = np.float32(np.sqrt(2 / (9 * channels)) * (0.01 if channels == 3 else 1))
            kernel = random.standard_normal((3, 3, channels, filters), np.float32) * scale
            bias = random.normal(0, 0.1, filters).astype(np.float32)
            drawn[f"relu{block}_{number}"] = kernel, bias
            channels = filters
    return drawn


def draw_pictures():
    """Draw a photo, a dark painting of another size, and a picture, `(1, h, w, 3)` in [-1, 1]."""
    random = np.random.default_rng(2015)
    drawn = {"photo": (-1, 1, 48, 64), "painting": (-1, 0, 64, 56), "picture": (-1, 1, 48, 64)}
    return {
        name: random.uniform(low, high, (1, height, width, 3)).astype(np.float32)
        for name, (low, high, height, width) in drawn.items()
    }
