"""artnb's StyleGAN2 computes what PyTorch does; see tests/golden/README.md."""

import keras
import numpy as np
import pytest
from keras import ops

from artnb.models.stylegan2.fir import downsample, upsample
from artnb.models.stylegan2.layers import EqualizedConvolution, ModulatedConvolution
from artnb.models.stylegan2.networks import Generator, Sizes, build_discriminator, build_mapping
from artnb.training.engine import BackendEngine
from artnb.training.losses import (
    cross_entropy_discriminator,
    cross_entropy_generator,
    r1_penalty,
)
from tests.float64 import float64, new_layers
from tests.golden.stylegan2_draws import (
    BATCH,
    CLASSES,
    FILE,
    MEAN_PATH_LENGTH,
    SIZES,
    draw,
    draw_classes,
    draw_weight,
)

CLOSE = {"float32": 1e-4, "float64": 1e-6}  # the file itself is in float32
EDGE = SIZES["size_px"]


@pytest.fixture(params=["float32", "float64"])
def precision(request):
    with float64(), new_layers(request.param):
        yield request.param


@pytest.fixture
def in_float64():
    with float64(), new_layers():
        yield


@pytest.fixture(scope="module")
def golden():
    with np.load(FILE) as arrays:
        return dict(arrays)


def with_drawn_weights(network):
    for layer in network.layers:
        draw_into(layer, f"{network.name}/{layer.name}")
    return network


def draw_into(layer, name):
    for weight in layer.weights:
        weight.assign(draw_weight(f"{name}/{weight.name}", tuple(weight.shape)))
    return layer


def drawn_generator():
    generator = Generator(Sizes(**SIZES))
    with_drawn_weights(generator.mapping)
    with_drawn_weights(generator.synthesis)
    return generator


def drawn_discriminator(classes=0):
    return with_drawn_weights(build_discriminator(Sizes(**SIZES, classes=classes)))


def tensor(name, *shape):
    return ops.convert_to_tensor(draw(name, *shape), keras.config.floatx())


def classes():
    return ops.convert_to_tensor(draw_classes(), keras.config.floatx())


def difference(found, wanted):
    """Give the largest difference, as a part of the largest value that is wanted."""
    found = ops.convert_to_numpy(found)
    assert found.shape == wanted.shape
    return np.abs(found - wanted).max() / np.abs(wanted).max()


def test_filters(golden, precision):
    pictures, w = tensor("fir", 2, 8, 8, 3), tensor("fir_w", 2, SIZES["w_size"])
    halving = EqualizedConvolution(4, downsampling=True)
    doubling = ModulatedConvolution(4, upsampling=True)
    halving.build((2, 8, 8, 3))
    doubling.build([(2, 8, 8, 3), (2, SIZES["w_size"])])
    draw_into(halving, "filters/halving")
    draw_into(doubling, "filters/doubling")
    found = {
        "upsampled": upsample(pictures),
        "downsampled": downsample(pictures),
        "halving": halving(pictures),
        "doubling": doubling([pictures, w]),
    }
    for name, result in found.items():
        assert keras.backend.standardize_dtype(result.dtype) == precision
        assert difference(result, golden[f"filters/{name}"]) < CLOSE[precision]


def test_mapping_and_synthesis(golden, precision):
    generator = drawn_generator()
    w = generator.w(tensor("z", BATCH, SIZES["z_size"]))
    pictures = generator.paint(w)
    assert keras.backend.standardize_dtype(pictures.dtype) == precision
    assert difference(w, golden["plain/mapping/w"]) < CLOSE[precision]
    assert difference(pictures, golden["plain/synthesis/pictures"]) < CLOSE[precision]


def test_mapping_with_classes(golden, precision):
    mapping = with_drawn_weights(build_mapping(Sizes(**SIZES, classes=CLASSES)))
    w = mapping([tensor("z", BATCH, SIZES["z_size"]), classes()])
    assert difference(w, golden["classes/mapping/w"]) < CLOSE[precision]


@pytest.mark.parametrize("kind", ["plain", "classes"])
def test_discriminator_and_losses(golden, precision, kind):
    network = drawn_discriminator(CLASSES if kind == "classes" else 0)
    fakes = ops.convert_to_tensor(golden["plain/synthesis/pictures"], keras.config.floatx())
    logits = {
        name: network([pictures, classes()] if kind == "classes" else pictures)
        for name, pictures in {"real": tensor("real", BATCH, EDGE, EDGE, 3), "fake": fakes}.items()
    }
    assert keras.backend.standardize_dtype(logits["real"].dtype) == precision
    for name, found in logits.items():
        wanted = golden[f"{kind}/discriminator/{name}_logits"]
        assert difference(found, wanted) < CLOSE[precision]
    of_generator = golden[f"{kind}/loss/generator"]
    parts = [golden[f"{kind}/loss/discriminator_{name}"] for name in logits]
    assert difference(cross_entropy_generator(logits["fake"]), of_generator) < CLOSE[precision]
    ours = 2 * cross_entropy_discriminator(*logits.values())  # a mean of both parts, not their sum
    assert difference(ours, sum(parts)) < CLOSE[precision]


def gradients(function, variables):
    """Give the value of a loss and its gradients by variables: 0 where it has none."""

    def of_values(values):
        with keras.StatelessScope(list(zip(variables, values, strict=True))):
            return function()

    def both(values):
        return of_values(values), BackendEngine().input_gradients(of_values, values)

    values = [ops.convert_to_tensor(variable.numpy()) for variable in variables]
    if keras.backend.backend() == "jax":
        import jax

        both = jax.jit(both)
    value, found = both(values)
    return value, [0 * v if g is None else g for v, g in zip(values, found, strict=True)]


def assert_as_in(golden, prefix, networks, found):
    variables = [variable for network in networks for variable in network.trainable_variables]
    names = {
        id(weight): f"{prefix}/{network.name}/{layer.name}/{weight.name}"
        for network in networks
        for layer in network.layers
        for weight in layer.trainable_weights
    }
    assert {n for n in golden if n.startswith(f"{prefix}/")} == set(names.values())
    largest = max(np.abs(golden[name]).max() for name in names.values())
    for variable, gradient in zip(variables, found, strict=True):
        wanted = golden[names[id(variable)]]
        error = np.abs(ops.convert_to_numpy(gradient) - wanted).max()
        assert error < 1e-5 * max(np.abs(wanted).max(), 1e-6 * largest), names[id(variable)]


@pytest.mark.parametrize("kind", ["plain", "classes"])
def test_r1_and_its_gradients_by_all_weights(golden, in_float64, kind):
    network = drawn_discriminator(CLASSES if kind == "classes" else 0)
    pictures = tensor("real", BATCH, EDGE, EDGE, 3)

    def sum_of_logits(x):
        return ops.sum(network([x, classes()] if kind == "classes" else x))

    def penalty():
        return r1_penalty(BackendEngine().input_gradients(sum_of_logits, pictures), gamma=2.0)

    value, found = gradients(penalty, network.trainable_variables)
    assert float(value) == pytest.approx(golden[f"{kind}/r1/norms"].mean(), rel=1e-6)
    assert_as_in(golden, f"{kind}/r1/gradient", [network], found)


def test_path_lengths_and_their_gradients_by_all_weights(golden, in_float64):
    generator = drawn_generator()
    networks = [generator.mapping, generator.synthesis]
    z, noise = tensor("z", BATCH, SIZES["z_size"]), tensor("path_noise", BATCH, EDGE, EDGE, 3)

    def lengths():
        def projected(ws):
            return ops.sum(generator.paint(ws) * noise) / EDGE

        ws = generator.for_all_places(generator.w(z))
        slopes = BackendEngine().input_gradients(projected, ws)
        return ops.sqrt(ops.mean(ops.sum(ops.square(slopes), axis=2), axis=1))

    assert difference(lengths(), golden["plain/path/lengths"]) < CLOSE["float64"]
    value, found = gradients(
        lambda: ops.mean(ops.square(lengths() - MEAN_PATH_LENGTH)),
        [variable for network in networks for variable in network.trainable_variables],
    )
    assert float(value) == pytest.approx(golden["plain/path/penalty"], rel=1e-6)
    assert_as_in(golden, "plain/path/gradient", networks, found)
