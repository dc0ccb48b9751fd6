"""Colours of photos and paintings."""

import numpy as np
import pytest
from PIL import Image

from artnb.stylization.colours import match_colours, with_colours_of


def colours(seed, mean):
    random = np.random.default_rng(seed)
    mixed = random.normal(size=(500, 3)) @ random.normal(size=(3, 3)) * 0.1
    return (mixed + mean).astype(np.float32).reshape(1, 20, 25, 3)


def test_mean_and_covariance_become_the_references():
    photo, painting = colours(1, 0.2), colours(2, -0.3)
    moved = match_colours(photo, painting).reshape(-1, 3)
    wanted = painting.reshape(-1, 3)
    assert moved.mean(axis=0) == pytest.approx(wanted.mean(axis=0), abs=1e-6)
    assert np.abs(np.cov(moved.T) - np.cov(wanted.T)).max() < 1e-3


def test_colours_that_are_right_already_stay():
    photo = colours(3, 0.1)
    assert np.abs(match_colours(photo, photo) - photo).max() < 1e-4


def test_grey_pictures_can_be_moved():
    grey = np.repeat(np.random.default_rng(0).uniform(-1, 1, (1, 9, 9, 1)), 3, axis=-1)
    moved = match_colours(grey.astype(np.float32), colours(2, 0))
    assert np.isfinite(moved).all()
    plain = np.full((1, 9, 9, 3), 0.5, np.float32)
    assert match_colours(plain, colours(2, 0)).mean() == pytest.approx(
        float(colours(2, 0).mean()), abs=1e-5
    )


def test_a_painting_in_the_photos_colours_keeps_its_light():
    random = np.random.default_rng(1)
    one, other = (
        Image.fromarray(random.integers(90, 160, (12, 12, 3), np.uint8)) for _ in range(2)
    )
    mixed, painting, photo = (
        np.asarray(x.convert("YCbCr"), int) for x in (with_colours_of(one, other), one, other)
    )
    assert np.abs(mixed - painting)[..., 0].max() <= 2
    assert np.abs(mixed - photo)[..., 1:].max() <= 2
