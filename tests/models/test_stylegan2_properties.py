"""What StyleGAN2's networks are like, whatever their weights."""

import keras
import numpy as np
import pytest
from keras import ops

from artnb.models.stylegan2.layers import (
    Activation,
    AverageW,
    EqualizedConvolution,
    EqualizedDense,
    LearntConstant,
    MinibatchDeviation,
    ModulatedConvolution,
    Noise,
)
from artnb.models.stylegan2.networks import (
    Generator,
    Sizes,
    build_discriminator,
    build_mapping,
    build_synthesis,
    draw_z,
)
from tests.float64 import new_layers

SMALL = Sizes(16, z_size=16, w_size=12, mapping_layers=2, channel_base=128, channel_max=8)
WITH_CLASSES = Sizes(8, z_size=4, w_size=6, mapping_layers=1, channel_max=8, classes=3)


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def run(layer, inputs):
    return ops.convert_to_numpy(layer(inputs))


@pytest.fixture(autouse=True)
def _same_draws():
    """Let weights be the same in every process."""
    keras.utils.set_random_seed(0)


@pytest.fixture(scope="module")
def generator():
    return Generator(SMALL)


@pytest.mark.parametrize("build", [build_mapping, build_synthesis, build_discriminator])
def test_a_network_is_read_as_it_was_written(build, tmp_path):
    network = build(WITH_CLASSES)
    for number, weight in enumerate(network.weights):
        weight.assign(normal(*weight.shape, seed=number))
    network.save(tmp_path / "network.keras")
    read = keras.models.load_model(tmp_path / "network.keras")
    inputs = [normal(4, *tensor.shape[1:], seed=i) for i, tensor in enumerate(network.inputs)]
    np.testing.assert_array_equal(run(read, inputs), run(network, inputs))


@pytest.mark.parametrize(
    "layer",
    [
        Activation(0.5, negative_slope=0.1),
        EqualizedDense(3, 0.01, 0.5),
        EqualizedConvolution(3, 1, downsampling=True, use_bias=False),
        ModulatedConvolution(3, 1, demodulate=False, upsampling=True),
        LearntConstant(3),
        MinibatchDeviation(2),
    ],
)
def test_a_layers_config_is_what_it_was_made_with(layer):
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    kept = {name: value for name, value in vars(layer).items() if isinstance(value, int | float)}
    assert kept.items() <= vars(again).items()


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (EqualizedDense(64), (256, 100)),
        (EqualizedDense(64, lr_multiplier=0.01), (256, 100)),
        (EqualizedConvolution(32), (2, 32, 32, 16)),
        (EqualizedConvolution(32, 1), (2, 32, 32, 16)),
    ],
)
def test_equalised_layers_keep_unit_variance(layer, shape):
    results = run(layer, normal(*shape))
    inside = results[:, 1:-1, 1:-1] if len(shape) == 4 else results
    assert inside.var() == pytest.approx(1, abs=0.2)


def test_what_learns_slowly_has_larger_weights():
    layer = EqualizedDense(64, lr_multiplier=0.01, bias=0.5)
    assert run(layer, np.zeros((1, 64), np.float32)) == pytest.approx(0.5)
    assert ops.convert_to_numpy(layer.kernel).std() == pytest.approx(100, rel=0.1)
    assert ops.convert_to_numpy(layer.bias) == pytest.approx(50)


@pytest.mark.parametrize("network", ["mapping", "synthesis", "discriminator"])
def test_features_neither_fade_nor_explode_at_first(generator, network):
    wide = Sizes(32, 64, 64, 4, channel_base=2048, channel_max=64)
    build = {"mapping": build_mapping, "synthesis": build_synthesis}.get(
        network, build_discriminator
    )
    network = build(wide)
    activations = [layer.output for layer in network.layers if isinstance(layer, Activation)]
    inputs = [normal(8, *tensor.shape[1:], seed=i) for i, tensor in enumerate(network.inputs)]
    powers = [
        float(ops.mean(ops.square(x))) for x in keras.Model(network.inputs, activations)(inputs)
    ]
    assert all(0.02 < power < 3 for power in powers), powers


@pytest.mark.parametrize("strength", [0.1, 1.0, 30.0])
def test_demodulation_keeps_unit_variance(strength):
    layer, features = ModulatedConvolution(16), normal(4, 32, 32, 32)
    results = run(layer, [features, normal(4, 8, seed=1) * strength])
    assert results[:, 1:-1, 1:-1].var(axis=(1, 2)) == pytest.approx(np.ones((4, 16)), abs=0.35)


def test_without_demodulation_a_style_scales():
    layer, features = ModulatedConvolution(3, 1, demodulate=False), normal(1, 4, 4, 8)
    w = normal(1, 6, seed=1)
    layer.build([features.shape, w.shape])
    layer.affine_bias.assign(np.zeros(8))
    once, twice = (run(layer, [features, factor * w]) for factor in (1, 2))
    np.testing.assert_allclose(twice, 2 * once, rtol=1e-4, atol=1e-5)


def test_noise_is_added_as_strongly_as_is_learnt():
    layer, features, noise = Noise(), normal(2, 4, 4, 3), normal(2, 4, 4, 1, seed=1)
    np.testing.assert_array_equal(run(layer, [features, noise]), features)
    layer.strength.assign(0.5)
    np.testing.assert_allclose(run(layer, [features, noise]), features + 0.5 * noise, rtol=1e-6)


def test_the_average_w_follows_and_truncation_pulls_towards_it():
    generator = Generator(SMALL)
    z = draw_z(range(4), SMALL.z_size)
    w = generator.w(z)
    generator.average_w.follow(w, beta=0.5)
    generator.average_w.follow(w, beta=0.5)
    average = ops.convert_to_numpy(generator.average_w.average)
    np.testing.assert_allclose(average, 0.75 * ops.convert_to_numpy(w).mean(axis=0), rtol=1e-4)
    of_average = run(generator.paint, average[None])
    pictures = ops.convert_to_numpy(generator(z, truncation=0.0))
    np.testing.assert_allclose(pictures, np.repeat(of_average, 4, axis=0), atol=1e-5)
    near, far = (ops.convert_to_numpy(generator(z, truncation=t)) for t in (0.1, 1.0))
    assert np.abs(near - of_average).mean() < 0.5 * np.abs(far - of_average).mean()


def test_the_average_changes_nothing():
    w = normal(3, 5)
    np.testing.assert_array_equal(run(AverageW(), w), w)


def deviation(values, group):
    """Give the appended channel of pictures of one pixel and one channel."""
    pictures = np.reshape(np.float32(values), (-1, 1, 1, 1))
    appended = run(MinibatchDeviation(group), pictures)
    np.testing.assert_array_equal(appended[..., :1], pictures)
    return appended[:, 0, 0, 1]


@pytest.mark.parametrize(
    ("values", "group", "expected"),
    [
        ([0, 10, 2, 30], 2, [1, 10, 1, 10]),  # the first and the third are a group
        ([0, 10, 2, 30], 4, [np.std([0, 10, 2, 30])] * 4),
        ([3, 5], 4, [1, 1]),  # a batch smaller than a group
        ([0, 1, 0, 3, 0, 6], 4, np.tile([np.std([0, 0, 0]), np.std([1, 3, 6])], 3)),
        ([0, 1, 2, 3, 4], 4, [0] * 5),
    ],
)
def test_minibatch_deviation(values, group, expected):
    assert deviation(values, group) == pytest.approx(expected, abs=2e-4)


def test_minibatch_deviation_is_a_mean_over_pixels_and_channels():
    pictures = np.zeros((2, 1, 2, 2), np.float32)
    pictures[1, 0] = [[2, 4], [6, 8]]
    assert run(MinibatchDeviation(2), pictures)[..., 2] == pytest.approx(2.5)


def test_a_discriminator_takes_batches_whose_size_it_learns_late():
    network, pictures = build_discriminator(SMALL), normal(14, 16, 16, 3)
    judged = network.predict(pictures, batch_size=8, verbose=0)
    expected = np.concatenate([run(network, pictures[:8]), run(network, pictures[8:])])
    np.testing.assert_allclose(judged, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("size_px", [32, 64, 128, 256])
def test_networks_of_all_sizes(size_px):
    sizes = Sizes(size_px, 8, 8, 1, channel_base=4 * size_px, channel_max=8)
    synthesis, discriminator = build_synthesis(sizes), build_discriminator(sizes)
    assert synthesis.output_shape == (None, size_px, size_px, 3)
    assert discriminator.input_shape == (None, size_px, size_px, 3)
    assert discriminator.output_shape == (None, 1)
    assert sizes.w_count == 2 * np.log2(size_px) - 2
    kernels = [layer for layer in synthesis.layers if isinstance(layer, ModulatedConvolution)]
    assert {layer.filters for layer in kernels} == {3, 4, 8}


def test_a_seed_is_the_same_picture(generator):
    z = draw_z([7, 8, 7], SMALL.z_size)
    np.testing.assert_array_equal(z[0], np.random.RandomState(7).randn(16).astype(np.float32))
    pictures = ops.convert_to_numpy(generator(z))
    np.testing.assert_allclose(pictures[0], pictures[2], atol=1e-5)
    assert np.abs(pictures[0] - pictures[1]).mean() > 0.1
    alone = ops.convert_to_numpy(generator(draw_z([7], SMALL.z_size)))
    np.testing.assert_allclose(alone[0], pictures[0], atol=1e-4)


@pytest.mark.parametrize(("policy", "near"), [("mixed_float16", 0.02), ("mixed_bfloat16", 0.1)])
def test_half_precision_is_near_float32(generator, policy, near):
    discriminator = build_discriminator(SMALL)
    with new_layers(policy):
        halved = Generator(SMALL), build_discriminator(SMALL)
    for ours, theirs in zip(halved, (generator, discriminator), strict=True):
        ours.set_weights(theirs.get_weights())
    z = draw_z(range(4), SMALL.z_size)
    pairs = [(halved[0](z), generator(z))]
    pictures = pairs[0][1]
    pairs.append((halved[1](pictures), discriminator(pictures)))
    for ours, theirs in pairs:
        assert keras.backend.standardize_dtype(ours.dtype) == "float32"
        apart = float(ops.max(ops.abs(ours - theirs)))
        assert apart < near * float(ops.max(ops.abs(theirs)))


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_stays_finite_where_styles_and_pictures_are_strong(policy):
    with new_layers(policy):
        generator, discriminator = Generator(SMALL), build_discriminator(SMALL)
    pictures = ops.convert_to_numpy(generator.paint(300 * normal(4, SMALL.w_size)))
    assert np.isfinite(pictures).all()
    assert np.isfinite(run(discriminator, 300 * normal(4, 16, 16, 3))).all()
