import io

import numpy as np
import pytest
from PIL import Image

from artnb.collection.borders import Box, find_inside, read_box
from artnb.errors import InputError
from tests.collection.paintings import framed, painting, wooden


def as_jpeg(image, quality=75):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("RGB")


def assert_cut_to(image, expected, off=1):
    """The inside is what was framed, or lies within it by so many pixels."""
    found = find_inside(image)
    assert found is not None
    inwards = np.array([1, 1, -1, -1]) * (
        np.array([found.left, found.top, found.right, found.bottom]) - expected
    )
    assert (inwards >= -1).all(), f"{found} leaves border around {expected}"
    assert (inwards <= off).all(), f"{found} cuts into {expected}"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("colour", [(250, 250, 248), (12, 10, 10), (150, 140, 120)])
def test_a_plain_border_is_found(seed, colour):
    image = framed(painting(seed), 14, 22, 17, 30, colour=colour)
    assert_cut_to(image, [14, 22, 214, 182])


@pytest.mark.parametrize("quality", [50, 75, 95])
def test_noise_of_film_and_jpeg_is_no_hindrance(quality):
    image = as_jpeg(framed(painting(1), 16, 16, 16, 16, noise=3.0), quality)
    assert_cut_to(image, [16, 16, 216, 176], off=2)


def test_uneven_light_on_a_passe_partout_is_no_hindrance():
    image = framed(painting(2), 20, 20, 20, 20, colour=(220, 210, 190))
    light = np.linspace(-8, 8, image.width)[None, :, None]
    image = Image.fromarray(np.clip(np.asarray(image) + light, 0, 255).astype(np.uint8))
    assert_cut_to(image, [20, 20, 220, 180])


@pytest.mark.parametrize("seed", range(3))
def test_a_wooden_frame_is_found(seed):
    assert_cut_to(wooden(painting(seed), 20, seed), [20, 20, 220, 180], off=2)


def test_a_wall_a_frame_and_a_passe_partout_are_three_borders():
    inner = framed(painting(3), 15, 15, 15, 15, colour=(235, 230, 215))
    image = framed(wooden(inner, 12), 10, 12, 10, 12, colour=(128, 130, 132))
    assert_cut_to(image, [37, 39, 237, 199], off=3)


def test_bars_above_and_below_are_found():
    assert_cut_to(framed(painting(4), 0, 30, 0, 30, colour=(0, 0, 0)), [0, 30, 200, 190])


def test_a_thin_bar_on_one_side_is_found_where_it_is_white():
    assert_cut_to(framed(painting(5), 12, 0, 0, 0, colour=(255, 255, 255)), [12, 0, 212, 160])


def test_a_large_scan_is_cut_inwards():
    image = framed(painting(6).resize((1900, 1500)), 151, 133, 160, 148)
    found = find_inside(image)
    assert found.left >= 151
    assert found.top >= 133
    assert found.right <= 2051
    assert found.bottom <= 1633
    assert found.size[0] > 1880
    assert found.size[1] > 1480


@pytest.mark.parametrize("seed", range(20))
def test_a_picture_without_a_border_stays_whole(seed):
    assert find_inside(painting(seed)) is None


def sky(height=160, width=200, horizon=None):
    """A sky that grows lighter downwards; hills, or a straight horizon with the sea."""
    y, x = np.mgrid[:height, :width]
    values = np.array([120, 160, 210]) + 0.5 * y[..., None]
    line = horizon or 90 + 12 * np.sin(x / 17.0)
    land = np.asarray(painting(9, width, height), float) * 0.5
    return Image.fromarray(np.where((y > line)[..., None], land, values).astype(np.uint8))


def test_a_sky_is_no_border():
    assert find_inside(sky()) is None
    assert find_inside(sky(horizon=35)) is None
    assert find_inside(sky(horizon=45)) is None


def test_a_dark_background_is_no_border():
    y, x = np.mgrid[:200, :160]
    light = np.exp(-(((x - 80) / 45.0) ** 2) - ((y - 110) / 60.0) ** 2)[..., None]
    noise = np.random.default_rng(0).normal(size=(200, 160, 1))
    face = np.array([28, 22, 18]) + light * np.array([180, 130, 100]) + 2 * noise
    assert find_inside(Image.fromarray(np.clip(face, 0, 255).astype(np.uint8))) is None


def test_even_water_around_a_bird_is_no_frame():
    y, x = np.mgrid[:200, :200]
    waves = 14 * np.sin(x / 5.0 + 2 * np.sin(y / 9.0)) + 10 * np.sin(y / 4.0)
    values = np.array([60, 90, 110]) + waves[..., None]
    image = Image.fromarray(values.astype(np.uint8))
    image.paste(painting(3, 80, 70), (60, 70))
    assert find_inside(image) is None


def test_more_border_than_picture_stays():
    image = framed(painting(7, 60, 60), 25, 25, 25, 25)
    assert find_inside(image) is None
    assert find_inside(image, smallest_remainder=0.1) is not None


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3), (7, 7), (2000, 1)])
def test_tiny_and_narrow_pictures_stay_whole(size):
    assert find_inside(Image.new("RGB", size, "white")) is None


def test_one_colour_all_over_is_no_border():
    assert find_inside(Image.new("RGB", (100, 100), (200, 190, 180))) is None


def test_a_box_is_read_as_it_is_written():
    assert read_box(str(Box(3, 4, 100, 90))) == Box(3, 4, 100, 90)
    assert read_box("") is None
    assert read_box(" none ") is None


@pytest.mark.parametrize("text", ["1 2 3", "a b c d", "10 0 5 9", "0 0 0 9", "-1 0 5 5", "whole"])
def test_what_is_no_box_is_explained(text):
    with pytest.raises(InputError, match='crop of a must be "left top right bottom" in pixels'):
        read_box(text, "crop of a")
