import numpy as np
from PIL import Image

from artnb.drawing.contact import contact_wall, wall_of_files
from artnb.drawing.grids import PAPER
from artnb.notebook.odd_files import make_odd_files


def at(sheet, x, y):
    return sheet.getpixel((x, y))


def test_pictures_keep_their_proportions():
    wide = Image.new("RGB", (100, 50), "red")
    sheet = contact_wall([wide, wide, wide], ["a", "b", "c"], columns=2, edge_px=80)
    assert sheet.size == (2 * 90 + 10, 2 * 114 + 10)
    assert at(sheet, 50, 50) == (255, 0, 0)
    assert at(sheet, 50, 15) == PAPER
    assert at(sheet, 140, 50) == at(sheet, 50, 164) == (255, 0, 0)


def test_captions_stand_beneath():
    blank, named = (contact_wall([None], [text], columns=1) for text in ("", "name"))
    different = np.argwhere((np.asarray(blank) != np.asarray(named)).any(axis=2))
    assert different[:, 0].min() > 210


def test_files_are_shown_as_stored_or_as_taken(tmp_path):
    photo = tmp_path / "photo.png"
    picture = Image.new("RGB", (60, 30), (200, 180, 160))
    picture.paste((20, 30, 40), (0, 15, 60, 30))
    picture.save(photo)
    odd = make_odd_files(tmp_path / "odd", [photo])
    transparent = [path for path in odd if "transparent" in path.name]
    assert max(at(wall_of_files(transparent, treated=False, columns=1), 12, 62)) < 10
    assert min(at(wall_of_files(transparent, columns=1), 12, 62)) > 245
    turned = [path for path in odd if "turned" in path.name]
    assert at(wall_of_files(turned, columns=1), 110, 20) == PAPER
    assert at(wall_of_files(turned, treated=False, columns=1), 110, 20) != PAPER


def test_a_broken_file_gets_an_empty_frame(tmp_path):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"nothing")
    for treated in (True, False):
        assert at(wall_of_files([broken], treated, columns=1), 110, 110) == PAPER
