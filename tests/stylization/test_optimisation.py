"""Steps towards a low loss."""

import numpy as np
import pytest

pytestmark = pytest.mark.backend


def test_large_pictures_take_the_same_steps():
    """In NumPy and by channels, as in a backend and all at once."""
    from artnb.stylization.optimisation import Adam, AdamOfLarge

    random = np.random.default_rng(0)
    start, wanted = random.uniform(-1, 1, (2, 1, 33, 57, 3)).astype(np.float32)

    def gradient(picture, targets, step):
        difference = picture - targets
        return (np.asarray(difference) ** 2).sum(), 2 * difference

    came, seen = {}, {}
    for kind in (Adam, AdamOfLarge):
        losses = []
        came[kind], whole = kind(gradient, 0.02).minimise(
            start, wanted, 5, lambda loss, picture, losses=losses: losses.append((loss, picture()))
        )
        assert whole
        seen[kind] = losses
        assert (losses[-1][1] == came[kind]).all()
    assert np.abs(came[Adam] - start).mean() > 0.05
    assert np.abs(came[Adam] - came[AdamOfLarge]).max() < 1e-4
    one, other = ([loss for loss, _ in seen[kind]] for kind in came)
    assert one == pytest.approx(other, rel=1e-4)
    assert one[-1] < one[0]


def test_ctrl_c_leaves_a_large_picture_as_it_is():
    from artnb.stylization.optimisation import AdamOfLarge

    def gradient(picture, targets, step):
        if step == 2:
            raise KeyboardInterrupt
        return 0.0, np.ones_like(picture)

    start = np.zeros((1, 16, 16, 3), np.float32)
    came, whole = AdamOfLarge(gradient, 0.02).minimise(start, None, 5, lambda *_: None)
    assert not whole
    assert came.max() < 0
    assert (start == 0).all()
