import numpy as np
import pytest

from artnb.training.losses import ADVERSARIAL_LOSSES, mean_absolute_error, r1_penalty

LOGITS = np.array([[0.0, 1.0], [2.0, -1.0]], np.float32)
REAL, FAKE = np.full((2, 2), 3.0, np.float32), np.full((2, 2), -3.0, np.float32)


def softplus(values):
    return np.log1p(np.exp(values))


GENERATOR = {
    "lsgan": (1 + 0 + 1 + 4) / 4,
    "bce": softplus(-LOGITS).mean(),
    "hinge": -(0 + 1 + 2 - 1) / 4,
}
DISCRIMINATOR = {
    "lsgan": 0.5 * ((1 + 0 + 1 + 4) / 4 + (0 + 1 + 4 + 1) / 4),
    "bce": 0.5 * (softplus(-LOGITS).mean() + softplus(LOGITS).mean()),
    "hinge": 0.5 * ((1 + 0 + 0 + 2) / 4 + (1 + 2 + 3 + 0) / 4),
}


@pytest.mark.parametrize("name", ADVERSARIAL_LOSSES)
def test_hand_computed_values(name):
    loss = ADVERSARIAL_LOSSES[name]
    assert float(loss.generator(LOGITS)) == pytest.approx(GENERATOR[name], rel=1e-5)
    value = float(loss.discriminator(LOGITS, LOGITS))
    assert value == pytest.approx(DISCRIMINATOR[name], rel=1e-5)


@pytest.mark.parametrize("name", ADVERSARIAL_LOSSES)
def test_labels_are_the_right_way_round(name):
    """Trap 5: with labels inverted a discriminator is trained to be wrong."""
    loss = ADVERSARIAL_LOSSES[name]
    near_one = {"lsgan": 1 / 3}.get(name, 1.0)  # least squares wants 1 and 0, not the far ends
    right = float(loss.discriminator(REAL * near_one, np.zeros_like(FAKE)))
    wrong = float(loss.discriminator(np.zeros_like(FAKE), REAL * near_one))
    assert right < wrong
    assert float(loss.generator(REAL * near_one)) < float(loss.generator(FAKE))


@pytest.mark.parametrize("name", ADVERSARIAL_LOSSES)
def test_undecided_is_the_best_loss_where_real_and_fake_look_alike(name):
    loss = ADVERSARIAL_LOSSES[name]
    constants = np.linspace(-2, 2, 401, dtype=np.float32)
    same = [float(loss.discriminator(np.full(3, c), np.full(3, c))) for c in constants]
    assert min(same) == pytest.approx(loss.undecided, abs=1e-4)


def test_mean_absolute_error():
    assert float(mean_absolute_error(LOGITS, LOGITS - 3)) == pytest.approx(3)


def test_r1_by_hand():
    gradients = np.zeros((2, 2, 2, 3), np.float32)
    gradients[0, 0, 0] = (1, 2, 2)  # squared norm 9
    gradients[1, 1, 1, 0] = 1
    assert float(r1_penalty(gradients, 4.0)) == pytest.approx(0.5 * 4 * (9 + 1) / 2)
