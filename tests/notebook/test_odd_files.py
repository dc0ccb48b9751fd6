import numpy as np
import pytest
from PIL import Image

from artnb.data.decoding import UnreadableImageError, decode_image
from artnb.data.images import hash_pixels
from artnb.notebook.odd_files import make_odd_files
from artnb.synthetic.dataset import make_demo_photos


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("odd")
    photos = sorted(make_demo_photos(folder / "photos", size_px=64, count=2).iterdir())
    return {path.name: path for path in make_odd_files(folder / "files", photos)}, photos


def test_each_file_is_what_its_name_says(files):
    made, _ = files
    modes = {name: Image.open(path).mode for name, path in made.items() if "no-pic" not in name}
    assert modes["c-grey.jpg"] == "L"
    assert modes["d-cmyk.jpg"] == "CMYK"
    assert modes["e-transparent.png"] == "RGBA"
    assert modes["f-16-bit-scan.png"].startswith("I;16")
    assert Image.open(made["b-turned-by-exif.jpg"]).size == (42, 64)


def test_the_turned_file_is_upright_once_decoded(files):
    made, photos = files
    upright = np.asarray(decode_image(made["b-turned-by-exif.jpg"].read_bytes()), float)
    original = np.asarray(decode_image(photos[1].read_bytes()), float)
    assert upright.shape == original.shape
    difference = np.abs(upright - original).mean()  # JPEG's, with colours at half resolution
    assert difference < np.abs(upright[::-1, ::-1] - original).mean() / 5


def test_the_copy_has_the_same_pixels_and_the_one_saved_again_has_not(files):
    made, _ = files
    names = ("a-plain.jpg", "g-copy-of-a.png", "h-a-saved-again.jpg")
    first, copy, again = (hash_pixels(decode_image(made[name].read_bytes())) for name in names)
    assert first == copy != again


@pytest.mark.parametrize("name", ["i-cut-short.jpg", "j-no-picture.jpg"])
def test_the_broken_ones_cannot_be_read(files, name):
    with pytest.raises(UnreadableImageError):
        decode_image(files[0][name].read_bytes())
