import numpy as np
import pytest
from PIL import Image

from artnb.drawing.gallery import before_and_after, wall


def picture(value, size_px=160):
    return np.full((size_px, size_px, 3), value, np.uint8)


@pytest.mark.parametrize(("count", "rows"), [(4, 1), (5, 2), (8, 2)])
def test_a_wall_has_as_many_rows_as_it_takes(count, rows):
    sheet = wall([picture(0)] * count, columns=4)
    one_row = wall([picture(0)] * 4, columns=4)
    assert sheet.width == one_row.width
    assert sheet.height == one_row.height + (rows - 1) * (160 + 6)


def test_pictures_hang_row_by_row():
    sheet = np.asarray(wall([picture(v) for v in (10, 20, 30, 40)], columns=2))
    middles = [sheet[y, x, 0] for y in (90, 256) for x in (90, 256)]
    assert middles == [10, 20, 30, 40]


@pytest.fixture
def folders(tmp_path):
    photos, paintings = tmp_path / "photos", tmp_path / "paintings"
    for folder, colour, suffix in ((photos, "red", ".jpg"), (paintings, "blue", ".png")):
        (folder / "sub").mkdir(parents=True)
        Image.new("RGB", (300, 100), colour).save(folder / f"a{suffix}")
        Image.new("RGB", (100, 200), colour).save(folder / "sub" / f"b{suffix}")
    return photos, paintings


def test_photos_stand_left_and_their_paintings_right(folders):
    sheet = before_and_after(*folders, width_px=408)
    assert sheet.size == (408, 67 + 8 + 200)
    left, right = np.asarray(sheet)[30, 100], np.asarray(sheet)[30, 300]
    assert left[0] > 250
    assert left[2] < 10
    assert right.tolist() == [0, 0, 255]


def test_what_was_not_painted_is_left_out(folders):
    photos, paintings = folders
    (paintings / "a.png").unlink()
    assert before_and_after(photos, paintings, width_px=408).size == (408, 200)


def test_as_many_as_asked_for(folders):
    assert before_and_after(*folders, count=1, width_px=408).size == (408, 67)


def test_one_photo_alone(folders):
    photos, paintings = folders
    assert before_and_after(photos / "a.jpg", paintings, width_px=408).size == (408, 67)


def test_nothing_painted_is_said(folders, tmp_path):
    photos, _ = folders
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="no painting"):
        before_and_after(photos, tmp_path / "empty")
