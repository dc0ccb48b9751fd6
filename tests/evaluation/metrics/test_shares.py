import numpy as np
import pytest

from artnb.evaluation.metrics.score import Score, mean_of_shares, share_score


@pytest.mark.parametrize(("count", "total"), [(0, 24), (7, 24), (24, 24), (1, 1)])
def test_the_interval_is_wilsons(count, total):
    """The ends solve |share − p| = 1.96 √(p (1 − p) / n)."""
    share = share_score(count, total)
    assert share.value == count / total
    for end in (share.low, share.high):
        reach = 1.959964 * np.sqrt(max(end * (1 - end), 0) / total)
        assert abs(share.value - end) == pytest.approx(reach, abs=1e-6)
    assert share.low < share.high


def test_the_mean_of_two_certain_shares_stays_in_range():
    mean = mean_of_shares([share_score(20, 20), share_score(20, 20)])
    assert mean.value == mean.high == 1
    assert share_score(20, 20).low < mean.low < 1
    assert mean.interval == "95 %, Wilson for each of 2"


def test_distances_to_the_ends_add_up_as_squares():
    mean = mean_of_shares([Score(0.5, 0.2, 0.6), Score(0.7, 0.3, 0.7)])
    assert mean.value == pytest.approx(0.6)
    assert mean.low == pytest.approx(0.6 - 0.25)
    assert mean.high == pytest.approx(0.6 + 0.05)
