"""The generator of a StyleGAN2 in Keras' own layers only, so that it runs where artnb is not.

A modulated convolution is a plain one between two products: by the style before, and by what
brings the kernel to unit norm after. Numbers that no layer of Keras keeps, such as noise, are
biases of dense layers without weight.
"""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from artnb.models.stylegan2.layers import GAIN
from artnb.models.stylegan2.networks import Generator

Z, TRUNCATION, CLASS = "z", "truncation", "class"
_EPSILON = 1e-8
_SLOPE = 0.2


def portable_stylegan2(generator: Generator) -> keras.Model:
    """Build the same network in Keras' own layers, with its own noise.

    Args:
        generator: of any precision.

    Returns:
        A float32 model from `z`, `(batch, z_size)` from N(0, 1), and `truncation`, `(batch, 1)`, 1
        where nothing is pulled to the average, to pictures `(batch, size_px, size_px, 3)`, mostly
        in [-1, 1]. With classes also from `class`, one-hot, `(batch, classes)`.
    """
    return _Porter(generator).port()


class _Porter:
    """Builds the network from z to pictures, and numbers its layers by kind."""

    def __init__(self, generator: Generator) -> None:
        self.sizes, self.name, self._mapping = generator.sizes, generator.name, generator.mapping
        self._weights: Mapping[str, np.ndarray] = {
            weight.path: ops.convert_to_numpy(weight) for weight in generator.weights
        }
        self._counts: Counter[str] = Counter()
        self._truncation = keras.Input((1,), name=TRUNCATION)

    def port(self) -> keras.Model:
        """Build the model."""
        z = keras.Input((self.sizes.z_size,), name=Z)
        inputs, latent = [z, self._truncation], self._unit_variance(z)
        if self.sizes.classes:
            kind = keras.Input((self.sizes.classes,), name=CLASS)
            inputs.append(kind)
            embedded = self._unit_variance(self._equalized(kind, "embed"))
            latent = self._layer(layers.Concatenate)([latent, embedded])
        for number in range(self.sizes.mapping_layers):
            latent = self._activated(self._equalized(latent, f"dense_{number}"))
        return keras.Model(inputs, self._synthesis(self._truncated(latent)), name=self.name)

    def _truncated(self, w: Any) -> Any:
        average = self._constant(self._weights["average_w/average"])
        away = self._multiplied(self._layer(layers.Subtract)([w, average]), self._truncation)
        return self._added(average, away)

    def _synthesis(self, w: Any) -> Any:
        features, pictures = self._constant(self._weights["constant_4/constant"]), None
        for px in self.sizes.resolutions:
            for step in ("conv",) if px == 4 else ("up", "conv"):
                features = self._convolved(features, w, f"{step}_{px}")
            colours = self._coloured(features, w, px)
            pictures = (
                colours if pictures is None else self._added(self._doubled(pictures), colours)
            )
        return pictures

    def _convolved(self, features: Any, w: Any, name: str) -> Any:
        """Apply a modulated convolution of 3×3, noise, bias and activation."""
        kernel, style = self._weights[f"{name}/kernel"], self._style(w, name)
        features = self._multiplied(features, self._by_channel(style))
        if name.startswith("up"):
            features = self._upsampled(features, kernel)
        else:
            features = self._convolution(features, kernel)
        power = self._dense(self._multiplied(style, style), np.square(kernel).sum(axis=(0, 1)))
        features = self._multiplied(features, self._by_channel(self._inverse_root(power)))
        noise = self._weights[f"noise_{name}/constant"] * self._weights[f"noise_{name}/strength"]
        bias = self._constant(self._weights[f"bias_{name}/bias"][None, None])
        return self._activated(self._added(features, self._constant(noise), bias))

    def _coloured(self, features: Any, w: Any, px: int) -> Any:
        """Apply a modulated convolution of 1×1 that makes colours."""
        kernel = self._weights[f"rgb_{px}/kernel"]
        style = self._by_channel(self._style(w, f"rgb_{px}"))
        kernel = kernel / math.sqrt(kernel.shape[2])
        bias = self._weights[f"bias_rgb_{px}/bias"]
        return self._convolution(self._multiplied(features, style), kernel, bias)

    def _style(self, w: Any, name: str) -> Any:
        kernel = self._weights[f"{name}/affine_kernel"] / math.sqrt(self.sizes.w_size)
        return self._dense(w, kernel, self._weights[f"{name}/affine_bias"])

    def _upsampled(self, features: Any, kernel: np.ndarray) -> Any:
        """Double height and width, smoothed by [1, 3, 3, 1]: means of two, three times over."""
        turned = 4 * kernel.transpose(0, 1, 3, 2)
        convolution = self._layer(
            layers.Conv2DTranspose, turned.shape[2], 3, strides=2, use_bias=False
        )
        return self._smoothed(self._weighted(convolution, features, turned), 3)

    def _doubled(self, pictures: Any) -> Any:
        return self._smoothed(self._layer(layers.UpSampling2D)(pictures), 2)

    def _smoothed(self, features: Any, times: int) -> Any:
        features = self._layer(layers.ZeroPadding2D)(features)
        for _ in range(times):
            features = self._layer(layers.AveragePooling2D, 2, strides=1)(features)
        return features

    def _convolution(
        self, features: Any, kernel: np.ndarray, bias: np.ndarray | None = None
    ) -> Any:
        convolution = self._layer(
            layers.Conv2D, kernel.shape[3], kernel.shape[0], padding="same",
            use_bias=bias is not None,
        )  # fmt: skip
        return self._weighted(convolution, features, kernel, bias)

    def _equalized(self, features: Any, name: str) -> Any:
        layer = self._mapping.get_layer(name)
        kernel, bias = self._weights[f"{name}/kernel"], self._weights[f"{name}/bias"]
        return self._dense(features, kernel * layer.scale, bias * layer.lr_multiplier)

    def _dense(self, features: Any, kernel: np.ndarray, bias: np.ndarray | None = None) -> Any:
        dense = self._layer(layers.Dense, kernel.shape[1], use_bias=bias is not None)
        return self._weighted(dense, features, kernel, bias)

    def _constant(self, values: np.ndarray) -> Any:
        """Give the same values for every picture."""
        flat = values.reshape(-1)
        constant = self._dense(self._truncation, np.zeros((1, flat.size), np.float32), flat)
        return self._layer(layers.Reshape, values.shape)(constant)

    def _unit_variance(self, vectors: Any) -> Any:
        size = vectors.shape[-1]
        mean = np.full((size, 1), 1 / size, np.float32)
        power = self._dense(self._multiplied(vectors, vectors), mean)
        return self._multiplied(vectors, self._inverse_root(power))

    def _inverse_root(self, power: Any) -> Any:
        return ops.rsqrt(self._layer(layers.Rescaling, 1.0, offset=_EPSILON)(power))

    def _activated(self, features: Any) -> Any:
        return self._layer(layers.Rescaling, GAIN)(self._layer(layers.LeakyReLU, _SLOPE)(features))

    def _by_channel(self, vectors: Any) -> Any:
        return self._layer(layers.Reshape, (1, 1, vectors.shape[-1]))(vectors)

    def _multiplied(self, *features: Any) -> Any:
        return self._layer(layers.Multiply)(list(features))

    def _added(self, *features: Any) -> Any:
        return self._layer(layers.Add)(list(features))

    def _weighted(
        self, layer: layers.Layer, features: Any, kernel: np.ndarray, bias: np.ndarray | None = None
    ) -> Any:
        outputs = layer(features)
        layer.set_weights([kernel] if bias is None else [kernel, bias])
        return outputs

    def _layer(self, kind: type[layers.Layer], *given: Any, **settings: Any) -> layers.Layer:
        name = kind.__name__.lower()
        self._counts[name] += 1
        name = f"{name}_{self._counts[name]:02d}"
        return kind(*given, **settings, name=name, dtype="float32")
