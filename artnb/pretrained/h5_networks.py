"""SqueezeNet, VGG16 and VGG19, whose weights lie in HDF5 files as Keras 1 and 2 wrote them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import keras

from artnb.errors import InputError

if TYPE_CHECKING:
    import h5py

# Squeezed and expanded filters of the fire modules 2 to 9 (version 1.1).
_FIRES = {
    **{2: (16, 64), 3: (16, 64), 4: (32, 128), 5: (32, 128)},
    **{6: (48, 192), 7: (48, 192), 8: (64, 256), 9: (64, 256)},
}
_POOLED_AFTER = (3, 5)
# Convolutions and filters of VGG19's blocks.
_VGG19_BLOCKS = ((2, 64), (2, 128), (4, 256), (4, 512), (4, 512))
_CHANNELS_LAST = {"data_format": "channels_last", "dtype": "float32"}


def build_squeezenet(pooling: str = "max") -> keras.Model:
    """Build SqueezeNet 1.1 without its classifier, with random weights.

    Args:
        pooling: `"max"` as it was trained, or `"average"`.

    It computes in float32 whatever Keras is set to. Its input is `(batch, height, width, 3)`,
    blue, green and red in [0, 255] minus (103.939, 116.779, 123.68); pictures of 227 px are what
    it was trained with, others will do. Its output is `(batch, 512)`: fire9 averaged over the
    picture.

    Source: Iandola et al. 2016, arXiv 1602.07360, in the version 1.1 of their repository, as
        rcmalli/keras-squeezenet has it.
    """
    inputs = keras.Input((None, None, 3), dtype="float32")
    x = _convolution(inputs, "conv1", 64, 3, strides=2, padding="valid")
    x = _pool(x, "pool1", pooling)
    for number, (squeezed, expanded) in _FIRES.items():
        x = _fire(x, f"fire{number}", squeezed, expanded)
        if number in _POOLED_AFTER:
            x = _pool(x, f"pool{number}", pooling)
    features = keras.layers.GlobalAveragePooling2D(name="average", **_CHANNELS_LAST)(x)
    return keras.Model(inputs, features, name="squeezenet")


def load_squeezenet(path: Path, pooling: str = "max") -> keras.Model:
    """Build SqueezeNet with the weights of a file.

    Args:
        path: `squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5` of keras-squeezenet.
        pooling: see `build_squeezenet`.

    Raises:
        InputError: the file is damaged or holds something else.
    """
    # A layer's name may hold no slash in Keras 3.
    return _with_weights(build_squeezenet(pooling), path, lambda name: name.replace("_", "/"))


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


def _pool(x: keras.KerasTensor, name: str, pooling: str, size: int = 3) -> keras.KerasTensor:
    layer = {"max": keras.layers.MaxPooling2D, "average": keras.layers.AveragePooling2D}[pooling]
    return layer(size, 2, name=name, **_CHANNELS_LAST)(x)


def build_vgg19(pooling: str = "max") -> keras.Model:
    """Build the convolutions of VGG19 with random weights: 20 million of them, 80 MB.

    It computes in float32 whatever Keras is set to. Its input is `(batch, height, width, 3)`, blue,
    green and red in [0, 255] minus (103.939, 116.779, 123.68); its output is block5_conv4.

    Args:
        pooling: `"max"` as it was trained, or `"average"`.

    Source: Simonyan and Zisserman 2015, arXiv 1409.1556, configuration E; names of layers as in
        keras.applications.
    """
    inputs = x = keras.Input((None, None, 3), dtype="float32")
    for block, (convolutions, filters) in enumerate(_VGG19_BLOCKS, start=1):
        if block > 1:
            x = _pool(x, f"block{block - 1}_pool", pooling, size=2)
        for number in range(1, convolutions + 1):
            x = _convolution(x, f"block{block}_conv{number}", filters, 3)
    return keras.Model(inputs, x, name="vgg19")


def load_vgg19(path: Path, pooling: str = "max") -> keras.Model:
    """Build the convolutions of VGG19 with the weights of a file.

    Args:
        path: `vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5` of keras.applications.
        pooling: see `build_vgg19`.

    Raises:
        InputError: the file is damaged or holds something else.
    """
    return _with_weights(build_vgg19(pooling), path, lambda name: name)


def build_vgg16() -> keras.Model:
    """Build VGG16 up to fc2 with random weights: 134 million of them, 540 MB.

    It computes in float32 whatever Keras is set to. Its input is `(batch, 224, 224, 3)`, blue,
    green and red in [0, 255] minus (103.939, 116.779, 123.68); its output is `(batch, 4096)`,
    fc2 after ReLU.

    Source: Simonyan and Zisserman 2015, arXiv 1409.1556, configuration D, as keras.applications
        has it. Kynkäänniemi et al. 2019, arXiv 1904.06991, take the activations of VGG-16's
        second dense layer, 4,096 a picture, from a file of their own. torch-fidelity takes the
        same layer after ReLU at 224 px, but with torchvision's weights, which were trained anew
        on red, green and blue scaled by mean and deviation: precision and recall of either are
        close to ours, not equal.
    """
    with _float32_channels_last():
        # One class rather than 1,000: what follows fc2 is dropped.
        whole = keras.applications.VGG16(weights=None, include_top=True, classes=1)
    return keras.Model(whole.input, whole.get_layer("fc2").output, name="vgg16")


def load_vgg16(path: Path) -> keras.Model:
    """Build VGG16 up to fc2 with the weights of a file.

    Args:
        path: `vgg16_weights_tf_dim_ordering_tf_kernels.h5` of keras.applications, with top.

    Raises:
        InputError: the file is damaged or holds something else, such as the weights without top.
    """
    return _with_weights(build_vgg16(), path, lambda name: name)


@contextmanager
def _float32_channels_last() -> Iterator[None]:
    """Set what keras.applications takes from Keras' settings, and put it back."""
    policy, data_format = keras.config.dtype_policy(), keras.config.image_data_format()
    keras.config.set_dtype_policy("float32")
    keras.config.set_image_data_format("channels_last")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)
        keras.config.set_image_data_format(data_format)


def _with_weights(network: keras.Model, path: Path, group_of: Callable[[str], str]) -> keras.Model:
    """Give convolutions and dense layers the kernels and biases of a file, all of them or none.

    Args:
        network: already built.
        path: an HDF5 file with a group for each layer.
        group_of: gives the group's name for a layer's name.

    Returns:
        The network.

    Raises:
        InputError: it is no HDF5 file or a damaged one, a layer is missing or has another shape.
    """
    import h5py

    layers = {group_of(layer.name): layer for layer in network.layers if layer.weights}
    try:
        with h5py.File(path) as file:
            found = {group: _arrays(file, group) for group in layers}
            problems = [_problem(group, found[group], layer) for group, layer in layers.items()]
            problems = [problem for problem in problems if problem]
            if problems:
                raise InputError(
                    f"{path} must hold the weights of {network.name}: {problems[0]} "
                    f"({len(problems)} of {len(layers)} layers do not fit); delete it and fetch "
                    "the published file"
                )
            for group, layer in layers.items():
                layer.set_weights([array[()] for array in found[group]])
    except OSError as error:
        raise InputError(
            f"{path} must be an HDF5 file of weights, and it cannot be read as one: it is damaged "
            "or another file; delete it and fetch it again"
        ) from error
    return network


def _problem(group: str, arrays: "list[h5py.Dataset]", layer: keras.Layer) -> str:
    found = [array.shape for array in arrays]
    expected = [tuple(weight.shape) for weight in layer.weights]
    if not found:
        return f"{group} is missing"
    return "" if found == expected else f"{group} has the shapes {found} rather than {expected}"


def _arrays(file: "h5py.File", name: str) -> "list[h5py.Dataset]":
    """Give a layer's kernel and bias: their names differ between versions of Keras."""
    import h5py

    group, arrays = file.get(name), []
    if isinstance(group, h5py.Group):
        group.visititems(lambda _, item: arrays.append(item) if hasattr(item, "ndim") else None)
    return sorted(arrays, key=lambda array: -array.ndim)
