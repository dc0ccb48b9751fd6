"""Layouts are made once, and are the same when they are asked for again."""

import numpy as np
import pytest

from artnb.collection import layout
from artnb.collection.layout import lay_out
from artnb.evaluation.measure import Cache

POINTS = np.random.default_rng(0).normal(size=(20, 3))


@pytest.fixture
def made(monkeypatch):
    """How many points the layouts had that were made, by something quicker than t-SNE."""
    made = []

    def quick(points, seed):
        made.append(len(points))
        return points[:, :2] + seed

    monkeypatch.setattr(layout, "_t_sne", quick)
    return made


def test_a_layout_is_made_once_and_kept(made, tmp_path):
    first = lay_out(POINTS, 0, Cache(tmp_path / "cache.sqlite"))
    assert first.shape == (20, 2)
    again = lay_out(POINTS.copy(), 0, Cache(tmp_path / "cache.sqlite"))
    np.testing.assert_array_equal(again, first)
    assert made == [20]


def test_other_points_and_other_seeds_have_layouts_of_their_own(made, tmp_path):
    cache = Cache(tmp_path / "cache.sqlite")
    first = lay_out(POINTS, 0, cache)
    for other in (lay_out(POINTS, 1, cache), lay_out(POINTS[::-1], 0, cache)):
        assert not np.array_equal(other, first)
    lay_out(POINTS.reshape(30, 2), 0, cache)
    assert made == [20, 20, 20, 30]
    np.testing.assert_array_equal(lay_out(POINTS, 0, cache), first)
    assert len(made) == 4


def test_one_component_will_do():
    assert lay_out(POINTS[:6, :1], 0, Cache(None)).shape == (6, 2)
