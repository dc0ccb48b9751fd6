import numpy as np
import pytest

from artnb.drawing.nearest import draw_nearest
from artnb.errors import InputError


def flat(value, size=64):
    return np.full((size, size, 3), value, np.uint8)


def three(values):
    return (
        [flat(value) for value in values],
        [flat(value + 1) for value in values],
        [flat(value + 2) for value in values],
    )


def seen(image):
    """Grey values that fill a picture's area; letters and paper are others, or rarer."""
    grey = np.asarray(image.convert("RGB"))[:, :, 0]
    values, counts = np.unique(grey, return_counts=True)
    return {int(v) for v, count in zip(values, counts, strict=True) if count >= 50 * 50}


def test_the_nearest_come_first_and_the_rest_is_left_out():
    sheet = draw_nearest(*three([100, 140, 180]), [0.3, 0.1, 0.2], most=2, edge_px=60)
    assert {140, 141, 142, 180, 181, 182} <= seen(sheet)
    assert not {100, 101, 102} & seen(sheet)
    column = np.asarray(sheet)[:, 40, 0].tolist()
    assert column.index(140) < column.index(180)


def test_photo_translation_and_painting_stand_side_by_side():
    row = np.asarray(draw_nearest(*three([100]), [0.3], edge_px=60))[-70, :, 0].tolist()
    assert row.index(100) < row.index(101) < row.index(102)


def test_what_is_below_the_limit_is_marked():
    pictures = three([100])
    plain, marked = (
        np.asarray(draw_nearest(*pictures, [0.05], limit=limit)) for limit in (0.04, 0.06)
    )
    assert plain.shape == marked.shape
    assert (plain[-40:] != marked[-40:]).any()


def test_the_distance_is_written():
    near, far = (np.asarray(draw_nearest(*three([100]), [d])) for d in (0.123, 0.987))
    assert (near[-40:] != far[-40:]).any()
    np.testing.assert_array_equal(near[:-40], far[:-40])


def test_pictures_of_any_shape_are_shown():
    wide = np.full((30, 90, 3), 100, np.uint8)
    assert 100 in seen(draw_nearest([wide], [flat(120)], [flat(140)], [0.5]))


def test_what_does_not_fit_together_is_explained():
    photos, fakes, reals = three([100, 140])
    with pytest.raises(InputError, match="must be as many, and at least one, got 2, 2, 2, 1"):
        draw_nearest(photos, fakes, reals, [0.1])
    with pytest.raises(InputError, match="got 0, 0, 0, 0"):
        draw_nearest([], [], [], [])
