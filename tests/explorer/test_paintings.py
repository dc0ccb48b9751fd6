import os
from dataclasses import replace

import numpy as np
import pytest

from artnb.data.decoding import decode_image
from artnb.data.images import is_marked_as_painted
from artnb.errors import InputError
from artnb.explorer.paintings import (
    Painted,
    PaintingFolder,
    caption_of,
    file_stem,
    paint_there_and_back,
    thumbnail_of,
    visible_difference,
)
from artnb.explorer.photos import Photo, read_photo
from artnb.runs.painter import LoadedNetworks
from artnb.translation import translate_image
from tests.explorer.conftest import copy_of, encoded, picture, pixels_of


@pytest.fixture
def painted(scene):
    def make(name="a.jpg", seed=0, size=(40, 30)):
        pixels = picture(*size, seed=seed)
        painter = replace(scene.run.painter("latest", "y"), epoch=3)
        return Painted(Photo(name, name, pixels), painter, pixels, pixels)

    return make


def test_a_painting_is_written_marked_and_described(painted, tmp_path):
    path = PaintingFolder(tmp_path / "saved").put(painted("sub/Möwe.jpg"))
    assert path == tmp_path / "saved" / "Möwe-monet-epoch-0003-painting.png"
    np.testing.assert_array_equal(decode_image(path.read_bytes()), picture())
    assert is_marked_as_painted(path.read_bytes())
    assert caption_of(path) == ("sub/Möwe.jpg", "photo → painting by monet, epoch 3")


def test_nothing_is_overwritten_and_nothing_is_written_twice(painted, tmp_path):
    folder = PaintingFolder(tmp_path)
    first, again, other = (folder.put(painted(seed=seed)) for seed in (0, 0, 1))
    assert first == again
    assert other.name == first.stem + "-2.png"
    np.testing.assert_array_equal(pixels_of(first.read_bytes()), picture(seed=0))
    np.testing.assert_array_equal(pixels_of(other.read_bytes()), picture(seed=1))


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("<script>alert(1).jpg", "script_alert_1"),
        ("../../etc/passwd", "passwd"),
        (".hidden.png", "hidden"),
        ("???.jpg", "picture"),
        ("con: a|b*.png", "con_a_b"),
        ("x" * 300 + ".jpg", "x" * 50),
    ],
)
def test_file_names_are_harmless(painted, name, stem):
    assert file_stem(painted(name)) == f"{stem}-monet-epoch-0003-painting"


def test_the_newest_comes_first_and_can_be_removed(painted, tmp_path):
    folder = PaintingFolder(tmp_path)
    assert folder.paintings() == []
    files = [folder.put(painted(seed=seed)) for seed in range(3)]
    for age, file in enumerate(files):
        os.utime(file, ns=(10 - age, 10 - age))
    assert folder.paintings() == files
    folder.remove(files[1])
    folder.remove(files[1])
    assert folder.paintings() == [files[0], files[2]]


def test_thumbnails_are_small(painted, tmp_path):
    path = PaintingFolder(tmp_path).put(painted(size=(600, 300)))
    assert pixels_of(thumbnail_of(path)).shape == (100, 200, 3)


def test_other_and_damaged_files_do_no_harm(tmp_path):
    (tmp_path / "torn.png").write_bytes(b"torn")
    (tmp_path / "folder.png").mkdir()
    assert PaintingFolder(tmp_path).paintings() == [tmp_path / "torn.png"]
    assert caption_of(tmp_path / "torn.png") == ("torn.png", "cannot be read")
    assert thumbnail_of(tmp_path / "torn.png") == b""


PHOTO = read_photo("a.jpg", encoded(32, 32), 512)


@pytest.fixture(scope="module")
def networks():
    """One for all tests that paint: its networks are compiled once."""
    return LoadedNetworks()


def test_paints_and_leads_back_in_both_directions(scene, networks):
    """Epoch 2 comes in networks that held epoch 1, and is what new networks paint, to a level.

    What paints here need not be Keras.
    """
    for to in ("y", "x"):
        before = paint_there_and_back(networks, scene.run.painter(1, to), PHOTO)
        painter = scene.run.painter(2, to)
        painted = paint_there_and_back(networks, painter, PHOTO)
        painting = translate_image(painter.load(), PHOTO.pixels, painter.multiple_px)
        np.testing.assert_allclose(painted.painting, painting, rtol=0, atol=1)
        assert np.abs(painted.painting.astype(int) - before.painting).max() > 5
        returned = translate_image(painter.back.load(), painted.painting, painter.multiple_px)
        np.testing.assert_allclose(painted.reconstruction, returned, rtol=0, atol=1)
    assert painted.describe() == "a.jpg\npainting → photo by monet, epoch 2"


def test_a_damaged_snapshot_is_told_and_the_next_epoch_works(scene, tinting, tmp_path):
    run = copy_of(scene.run, tmp_path / "torn")
    run.snapshot(1).write_bytes(b"torn")
    networks = LoadedNetworks()
    with pytest.raises(InputError, match="is damaged"):
        paint_there_and_back(networks, run.painter(1, "y"), PHOTO)
    painted = paint_there_and_back(networks, run.painter(2, "y"), PHOTO)
    assert painted.painting.shape == PHOTO.pixels.shape


@pytest.mark.parametrize(("grey", "factor"), [(0, 16), (10, 16), (30, 8), (100, 2), (200, 1)])
def test_differences_are_made_visible(grey, factor):
    photo = np.full((8, 8, 3), 220, np.uint8)
    shown, times = visible_difference(photo, photo - np.uint8(grey))
    assert times == factor
    assert (shown == grey * factor).all()


def test_few_outliers_do_not_darken_the_rest():
    photo = np.zeros((20, 20, 3), np.uint8)
    painting = photo + np.uint8(10)
    painting[0, 0] = 255
    shown, factor = visible_difference(photo, painting)
    assert (factor, shown[0, 0, 0], shown[5, 5, 0]) == (16, 255, 160)


def test_the_mean_difference_is_in_grey_levels(scene, networks):
    painted = paint_there_and_back(networks, scene.run.painter(1, "y"), PHOTO)
    apart = np.abs(painted.painting.astype(float) - PHOTO.pixels).mean()
    assert painted.mean_difference == pytest.approx(apart)


@pytest.mark.parametrize("size", [(1, 1), (3, 30)])
def test_pictures_of_any_shape_are_painted(scene, networks, size):
    photo = read_photo("a.jpg", encoded(*size), 512)
    painted = paint_there_and_back(networks, scene.run.painter(1, "y"), photo)
    assert painted.painting.shape == painted.reconstruction.shape == photo.pixels.shape
