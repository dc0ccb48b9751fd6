"""What generators are painted with: the same pictures through ncnn as through Keras."""

import importlib.util

import keras
import numpy as np
import pytest

from artnb.method import preset_config
from artnb.methods.cyclegan.model import build_generator
from artnb.models import painting
from artnb.models.painting import PaintingNetwork, paints_with_ncnn, what_paints
from artnb.translation import paint, translate_image, translate_images
from tests.golden.draws import draw_weights

BACKEND = keras.backend.backend()
# A whole level of 255 is 2 / 255 of what is between -1 and 1.
HALF_A_LEVEL = 1 / 255


def generator(scale=0.2, **settings):
    config = preset_config("smoke", **settings)
    network = build_generator(config, "generator_g")
    draw_weights(network, 1, scale)
    return network, config.multiple_px


def photos(count=2, height=32, width=32):
    """Invented photos: slopes of colour with some noise."""
    random = np.random.default_rng(0)
    rows, columns = np.mgrid[:height, :width] / max(height, width)
    slopes = np.stack([rows, columns, 1 - rows * columns], -1) * 180 + 30
    noise = random.uniform(-25, 25, (count, height, width, 3))
    return (slopes + noise).astype(np.uint8)


def as_float(pictures):
    return pictures.astype(np.float32) / 127.5 - 1


@pytest.fixture(autouse=True)
def one_cpu(monkeypatch):
    monkeypatch.setattr(keras.distribution, "list_devices", lambda *_: ["cpu:0"])


@pytest.fixture
def with_ncnn():
    pytest.importorskip("ncnn")


@pytest.fixture
def without_ncnn(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        painting.importlib.util, "find_spec", lambda name: None if name == "ncnn" else find(name)
    )


FAST = {
    "preview": {},
    "paper": {"upsampling": "transposed", "padding": "zero", "skips": False},
    "zeros around what was doubled": {"padding": "zero"},
    "group norm, affine": {"norm": "group", "norm_affine": True},
    "affine": {"norm_affine": True},
    "no norm": {"norm": "none"},
    "unet": {"generator": "unet", "generator_depth": 3, "generator_filters": 8},
    "unet, transposed": {
        "generator": "unet", "generator_depth": 3, "upsampling": "transposed", "padding": "zero"
    },
}  # fmt: skip


@pytest.mark.usefixtures("with_ncnn")
@pytest.mark.parametrize("name", FAST)
def test_ncnn_paints_what_keras_paints(name):
    network, multiple_px = generator(**FAST[name])
    ready = PaintingNetwork(network, multiple_px)
    assert ready.engine.startswith("ncnn "), ready.engine
    pictures = as_float(photos(2, 40, 64))
    expected = keras.ops.convert_to_numpy(network(pictures))
    assert expected.std() > 0.02, "something is painted"
    painted = ready.predict_on_batch(pictures)
    assert np.abs(painted - expected).max() < HALF_A_LEVEL / 4
    np.testing.assert_array_equal(ready.predict_on_batch(pictures[1:])[0], painted[1])


@pytest.mark.usefixtures("with_ncnn")
def test_pictures_of_any_size_and_number_are_a_level_apart_at_most():
    network, multiple_px = generator()
    ready = PaintingNetwork(network, multiple_px)
    for count, height, width in ((1, 33, 50), (3, 45, 32)):
        given = photos(count, height, width)
        ours = translate_images(ready, given, multiple_px)
        theirs = translate_images(network, given, multiple_px)
        for one, other in zip(ours, theirs, strict=True):
            assert one.shape == (height, width, 3)
            assert np.abs(one.astype(int) - other).max() <= 1


@pytest.mark.usefixtures("with_ncnn")
def test_what_a_picture_took_is_kept_for_others_of_its_size_unless_it_is_large(monkeypatch):
    given_back, give_back = [], painting._Compiled._give_back
    monkeypatch.setattr(
        painting._Compiled, "_give_back", lambda self: given_back.append(1) or give_back(self)
    )
    network, multiple_px = generator()
    ready = PaintingNetwork(network, multiple_px)
    monkeypatch.setattr(painting, "_KEPT_PIXELS", 48 * 48)
    for side, times in ((40, 1), (40, 0), (48, 1), (48, 0), (52, 2), (52, 1)):
        given_back.clear()
        ready.predict_on_batch(as_float(photos(2, side, side)))
        assert len(given_back) == times, side


@pytest.mark.usefixtures("with_ncnn")
def test_plain_pictures_are_not_made_of_noise():
    """Norms make rounding hundreds of times larger; Keras' are told to leave it."""
    network, _ = generator()
    ready = PaintingNetwork(network)
    plain = np.full((1, 48, 48, 3), (90, 120, 200), np.uint8)
    one_off = plain.copy()
    one_off[0, 20, 20] += 1
    given = np.concatenate([plain, photos(1, 48, 48), one_off])
    expected = np.concatenate([paint(network, picture[None]) for picture in given])
    painted = paint(ready, given)
    assert np.abs(painted.astype(int) - expected).max() <= 1
    assert np.ptp(painted[0], (0, 1)).max() == 0
    alone = ready._compiled.paint(as_float(plain))
    assert np.ptp(alone[0], (0, 1)).max() > HALF_A_LEVEL, "ncnn by itself would paint noise"


@pytest.mark.usefixtures("with_ncnn")
def test_tiles_share_statistics_as_ever(monkeypatch):
    monkeypatch.setattr("artnb.translation.WHOLE_PIXELS", 48 * 48)
    monkeypatch.setattr("artnb.translation.TILE_PX", 48)
    monkeypatch.setattr("artnb.translation.OVERLAP_PX", 16)
    network, _ = generator()
    photo = photos(1, 80, 64)[0]
    painted = translate_image(PaintingNetwork(network), photo)
    np.testing.assert_array_equal(painted, translate_image(network, photo))


def custom_layer():
    @keras.saving.register_keras_serializable("tests")
    class Doubled(keras.layers.Layer):
        def call(self, inputs):
            return inputs * 2.0

    pictures = keras.Input((None, None, 3))
    return keras.Model(pictures, Doubled()(pictures))


def dilated():
    pictures = keras.Input((None, None, 3))
    padded = keras.layers.ZeroPadding2D(2)(pictures)
    return keras.Model(pictures, keras.layers.Conv2D(3, 3, dilation_rate=2)(padded))


SLOW = {
    "bfloat16": lambda: generator(precision="mixed_bfloat16")[0],
    "a layer that is not known": custom_layer,
    "a setting that is not known": dilated,
}


@pytest.mark.usefixtures("with_ncnn")
@pytest.mark.parametrize("name", SLOW)
def test_keras_paints_what_ncnn_cannot(name):
    network = SLOW[name]()
    ready = PaintingNetwork(network)
    assert ready.engine == f"Keras on {BACKEND}"
    pictures = as_float(photos())
    np.testing.assert_array_equal(
        ready.predict_on_batch(pictures), network.predict_on_batch(pictures)
    )


@pytest.mark.usefixtures("with_ncnn")
def test_what_is_found_to_paint_otherwise_does_not_paint(monkeypatch):
    network, _ = generator()
    wrong = painting._Compiled.paint
    monkeypatch.setattr(painting._Compiled, "paint", lambda *args: wrong(*args) + 2 / 255)
    assert PaintingNetwork(network).engine == f"Keras on {BACKEND}"


@pytest.mark.usefixtures("without_ncnn")
def test_keras_paints_where_ncnn_is_not_installed():
    network, _ = generator()
    ready = PaintingNetwork(network)
    assert ready.engine == f"Keras on {BACKEND}"
    assert what_paints() == f"on {BACKEND}"
    given = photos()
    np.testing.assert_array_equal(paint(ready, given), paint(network, given))


@pytest.mark.usefixtures("with_ncnn")
@pytest.mark.parametrize("devices", [["gpu:0"], ["cpu:0", "cpu:1"], ["cpu:0", "gpu:0"]])
def test_keras_paints_on_accelerators_and_on_several_devices(monkeypatch, devices):
    assert paints_with_ncnn()
    assert what_paints() == f"with ncnn on {BACKEND}"
    monkeypatch.setattr(keras.distribution, "list_devices", lambda *_: devices)
    assert not paints_with_ncnn()
    assert what_paints() == f"on {BACKEND}"
