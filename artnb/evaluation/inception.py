"""The network that FID, KID and the Inception Score rest on: Inception v3 as of December 2015.

It is not the Inception v3 of Keras or torchvision: it has 1,008 classes, its average pools leave
the padding out of the average, and its last block has a maximum pool where all others average.

Layers carry the names of the PyTorch port, such as `Mixed_5b.branch1x1.conv` for a convolution and
`Mixed_5b.branch1x1.bn` for the batch normalization after it; the classifier's are its outputs'.
"""

from collections.abc import Callable
from typing import Any

import keras
from keras import layers

INPUT_SIZE_PX = 299
FEATURES = 2048
CLASSES = 1008


def build_inception() -> keras.Model:
    """Build Inception-2015 without weights: kernels are zero until `load_inception` fills them.

    It computes in float32 under every dtype policy.

    Returns:
        A model that takes float32 `(batch, 299, 299, 3)`, resized as by `tensorflow1_resize` and
        scaled as (x − 128) / 128 from [0, 255], and gives a dictionary of float32:

        - `"pool_3"`, `(batch, 2048)`: the features of FID and KID,
        - `"logits_unbiased"`, `(batch, 1008)`: what the Inception Score takes the softmax of,
        - `"logits"`, `(batch, 1008)`: the classifier's, which are the former plus a bias.

    Source: Szegedy et al. 2015, arXiv 1512.00567, in the version of torch-fidelity's
        `feature_extractor_inceptionv3.py`. The Inception Score's authors (Salimans et al. 2016,
        arXiv 1606.03498) multiply by the classifier's matrix and leave its bias out; torch-fidelity
        does so by default.
    """
    pictures = keras.Input((INPUT_SIZE_PX, INPUT_SIZE_PX, 3), dtype="float32")
    x = _stem(pictures)
    for block, pool_filters in (("Mixed_5b", 32), ("Mixed_5c", 64), ("Mixed_5d", 64)):
        x = _block_35(x, block, pool_filters)
    x = _block_35_to_17(x, "Mixed_6a")
    filters_17 = {"Mixed_6b": 128, "Mixed_6c": 160, "Mixed_6d": 160, "Mixed_6e": 192}
    for block, filters in filters_17.items():
        x = _block_17(x, block, filters)
    x = _block_17_to_8(x, "Mixed_7a")
    x = _block_8(x, "Mixed_7b", _average_pool)
    x = _block_8(x, "Mixed_7c", _max_pool)
    features = layers.GlobalAveragePooling2D(dtype="float32", name="pool_3")(x)
    outputs = {"pool_3": features, **_classify(features)}
    model = keras.Model(pictures, outputs, name="inception_2015")
    model.trainable = False
    return model


@keras.saving.register_keras_serializable("artnb")
class Bias(layers.Layer):
    """Adds a learnt vector to the last axis."""

    def build(self, input_shape: tuple) -> None:
        """Make the vector."""
        self.bias = self.add_weight(shape=input_shape[-1:], initializer="zeros", name="bias")

    def call(self, inputs: Any) -> Any:
        """Add it."""
        return inputs + self.bias


def _classify(features: Any) -> dict[str, Any]:
    classify = layers.Dense(
        CLASSES, use_bias=False, kernel_initializer="zeros", dtype="float32", name="logits_unbiased"
    )
    unbiased = classify(features)
    return {"logits_unbiased": unbiased, "logits": Bias(dtype="float32", name="logits")(unbiased)}


def _stem(x: Any) -> Any:
    x = _convolution(x, "Conv2d_1a_3x3", 32, 3, 2, "valid")
    x = _convolution(x, "Conv2d_2a_3x3", 32, 3, 1, "valid")
    x = _convolution(x, "Conv2d_2b_3x3", 64, 3)
    x = _halve(x)
    x = _convolution(x, "Conv2d_3b_1x1", 80, 1)
    x = _convolution(x, "Conv2d_4a_3x3", 192, 3, 1, "valid")
    return _halve(x)


def _block_35(x: Any, block: str, pool_filters: int) -> Any:
    """Look at 35×35 positions in four ways."""
    return _join(
        _convolution(x, f"{block}.branch1x1", 64, 1),
        _chain(x, f"{block}.branch5x5", (48, 1), (64, 5)),
        _chain(x, f"{block}.branch3x3dbl", (64, 1), (96, 3), (96, 3)),
        _convolution(_average_pool(x), f"{block}.branch_pool", pool_filters, 1),
    )


def _block_35_to_17(x: Any, block: str) -> Any:
    return _join(
        _convolution(x, f"{block}.branch3x3", 384, 3, 2, "valid"),
        _chain(x, f"{block}.branch3x3dbl", (64, 1), (96, 3), (96, 3, 2, "valid")),
        _halve(x),
    )


def _block_17(x: Any, block: str, filters: int) -> Any:
    """Look at 17×17 positions, with 7×7 kernels taken apart into rows and columns."""
    row, column = (filters, (1, 7)), (filters, (7, 1))
    last_row, last_column = (192, (1, 7)), (192, (7, 1))
    return _join(
        _convolution(x, f"{block}.branch1x1", 192, 1),
        _chain(x, f"{block}.branch7x7", (filters, 1), row, last_column),
        _chain(x, f"{block}.branch7x7dbl", (filters, 1), column, row, column, last_row),
        _convolution(_average_pool(x), f"{block}.branch_pool", 192, 1),
    )


def _block_17_to_8(x: Any, block: str) -> Any:
    row, column = (192, (1, 7)), (192, (7, 1))
    return _join(
        _chain(x, f"{block}.branch3x3", (192, 1), (320, 3, 2, "valid")),
        _chain(x, f"{block}.branch7x7x3", (192, 1), row, column, (192, 3, 2, "valid")),
        _halve(x),
    )


def _block_8(x: Any, block: str, pool: Callable[[Any], Any]) -> Any:
    """Look at 8×8 positions; two branches end in a row and a column side by side."""
    single = _chain(x, f"{block}.branch3x3", (384, 1))
    double = _chain(x, f"{block}.branch3x3dbl", (448, 1), (384, 3))
    return _join(
        _convolution(x, f"{block}.branch1x1", 320, 1),
        _row_and_column(single, f"{block}.branch3x3_2"),
        _row_and_column(double, f"{block}.branch3x3dbl_3"),
        _convolution(pool(x), f"{block}.branch_pool", 192, 1),
    )


def _row_and_column(x: Any, name: str) -> Any:
    return _join(
        _convolution(x, f"{name}a", 384, (1, 3)),
        _convolution(x, f"{name}b", 384, (3, 1)),
    )


def _chain(x: Any, name: str, *convolutions: tuple) -> Any:
    """Apply one convolution after the other; the port counts them from 1."""
    for number, settings in enumerate(convolutions, start=1):
        x = _convolution(x, f"{name}_{number}", *settings)
    return x


def _convolution(
    x: Any,
    name: str,
    filters: int,
    kernel: int | tuple[int, int],
    strides: int = 1,
    padding: str = "same",
) -> Any:
    """Convolve without a bias, normalize, rectify."""
    options = {"use_bias": False, "kernel_initializer": "zeros", "dtype": "float32"}
    convolve = layers.Conv2D(filters, kernel, strides, padding, name=f"{name}.conv", **options)
    normalize = layers.BatchNormalization(epsilon=1e-3, dtype="float32", name=f"{name}.bn")
    return layers.ReLU(dtype="float32")(normalize(convolve(x)))


def _join(*branches: Any) -> Any:
    return layers.Concatenate(dtype="float32")(branches)


def _halve(x: Any) -> Any:
    return layers.MaxPooling2D(3, strides=2, dtype="float32")(x)


def _max_pool(x: Any) -> Any:
    return layers.MaxPooling2D(3, strides=1, padding="same", dtype="float32")(x)


def _average_pool(x: Any) -> Any:
    # With padding "same", Keras leaves the padding out of the average on every backend.
    return layers.AveragePooling2D(3, strides=1, padding="same", dtype="float32")(x)
