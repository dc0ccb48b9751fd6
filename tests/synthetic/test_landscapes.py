"""The generated landscapes: the same everywhere, varied, and learnable as a painter's style."""

import numpy as np
import pytest

from artnb.synthetic.landscapes import render_painting, render_photo

SIZE_PX = 64
SEEDS = range(16)


@pytest.fixture(scope="module")
def photos() -> np.ndarray:
    return np.stack([render_photo(seed, SIZE_PX) for seed in SEEDS])


@pytest.fixture(scope="module")
def paintings() -> np.ndarray:
    return np.stack([render_painting(seed, SIZE_PX) for seed in SEEDS])


def lightness(pictures: np.ndarray) -> np.ndarray:
    return pictures.astype(np.float64) @ np.array([0.30, 0.59, 0.11])


def block_means(plane: np.ndarray, blocks: int) -> np.ndarray:
    side = plane.shape[0] // blocks
    return plane.reshape(blocks, side, blocks, side, *plane.shape[2:]).mean(axis=(1, 3))


def correlation(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


def colour_terms(pictures: np.ndarray) -> np.ndarray:
    """All products of up to two channels, the terms of a quadratic colour map."""
    colour = pictures.reshape(-1, 3) / 255.0
    terms = np.concatenate([np.ones((len(colour), 1)), colour], axis=1)
    first, second = np.triu_indices(4)
    return terms[:, first] * terms[:, second]


@pytest.mark.parametrize("render", [render_photo, render_painting])
@pytest.mark.parametrize("size_px", [32, 50, 96])
def test_picture_is_square_rgb_bytes(render, size_px):
    picture = render(3, size_px)
    assert picture.shape == (size_px, size_px, 3)
    assert picture.dtype == np.uint8


@pytest.mark.parametrize("render", [render_photo, render_painting])
def test_same_seed_gives_same_bytes(render):
    first = render(5, SIZE_PX)
    render(6, SIZE_PX)
    np.testing.assert_array_equal(render(5, SIZE_PX), first)


def test_every_seed_shows_another_picture(photos, paintings):
    for pictures in (photos, paintings):
        for one in range(len(pictures)):
            difference = np.abs(pictures[one + 1 :].astype(int) - pictures[one])
            assert (difference.mean(axis=(1, 2, 3)) > 4.0).all()


def test_photos_vary_in_brightness_and_hue(photos):
    means = photos.mean(axis=(1, 2))
    warmth = means[:, 0] - means[:, 2]
    assert lightness(means).std() > 10.0
    assert warmth.min() < -10.0
    assert warmth.max() > 20.0


def test_photo_is_neither_flat_nor_clipped(photos):
    spread = lightness(photos).std(axis=(1, 2))
    clipped = ((photos == 0) | (photos == 255)).mean(axis=(1, 2, 3))
    assert spread.min() > 10.0
    assert clipped.max() < 0.2


def test_painting_keeps_the_order_of_lightness(photos, paintings):
    """Seen from afar, light places of the photo are light in its painting."""
    for photo, painting in zip(photos, paintings, strict=True):
        far_photo = block_means(lightness(photo), 16)
        far_painting = block_means(lightness(painting), 16)
        assert correlation(far_photo, far_painting) > 0.75


def test_painting_shows_its_own_photo_and_no_other(photos, paintings):
    seen = [block_means(lightness(photo), 16) for photo in photos]
    for index, painting in enumerate(paintings):
        painted = block_means(lightness(painting), 16)
        assert int(np.argmax([correlation(painted, photo) for photo in seen])) == index


def test_photo_of_other_size_shows_the_same_scene():
    small, large = render_photo(2, 64), render_photo(2, 128)
    shrunken = block_means(large.astype(np.float64), 64)
    assert np.abs(shrunken - small).mean() < 6.0


def test_painting_of_other_size_shows_the_same_scene():
    small, large = render_painting(2, 64), render_painting(2, 128)
    from_afar = block_means(small.astype(np.float64), 16)
    assert np.abs(block_means(large.astype(np.float64), 16) - from_afar).mean() < 8.0


def test_painter_has_a_palette_of_his_own(photos, paintings):
    difference = np.abs(photos.astype(int) - paintings).mean()
    warmth = (paintings[..., 0].astype(int) - photos[..., 0]).mean()
    assert 30.0 < difference < 60.0
    assert warmth > 30.0


def test_painters_shadows_are_violet(photos, paintings):
    dark = paintings[lightness(photos) < 40.0].mean(axis=0)
    assert dark[2] > dark[0] > dark[1]


def test_painting_has_visible_strokes(paintings):
    """Neighbouring pixels differ more than in a blurred photo and less than in noise."""
    steps = np.abs(np.diff(lightness(paintings), axis=2)).mean()
    assert 2.0 < steps < 12.0


def test_most_of_the_style_is_one_colour_map(photos, paintings):
    """A quadratic colour map from 10 pairs must halve the distance on 6 others."""
    known, unseen = slice(0, 10), slice(10, None)
    weights, *_ = np.linalg.lstsq(
        colour_terms(photos[known]), paintings[known].reshape(-1, 3).astype(float), rcond=None
    )
    predicted = np.clip(colour_terms(photos[unseen]) @ weights, 0.0, 255.0)
    wanted = paintings[unseen].reshape(-1, 3).astype(float)
    before = np.abs(photos[unseen].reshape(-1, 3) - wanted).mean()
    assert np.abs(predicted - wanted).mean() < 0.5 * before


@pytest.mark.parametrize("render", [render_photo, render_painting])
def test_too_small_size_is_refused(render):
    with pytest.raises(ValueError, match="size_px must be at least 32, got 8; use 128"):
        render(1, 8)


def test_negative_seed_is_refused():
    with pytest.raises(ValueError, match="seed must be 0 or more, got -1"):
        render_photo(-1)
