import numpy as np
import pytest
from PIL import Image

from artnb.data.dataset import open_dataset
from artnb.data.decoding import UnreadableImageError
from artnb.data.images import PAINTED_MARK, encode_jpeg
from artnb.errors import InputError
from artnb.evaluation.pictures import (
    GivenPictures,
    PaintedPictures,
    pictures_of_folder,
    pictures_of_splits,
)
from artnb.runs.painter import Painter
from tests.evaluation.stand_in import make_run, write_pictures


def test_a_folder_is_read_as_it_is(tmp_path):
    folder = write_pictures(tmp_path / "a", 3)
    pictures = pictures_of_folder(folder)
    assert pictures.names == ["000.png", "001.png", "002.png"]
    assert pictures.resize == ""
    for seen, path in zip(
        pictures.read([0, 2]), [folder / "000.png", folder / "002.png"], strict=True
    ):
        np.testing.assert_array_equal(seen.picture, np.asarray(Image.open(path)))
        assert not seen.is_painted


def test_keys_stand_for_content_and_size_not_for_names(tmp_path):
    write_pictures(tmp_path / "a", 3)
    write_pictures(tmp_path / "b", 3)
    (tmp_path / "b" / "000.png").rename(tmp_path / "b" / "other.png")
    a, b = pictures_of_folder(tmp_path / "a"), pictures_of_folder(tmp_path / "b")
    assert sorted(a.keys) == sorted(b.keys)
    assert len(set(a.keys)) == 3
    assert a.sha256 == b.sha256
    resized = pictures_of_folder(tmp_path / "a", resize_px=16)
    assert not set(resized.keys) & set(a.keys)
    assert "16 px square" in resized.resize
    assert resized.read([0])[0].picture.shape == (16, 16, 3)


def test_what_is_no_picture_gives_the_reason(tmp_path):
    folder = write_pictures(tmp_path / "a", 1)
    (folder / "bad.jpg").write_text("no picture")
    _, bad = pictures_of_folder(folder).read([0, 1])
    assert isinstance(bad, UnreadableImageError)
    assert "not a picture" in str(bad)


def test_generated_files_are_known_by_their_mark(tmp_path):
    folder = write_pictures(tmp_path / "a", 1)
    picture = np.asarray(Image.open(folder / "000.png"))
    (folder / "fake.jpg").write_bytes(encode_jpeg(picture, PAINTED_MARK))
    assert [seen.is_painted for seen in pictures_of_folder(folder).read([0, 1])] == [False, True]


def test_a_folder_without_pictures_is_an_error(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no pictures"):
        pictures_of_folder(tmp_path / "empty")
    with pytest.raises(InputError, match="must exist"):
        pictures_of_folder(tmp_path / "nowhere")


def test_some_are_spread_evenly(tmp_path):
    pictures = pictures_of_folder(write_pictures(tmp_path / "a", 9))
    some = pictures.some(3)
    assert some.names == ["000.png", "004.png", "008.png"]
    assert some.keys == [pictures.keys[place] for place in (0, 4, 8)]
    assert "3 of 9" in some.name
    expected, found = pictures.read([8])[0], some.read([2])[0]
    np.testing.assert_array_equal(found.picture, expected.picture)
    assert pictures.some(None) is pictures
    assert pictures.some(10) is pictures


@pytest.mark.backend
def test_painted_pictures_come_with_their_photos(tmp_path, monkeypatch):
    run = make_run(tmp_path / "run", tmp_path / "data", epochs=(1,))
    dataset = open_dataset(tmp_path / "data")
    photos = pictures_of_splits("photo", dataset.x.test)
    painted, loaded = PaintedPictures(run.painter(), photos), []
    load = Painter.load
    monkeypatch.setattr(Painter, "load", lambda painter: loaded.append(painter) or load(painter))
    assert painted.name == "run, epoch 1: photo"
    assert len(set(painted.keys)) == len(photos.names)
    assert not set(painted.keys) & set(photos.keys)
    assert not loaded  # building waits until something is painted
    seen = painted.read([0, 1])
    assert painted.read([0])
    assert len(loaded) == 1
    for one, photo in zip(seen, photos.read([0, 1]), strict=True):
        np.testing.assert_array_equal(one.source, photo.picture)
        assert one.is_painted
        assert np.abs(one.picture.astype(int) - photo.picture).mean() > 1


def test_pictures_in_memory_are_known_by_their_pixels_and_their_photos():
    one, other = np.zeros((20, 30, 3), np.uint8), np.full((20, 30, 3), 9, np.uint8)
    plain, again = GivenPictures("a", [one, other]), GivenPictures("b", [one, other])
    assert plain.keys == again.keys
    assert len(set(plain.keys)) == 2
    assert plain.sizes == plain.as_found == [(30, 20)] * 2
    painted = GivenPictures("a", [one, other], [other, one])
    assert not set(painted.keys) & set(plain.keys)
    (seen,) = painted.read([1])
    assert seen.is_painted
    assert (seen.picture == other).all()
    assert (seen.source == one).all()
    assert not plain.read([0])[0].is_painted
    with pytest.raises(InputError, match="got 2 pictures and 1 photos"):
        GivenPictures("a", [one, other], [one])
