"""TensorFlow and JAX take the same step: both are compared with `tests/golden/steps.npz`.

The file was made on TensorFlow, so on TensorFlow these tests guard against changes.
"""

from pathlib import Path

import numpy as np
import pytest

from tests.golden.steps import CONFIGS, cancelled_biases, training_step

_GOLDEN = Path(__file__).parents[1] / "golden" / "steps.npz"


@pytest.fixture(scope="module", params=list(CONFIGS))
def step(request):
    """Give `{kind: {name: (ours, golden)}}` of one configuration, and its cancelled biases."""
    ours, golden = training_step(request.param), np.load(_GOLDEN)
    assert ours.keys() == {key for key in golden.files if key.startswith(f"{request.param}/")}
    found = {"loss": {}, "gradient": {}, "weight": {}}
    for key, value in ours.items():
        _, kind, name = key.split("/", 2)
        found[kind][name] = (value.astype(np.float64), golden[key].astype(np.float64))
    return found, cancelled_biases(request.param)


def test_losses(step):
    for name, (ours, golden) in step[0]["loss"].items():
        assert ours == pytest.approx(golden, rel=1e-4), name


# Where a unit's input is zero but for rounding, another processor's rounding puts it on the other
# side of ReLU's kink: of the first layer's gradient that was 4e-4, and one weight of 588.
_KINK = 1e-3
_SAME = 0.995


def test_gradients_of_every_variable(step):
    found, cancelled = step
    for name, (ours, golden) in found["gradient"].items():
        if name in cancelled:
            assert max(np.abs(ours).max(), np.abs(golden).max()) < 1e-5, name
        else:
            assert np.linalg.norm(ours - golden) < _KINK * np.linalg.norm(golden), name


def test_weights_after_an_adam_step(step):
    found, cancelled = step
    for name, (ours, golden) in found["weight"].items():
        if name not in cancelled:
            assert np.isclose(ours, golden, rtol=1e-7, atol=1e-5).mean() > _SAME, name


def test_some_biases_are_cancelled_by_a_norm_and_some_are_not(step):
    found, cancelled = step
    biases = {name for name, (ours, _) in found["gradient"].items() if ours.ndim == 1}
    assert cancelled < biases
