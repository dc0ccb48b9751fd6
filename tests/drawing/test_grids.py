import numpy as np
import pytest
from PIL import Image

from artnb.drawing.grids import (
    PAPER,
    before_and_after,
    captioned_grid,
    grid_of_files,
    picture_grid,
    save_picture,
    shown_size,
    titled_grid,
)
from artnb.notebook.odd_files import make_odd_files


def flat(value, size=200):
    return np.full((size, size, 3), value, np.uint8)


def test_pictures_lie_in_rows_and_columns():
    sheet = np.asarray(titled_grid([[flat(0), flat(80)], [flat(160), flat(255)]], ["a", "b"]))
    bottom_up = sheet[::-1]
    assert (bottom_up[100, 100] == 160).all()
    assert (bottom_up[100, 320] == 255).all()
    assert (bottom_up[320, 100] == 0).all()
    assert (bottom_up[320, 320] == 80).all()


def test_an_empty_place_stays_paper():
    sheet = np.asarray(titled_grid([[flat(0), None]], ["a", "b"]))
    assert tuple(sheet[-100, -100]) == PAPER


def test_titles_are_written_arrows_included():
    plain = np.asarray(titled_grid([[flat(0)]], [""]))
    titled = np.asarray(titled_grid([[flat(0)]], ["→ monet"]))
    assert (plain != titled).any()
    arrow, box = (np.asarray(titled_grid([[flat(0)]], [text])) for text in ("→", "\ue123"))
    assert (arrow != box).any()


def test_small_pictures_are_enlarged_by_whole_factors():
    assert shown_size(96) == 192
    assert shown_size(256) == 256
    assert shown_size(32) == 160


def test_saving_makes_the_folder(tmp_path):
    path = save_picture(titled_grid([[flat(3)]], ["a"]), tmp_path / "new" / "grid.png")
    assert Image.open(path).width > 200


@pytest.mark.parametrize(("count", "rows"), [(4, 1), (5, 2), (8, 2)])
def test_a_grid_has_as_many_rows_as_it_takes(count, rows):
    sheet = picture_grid([flat(0, 160)] * count, columns=4)
    one_row = picture_grid([flat(0, 160)] * 4, columns=4)
    assert sheet.width == one_row.width
    assert sheet.height == one_row.height + (rows - 1) * (160 + 6)


def test_pictures_lie_row_by_row():
    sheet = np.asarray(picture_grid([flat(v, 160) for v in (10, 20, 30, 40)], columns=2))
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


def at(sheet, x, y):
    return sheet.getpixel((x, y))


def test_pictures_keep_their_proportions():
    wide = Image.new("RGB", (100, 50), "red")
    sheet = captioned_grid([wide, wide, wide], ["a", "b", "c"], columns=2, edge_px=80)
    assert sheet.size == (2 * 90 + 10, 2 * 114 + 10)
    assert at(sheet, 50, 50) == (255, 0, 0)
    assert at(sheet, 50, 15) == PAPER
    assert at(sheet, 140, 50) == at(sheet, 50, 164) == (255, 0, 0)


def test_captions_stand_beneath():
    blank, named = (captioned_grid([None], [text], columns=1) for text in ("", "name"))
    different = np.argwhere((np.asarray(blank) != np.asarray(named)).any(axis=2))
    assert different[:, 0].min() > 210


def test_files_are_shown_as_stored_or_as_taken(tmp_path):
    photo = tmp_path / "photo.png"
    picture = Image.new("RGB", (60, 30), (200, 180, 160))
    picture.paste((20, 30, 40), (0, 15, 60, 30))
    picture.save(photo)
    odd = make_odd_files(tmp_path / "odd", [photo])
    transparent = [path for path in odd if "transparent" in path.name]
    assert max(at(grid_of_files(transparent, treated=False, columns=1), 12, 62)) < 10
    assert min(at(grid_of_files(transparent, columns=1), 12, 62)) > 245
    turned = [path for path in odd if "turned" in path.name]
    assert at(grid_of_files(turned, columns=1), 110, 20) == PAPER
    assert at(grid_of_files(turned, treated=False, columns=1), 110, 20) != PAPER


def test_a_broken_file_gets_an_empty_frame(tmp_path):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"nothing")
    for treated in (True, False):
        assert at(grid_of_files([broken], treated, columns=1), 110, 110) == PAPER
