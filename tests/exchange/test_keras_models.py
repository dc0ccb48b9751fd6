"""Whole Keras models as others build and wrap them: nested, rescaled, with norms of tutorials."""

import json

import h5py
import keras
import numpy as np
import pytest
from keras import layers

from artnb.errors import InputError
from artnb.exchange.keras_files import read_keras
from artnb.methods.imported.architecture import describe_network
from artnb.methods.imported.colours import adapt_colours
from artnb.methods.imported.network import build_network

PHOTOS = np.random.default_rng(0).uniform(-1, 1, (1, 16, 16, 3)).astype(np.float32)


def small(activation="tanh"):
    pictures = keras.Input((16, 16, 3))
    painted = layers.Conv2D(3, 3, padding="same", activation=activation)(pictures)
    return keras.Model(pictures, painted)


def chain(*parts):
    pictures = features = keras.Input((16, 16, 3))
    for part in parts:
        features = part(features)
    return keras.Model(pictures, features)


def twice():
    inner = small()
    return chain(inner, inner)


def called_before():
    inner = small()
    chain(inner)
    return chain(inner)


WRAPPED = {
    "a model": lambda: chain(small()),
    "a model in a model": lambda: chain(chain(small())),
    "a chain": lambda: chain(keras.Sequential([layers.Conv2D(3, 1, activation="tanh")])),
    "a model in a chain": lambda: keras.Sequential([keras.Input((16, 16, 3)), small()]),
    "the same model twice": twice,
    "a model that was called before": called_before,
}


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("case", WRAPPED)
def test_a_model_around_a_generator_paints_as_it_does(case, suffix, tmp_path):
    network = WRAPPED[case]()
    network.save(tmp_path / f"wrapped{suffix}")
    again = rebuilt(read_keras(tmp_path / f"wrapped{suffix}"))
    np.testing.assert_allclose(again(PHOTOS), network(PHOTOS), atol=1e-6)


def rebuilt(trained):
    network = build_network(trained.architecture, "generator_g")
    network.set_weights(trained.weights)
    return network


def test_calls_of_keras_2_are_counted_from_1_everywhere():
    """Keras 3 counts from 1 for a model's output, and from 0 for what layers are given."""
    saved = json.loads(twice().to_json())
    name = saved["config"]["layers"][1]["name"]
    first = saved["config"]["layers"][0]["name"]
    # What tf_keras 2.21 writes of the same model.
    saved["config"]["layers"][1]["inbound_nodes"] = [[[first, 0, 0, {}]], [[name, 1, 0, {}]]]
    assert saved["config"]["output_layers"] == [name, 2, 0]
    saved["config"]["output_layers"] = [[name, 2, 0]]
    described = describe_network(saved)
    assert described["output"] == [name, 1]
    assert described["layers"][1]["calls"] == [[[first, 0]], [[name, 0]]]


def bytes_of(pictures):
    return (pictures + 1) * 127.5


def unit_of(pictures):
    return (pictures + 1) / 2


def same(pictures):
    return pictures


def rescaling(scale, offset=0.0):
    return layers.Rescaling(scale, offset)


# What is built, what it takes and gives of pictures in [-1, 1], and what is said of it.
RESCALED = {
    "bytes": (
        lambda: chain(rescaling(1 / 127.5, -1), small(), rescaling(127.5, 127.5)),
        *(bytes_of, bytes_of, "takes [0, 255] and gives [0, 255]"),
    ),
    "bytes, nested": (
        lambda: chain(
            chain(rescaling(1 / 255), rescaling(2, -1), small()), rescaling(127.5, 127.5)
        ),
        *(bytes_of, bytes_of, "takes [0, 255] and gives [0, 255]"),
    ),
    "only out": (
        lambda: chain(small(), rescaling(127.5, 127.5)),
        *(same, bytes_of, "gives [0, 255]"),
    ),
    "out and beyond": (
        lambda: chain(small(), rescaling(150, 127.5)),
        *(same, bytes_of, "gives [0, 255]"),
    ),
    "only in": (
        lambda: chain(rescaling(1 / 127.5, -1), layers.Dropout(0.1), small()),
        *(bytes_of, same, "takes [0, 255]"),
    ),
    "from 0 to 1": (
        lambda: chain(rescaling(2, -1), small(), rescaling(0.5, 0.5)),
        *(unit_of, unit_of, "takes [0, 1] and gives [0, 1]"),
    ),
    "sigmoid, where the range of photos is said": (
        lambda: chain(rescaling(1 / 255), small("sigmoid")),
        *(bytes_of, unit_of, "takes [0, 255] and gives [0, 1]"),
    ),
    "sigmoid that is brought to -1 and 1": (
        lambda: chain(small("sigmoid"), rescaling(2, -1)),
        *(same, same, ""),
    ),
}


@pytest.mark.parametrize("case", RESCALED)
def test_colours_come_to_where_they_are_told_to_be(case, tmp_path):
    build, given, gives, said = RESCALED[case]
    network = build()
    network.save(tmp_path / "rescaled.keras")
    trained = read_keras(tmp_path / "rescaled.keras")
    assert trained.description.endswith(f"px, converted since it {said}" if said else "px")
    painted = gives(rebuilt(trained)(PHOTOS))
    np.testing.assert_allclose(painted, network(given(PHOTOS)), atol=1e-3)


REFUSED = {
    "ends in sigmoid and paints from 0 to 1": lambda: chain(small("sigmoid")),
    "ends in relu and paints from 0 to inf": lambda: chain(chain(small("relu"))),
    "ends in tanh and paints from 0 to 0.762": lambda: chain(
        small("sigmoid"), layers.Activation("tanh")
    ),
    "ends in sigmoid and paints from 0.269 to 0.731": lambda: chain(
        small(), layers.Activation("sigmoid"), layers.Dropout(0.1)
    ),
    "ends in Rescaling and paints from 0 to 2": lambda: chain(small(), rescaling(1, 1)),
    r"begins with Rescaling\(0.1, 5\)": lambda: chain(rescaling(0.1, 5), small()),
    "a probe picture lies between": lambda: chain(rescaling(1), small("linear"), spread()),
}


def spread():
    return layers.Conv2D(3, 1, kernel_initializer=keras.initializers.Constant(200))


@pytest.mark.parametrize("message", REFUSED)
def test_colours_that_would_come_out_wrong_are_refused(message, tmp_path):
    REFUSED[message]().save(tmp_path / "pale.keras")
    with pytest.raises(InputError, match=message):
        read_keras(tmp_path / "pale.keras")


def test_a_photo_that_is_added_to_its_painting_stays():
    pictures = keras.Input((16, 16, 3))
    network = keras.Model(pictures, layers.Add()([pictures, small()(pictures)]))
    described = describe_network(json.loads(network.to_json()))
    adapted, converted, painted = adapt_colours(described)
    assert (adapted, converted, painted) == (described, "", (-2, 2))


class InstanceNormalization(layers.Layer):
    """The layer of TensorFlow's tutorials, tensorflow_examples.models.pix2pix."""

    def __init__(self, epsilon=1e-5):
        super().__init__()
        self.epsilon = epsilon

    def build(self, shape):
        self.scale = self.add_weight(shape=shape[-1:], initializer="uniform", name="scale")
        self.offset = self.add_weight(shape=shape[-1:], initializer="uniform", name="offset")

    def call(self, features):
        mean, variance = keras.ops.moments(features, axes=[1, 2], keepdims=True)
        normed = (features - mean) * keras.ops.rsqrt(variance + self.epsilon)
        return self.scale * normed + self.offset


def of_a_tutorial():
    block = keras.Sequential([layers.Conv2D(4, 3, padding="same"), InstanceNormalization()])
    return chain(block, layers.Conv2D(3, 1, activation="tanh"))


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_norms_of_tensorflows_tutorials_are_read(suffix, tmp_path):
    network = of_a_tutorial()
    network.save(tmp_path / f"tutorial{suffix}")
    again = rebuilt(read_keras(tmp_path / f"tutorial{suffix}"))
    np.testing.assert_allclose(again(PHOTOS), network(PHOTOS), atol=1e-5)


def test_norms_that_say_nothing_are_known_by_their_weights_names(tmp_path):
    """Keras 2 wrote an empty description of them."""
    network, path = of_a_tutorial(), tmp_path / "tutorial.h5"
    network.save(path)
    with h5py.File(path, "a") as file:
        saved = json.loads(file.attrs["model_config"])
        saved["config"]["layers"][1]["config"]["layers"][2]["config"] = {}
        file.attrs["model_config"] = json.dumps(saved)
    again = rebuilt(read_keras(path))
    np.testing.assert_allclose(again(PHOTOS), network(PHOTOS), atol=1e-5)


def test_a_zip_that_is_cut_off_is_said_to_be(tmp_path):
    from artnb.exchange.source import read_generator

    small().save(tmp_path / "whole.keras")
    data = (tmp_path / "whole.keras").read_bytes()
    (tmp_path / "cut.keras").write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match=r"cut\.keras must be a whole .* ends too early, after"):
        read_generator(tmp_path / "cut.keras")
