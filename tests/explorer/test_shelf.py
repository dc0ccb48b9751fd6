import os

import numpy as np
import pytest

from artnb.data.images import decode_image, is_marked_as_painted
from artnb.explorer.photos import Photo
from artnb.explorer.shelf import Shelf, caption_of, file_stem, thumbnail_of
from artnb.explorer.studio import Painted
from tests.explorer.conftest import picture, pixels_of


@pytest.fixture
def painted(scene):
    def make(name="a.jpg", seed=0, size=(40, 30)):
        pixels = picture(*size, seed=seed)
        return Painted(Photo(name, name, pixels), scene.run, 3, "y", pixels, pixels)

    return make


def test_a_painting_is_written_marked_and_described(painted, tmp_path):
    path = Shelf(tmp_path / "saved").put(painted("sub/Möwe.jpg"))
    assert path == tmp_path / "saved" / "Möwe-monet-epoch-0003-painting.png"
    np.testing.assert_array_equal(decode_image(path.read_bytes()), picture())
    assert is_marked_as_painted(path.read_bytes())
    assert caption_of(path) == ("sub/Möwe.jpg", "photo → painting by monet, epoch 3")


def test_nothing_is_overwritten_and_nothing_is_written_twice(painted, tmp_path):
    shelf = Shelf(tmp_path)
    first, again, other = (shelf.put(painted(seed=seed)) for seed in (0, 0, 1))
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
    shelf = Shelf(tmp_path)
    assert shelf.paintings() == []
    files = [shelf.put(painted(seed=seed)) for seed in range(3)]
    for age, file in enumerate(files):
        os.utime(file, ns=(10 - age, 10 - age))
    assert shelf.paintings() == files
    shelf.remove(files[1])
    shelf.remove(files[1])
    assert shelf.paintings() == [files[0], files[2]]


def test_thumbnails_are_small(painted, tmp_path):
    path = Shelf(tmp_path).put(painted(size=(600, 300)))
    assert pixels_of(thumbnail_of(path)).shape == (100, 200, 3)


def test_other_and_damaged_files_do_no_harm(tmp_path):
    (tmp_path / "torn.png").write_bytes(b"torn")
    (tmp_path / "folder.png").mkdir()
    assert Shelf(tmp_path).paintings() == [tmp_path / "torn.png"]
    assert caption_of(tmp_path / "torn.png") == ("torn.png", "cannot be read")
    assert thumbnail_of(tmp_path / "torn.png") == b""
