"""Generators that were saved with Keras 2 and tensorflow-addons, and with Keras 3."""

import json
import zipfile

import h5py
import keras
import numpy as np
import pytest
from keras import layers

from artnb.errors import InputError
from artnb.exchange.keras_files import read_keras
from artnb.exchange.portable import portable
from artnb.exchange.tutorials import kaggle_unet, keras_io_resnet
from artnb.methods.cyclegan.config import CycleGANConfig
from artnb.methods.cyclegan.model import build_generator
from artnb.methods.imported.network import build_network
from artnb.models.convolutions import NarrowConvolution, UpsamplingConvolution
from artnb.models.layers import InstanceNormalization, ReflectionPadding2D
from tests.exchange.generators import generator, picture
from tests.golden.draws import draw_weights

LAYERS = 4


def rebuilt(trained):
    network = build_network(trained.architecture, "generator_g")
    network.set_weights(trained.weights)
    return network


def drawn(seed, size_px):
    shape = (1, size_px, size_px, 3)
    return np.random.default_rng(int(seed)).uniform(-1, 1, shape).astype(np.float32)


@pytest.mark.parametrize("number", range(LAYERS))
def test_the_layer_is_that_of_addons(number, addons_golden):
    case = {
        name: addons_golden[f"layer/{number}/{name}"]
        for name in ("epsilon", "features", "gamma", "beta", "output")
    }
    layer = InstanceNormalization(float(case["epsilon"]), affine=True)
    layer.build(case["features"].shape)
    layer.set_weights([case["gamma"], case["beta"]])
    np.testing.assert_allclose(layer(case["features"]), case["output"], atol=1e-5)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("resnet.h5", "Keras model"),
        ("resnet.keras", "Keras model"),
        ("resnet_weights.h5", "ResNet of the keras.io example, 1 blocks"),
        ("resnet.weights.h5", "ResNet of the keras.io example, 1 blocks"),
    ],
)
def test_a_resnet_paints_as_with_addons(name, title, addons, addons_golden):
    trained = read_keras(addons / name)
    assert trained.description == f"{title}, 2,535 weights, for pictures in multiples of 4 px"
    photos = drawn(addons_golden["resnet/seed"], 32)
    painting = np.asarray(rebuilt(trained)(photos))
    np.testing.assert_allclose(painting, addons_golden["resnet/painting"], atol=1e-4)


@pytest.mark.parametrize("name", ["unet.h5", "unet_weights.h5"])
def test_the_kaggle_tutorials_unet_paints_as_with_addons(name, addons, addons_golden):
    trained = read_keras(addons / name)
    assert trained.settings["generator_depth"] == 8
    photos = drawn(addons_golden["unet/seed"], 256)
    every = int(addons_golden["unet/kept_every"])
    painting = np.asarray(rebuilt(trained)(photos))[:, ::every, ::every]
    np.testing.assert_allclose(painting, addons_golden["unet/painting"], atol=1e-4)


def test_other_sizes_than_it_was_trained_at(addons):
    network = rebuilt(read_keras(addons / "resnet.h5"))
    assert network(drawn(1, 64)[:, :, :40]).shape == (1, 64, 40, 3)


@pytest.mark.parametrize(
    ("build", "suffix"),
    [
        (lambda: keras_io_resnet(2, 1), ".keras"),
        (lambda: keras_io_resnet(2, 1), ".h5"),
        (lambda: keras_io_resnet(2, 1), ".weights.h5"),
        (lambda: kaggle_unet(1), ".keras"),
        (lambda: kaggle_unet(1), ".weights.h5"),
    ],
)
def test_what_keras_3_saves(build, suffix, tmp_path):
    network = build()
    draw_weights(network, 1)
    path = tmp_path / f"network{suffix}"
    network.save_weights(path) if suffix == ".weights.h5" else network.save(path)
    trained = read_keras(path)
    for one, other in zip(trained.weights, network.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    photos = drawn(1, 256)
    np.testing.assert_allclose(rebuilt(trained)(photos), network(photos), atol=1e-5)


@pytest.mark.parametrize("suffix", [".keras", ".h5", ".weights.h5"])
def test_weights_in_bfloat16_are_read(suffix, tmp_path):
    """HDF5 does not know the type, and h5py gives bytes without a meaning; .h5 does not name it."""
    keras.config.set_dtype_policy("bfloat16")
    try:
        network = keras_io_resnet(2, 1)
    finally:
        keras.config.set_dtype_policy("float32")
    draw_weights(network, 1)
    path = tmp_path / f"network{suffix}"
    network.save_weights(path) if suffix == ".weights.h5" else network.save(path)
    with h5py.File(path if suffix != ".keras" else extracted(path)) as file:
        assert kinds_of(file) == {"V"}
    trained = read_keras(path)
    for one, other in zip(trained.weights, network.get_weights(), strict=True):
        assert one.dtype == np.float32
        np.testing.assert_array_equal(one, other.astype(np.float32))
    assert np.std(np.asarray(rebuilt(trained)(drawn(1, 64)))) > 0


def extracted(path):
    with zipfile.ZipFile(path) as archive:
        return archive.extract("model.weights.h5", path.parent)


def kinds_of(file):
    """Name the kinds of type that a file's arrays have."""
    found = set()
    file.visititems(lambda _, item: found.add(item.dtype.kind) if hasattr(item, "dtype") else None)
    return found


def test_weights_of_a_type_that_is_not_known_are_named(tmp_path):
    """Eight-bit floats come as bytes, too; the file is not damaged."""
    path = tmp_path / "some.weights.h5"
    keras_io_resnet(2, 1).save_weights(path)
    with h5py.File(path, "a") as file:
        group = file["layers/conv2d/vars"]
        shape = group["0"].shape
        del group["0"]
        group["0"] = np.zeros(shape, "V1")
        group["0"].attrs["dtype"] = "float8_e4m3fn"
    with pytest.raises(InputError, match=r"conv2d/vars/0 is float8_e4m3fn; save the model again"):
        read_keras(path)


@pytest.mark.parametrize(
    "settings",
    [
        {"generator_filters": 2, "generator_blocks": 1},
        {"generator_filters": 2, "generator_blocks": 2, "norm_affine": True},
        {"generator": "unet", "generator_filters": 2, "generator_depth": 3, "upsampling": "resize"},
    ],
)
def test_weights_of_our_own_networks(settings, tmp_path):
    config = CycleGANConfig(**settings)
    generator = build_generator(config, "generator_g")
    draw_weights(generator, 1)
    generator.save_weights(tmp_path / "own.weights.h5")
    trained = read_keras(tmp_path / "own.weights.h5")
    assert CycleGANConfig(**trained.settings) == config
    for one, other in zip(trained.weights, generator.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def functional(layer, size=(None, None)):
    pictures = keras.Input((*size, 3))
    return keras.Model(pictures, keras.layers.Conv2D(3, 1)(layer(pictures)))


def test_instance_normalisation_of_keras_3_becomes_ours(tmp_path):
    network = functional(keras.layers.GroupNormalization(groups=-1))
    network.save(tmp_path / "new.keras")
    network = rebuilt(read_keras(tmp_path / "new.keras"))
    assert [type(layer) for layer in network.layers][1] is InstanceNormalization


@pytest.fixture
def _convolves_as_keras_does(monkeypatch):
    """Let our convolutions round as Keras' own, which come back in their place."""

    def doubled(layer, features, kernel):
        padding = ReflectionPadding2D(1) if layer.edges == "reflect" else layers.ZeroPadding2D()
        return keras.ops.conv(padding(layers.UpSampling2D()(features)), kernel, padding="valid")

    monkeypatch.setattr(UpsamplingConvolution, "convolution_op", doubled)
    monkeypatch.setattr(NarrowConvolution, "convolution_op", layers.Conv2D.convolution_op)


@pytest.mark.usefixtures("_convolves_as_keras_does")
@pytest.mark.parametrize("kind", ["paper", "affine", "preview"])
def test_what_artnb_exported_comes_back_without_what_only_helps_rounding(kind, tmp_path):
    """Tiles of a large picture would each subtract a mean of their own."""
    network = generator(kind)
    portable(network).save(tmp_path / "painter.keras")
    again = rebuilt(read_keras(tmp_path / "painter.keras"))
    kinds = [type(layer).__name__ for layer in again.layers]
    assert kinds.count("InstanceNormalization") == sum(
        isinstance(layer, InstanceNormalization) for layer in network.layers
    )
    assert not {"Subtract", "GlobalMaxPooling2D", "GlobalAveragePooling2D"} & set(kinds)
    np.testing.assert_allclose(picture(again), picture(network), atol=1e-6)


def test_a_subtraction_of_their_own_stays(tmp_path):
    pictures = keras.Input((None, None, 3))
    largest = keras.layers.GlobalMaxPooling2D(keepdims=True)(pictures)
    network = keras.Model(pictures, keras.layers.Subtract()([pictures, largest]))
    network.save(tmp_path / "own.keras")
    photos = drawn(1, 8)
    again = rebuilt(read_keras(tmp_path / "own.keras"))
    np.testing.assert_allclose(again(photos), network(photos), atol=1e-6)


def test_arithmetic_between_layers(tmp_path):
    pictures = keras.Input((None, None, 3))
    features = keras.layers.Conv2D(3, 3, padding="same")(pictures)
    network = keras.Model(pictures, keras.ops.tanh(features + pictures))
    network.save(tmp_path / "sum.keras")
    photos = drawn(1, 8)
    again = rebuilt(read_keras(tmp_path / "sum.keras"))
    np.testing.assert_allclose(again(photos), network(photos), atol=1e-6)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_code_in_a_file_is_refused_and_not_run(suffix, tmp_path):
    network = functional(keras.layers.Lambda(lambda x: 2 * x, output_shape=lambda shape: shape))
    network.save(tmp_path / f"code{suffix}")
    with pytest.raises(InputError, match=r"code.* is a Lambda; nothing that a file defines is run"):
        read_keras(tmp_path / f"code{suffix}")


def test_layers_of_others_are_refused(tmp_path):
    class Wobble(keras.layers.Layer):
        def call(self, features):
            return features

    functional(Wobble()).save(tmp_path / "wobble.keras")
    with pytest.raises(InputError, match=r"is a .*Wobble; nothing that a file defines"):
        read_keras(tmp_path / "wobble.keras")


def test_a_network_for_one_size_is_refused(tmp_path):
    pictures = keras.Input((8, 8, 3))
    flat = keras.layers.Dense(192)(keras.layers.Flatten()(pictures))
    keras.Model(pictures, keras.layers.Reshape((8, 8, 3))(flat)).save(tmp_path / "flat.keras")
    with pytest.raises(InputError, match=r"any height and width.*need pictures of one size"):
        read_keras(tmp_path / "flat.keras")


def test_a_network_that_shrinks_is_refused(tmp_path):
    functional(keras.layers.AveragePooling2D(2)).save(tmp_path / "small.keras")
    with pytest.raises(InputError, match="must give pictures back at their own size"):
        read_keras(tmp_path / "small.keras")


def test_a_classifier_is_refused(tmp_path):
    pictures = keras.Input((8, 8, 3))
    keras.Model(pictures, keras.layers.Conv2D(1, 3)(pictures)).save(tmp_path / "judge.keras")
    with pytest.raises(InputError, match=r"one picture of three colours into another"):
        read_keras(tmp_path / "judge.keras")


def test_unknown_weights_are_refused(tmp_path):
    functional(keras.layers.Conv2D(5, 5)).save_weights(tmp_path / "some.weights.h5")
    with pytest.raises(InputError, match="weights without a network, and they fit none"):
        read_keras(tmp_path / "some.weights.h5")


def test_a_network_that_paints_from_0_to_1_is_refused(tmp_path):
    pictures = keras.Input((None, None, 3))
    painted = keras.layers.Conv2D(3, 1, activation="sigmoid")(pictures)
    keras.Model(pictures, painted).save(tmp_path / "sigmoid.keras")
    with pytest.raises(InputError, match=r"must paint in \[-1, 1\].* ends in sigmoid"):
        read_keras(tmp_path / "sigmoid.keras")


def test_weights_of_a_whole_cyclegan(addons, tmp_path):
    """The tutorials keep both generators and discriminators in one model."""
    expected = read_keras(addons / "resnet_weights.h5")
    with h5py.File(tmp_path / "cyclegan.h5", "w") as file:
        file.attrs["layer_names"] = [b"model", b"model_1"]
        for name, factor in (("model", 1), ("model_1", 2)):
            group = file.create_group(name)
            names = [f"weight_{number}:0" for number in range(len(expected.weights))]
            group.attrs["weight_names"] = [weight.encode() for weight in names]
            for weight, array in zip(names, expected.weights, strict=True):
                group[weight] = factor * array
    trained = read_keras(tmp_path / "cyclegan.h5")
    assert trained.description == f"{expected.description}, model of several networks"
    for one, other in zip(trained.weights, expected.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_keras_3_weights_of_a_whole_cyclegan(tmp_path):
    class CycleGAN(keras.Model):
        def __init__(self):
            super().__init__()
            self.gen_G, self.gen_F = keras_io_resnet(2, 1), keras_io_resnet(2, 1)

    model = CycleGAN()
    draw_weights(model.gen_F, 1)
    draw_weights(model.gen_G, 2)
    model.built = True
    model.save_weights(tmp_path / "cyclegan.weights.h5")
    trained = read_keras(tmp_path / "cyclegan.weights.h5")
    assert trained.description.endswith(" px, gen_G of several networks")
    for one, other in zip(trained.weights, model.gen_G.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_layers_that_follow_from_nothing_are_refused(addons, tmp_path):
    path = tmp_path / "loop.h5"
    path.write_bytes((addons / "resnet.h5").read_bytes())
    with h5py.File(path, "a") as file:
        saved = json.loads(file.attrs["model_config"])
        saved["config"]["layers"][1]["inbound_nodes"] = [[["activation_6", 0, 0, {}]]]
        file.attrs["model_config"] = json.dumps(saved)
    with pytest.raises(InputError, match="must follow from its input"):
        read_keras(path)


@pytest.mark.parametrize("name", ["resnet.h5", "resnet.keras", "resnet.weights.h5"])
def test_torn_files_are_refused(name, addons, tmp_path):
    data = (addons / name).read_bytes()
    (tmp_path / name).write_bytes(data[: len(data) // 3])
    with pytest.raises(InputError, match=f"{name} must be a whole and undamaged file of Keras"):
        read_keras(tmp_path / name)


def test_another_instance_normalisation_is_refused(addons, tmp_path):
    path = tmp_path / "contrib.h5"
    path.write_bytes((addons / "resnet.h5").read_bytes())
    with h5py.File(path, "a") as file:
        text = file.attrs["model_config"].replace("Addons>Instance", "Instance")
        file.attrs["model_config"] = text.replace('"groups": 2, "axis"', '"axis"')
    with pytest.raises(InputError, match="is another InstanceNormalization"):
        read_keras(path)


# What declares more than it holds: see `artnb.limits`.


def declare(group, name, shape, values=None):
    """Declare an array that is compressed, or never written, and takes next to nothing."""
    chunks = tuple(min(edge, 64) for edge in shape)
    group.create_dataset(name, shape, "f4", values, chunks=chunks, compression="gzip")


@pytest.mark.parametrize("layout", ["older", "newer"])
def test_weights_that_take_gigabytes_are_refused(layout, tmp_path):
    path = tmp_path / "bomb.h5"
    with h5py.File(path, "w") as file:
        if layout == "older":
            file.attrs["layer_names"] = ["conv"]
            file.create_group("conv").attrs["weight_names"] = ["kernel"]
            declare(file["conv"], "kernel", (4, 4, 3, 8_000_000))
        else:
            declare(file, "layers/conv2d/vars/0", (4, 4, 3, 8_000_000))
    assert path.stat().st_size < 10_000
    with pytest.raises(InputError, match="times what it is itself, as no file of weights does"):
        read_keras(path)


def test_weights_that_are_named_again_and_again_are_refused(tmp_path):
    path = tmp_path / "again.h5"
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = ["conv"]
        file.create_group("conv").attrs["weight_names"] = ["kernel"] * 40
        declare(file["conv"], "kernel", (4, 4, 3, 8_000))
    with pytest.raises(InputError, match="as no file of weights does"):
        read_keras(path)


@pytest.mark.parametrize("entry", ["config.json", "model.weights.h5"])
def test_an_archive_that_unpacks_to_much_is_refused(entry, tmp_path):
    path = tmp_path / "bomb.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("config.json", "model.weights.h5"):
            archive.writestr(name, bytes(30_000_000) if name == entry else b"{}")
    with pytest.raises(InputError, match=r"holds [\d,]+ times what it is itself"):
        read_keras(path)


def test_a_network_of_more_weights_than_the_file_holds_is_not_built(tmp_path, monkeypatch):
    network = keras.Sequential([keras.Input((None, None, 3)), keras.layers.Conv2D(3, 1)])
    network.save(tmp_path / "small.h5")
    with h5py.File(tmp_path / "small.h5", "r+") as file:
        saved = json.loads(file.attrs["model_config"])
        layer = saved["config"]["layers"][-1]["config"]
        file.attrs["model_config"] = json.dumps(saved).replace(
            json.dumps(layer), json.dumps(layer | {"filters": 200_000, "kernel_size": [10, 10]})
        )
    with pytest.raises(InputError, match=r"holds, 12, and its layer .* alone has 60,000,000"):
        read_keras(tmp_path / "small.h5")


def test_no_known_network_is_built_that_the_weights_cannot_fill(tmp_path, monkeypatch):
    """The first kernel says how wide the tutorial's U-Net is; the others would be far larger."""
    path, built, add_weight = tmp_path / "wide.h5", [], keras.Layer.add_weight
    with h5py.File(path, "w") as file:
        declare(file, "layers/conv2d/vars/0", (4, 4, 3, 100), np.zeros((4, 4, 3, 100)))

    def spy(layer, shape=None, *given, **named):
        built.append(np.prod(shape))
        return add_weight(layer, shape, *given, **named)

    monkeypatch.setattr(keras.Layer, "add_weight", spy)
    with pytest.raises(InputError, match="weights without a network, and they fit none"):
        read_keras(path)
    assert 0 < sum(built) <= 2 * 4 * 4 * 3 * 100  # two networks begin so
