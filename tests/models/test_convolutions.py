"""Convolutions computed in another way: Keras' numbers, whatever the shape."""

import keras
import numpy as np
import pytest
from keras import layers

from artnb.models import convolutions
from artnb.models.convolutions import NarrowConvolution, UpsamplingConvolution
from artnb.models.layers import ReflectionPadding2D
from artnb.models.networks import patch_discriminator, resnet_generator


def draw(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


def both(layer, values, before=lambda features: features):
    """Give what a layer of ours makes of values, and what Keras' does after what comes before."""
    given = before(values)
    plain = layers.Conv2D(layer.filters, layer.kernel_size)
    plain.build(given.shape)
    plain.set_weights([draw(*weight.shape) for weight in plain.weights])
    layer.build(values.shape)
    layer.set_weights(plain.get_weights())
    return [keras.ops.convert_to_numpy(result) for result in (layer(values), plain(given))]


@pytest.mark.parametrize(
    ("edges", "padding"), [("zero", layers.ZeroPadding2D()), ("reflect", ReflectionPadding2D(1))]
)
@pytest.mark.parametrize("shape", [(2, 5, 7, 6), (1, 1, 2, 3)])
def test_doubles_and_convolves_as_three_layers_do(edges, padding, shape):
    ours, expected = both(
        UpsamplingConvolution(4, edges=edges),
        draw(*shape),
        lambda x: padding(layers.UpSampling2D()(x)),
    )
    assert ours.shape == (shape[0], 2 * shape[1], 2 * shape[2], 4)
    np.testing.assert_allclose(ours, expected, atol=1e-5)


@pytest.mark.parametrize("edge", [3, 4, 7])
@pytest.mark.parametrize("has_accelerator", [False, True])
def test_convolves_to_few_channels_as_keras_does(monkeypatch, edge, has_accelerator):
    monkeypatch.setattr(convolutions, "accelerators", lambda: ["gpu:0"] if has_accelerator else [])
    ours, expected = both(NarrowConvolution(3, edge), draw(2, 7, 9, 5))
    assert ours.shape == (2, 8 - edge, 10 - edge, 3)
    np.testing.assert_allclose(ours, expected, atol=1e-4)


@pytest.mark.parametrize(
    "layer", [UpsamplingConvolution(4, edges="reflect"), NarrowConvolution(3, 7)]
)
def test_says_what_it_was_made_of(layer):
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()


def test_networks_are_made_of_them():
    generator = resnet_generator("generator", filters=4, blocks=1, upsampling="resize")
    kinds = [type(layer) for layer in generator.layers]
    assert kinds.count(UpsamplingConvolution) == 2
    assert kinds.count(NarrowConvolution) == 1
    assert generator.output_shape == (None, None, None, 3)
    judge = patch_discriminator("judge", filters=4)
    assert [type(layer) for layer in judge.layers].count(NarrowConvolution) == 1
