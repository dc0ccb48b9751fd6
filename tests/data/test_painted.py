"""Where paintings may be written."""

import pytest
from PIL import Image

from artnb.data.painted import PhotosToPaint
from artnb.errors import InputError


@pytest.mark.parametrize("out", ["taken", "taken/below/it"])
def test_paintings_need_a_folder(tmp_path, out):
    (tmp_path / "photos").mkdir()
    Image.new("RGB", (40, 40)).save(tmp_path / "photos" / "a.png")
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(InputError, match=r"must be a folder, and \S*taken is a file"):
        PhotosToPaint(tmp_path / "photos", tmp_path / out)
    assert PhotosToPaint(tmp_path / "photos", tmp_path / "new").targets
