import numpy as np
import pytest

from artnb.errors import InputError
from artnb.explorer import studio as room
from artnb.explorer.photos import read_photo
from artnb.explorer.studio import Studio, visible_difference
from artnb.runs.painter import Painter
from artnb.translation import translate_image
from tests.explorer.conftest import copy_of, encoded

PHOTO = read_photo("a.jpg", encoded(32, 32), 512)


@pytest.fixture(scope="module")
def studio():
    """One for all tests that paint: its networks are compiled once."""
    return Studio()


def test_paints_and_leads_back_in_both_directions(scene, studio):
    """Epoch 2 comes in networks that held epoch 1, and equals what new networks paint."""
    painters = {to: scene.run.painter(2, to).load() for to in ("y", "x")}
    multiple_px = scene.run.config().multiple_px
    for to, there, back in (("y", *painters), ("x", *reversed(painters))):
        before = studio.paint(scene.run, 1, to, PHOTO)
        painted = studio.paint(scene.run, 2, to, PHOTO)
        painting = translate_image(painters[there], PHOTO.pixels, multiple_px)
        np.testing.assert_array_equal(painted.painting, painting)
        assert (painted.painting != before.painting).any()
        returned = translate_image(painters[back], painting, multiple_px)
        np.testing.assert_array_equal(painted.reconstruction, returned)
    assert painted.domains == ("painting", "photo")


def test_what_was_painted_lately_is_remembered(scene, tinting, monkeypatch):
    loads = []
    load = Painter.load

    def counted(painter):
        loads.append(painter)
        return load(painter)

    monkeypatch.setattr(Painter, "load", counted)
    studio = Studio()
    first = studio.paint(scene.run, 1, "y", PHOTO)
    assert studio.paint(scene.run, 1, "y", PHOTO) is first
    studio.paint(scene.run, 1, "x", PHOTO)
    assert len(loads) == 2, "both directions need the same two networks"


def test_networks_are_few(scene, tinting, tmp_path, monkeypatch):
    monkeypatch.setattr(room, "_MOST_NETWORKS", 2)
    studio = Studio()
    other = copy_of(scene.run, tmp_path / "other")
    for run in (scene.run, other):
        studio.paint(run, 1, "y", PHOTO)
    assert {run for run, _ in studio._networks} == {other}


def test_a_damaged_snapshot_is_told_and_the_next_epoch_works(scene, tinting, tmp_path):
    run = copy_of(scene.run, tmp_path / "torn")
    run.snapshot(1).write_bytes(b"torn")
    studio = Studio()
    with pytest.raises(InputError, match="is damaged"):
        studio.paint(run, 1, "y", PHOTO)
    assert studio.paint(run, 2, "y", PHOTO).epoch == 2


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


def test_the_mean_difference_is_in_grey_levels(scene, studio):
    painted = studio.paint(scene.run, 1, "y", PHOTO)
    apart = np.abs(painted.painting.astype(float) - PHOTO.pixels).mean()
    assert painted.mean_difference == pytest.approx(apart)


@pytest.mark.parametrize("size", [(1, 1), (3, 30)])
def test_pictures_of_any_shape_are_painted(scene, studio, size):
    photo = read_photo("a.jpg", encoded(*size), 512)
    painted = studio.paint(scene.run, 1, "y", photo)
    assert painted.painting.shape == painted.reconstruction.shape == photo.pixels.shape
