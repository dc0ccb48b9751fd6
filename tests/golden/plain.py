"""The networks and pictures of `plain.npz`; see README.md beside this file."""

import keras
import numpy as np

from artnb.models.networks import Style, resnet_generator
from tests.golden.draws import draw_weights

SIZE = (32, 40)
NETWORKS = {
    "paper": {"upsampling": "transposed", "style": Style()},
    "affine": {"upsampling": "transposed", "style": Style(affine=True)},
    "preview": {"upsampling": "resize", "skips": True, "style": Style(padding="reflect")},
}


def network(name: str) -> keras.Model:
    """Build a small generator with weights large enough to paint something."""
    generator = resnet_generator(name, filters=4, blocks=2, **NETWORKS[name])
    draw_weights(generator, seed=2, scale=0.2)
    return generator


def pictures() -> dict[str, np.ndarray]:
    """Give pictures that are plain in whole or in part, float32 `(height, width, 3)`."""
    height, width = SIZE
    noise = np.random.default_rng(5).uniform(-1, 1, (height, width, 3))
    across = np.arange(width)[None, :, None]
    down = np.arange(height)[:, None, None]
    sky, field = np.array([0.5, 0.7, 0.9]), np.array([0.3, 0.2, -0.4])
    given = {
        "white": np.ones((height, width, 3)),
        "black": -np.ones((height, width, 3)),
        "coloured": np.broadcast_to(sky, (height, width, 3)),
        "left half white": np.where(across < width // 2, 1, -1) * np.ones((height, 1, 3)),
        "sky over field": np.where(down < height // 2, sky, field) * np.ones((1, width, 1)),
        "half noise": np.where(across < width // 2, noise, 1),
        "letterboxed": np.where(abs(down - height // 2 + 0.5) < height // 4, noise, -1),
    }
    return {name: picture.astype(np.float32) for name, picture in given.items()}
