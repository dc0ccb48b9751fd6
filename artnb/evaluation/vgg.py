"""VGG16 up to its second dense layer: the features of precision and recall."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras

from artnb.evaluation.h5_weights import assign_weights

FEATURES_LAYER = "fc2"


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
    return keras.Model(whole.input, whole.get_layer(FEATURES_LAYER).output, name="vgg16")


def load_vgg16(path: Path) -> keras.Model:
    """Build VGG16 up to fc2 with the weights of a file.

    Args:
        path: `vgg16_weights_tf_dim_ordering_tf_kernels.h5` of keras.applications, with top.

    Raises:
        InputError: the file is damaged or holds something else, such as the weights without top.
    """
    network = build_vgg16()
    layers = [layer.name for layer in network.layers if layer.weights]
    assign_weights(network, path, {name: name for name in layers})
    return network


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
