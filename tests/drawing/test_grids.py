import numpy as np
from PIL import Image

from artnb.drawing.grids import PAPER, save_picture, shown_size, titled_grid


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
