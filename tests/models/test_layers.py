import keras
import numpy as np
import pytest
from keras import ops

from artnb.models.layers import (
    DropFirst,
    GroupNormalization,
    InstanceNormalization,
    ReflectionPadding2D,
    SharedStatistics,
    normalise,
)
from artnb.training.engine import BackendEngine


def features(shape=(2, 8, 8, 3), seed=0, dtype=np.float32):
    return (np.random.default_rng(seed).normal(3, 2, shape)).astype(dtype)


def run(layer, values):
    return keras.ops.convert_to_numpy(layer(values))


def test_each_channel_of_each_picture_has_mean_0_and_variance_1():
    normalised = run(InstanceNormalization(epsilon=0.0), features())
    np.testing.assert_allclose(normalised.mean(axis=(1, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(normalised.var(axis=(1, 2)), 1, atol=1e-4)


def test_hand_computed_values():
    picture = np.array([1, 3, 5, 7], np.float32).reshape(1, 2, 2, 1)
    expected = (picture - 4) / np.sqrt(5 + 1e-3)
    np.testing.assert_allclose(run(InstanceNormalization(1e-3), picture), expected, rtol=1e-6)


def test_it_is_instance_norm_and_not_layer_norm():
    """Trap 7: GroupNormalization(groups=1) mixes the channels."""
    values = features()
    values[..., 1] *= 100
    instance = run(keras.layers.GroupNormalization(groups=-1, scale=False, center=False), values)
    layer = run(keras.layers.GroupNormalization(groups=1, scale=False, center=False), values)
    ours = run(InstanceNormalization(epsilon=1e-3), values)
    np.testing.assert_allclose(ours, instance, atol=1e-4)
    assert np.abs(ours - layer).max() > 0.5


def test_gamma_starts_at_1_and_beta_at_0():
    """Trap 4: gamma drawn from N(0, 0.02) silences the network."""
    layer = InstanceNormalization(affine=True)
    plain = run(InstanceNormalization(), features())
    np.testing.assert_allclose(run(layer, features()), plain, rtol=1e-6)
    assert [w.numpy().tolist() for w in layer.weights] == [[1, 1, 1], [0, 0, 0]]


def test_the_papers_networks_have_no_affine_norm():
    assert InstanceNormalization().affine is False


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_statistics_do_not_overflow_in_half_precision(policy):
    values = features() * 1e4
    normalised = run(InstanceNormalization(dtype=policy), values.clip(-6e4, 6e4))
    assert np.isfinite(normalised.astype(np.float32)).all()
    assert normalised.astype(np.float32).std() == pytest.approx(1, abs=0.05)


def test_reflection_equals_numpys():
    values = features((1, 5, 6, 2))
    expected = np.pad(values, ((0, 0), (3, 3), (3, 3), (0, 0)), mode="reflect")
    np.testing.assert_array_equal(run(ReflectionPadding2D(3), values), expected)


def plainly_normalised(values):
    mean = ops.mean(values, axis=(1, 2), keepdims=True)
    variance = ops.mean(ops.square(values - mean), axis=(1, 2), keepdims=True)
    return (values - mean) / ops.sqrt(variance + 1e-5)


def gradient(function, values):
    return BackendEngine().input_gradients(function, ops.convert_to_tensor(values))


def test_the_norms_gradient_is_that_of_its_formula():
    values, weights = features(), features(seed=1)

    def weighted(norm):
        return lambda x: ops.sum(norm(x) * weights)

    plain = gradient(weighted(plainly_normalised), values)
    ours = gradient(weighted(lambda x: normalise(x, (1, 2), 1e-5)), values)
    np.testing.assert_allclose(ours, plain, atol=1e-5)


@pytest.mark.parametrize("layer", [InstanceNormalization(), GroupNormalization(3)])
def test_the_gradient_of_the_norms_gradient_is_that_of_its_formula(layer):
    """R1 needs it; `ops.moments` would hold the mean constant on TensorFlow."""
    values, weights = features(), features(seed=1)

    def penalty(norm):
        def squared_gradient(x):
            inner = BackendEngine().input_gradients(lambda y: ops.sum(norm(y) ** 2 * weights), x)
            return ops.sum(ops.square(inner))

        return squared_gradient

    plain = ops.convert_to_numpy(gradient(penalty(plainly_normalised), values))
    ours = ops.convert_to_numpy(gradient(penalty(layer), values))
    assert np.linalg.norm(ours - plain) < 1e-3 * np.linalg.norm(plain)


def test_groups_are_normalised_together():
    values = features((2, 4, 4, 6))
    by_group = values.reshape(2, 4, 4, 2, 3)
    mean = by_group.mean(axis=(1, 2, 4), keepdims=True)
    variance = by_group.var(axis=(1, 2, 4), keepdims=True)
    expected = ((by_group - mean) / np.sqrt(variance + 1e-5)).reshape(values.shape)
    np.testing.assert_allclose(run(GroupNormalization(2), values), expected, atol=1e-5)


def test_the_first_row_and_column_are_dropped():
    values = features((1, 5, 6, 2))
    np.testing.assert_array_equal(run(DropFirst(), values), values[:, 1:, 1:])


def test_layers_survive_their_config():
    layers = (
        InstanceNormalization(1e-3, affine=True),
        GroupNormalization(2, 1e-3, affine=True),
        ReflectionPadding2D(2),
        DropFirst(),
    )
    for layer in layers:
        assert type(layer).from_config(layer.get_config()).get_config() == layer.get_config()


def test_shared_statistics_normalise_tiles_like_the_whole():
    layer = InstanceNormalization()
    whole = features((1, 16, 16, 3))
    tiles = np.concatenate([whole[:, :8], whole[:, 8:]])
    statistics = SharedStatistics()
    with statistics.recording():
        layer(tiles)
    with statistics.applied():
        normalised = run(layer, tiles)
    np.testing.assert_allclose(
        np.concatenate([normalised[:1], normalised[1:]], axis=1), run(layer, whole), atol=1e-5
    )


def test_without_shared_statistics_tiles_differ_from_the_whole():
    layer = InstanceNormalization()
    whole = features((1, 16, 16, 3))
    whole[:, :8] += 5
    assert np.abs(run(layer, whole[:, :8]) - run(layer, whole)[:, :8]).max() > 0.5
