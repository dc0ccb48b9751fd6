from functools import partial

import h5py
import keras
import numpy as np
import pytest

from artnb.errors import InputError
from artnb.pretrained.h5_networks import build_vgg16, load_vgg16

from .legacy_h5 import convolve, write_weights

SHAPES = {"block1_conv1": (3, 3, 3, 2), "fc1": (32, 5), "fc2": (5, 6), "predictions": (6, 10)}


@pytest.fixture
def tiny(monkeypatch):
    """A stand-in for VGG16's 550 MB, with layers of the same names."""

    def build(weights, include_top, classes):
        assert weights is None
        assert include_top
        dense = partial(keras.layers.Dense, activation="relu")
        inputs = keras.Input((4, 4, 3))
        convolution = keras.layers.Conv2D(2, 3, padding="same", name="block1_conv1")
        x = keras.layers.Flatten()(keras.ops.relu(convolution(inputs)))
        x = dense(6, name="fc2")(dense(5, name="fc1")(x))
        return keras.Model(inputs, dense(classes, name="predictions")(x))

    monkeypatch.setattr(keras.applications, "VGG16", build)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "vgg16.h5"


@pytest.fixture
def other_settings():
    """Keras as somebody may have set it; the test ends with the same settings."""
    policy, data_format = keras.config.dtype_policy(), keras.config.image_data_format()
    keras.config.set_dtype_policy("mixed_bfloat16")
    keras.config.set_image_data_format("channels_first")
    yield
    assert keras.config.dtype_policy().name == "mixed_bfloat16"
    assert keras.config.image_data_format() == "channels_first"
    keras.config.set_dtype_policy(policy)
    keras.config.set_image_data_format(data_format)


def in_numpy(picture, weights):
    x = convolve(picture, *weights["block1_conv1"]).reshape(-1)
    for name in ("fc1", "fc2"):
        kernel, bias = weights[name]
        x = np.maximum(x @ kernel + bias, 0)
    return x


def test_features_are_fc2_after_relu_with_the_files_weights(tiny, path, other_settings):
    weights = write_weights(path, SHAPES)
    pictures = np.random.default_rng(1).normal(size=(9, 4, 4, 3)).astype(np.float32)
    features = keras.ops.convert_to_numpy(load_vgg16(path)(pictures))
    expected = np.stack([in_numpy(picture, weights) for picture in pictures])
    assert (expected == 0).any()
    assert (expected > 0).any()
    assert features.dtype == np.float32
    np.testing.assert_allclose(features, expected, atol=1e-5)


def test_the_weights_without_top_are_refused(tiny, path):
    write_weights(path, {"block1_conv1": (3, 3, 3, 2)})
    with pytest.raises(InputError, match=r"weights of vgg16: fc1 is missing \(2 of 3 layers"):
        load_vgg16(path)


def test_another_shape_is_refused(tiny, path):
    write_weights(path, SHAPES | {"fc2": (5, 7)})
    with pytest.raises(InputError, match=r"fc2 has the shapes \[\(5, 7\), \(7,\)\] rather than"):
        load_vgg16(path)


def test_a_damaged_file_is_refused(tiny, path):
    path.write_bytes(b"no such thing")
    with pytest.raises(InputError, match=r"vgg16\.h5 must be an HDF5 file of weights"):
        load_vgg16(path)


def test_the_cut_is_at_fc2_of_keras_own_vgg16(monkeypatch, other_settings):
    # At 32 px fc1 is small; all else is as at 224 px.
    small = partial(keras.applications.VGG16, input_shape=(32, 32, 3))
    monkeypatch.setattr(keras.applications, "VGG16", small)
    network = build_vgg16()
    last = network.layers[-1]
    assert (last.name, last.activation, last.units) == ("fc2", keras.activations.relu, 4096)
    assert network.output_shape == (None, 4096)
    assert sum(bool(layer.weights) for layer in network.layers) == 13 + 2
    assert {weight.dtype for weight in network.weights} == {"float32"}
    assert {layer.dtype_policy.compute_dtype for layer in network.layers} == {"float32"}


@pytest.mark.slow
def test_a_file_of_the_full_size(path):
    network = build_vgg16()
    with h5py.File(path, "w") as file:
        for layer in network.layers:
            for number, weight in enumerate(layer.weights):
                # Never written, so the file stays small: it reads as the fill value.
                value = 0.5 / np.prod(weight.shape[:-1]) if number == 0 else 0.25
                file.create_dataset(
                    f"{layer.name}/{layer.name}_{number}",
                    shape=weight.shape,
                    dtype="f4",
                    fillvalue=value,
                )
    del network
    features = keras.ops.convert_to_numpy(load_vgg16(path)(np.zeros((1, 224, 224, 3), "f4")))
    assert features.shape == (1, 4096)
    # Every unit of a layer is equal, and each adds its bias to half of what came in.
    assert np.ptp(features) < 1e-5
    assert 0.4 < features[0, 0] < 0.5
