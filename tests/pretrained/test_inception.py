"""The network of FID against torch-fidelity's."""

import keras
import numpy as np
import pytest

from artnb.evaluation.extractor import tensorflow1_resize
from artnb.pretrained.inception import build_inception
from tests.golden.inception_draws import FILE, draw_pictures, fill_inception


@pytest.fixture(scope="module")
def network():
    """The network with drawn weights, in a program that trains in mixed precision."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    network = build_inception()
    fill_inception(network)
    yield network
    keras.config.set_dtype_policy(before)


@pytest.mark.parametrize("size_px", [256, 64])
def test_outputs_agree_with_torch_fidelity(network, size_px):
    resized = tensorflow1_resize(draw_pictures(size_px).astype(np.float32), 299)
    outputs = network.predict_on_batch(keras.ops.convert_to_numpy((resized - 128) / 128))
    golden = np.load(FILE)
    assert set(outputs) == {"pool_3", "logits", "logits_unbiased"}
    for name, values in outputs.items():
        expected = golden[f"{name}_{size_px}"]
        assert values.shape == expected.shape
        error = np.abs(values - expected).max() / np.abs(expected).max()
        assert error < 1e-5, name


def test_size(network):
    convolutions = [layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)]
    assert len(convolutions) == 94
    # torch-fidelity's parameters, and its means and variances
    assert network.count_params() == 23_850_960 + 34_432


def test_nothing_is_trained(network):
    assert not network.trainable_variables
