"""SqueezeNet: a network of 3 MB whose features tell styles apart, for quick scores."""

from pathlib import Path

import keras

from artnb.evaluation.h5_weights import assign_weights

# Squeezed and expanded filters of the fire modules 2 to 9 (version 1.1).
_FIRES = {
    **{2: (16, 64), 3: (16, 64), 4: (32, 128), 5: (32, 128)},
    **{6: (48, 192), 7: (48, 192), 8: (64, 256), 9: (64, 256)},
}
_POOLED_AFTER = (3, 5)
_CHANNELS_LAST = {"data_format": "channels_last", "dtype": "float32"}


def build_squeezenet() -> keras.Model:
    """Build SqueezeNet 1.1 without its classifier, with random weights.

    It computes in float32 whatever Keras is set to. Its input is `(batch, height, width, 3)`,
    blue, green and red in [0, 255] minus (103.939, 116.779, 123.68); pictures of 227 px are what
    it was trained with, others will do. Its output is `(batch, 512)`: fire9 averaged over the
    picture.

    Source: Iandola et al. 2016, arXiv 1602.07360, in the version 1.1 of their repository, as
        rcmalli/keras-squeezenet has it.
    """
    inputs = keras.Input((None, None, 3), dtype="float32")
    x = _convolution(inputs, "conv1", 64, 3, strides=2, padding="valid")
    x = _pool(x, "pool1")
    for number, (squeezed, expanded) in _FIRES.items():
        x = _fire(x, f"fire{number}", squeezed, expanded)
        if number in _POOLED_AFTER:
            x = _pool(x, f"pool{number}")
    features = keras.layers.GlobalAveragePooling2D(name="average", **_CHANNELS_LAST)(x)
    return keras.Model(inputs, features, name="squeezenet")


def load_squeezenet(path: Path) -> keras.Model:
    """Build SqueezeNet with the weights of a file.

    Args:
        path: `squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5` of keras-squeezenet.

    Raises:
        InputError: the file is damaged or holds something else.
    """
    network = build_squeezenet()
    layers = [layer.name for layer in network.layers if layer.weights]
    # A layer's name may hold no slash in Keras 3.
    assign_weights(network, path, {name: name.replace("_", "/") for name in layers})
    return network


def _fire(x: keras.KerasTensor, name: str, squeezed: int, expanded: int) -> keras.KerasTensor:
    x = _convolution(x, f"{name}_squeeze1x1", squeezed, 1)
    narrow = _convolution(x, f"{name}_expand1x1", expanded, 1)
    wide = _convolution(x, f"{name}_expand3x3", expanded, 3)
    return keras.layers.Concatenate(name=name, dtype="float32")([narrow, wide])


def _convolution(
    x: keras.KerasTensor,
    name: str,
    filters: int,
    kernel: int,
    strides: int = 1,
    padding: str = "same",
) -> keras.KerasTensor:
    return keras.layers.Conv2D(
        filters, kernel, strides, padding, activation="relu", name=name, **_CHANNELS_LAST
    )(x)


def _pool(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return keras.layers.MaxPooling2D(3, 2, name=name, **_CHANNELS_LAST)(x)
