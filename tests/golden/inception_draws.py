"""The weights and pictures of inception_torch.npz; see README.md beside this file."""

import zlib
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("inception_torch.npz")
WEIGHTS_SEED = 2015
PICTURES_SEED = 299


def draw_convolution(name, kernel_shape):
    """Draw a convolution's kernel and the four vectors of its batch normalization.

    Args:
        name: the port's, such as `Mixed_5b.branch1x1`; each has a generator of its own.
        kernel_shape: `(height, width, in, out)`.
    """
    random = np.random.default_rng([WEIGHTS_SEED, zlib.crc32(name.encode())])
    *window, filters = kernel_shape
    # He's scale keeps the activations' size through 48 layers.
    scale = np.float32(np.sqrt(2 / np.prod(window)))
    return {
        "kernel": random.standard_normal(kernel_shape, np.float32) * scale,
        "gamma": random.uniform(0.8, 1.2, filters).astype(np.float32),
        "beta": random.normal(0, 0.1, filters).astype(np.float32),
        "moving_mean": random.normal(0, 0.1, filters).astype(np.float32),
        "moving_variance": random.uniform(0.8, 1.2, filters).astype(np.float32),
    }


def draw_classifier():
    """Draw the classifier's matrix `(2048, 1008)` and its bias."""
    random = np.random.default_rng([WEIGHTS_SEED, zlib.crc32(b"fc")])
    return {
        "kernel": random.standard_normal((2048, 1008), np.float32) * np.float32(2048**-0.5),
        "bias": random.normal(0, 0.1, 1008).astype(np.float32),
    }


def draw_pictures(size_px):
    """Draw two uint8 pictures `(2, size_px, size_px, 3)`: noise, and gradients with some noise."""
    random = np.random.default_rng([PICTURES_SEED, size_px])
    noise = random.integers(0, 256, (size_px, size_px, 3))
    rising = np.linspace(0, 230, size_px)
    gradients = np.stack(np.broadcast_arrays(rising, rising[:, None], rising[::-1]), axis=-1)
    gradients = gradients + random.integers(0, 25, gradients.shape)
    return np.stack([noise, gradients]).astype(np.uint8)


def draw_resize_picture(height, width):
    """Draw a float32 picture of noise `(1, height, width, 3)` in [0, 255]."""
    random = np.random.default_rng([height, width])
    return random.uniform(0, 255, (1, height, width, 3)).astype(np.float32)


def fill_inception(network):
    """Give the network of `build_inception` the drawn weights."""
    for layer in network.layers:
        if layer.name.endswith(".conv"):
            name = layer.name.removesuffix(".conv")
            drawn = draw_convolution(name, tuple(layer.kernel.shape))
            layer.set_weights([drawn["kernel"]])
            normalization = [drawn[key] for key in ("gamma", "beta", "moving_mean")]
            network.get_layer(f"{name}.bn").set_weights([*normalization, drawn["moving_variance"]])
    classifier = draw_classifier()
    network.get_layer("logits_unbiased").set_weights([classifier["kernel"]])
    network.get_layer("logits").set_weights([classifier["bias"]])
