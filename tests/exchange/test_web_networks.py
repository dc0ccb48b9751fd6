"""Networks for a browser: one file paints whole pictures, and tiles that share statistics."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from artnb import translation
from artnb.exchange.importing import import_generator
from artnb.exchange.portable import portable
from artnb.exchange.web_networks import write_web_network
from artnb.models.layers import GroupNormalization, InstanceNormalization
from artnb.translation import translate_image
from tests.exchange.generators import generator, make_run, photos, picture
from tests.exchange.makers import Maker
from tests.golden import plain

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

PLAIN = Path(plain.__file__).with_name("plain.npz")


class WebPainter:
    """Paints with a file as a page does: with what was found first, once that is kept."""

    def __init__(self, network, path, half=False):
        self.written = write_web_network(path, Maker(network), half)
        self.session = onnxruntime.InferenceSession(path)
        self.statistics: Any = None

    def alone(self, pictures):
        """Paint, and find statistics."""
        count = self.written.statistics
        return self.run(pictures, np.zeros(count, np.float32), shared=False)

    def run(self, pictures, statistics, shared):
        given = {"picture": pictures}
        if self.written.statistics:
            given |= {"statistics": statistics, "shared": np.array(shared)}
        return self.session.run(None, given)

    def __call__(self, pictures, training=False):
        if self.statistics is not None:
            return self.run(pictures, self.statistics, shared=True)[0]
        painted, self.statistics = self.alone(pictures)
        return painted


def of_layers(*some):
    pictures = keras.Input((None, None, 3))
    return keras.Model(pictures, keras.Sequential(some)(pictures))


@pytest.mark.parametrize("kind", ["paper", "preview", "affine group"])
def test_paints_one_picture_as_keras_does(kind, tmp_path):
    network, given = generator(kind), photos(24, 40)[:1]
    painted = WebPainter(network, tmp_path / "one.onnx").alone(given)[0]
    np.testing.assert_allclose(painted, picture(network, given), atol=1e-5)


@pytest.mark.parametrize("name", ["paper", "preview"])
def test_plain_pictures(name, tmp_path):
    painter = WebPainter(plain.network(name), tmp_path / "one.onnx")
    painted = [painter.alone(given[None])[0][0] for given in plain.pictures().values()]
    np.testing.assert_allclose(painted, np.load(PLAIN)[name], atol=1e-4)


@pytest.mark.parametrize("kind", ["preview", "affine group"])
def test_tiles_share_statistics_as_in_keras(kind, tmp_path, monkeypatch):
    for name, value in (("WHOLE_PIXELS", 0), ("TILE_PX", 64), ("OVERLAP_PX", 24)):
        monkeypatch.setattr(translation, name, value)
    photo = np.random.default_rng(4).integers(0, 256, (100, 120, 3), np.uint8)
    photo[:50] //= 3
    network, painter = generator(kind), WebPainter(generator(kind), tmp_path / "one.onnx")
    levels = [translate_image(one, photo).astype(int) for one in (network, painter)]
    assert levels[0].std() > 10
    assert np.abs(levels[0] - levels[1]).max() <= 2


def test_finds_statistics_over_the_whole_batch(tmp_path):
    given = photos(20, 24)
    given[..., 1] = 0.7
    network = of_layers(InstanceNormalization(1e-3), GroupNormalization(1, 1e-5))
    painted, found = WebPainter(network, tmp_path / "one.onnx").alone(given)
    means, variances = given.mean((0, 1, 2)), given.var((0, 1, 2))
    factors = np.where([True, False, True], 1 / np.sqrt(variances + 1e-3), 0)
    normed = (given - means) * factors
    all_of_it = [normed.mean()], [1 / np.sqrt(normed.var() + 1e-5)]
    np.testing.assert_allclose(found, np.concatenate([means, factors, *all_of_it]), atol=1e-5)
    assert (found[1], found[4]) == (np.float32(0.7), 0)
    np.testing.assert_allclose(painted, (normed - all_of_it[0]) * all_of_it[1], atol=1e-5)


def test_shared_statistics_are_used_and_handed_on(tmp_path):
    network = of_layers(InstanceNormalization())
    given, statistics = photos(8, 8), np.array([1, 2, 3, 4, 5, 6], np.float32)
    painted, found = WebPainter(network, tmp_path / "one.onnx").run(given, statistics, shared=True)
    np.testing.assert_allclose(painted, (given - [1, 2, 3]) * [4, 5, 6], rtol=1e-5)
    np.testing.assert_array_equal(found, statistics)


def test_without_norms_over_pictures_there_are_no_statistics(tmp_path):
    network = of_layers(layers.BatchNormalization(), layers.Conv2D(3, 3, padding="same"))
    painter = WebPainter(network, tmp_path / "one.onnx")
    assert painter.written.statistics == 0
    ends = (*painter.session.get_inputs(), *painter.session.get_outputs())
    assert [end.name for end in ends] == ["picture", "painting"]
    given = photos(24, 40)
    np.testing.assert_allclose(painter.alone(given)[0], picture(network, given), atol=1e-5)


def test_half_is_the_network_with_rounded_weights(tmp_path):
    network = generator("affine")
    whole, half = (
        WebPainter(network, tmp_path / f"{name}.onnx", half=name == "half")
        for name in ("whole", "half")
    )
    assert half.written.bytes == (tmp_path / "half.onnx").stat().st_size
    kinds = {
        tensor.name: tensor.data_type for tensor in onnx.load(half.written.path).graph.initializer
    }
    weights = [weight.path for weight in portable(network).weights]
    assert {kinds[path] for path in weights} == {onnx.TensorProto.FLOAT16}
    given = photos(24, 40)[:1]
    network.set_weights([w.astype(np.float16).astype(np.float32) for w in network.get_weights()])
    np.testing.assert_allclose(half.alone(given)[0], picture(network, given), atol=1e-5)
    assert np.abs(half.alone(given)[0] - whole.alone(given)[0]).max() > 1e-5


def test_says_what_it_takes_and_gives(tmp_path):
    run = make_run(tmp_path / "run", "paper")
    written = write_web_network(tmp_path / "site" / "one.onnx", run.painter(), half=False)
    model = onnx.load(written.path)
    shapes = {
        end.name: [d.dim_param or d.dim_value for d in end.type.tensor_type.shape.dim]
        for end in (*model.graph.input, *model.graph.output)
    }
    pictures, numbers = ["batch", "height", "width", 3], [written.statistics]
    assert shapes == {
        "picture": pictures, "statistics": numbers, "shared": [],
        "painting": pictures, "found": numbers,
    }  # fmt: skip
    facts = {entry.key: entry.value for entry in model.metadata_props}
    assert (facts["source_domain"], facts["target_domain"]) == ("photo", "monet")
    assert facts["multiple_px"] == "4"
    assert "keras_network" not in facts


def test_pictures_of_latents(stylegan2, stylegan2_golden, tmp_path):
    """PyTorch paints the same with weights that are not rounded to half."""
    run = import_generator(stylegan2 / "classes.pkl", "one", say=lambda line: None)
    given = {
        "z": stylegan2_golden["classes/z"],
        "truncation": np.ones((2, 1), np.float32),
        "class": np.eye(2, dtype=np.float32),
    }
    written = write_web_network(tmp_path / "one.onnx", run.sampler(), half=True)
    assert written.statistics == 0
    made = onnxruntime.InferenceSession(written.path).run(None, given)[0]
    np.testing.assert_allclose(made, stylegan2_golden["classes/1.0"], atol=0.02)
    facts = {entry.key: entry.value for entry in onnx.load(written.path).metadata_props}
    assert (facts["size_px"], facts["latent_size"]) == ("16", "6")
    assert "keras_network" not in facts
