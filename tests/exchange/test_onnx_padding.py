"""Padding in ONNX files: explicit, and Keras' own at every size that a network takes."""

import keras
import numpy as np
import pytest
from keras import layers

from tests.exchange.generators import generator, network_of_others, photos, picture

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

from artnb.exchange.onnx_files import write_onnx  # noqa: E402
from artnb.exchange.onnx_padding import Window, example_edge  # noqa: E402
from artnb.exchange.portable import portable  # noqa: E402


def of_layers(*some):
    pictures = keras.Input((None, None, 3))
    return keras.Model(pictures, keras.Sequential(some)(pictures))


def halving(kernel):
    return layers.Conv2D(4, kernel, 2, padding="same")


@pytest.mark.parametrize(
    ("edge", "stride", "side", "pads"),
    [
        (3, 2, 8, (0, 1)),
        (3, 2, 9, (1, 1)),
        (4, 2, 8, (1, 1)),
        (4, 2, 9, (1, 2)),
        (7, 3, 8, (2, 3)),
        (2, 3, 8, (0, 0)),
        (5, 1, 8, (2, 2)),
    ],
)
def test_windows_are_padded_as_in_keras(edge, stride, side, pads):
    """Keras and TensorFlow: ceil(side / stride) windows, of what is missing one more at the end."""
    window = Window((edge, 1), (stride, 1), "same")
    assert window.pads((side, 5)) == [pads[0], 0, pads[1], 0]


def test_only_strides_ask_for_the_size():
    assert Window((3, 4), (1, 1), "same").pads((None, None)) == [1, 1, 1, 2]
    assert Window((3, 4), (2, 2), "valid").pads((None, None)) == [0, 0, 0, 0]
    assert Window((3, 4), (2, 2), "same").pads((None, None)) is None


@pytest.mark.parametrize(
    ("network", "multiple_px", "edge"),
    [
        (of_layers(halving(3), halving(4)), 4, 256),
        (of_layers(halving(3), halving(4)), 12, 264),
        (of_layers(halving(3), halving(4)), 2, None),
        (of_layers(layers.ZeroPadding2D(1), layers.Conv2D(3, 3, 2), halving(3)), 4, 256),
        (of_layers(layers.MaxPooling2D(3, 2), halving(3)), 2, None),
        (of_layers(layers.Conv2D(3, 3, padding="same")), 1, 256),
    ],
)
def test_an_example_stands_for_all_sizes_or_there_is_none(network, multiple_px, edge):
    assert example_edge(portable(network), multiple_px) == edge


def written(network, path, multiple_px):
    write_onnx(path, portable(network), {"multiple_px": str(multiple_px)})
    return path


NETWORKS = {
    "strides": (halving(3), halving(4), halving(5)),
    "valid and same": (layers.Conv2D(3, 4, 2), halving(3)),
    "maximum": (layers.MaxPooling2D(3, 2, padding="same"), halving(3)),
    "average": (layers.AveragePooling2D(3, 2, padding="same"), layers.AveragePooling2D(2, 3)),
    "thirds": (layers.MaxPooling2D(2, 3, padding="same"), layers.Conv2DTranspose(3, 5, 3)),
}


@pytest.mark.parametrize("multiple_px", [2, 8])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_same_at_every_size(name, multiple_px, tmp_path):
    """Of multiples of 8 most are padded by numbers, of multiples of 2 in the graph."""
    network = of_layers(*NETWORKS[name])
    session = onnxruntime.InferenceSession(written(network, tmp_path / "one.onnx", multiple_px))
    for height, width in ((3, 4), (5, 8)):
        given = photos(multiple_px * height + 8, multiple_px * width + 8)
        (painted,) = session.run(None, {"picture": given})
        np.testing.assert_allclose(painted, picture(network, given), atol=1e-5)


def nodes_of(path):
    return onnx.load(path).graph.node


def test_the_networks_of_others_are_padded_by_numbers(tmp_path):
    path = written(network_of_others(), tmp_path / "one.onnx", 4)
    kinds = {node.op_type for node in nodes_of(path)}
    assert "Conv" in kinds
    assert not kinds & {"Shape", "Pad"}


@pytest.mark.parametrize("kind", ["unet", *NETWORKS])
def test_no_file_leaves_padding_to_the_runtime(kind, tmp_path):
    network = generator(kind) if kind == "unet" else of_layers(*NETWORKS[kind])
    nodes = nodes_of(written(network, tmp_path / "one.onnx", 8))
    sliding = [node for node in nodes if "Conv" in node.op_type or node.op_type.endswith("Pool")]
    assert sliding
    for node in sliding:
        attributes = {attribute.name for attribute in node.attribute}
        assert "auto_pad" not in attributes
        assert "pads" in attributes or node.op_type.startswith("Global")
