"""TensorFlow's checkpoints, as the tutorials' `save_weights` wrote them."""

import shutil
import sys

import numpy as np
import pytest

from artnb.errors import InputError
from artnb.exchange.importing import import_generator
from artnb.exchange.keras_files import read_keras
from artnb.exchange.source import find_source, read_generator
from tests.golden.draws import draw_weights


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


def keras_3_checkpoint(folder, tensorflow, names):
    """Write what TensorFlow's tutorial does: generators and their optimizers in one checkpoint."""
    import keras

    from artnb.exchange.tutorials import kaggle_unet

    if keras.backend.backend() != "tensorflow":
        pytest.skip("only models of the TensorFlow backend are tracked by tf.train.Checkpoint")
    networks = {name: kaggle_unet(1) for name in names}
    optimizers = {}
    for seed, (name, network) in enumerate(networks.items()):
        draw_weights(network, seed)
        optimizers[f"{name}_optimizer"] = keras.optimizers.Adam()
        optimizers[f"{name}_optimizer"].build(network.trainable_variables)
    checkpoint = tensorflow.train.Checkpoint(**networks, **optimizers)
    tensorflow.train.CheckpointManager(checkpoint, str(folder), max_to_keep=2).save()
    return networks


def test_a_checkpoint_of_keras_3(tmp_path, tensorflow):
    """Its keys name an optimizer for weights that are a generator's."""
    names = ("generator_f", "generator_g")
    networks = keras_3_checkpoint(tmp_path / "train", tensorflow, names)
    keys = [key for key, _ in tensorflow.train.list_variables(str(tmp_path / "train" / "ckpt-1"))]
    assert any(key.startswith("generator_g_optimizer/_trainable_variables/0/") for key in keys)
    trained = read_generator(find_source(tmp_path / "train").path)
    assert trained.description.endswith(", generator_g of several networks")
    for one, other in zip(trained.weights, networks["generator_g"].get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_networks_whose_names_do_not_tell_are_asked_about(tmp_path, tensorflow):
    networks = keras_3_checkpoint(tmp_path / "train", tensorflow, ("b_to_a", "a_to_b"))
    index = find_source(tmp_path / "train").path
    with pytest.raises(InputError, match="several generators, a_to_b and b_to_a; choose one"):
        read_generator(index)
    trained = read_generator(index, "a_to_b")
    np.testing.assert_array_equal(trained.weights[0], networks["a_to_b"].get_weights()[0])


def test_the_file_that_a_checkpoint_lacks_is_named(addons, tmp_path):
    shutil.copy(addons / "resnet_checkpoint.index", tmp_path / "half.index")
    with pytest.raises(InputError, match=r"half\.data-00000-of-00001, which holds values"):
        import_generator(tmp_path / "half", "one")
    shutil.copy(
        addons / "resnet_checkpoint.data-00000-of-00001", tmp_path / "x.data-00000-of-00002"
    )
    with pytest.raises(InputError, match=r"x\.index, which says what they are, must lie beside"):
        import_generator(tmp_path / "x.data-00000-of-00002", "one")


def test_a_folder_of_several_checkpoints_is_asked_about(addons, tmp_path):
    for name in ("ckpt-1", "ckpt-2"):
        shutil.copy(addons / "resnet_checkpoint.index", tmp_path / f"{name}.index")
    with pytest.raises(InputError, match=r"holds several, ckpt-1, ckpt-2; name one"):
        find_source(tmp_path)
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "ckpt-2"\n')
    assert find_source(tmp_path).path == tmp_path / "ckpt-2.index"
