"""Gradients where two branches meet: ours are the same on both backends, and some of Keras' not."""

import keras
import numpy as np
import pytest
from keras import ops

from artnb.models.layers import LeakyReLU
from artnb.training.engine import BackendEngine
from artnb.training.losses import ADVERSARIAL_LOSSES, mean_absolute_error

TENSORFLOW = keras.backend.backend() == "tensorflow"


def gradient_at(function, x):
    found = BackendEngine().input_gradients(function, ops.convert_to_tensor(np.float32(x)))
    return float(ops.convert_to_numpy(found))


@pytest.mark.parametrize(
    ("function", "tie", "gradient"),
    [
        (lambda x: mean_absolute_error(x, 0.25), 0.25, 0),
        (LeakyReLU(0.2), 0, 0.2),
        (ops.relu, 0, 0),
        (lambda x: ADVERSARIAL_LOSSES["hinge"].discriminator(x, ops.zeros(())), 1, 0),
        (lambda x: ADVERSARIAL_LOSSES["hinge"].discriminator(ops.zeros(()), x), -1, 0),
    ],
)
def test_ours_are_the_same_on_both(function, tie, gradient):
    assert gradient_at(function, tie) == pytest.approx(gradient)


@pytest.mark.parametrize(
    ("function", "tie", "on_tensorflow", "on_jax"),
    [
        (ops.abs, 0, 0, 1),
        (lambda x: ops.maximum(x, 0.0), 0, 1, 0.5),
        (lambda x: ops.minimum(x, 0.0), 0, 1, 0.5),
        (lambda x: ops.clip(x, -1.0, 1.0), 1, 1, 0.5),
        (lambda x: ops.leaky_relu(x, 0.2), 0, 0.2, 1),
    ],
)
def test_keras_own_differ(function, tie, on_tensorflow, on_jax):
    """Keras 3.15.1, TensorFlow 2.21.0, JAX 0.10.2: why no loss uses them where ties can be."""
    expected = on_tensorflow if TENSORFLOW else on_jax
    assert gradient_at(function, tie) == pytest.approx(expected)


def test_away_from_ties_nothing_changes():
    for x in (-1.5, 0.5):
        assert gradient_at(LeakyReLU(0.2), x) == pytest.approx(1 if x > 0 else 0.2)
        assert gradient_at(lambda x: mean_absolute_error(x, 0.0), x) == np.sign(x)
    values = np.random.default_rng(0).normal(size=(4, 5)).astype(np.float32)
    ours = float(ops.convert_to_numpy(mean_absolute_error(values, 0.1)))
    assert ours == pytest.approx(np.abs(values - 0.1).mean(), rel=1e-6)
