"""ONNX files: onnxruntime paints what Keras paints, and the network comes back."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers, ops

from artnb.errors import InputError
from artnb.exchange.portable import portable
from tests.exchange.generators import KINDS, generator, network_of_others, photos, picture
from tests.golden import plain

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

from artnb.exchange.onnx_files import read_onnx, read_onnx_facts, write_onnx  # noqa: E402

PLAIN = Path(plain.__file__).with_name("plain.npz")
FACTS = {"source_domain": "photo", "value_range": "[-1, 1]"}


def painted(path, photos):
    (paintings,) = onnxruntime.InferenceSession(path).run(None, {"picture": photos})
    return paintings


def written(network, path):
    write_onnx(path, portable(network), FACTS)
    return path


def agree(network, path, *sizes):
    for height, width in sizes:
        given = photos(height, width)
        expected = picture(portable(network), given)
        np.testing.assert_allclose(painted(path, given), expected, atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_onnxruntime_paints_the_same(kind, tmp_path):
    network = generator(kind)
    agree(network, written(network, tmp_path / "painter.onnx"), (24, 40))


@pytest.mark.parametrize("name", plain.NETWORKS)
def test_plain_pictures(name, tmp_path):
    path = written(plain.network(name), tmp_path / "painter.onnx")
    given = np.stack(list(plain.pictures().values()))
    np.testing.assert_allclose(painted(path, given), np.load(PLAIN)[name], atol=1e-4)


def test_the_networks_of_others(tmp_path):
    network = network_of_others()
    agree(network, written(network, tmp_path / "painter.onnx"), (48, 64))


@pytest.mark.parametrize("kind", ["affine", "group"])
def test_large_pictures(kind, tmp_path):
    network = generator(kind)
    agree(network, written(network, tmp_path / "painter.onnx"), (256, 256), (640, 400))


def of_layers(*some):
    pictures = keras.Input((None, None, 3))
    features = pictures
    for layer in some:
        features = layer(features)
    return keras.Model(pictures, features)


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize(
    ("kernel", "strides", "output_padding"),
    [
        (3, 1, None),
        (3, 2, None),
        (4, 2, None),
        (5, 2, None),
        (7, 3, None),
        (2, 3, None),
        (2, 2, None),
        (3, 2, 1),
        (5, 2, 1),
        (5, 3, 2),
        ((3, 4), (2, 1), None),
    ],
)
def test_convolutions_sample_the_same_pixels(padding, kernel, strides, output_padding, tmp_path):
    """Sizes that strides do not divide, kernels that are even: who adds where is all here."""
    transposed = layers.Conv2DTranspose(
        3, kernel, strides, padding=padding, output_padding=output_padding, activation="sigmoid"
    )
    for layer in (transposed, layers.Conv2D(3, kernel, strides, padding=padding)):
        network = of_layers(layer)
        agree(network, written(network, tmp_path / "painter.onnx"), (16, 21))


@pytest.mark.parametrize(
    "layer",
    [
        layers.Cropping2D(((1, 0), (2, 3))),
        layers.ZeroPadding2D(((1, 0), (2, 3))),
        layers.UpSampling2D((2, 3), interpolation="bilinear"),
        layers.Conv2D(3, 3, dilation_rate=2, padding="same", use_bias=False),
        layers.Conv2D(3, 3, groups=3, activation="tanh"),
        layers.Conv2D(3, 1, activation="relu"),
        layers.ReLU(negative_slope=0.1),
        layers.Activation("sigmoid"),
        layers.GaussianNoise(0.1),
        layers.SpatialDropout2D(0.1),
        layers.GroupNormalization(1, scale=False),
        layers.BatchNormalization(center=False),
        layers.Rescaling(2.0, -1.0),
        layers.ELU(),
        layers.MaxPooling2D(),
        layers.AveragePooling2D(2, padding="same"),
        layers.GlobalMaxPooling2D(keepdims=True),
        layers.GlobalAveragePooling2D(keepdims=True),
        ops.relu,
        lambda features: layers.Multiply()([features, features, features]),
        lambda features: layers.Subtract()([features, ops.tanh(features)]),
        lambda features: features + ops.tanh(features),
    ],
)
def test_single_layers(layer, tmp_path):
    network = of_layers(layer)
    agree(network, written(network, tmp_path / "painter.onnx"), (15, 22))


@pytest.mark.parametrize(
    ("layer", "why"),
    [
        (layers.SeparableConv2D(3, 3), "the SeparableConv2D .* is a kind that"),
        (layers.ReLU(max_value=6), "the ReLU .* has max_value 6"),
        (layers.Conv2D(3, 3, activation="gelu"), "the Conv2D .* ends with gelu"),
        (lambda x: layers.Dropout(0.5)(x, training=True), "the Dropout .* as in training"),
        (lambda x: layers.Add()([x, ops.ones((1, 1, 1, 3))]), "the Add .* more than features"),
        (layers.Conv2DTranspose(3, 3, dilation_rate=2), "the Conv2DTranspose .* has dilation_rate"),
        (layers.GlobalMaxPooling2D(), "the GlobalMaxPooling2D .* has keepdims False"),
    ],
)
def test_what_onnx_cannot_hold_is_refused_by_name(layer, why, tmp_path):
    with pytest.raises(InputError, match=f"{why}.*export the network as keras"):
        written(of_layers(layer), tmp_path / "painter.onnx")
    assert not list(tmp_path.iterdir())


def test_the_file_says_what_goes_in_and_out(tmp_path):
    model = onnx.load(written(generator("paper"), tmp_path / "painter.onnx"))
    for name, value in (("picture", model.graph.input[0]), ("painting", model.graph.output[0])):
        assert value.name == name
        dimensions = value.type.tensor_type.shape.dim
        assert [d.dim_param or d.dim_value for d in dimensions] == ["batch", "height", "width", 3]
    assert {p.key for p in model.metadata_props} == {*FACTS, "keras_network"}
    names = {tensor.name for tensor in model.graph.initializer}
    assert {weight.path for weight in portable(generator("paper")).weights} < names


@pytest.mark.parametrize("kind", KINDS)
def test_comes_back_as_it_was(kind, tmp_path):
    twin = portable(generator(kind))
    write_onnx(tmp_path / "painter.onnx", twin, FACTS)
    back = read_onnx(tmp_path / "painter.onnx")
    assert [weight.path for weight in back.weights] == [weight.path for weight in twin.weights]
    np.testing.assert_array_equal(picture(back), picture(twin))
    assert read_onnx_facts(tmp_path / "painter.onnx") == FACTS


def test_the_networks_of_others_come_back(tmp_path):
    network = network_of_others()
    back = read_onnx(written(network, tmp_path / "painter.onnx"))
    expected = picture(portable(network), photos(64, 64))
    np.testing.assert_allclose(picture(back, photos(64, 64)), expected, atol=1e-6)


def changed(path, change):
    model = onnx.load(path)
    (entry,) = (entry for entry in model.metadata_props if entry.key == "keras_network")
    change(model, entry)
    path.write_bytes(model.SerializeToString())
    return path


def _other_layer(model, entry):
    network = json.loads(entry.value)
    network["config"]["layers"][1] |= {"module": "keras.layers", "class_name": "Lambda"}
    entry.value = json.dumps(network)


def _other_module(model, entry):
    entry.value = entry.value.replace('"keras.layers"', '"os.path"', 1)


def _function(model, entry):
    function = {"class_name": "function", "module": "builtins", "config": "exec"}
    network = json.loads(entry.value)
    network["config"]["layers"][1]["config"]["activation"] = function
    entry.value = json.dumps(network)


def _no_weights(model, entry):
    del model.graph.initializer[:]


def _weights_elsewhere(model, entry):
    for tensor in model.graph.initializer:
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="/etc/passwd")
        tensor.raw_data = b""


def _no_description(model, entry):
    entry.key = "something"


def _nonsense(model, entry):
    entry.value = "[" * 100_000


CHANGES = (
    _other_layer, _other_module, _function, _no_weights, _weights_elsewhere, _no_description,
    _nonsense,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_files_that_we_did_not_make_are_refused(change, tmp_path):
    path = changed(written(of_layers(layers.Conv2D(3, 3)), tmp_path / "painter.onnx"), change)
    with pytest.raises(InputError, match=r"painter\.onnx must be an ONNX file that artnb export"):
        read_onnx(path)


@pytest.mark.parametrize("content", [b"", b"<html>", b"PK\x03\x04"])
def test_other_files_are_refused(content, tmp_path):
    (tmp_path / "page.onnx").write_bytes(content)
    with pytest.raises(InputError, match=r"page\.onnx must be an ONNX file"):
        read_onnx(tmp_path / "page.onnx")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match=r"absent\.onnx cannot be read \(No such file"):
        read_onnx(tmp_path / "absent.onnx")


def test_a_network_of_more_weights_than_the_file_holds_is_not_built(tmp_path):
    path = written(
        keras.Sequential([keras.Input((None, None, 3)), layers.Conv2D(3, 1)]),
        tmp_path / "painter.onnx",
    )
    model = onnx.load(path)
    for entry in model.metadata_props:
        entry.value = entry.value.replace('"filters": 3', '"filters": 20000000')
    onnx.save(model, path)
    with pytest.raises(InputError, match=r"no more weights than its file holds"):
        read_onnx(path)
