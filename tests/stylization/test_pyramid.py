"""Pictures taken apart into scales and put together again."""

import numpy as np
import pytest

pytestmark = pytest.mark.backend


@pytest.mark.parametrize("size", [(64, 48), (33, 57), (8, 8), (5, 200)])
def test_what_is_split_can_be_joined(size):
    from keras import ops

    from artnb.stylization.pyramid import join, split

    picture = np.random.default_rng(0).uniform(-1, 1, (1, *size, 3)).astype(np.float32)
    levels = split(ops.convert_to_tensor(picture), 6)
    assert 1 <= len(levels) <= 6
    assert levels[0].shape == picture.shape
    assert np.abs(np.array(join(levels)) - picture).max() < 1e-6


def test_details_of_a_plain_picture_are_nothing():
    from keras import ops

    from artnb.stylization.pyramid import split

    *details, coarsest = split(ops.full((1, 40, 24, 3), 0.25), 4)
    assert len(details) == 2
    assert max(float(ops.max(ops.abs(detail))) for detail in details) < 1e-6
    assert float(ops.max(ops.abs(coarsest - 0.25))) < 1e-6
