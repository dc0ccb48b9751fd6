"""Networks in Keras' own layers: the same pictures, and no need of artnb."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from artnb.errors import InputError
from artnb.exchange.portable import portable
from artnb.method import preset_config
from artnb.methods.cyclegan.model import build_generator
from tests.exchange.generators import KINDS, generator, network_of_others, photos, picture
from tests.golden import plain

PLAIN = Path(plain.__file__).with_name("plain.npz")


@pytest.mark.parametrize("kind", KINDS)
def test_paints_the_same_at_any_size(kind):
    network = generator(kind)
    twin = portable(network)
    for height, width in ((32, 32), (24, 40)):
        expected = picture(network, photos(height, width))
        assert expected.std() > 0.01
        np.testing.assert_allclose(picture(twin, photos(height, width)), expected, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_has_layers_of_keras_alone(kind):
    modules = {type(operation).__module__ for operation in portable(generator(kind)).operations}
    assert {module.partition(".")[0] for module in modules} == {"keras"}


@pytest.mark.parametrize("name", plain.NETWORKS)
def test_paints_the_same_of_plain_pictures(name):
    given = np.stack(list(plain.pictures().values()))
    painted = picture(portable(plain.network(name)), given)
    np.testing.assert_allclose(painted, np.load(PLAIN)[name], atol=1e-4)


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_is_float32_whatever_the_settings_say(precision):
    config = preset_config("smoke", norm_affine=True)
    plain, mixed = (
        build_generator(config.replace(precision=name), "generator_g")
        for name in ("float32", precision)
    )
    plain.set_weights(mixed.get_weights())
    twin = portable(mixed)
    assert {layer.compute_dtype for layer in twin.layers} == {"float32"}
    np.testing.assert_allclose(picture(twin), picture(plain), atol=1e-5)


def test_takes_nested_networks_of_others_apart():
    network = network_of_others()
    twin = portable(network)
    assert not any(isinstance(layer, keras.Model) for layer in twin.layers)
    square = photos(64, 64)  # its own size; the twin takes any
    np.testing.assert_allclose(picture(twin, square), picture(network, square), atol=1e-5)
    assert picture(twin, photos(48, 80)).shape == (2, 48, 80, 3)


def test_a_layer_used_twice_stays_one():
    pictures = keras.Input((None, None, 3))
    shared = layers.Conv2D(3, 3, padding="same")
    network = keras.Model(pictures, shared(shared(pictures)))
    twin = portable(network)
    assert len(twin.weights) == 2
    np.testing.assert_allclose(picture(twin), picture(network), atol=1e-5)


def test_has_the_same_names_every_time():
    paths = [[weight.path for weight in portable(generator("paper")).weights] for _ in range(2)]
    assert paths[0] == paths[1]
    assert paths[0][:3] == ["conv2d_01/kernel", "conv2d_01/bias", "conv2d_02/kernel"]


class Wobble(layers.Layer):
    def call(self, features):
        return features


@pytest.mark.parametrize("layer", [Wobble(name="odd"), layers.Lambda(lambda x: x, name="odd")])
def test_what_is_not_of_keras_is_refused(layer):
    pictures = keras.Input((None, None, 3))
    network = keras.Model(pictures, layer(pictures))
    with pytest.raises(InputError, match=rf"odd is a {type(layer).__name__}"):
        portable(network)


_LOAD = """
import sys
sys.modules["artnb"] = None  # not to be had in this process
import keras
import numpy as np
network = keras.models.load_model(sys.argv[1])
np.save(sys.argv[3], np.asarray(network(np.load(sys.argv[2]))))
"""


def test_loads_where_artnb_is_not(tmp_path):
    portable(generator("preview")).save(tmp_path / "painter.keras")
    np.save(tmp_path / "photos.npy", photos())
    files = [tmp_path / name for name in ("painter.keras", "photos.npy", "paintings.npy")]
    environment = os.environ | {"KERAS_BACKEND": keras.config.backend()}
    done = subprocess.run(
        [sys.executable, "-c", _LOAD, *files], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    expected = picture(generator("preview"))
    np.testing.assert_allclose(np.load(files[-1]), expected, atol=1e-5)
