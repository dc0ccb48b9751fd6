"""Samples, truncation, mixing and the way between seeds, as arrays."""

import numpy as np
import pytest

from artnb.errors import InputError
from artnb.sampling.generating import generate, latents_of, pictures_of
from artnb.sampling.interpolation import interpolate, way_through
from artnb.sampling.mixing import mixed, truncated


def pictures(generator, seeds, truncation=1.0):
    return list(generate(generator, seeds, truncation))


def almost_equal(one, other):
    """Other batches may round a level differently."""
    return np.abs(np.asarray(one, int) - np.asarray(other, int)).max() <= 1


def test_a_seed_means_the_same_picture_in_any_company(generator):
    many = pictures(generator, range(20))
    assert almost_equal(many[17], pictures(generator, [17])[0])
    assert not almost_equal(many[17], many[16])


def test_truncations_go_from_the_average_to_the_picture_itself(generator):
    rows = truncated(generator, [3, 4], [0, 0.5, 1])
    average = pictures_of(generator, generator.average_w.average.numpy()[None])[0]
    for row, own in zip(rows, pictures(generator, [3, 4]), strict=True):
        assert almost_equal(row[0], average)
        assert almost_equal(row[2], own)
        assert not almost_equal(row[1], own)


def test_mixed_pictures_have_the_coarse_styles_of_their_row(generator):
    rows = mixed(generator, [1, 2], [3, 4, 5], coarse_px=8)
    assert rows[0][0] is None
    assert almost_equal(rows[0][1:], pictures(generator, [3, 4, 5]))
    assert almost_equal([row[0] for row in rows[1:]], pictures(generator, [1, 2]))
    of_1, of_5 = latents_of(generator, [1, 5])
    # 4, up 8 and conv 8 are coarse; up 16, conv 16 and its colours are fine.
    by_hand = pictures_of(generator, np.stack([of_1] * 3 + [of_5] * 3)[None])[0]
    assert almost_equal(rows[1][3], by_hand)


def test_a_seed_mixed_with_itself_is_itself(generator):
    _, (_, mixture) = mixed(generator, [6], [6])
    assert almost_equal(mixture, pictures(generator, [6])[0])


def test_mixing_needs_two_sides_and_a_resolution_between(generator):
    with pytest.raises(InputError, match="got 1 seeds for the coarse and 0"):
        mixed(generator, [1], [])
    with pytest.raises(InputError, match="below that of the pictures, 16 px, got 16; choose one"):
        mixed(generator, [1], [2], coarse_px=16)


def test_the_way_is_even_and_ends_where_it_began():
    w = np.float32([[0, 0], [4, 0], [4, 8]])
    way = way_through(w, 4)
    np.testing.assert_allclose(way[:5], [[0, 0], [1, 0], [2, 0], [3, 0], [4, 0]])
    np.testing.assert_allclose(way[-1], [1, 2])


def test_an_interpolation_passes_the_seeds(generator):
    frames = list(interpolate(generator, [7, 8], 0.7, frames=10))
    assert len(frames) == 20
    own = pictures(generator, [7, 8], 0.7)
    assert almost_equal(frames[0], own[0])
    assert almost_equal(frames[10], own[1])
    with pytest.raises(InputError, match="at least two seeds"):
        list(interpolate(generator, [7]))
