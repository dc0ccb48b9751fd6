import numpy as np
import pytest
from matplotlib.colors import XKCD_COLORS, to_rgb

from artnb.study.colour import chroma_of, colour_regions, hue_of, lab_of, rgb_of


def test_lab_equals_that_of_scikit_image():
    skimage = pytest.importorskip("skimage.color")
    pixels = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    np.testing.assert_allclose(lab_of(pixels), skimage.rgb2lab(pixels), atol=0.05)


def test_grey_has_no_chroma_and_white_is_100():
    greys = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    assert chroma_of(lab_of(greys)).max() < 0.01
    np.testing.assert_allclose(lab_of(greys)[[0, -1], 0], [0, 100], atol=1e-3)


def test_lab_and_back():
    pixels = np.random.default_rng(1).integers(0, 256, (500, 3), np.uint8)
    assert np.abs(rgb_of(lab_of(pixels)).astype(int) - pixels).max() <= 1


@pytest.mark.parametrize(
    ("rgb", "name"),
    [((110, 70, 40), "brown"), ((60, 140, 50), "green"), ((70, 120, 190), "blue")],
)
def test_typical_colours(rgb, name):
    regions = colour_regions(lab_of(np.uint8([rgb])))
    assert [found for found, mask in regions.items() if mask.all()] == [name]


@pytest.mark.parametrize("rgb", [(128, 128, 130), (250, 140, 20), (220, 30, 30), (235, 215, 170)])
def test_grey_orange_red_and_sand_are_none_of_them(rgb):
    assert not any(mask.any() for mask in colour_regions(lab_of(np.uint8([rgb]))).values())


@pytest.mark.parametrize(("name", "share"), [("brown", 0.75), ("green", 0.97), ("blue", 0.9)])
def test_regions_hold_what_people_call_so(name, share):
    """The docstring's shares of the XKCD colour survey."""
    called = [rgb for title, rgb in XKCD_COLORS.items() if title[5:].split()[-1] == name]
    pixels = np.uint8([np.rint(255 * np.array(to_rgb(rgb))) for rgb in called])
    assert colour_regions(lab_of(pixels))[name].mean() >= share


def test_hues_lie_where_the_docstring_says():
    hues = hue_of(lab_of(np.uint8([[255, 0, 0], [0, 255, 0], [70, 120, 200]])))
    np.testing.assert_allclose(hues, [40, 136, 280], atol=6)
