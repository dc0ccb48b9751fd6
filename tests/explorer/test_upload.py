import pytest

from artnb.errors import InputError
from artnb.explorer.upload import read_upload, uploaded_files
from tests.explorer.conftest import encoded


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
