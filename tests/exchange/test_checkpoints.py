"""TensorFlow's checkpoints, as the tutorials' `save_weights` wrote them."""

import shutil
import sys

import numpy as np
import pytest

from artnb.errors import InputError
from artnb.exchange.importing import import_generator
from artnb.exchange.keras_files import read_keras
from artnb.exchange.source import find_source, read_generator


@pytest.fixture
def tensorflow():
    return pytest.importorskip("tensorflow")


@pytest.mark.parametrize(
    ("name", "ending"), [("resnet", ""), ("resnet", ".index"), ("unet", ".data-00000-of-00001")]
)
def test_weights_are_those_of_the_h5(name, ending, addons, tensorflow):
    path = find_source(addons / f"{name}_checkpoint{ending}").path
    trained, expected = read_generator(path), read_keras(addons / f"{name}_weights.h5")
    assert trained.description == expected.description
    for one, other in zip(trained.weights, expected.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_whole_cyclegan(addons, tmp_path, tensorflow):
    """Networks side by side: the one of X to Y is taken, and optimizers are left alone."""
    expected = read_keras(addons / "resnet_weights.h5")
    tree = {}
    for name, factor in (("gen_F", 2), ("gen_G", 1)):
        arrays = iter(expected.weights)
        layers = [("kernel",), ("gamma", "beta")] * 7 + [("kernel", "bias")]
        parts = {
            f"layer_with_weights-{number}": tensorflow.train.Checkpoint(
                **{kind: tensorflow.Variable(factor * next(arrays)) for kind in layer}
            )
            for number, layer in enumerate(layers)
        }
        tree[name] = tensorflow.train.Checkpoint(**parts)
    tensorflow.train.Checkpoint(**tree).write(str(tmp_path / "cyclegan"))
    trained = read_generator(find_source(tmp_path / "cyclegan").path)
    assert trained.description.endswith(" px, gen_G of several networks")
    for one, other in zip(trained.weights, expected.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_checkpoint_without_its_data_is_refused(addons, tmp_path, tensorflow):
    shutil.copy(addons / "resnet_checkpoint.index", tmp_path / "half.index")
    with pytest.raises(InputError, match=r"half.index must be of a whole checkpoint.*\.data files"):
        import_generator(tmp_path / "half", "one")


def test_without_tensorflow_it_says_so(addons, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(InputError, match="needs TensorFlow to be read, and that is not installed"):
        import_generator(addons / "resnet_checkpoint", "one")
