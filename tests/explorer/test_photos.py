import io

import numpy as np
import pytest
from PIL import Image

from artnb.errors import InputError
from artnb.explorer.photos import Albums, read_photo, read_upload, uploaded_files
from tests.evaluation.stand_in import make_run
from tests.explorer.conftest import claimed_size, encoded, without_data


def saved(image, suffix, **options):
    buffer = io.BytesIO()
    image.save(buffer, suffix, **options)
    return buffer.getvalue()


def test_a_photo_is_read_as_it_is():
    photo = read_photo("a.jpg", encoded(40, 30), 512)
    assert (photo.name, photo.pixels.shape, photo.remark) == ("a.jpg", (30, 40, 3), "")


def test_a_large_one_is_scaled_down_and_says_so():
    photo = read_photo("a.jpg", encoded(400, 200), 100)
    assert photo.pixels.shape == (50, 100, 3)
    assert photo.remark == "a.jpg has 400×200 pixels; for speed it is painted at 100×50."


def test_photos_are_equal_where_their_files_and_sizes_are():
    first, again = (read_photo("a.jpg", encoded(40, 30), 512) for _ in range(2))
    smaller = read_photo("a.jpg", encoded(40, 30), 20)
    other = read_photo("a.jpg", encoded(40, 30, seed=1), 512)
    assert first == again
    assert hash(first) == hash(again)
    assert len({first, smaller, other}) == 3


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "bad is empty"),
        (b"This is a text.", "bad cannot be painted: it is not a picture in a known format"),
        (encoded(400, 300)[:5000], "bad cannot be painted: it cannot be decoded"),
        (claimed_size(20_000, 10_000), "bad has 20000×10000 pixels, and a picture must stay below"),
        (claimed_size(100_000, 100_000), "bad has far too many pixels"),
    ],
)
def test_what_cannot_be_painted_is_told(data, message):
    with pytest.raises(InputError, match=message):
        read_photo("bad", data, 512)


def test_just_below_the_limit_only_decoding_says_no():
    with pytest.raises(InputError, match="cannot be decoded"):
        read_photo("bad", claimed_size(20_000, 9_999), 512)


def test_unusual_pictures_become_upright_rgb():
    grey = Image.new("L", (40, 20), 200)
    cmyk = saved(Image.new("CMYK", (40, 20), (0, 255, 0, 0)), "JPEG")
    sixteen = saved(Image.fromarray(np.full((20, 40), 65535, np.uint16)), "PNG")
    exif = Image.Exif()
    exif[0x0112] = 6
    rotated = read_photo("r.jpg", saved(grey, "JPEG", exif=exif), 512)
    assert rotated.pixels.shape == (40, 20, 3)
    assert read_photo("s.png", sixteen, 512).pixels.min() == 255
    red, green, _ = read_photo("c.jpg", cmyk, 512).pixels[0, 0]
    assert red > 200
    assert green < 60


def test_given_folders_serve_all_runs(scene):
    albums = Albums(scene.photos, scene.paintings)
    assert albums.of(scene.run, "y").names == ["000.png", "001.png", "002.png"]
    assert albums.of(scene.run, "x").names == ["000.png", "001.png"]
    assert albums.of(scene.run, "x").read_bytes(1) == (scene.paintings / "001.png").read_bytes()


def test_one_file_will_do(scene):
    albums = Albums(scene.photos / "001.png")
    assert albums.of(scene.run, "y").names == ["001.png"]


def test_a_folder_that_is_not_there_is_told(scene):
    with pytest.raises(InputError, match="does not; check the path"):
        Albums(scene.photos / "nowhere")


def test_a_run_has_its_held_out_pictures_and_they_are_opened_once(scene):
    titles = []

    def progress(title, total):
        titles.append(title)
        return lambda: None

    albums = Albums(progress=progress)
    photos, paintings = (albums.of(scene.run, to) for to in "yx")
    assert len(photos.names) == len(paintings.names) == 8
    assert photos.remark == ""
    assert photos.read_bytes(0) != paintings.read_bytes(0)
    assert len(titles) == len(set(titles)) > 0


def test_pictures_of_the_training_are_said_to_be_so(tmp_path):
    from artnb.data.dataset import open_dataset
    from artnb.data.prepare import prepare
    from artnb.data.sources import two_folders
    from tests.evaluation.stand_in import write_pictures

    source = two_folders(
        write_pictures(tmp_path / "x", 4), write_pictures(tmp_path / "y", 4, 32, 9)
    )
    prepare(source.with_test_share(0), tmp_path / "data", 32)
    run = make_run(tmp_path / "run", None, (1,), False, open_dataset(tmp_path / "data"))
    assert "No photo pictures were held out" in Albums().of(run, "y").remark


def test_a_run_without_its_pictures_has_an_empty_album(scene, tmp_path):
    album = Albums().of(without_data(scene.run, tmp_path / "monet"), "y")
    assert not album.names
    assert f"The pictures of the Run monet are not at {tmp_path}" in album.remark


def test_a_long_list_is_shortened_evenly(tmp_path):
    for number in range(601):
        (tmp_path / f"{number:03d}.png").write_bytes(str(number).encode())
    album = Albums(tmp_path).of(None, "y")
    assert len(album.names) == 300
    assert (album.names[0], album.names[-1]) == ("000.png", "600.png")
    assert album.read_bytes(299) == b"600"
    assert album.remark == "The list has 300 of 601 pictures, spread evenly."


def of_version_7(files):
    return {name: {"metadata": {"name": name}, "content": data} for name, data in files.items()}


def of_version_8(files):
    return tuple({"name": name, "content": memoryview(data)} for name, data in files.items())


@pytest.mark.parametrize("shape", [of_version_7, of_version_8])
class TestBothShapes:
    def test_files_are_found(self, shape):
        files = {"a.jpg": b"1", "b.jpg": b"2"}
        assert uploaded_files(shape(files)) == list(files.items())

    def test_a_picture_is_read(self, shape):
        photo = read_upload(shape({"a.jpg": encoded(400, 200)}), 100)
        assert (photo.name, photo.pixels.shape) == ("a.jpg", (50, 100, 3))

    def test_several_are_told(self, shape):
        with pytest.raises(InputError, match="one picture is painted at a time, got 2 files"):
            read_upload(shape({"a.jpg": encoded(), "b.jpg": encoded()}), 100)

    def test_a_text_is_told(self, shape):
        with pytest.raises(InputError, match=r"note.txt cannot be painted"):
            read_upload(shape({"note.txt": b"no picture"}), 100)
