"""A picture is looked at from four places in turn, so that no stride leaves a grid."""

import numpy as np
import pytest

pytestmark = pytest.mark.backend


@pytest.fixture(scope="module")
def found():
    """Losses and gradients of an objective from each place, and its own of the pixels seen."""
    import keras

    from artnb.stylization.features import load_features
    from artnb.stylization.objective import Objective
    from artnb.stylization.regions import Region
    from artnb.stylization.shifts import SHIFTS_PX, ShiftedObjective

    keras.utils.set_random_seed(3)
    objective = Objective(load_features("squeezenet", None, ("conv1", "fire2", "fire4")))
    shifted = ShiftedObjective(objective)
    random = np.random.default_rng(0)
    photo, picture, painting = random.uniform(-1, 1, (3, 1, 64, 71, 3)).astype(np.float32)
    targets = shifted.targets(photo, [Region(painting)])
    pairs = []
    for step, (top, left) in enumerate(SHIFTS_PX):
        seen = np.s_[:, top : top + 61, left : left + 68]
        plain = objective.targets(photo[seen], [Region(painting)])
        pairs.append(
            (
                seen,
                [np.array(x) for x in shifted.gradient(picture, targets, step)],
                [np.array(x) for x in objective.gradient(picture[seen], plain)],
            )
        )
    again = shifted.gradient(picture, targets, len(SHIFTS_PX))
    return pairs, [np.array(x) for x in again]


def test_from_each_place_it_is_the_objectives_gradient_of_what_is_seen(found):
    pairs, _ = found
    for seen, (loss, gradient), (loss_there, gradient_there) in pairs:
        assert loss == pytest.approx(loss_there, rel=1e-5)
        np.testing.assert_allclose(gradient[seen], gradient_there, rtol=1e-4, atol=1e-9)
        unseen = gradient.copy()
        unseen[seen] = 0
        assert gradient.any()
        assert not unseen.any()


def test_places_differ_and_come_again_after_four_steps(found):
    pairs, (again, _) = found
    losses = [float(mine[0]) for _, mine, _ in pairs]
    assert len(set(losses)) == 4
    assert float(again) == pytest.approx(losses[0], rel=1e-6)


def test_each_remainder_of_two_strides_is_seen():
    from artnb.stylization.shifts import SHIFTS_PX

    assert {top % 4 for top, _ in SHIFTS_PX} == {left % 4 for _, left in SHIFTS_PX} == {0, 1, 2, 3}
