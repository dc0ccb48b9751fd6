import numpy as np
import pytest

from artnb.training.losses import discriminator_loss, generator_loss, mean_absolute_error

LOGITS = np.array([[0.0, 1.0], [2.0, -1.0]], np.float32)


def test_generators_want_1():
    assert float(generator_loss(LOGITS)) == pytest.approx((1 + 0 + 1 + 4) / 4)


def test_discriminators_want_1_on_real_and_0_on_fake():
    """Trap 5: labels the wrong way round would train a discriminator to be wrong."""
    real, fake = np.ones((2, 2), np.float32), np.zeros((2, 2), np.float32)
    assert float(discriminator_loss(real, fake)) == 0
    assert float(discriminator_loss(fake, real)) == pytest.approx(0.5 * (1 + 1))


def test_the_discriminators_loss_is_halved():
    expected = 0.5 * ((1 + 0 + 1 + 4) / 4 + (0 + 1 + 4 + 1) / 4)
    assert float(discriminator_loss(LOGITS, LOGITS)) == pytest.approx(expected)


def test_mean_absolute_error():
    assert float(mean_absolute_error(LOGITS, LOGITS - 3)) == pytest.approx(3)
