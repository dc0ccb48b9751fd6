"""A painter's folder instead of one painting; no backend takes part but in the last test."""

import numpy as np
import pytest
from PIL import Image

from artnb.errors import InputError
from artnb.stylization.inputs import Style
from artnb.stylization.paintings import Paintings, layout, most_alike, open_style


def halves(above, below, size=(64, 48)) -> Image.Image:
    """One colour above another."""
    picture = Image.new("RGB", size, below)
    picture.paste(above, (0, 0, size[0], size[1] // 2))
    return picture


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "painter"
    folder.mkdir()
    halves("navy", "khaki").save(folder / "dark-above.png")
    halves("khaki", "navy").save(folder / "light-above.png")
    Image.new("RGB", (64, 48), "grey").save(folder / "flat.png")
    return folder


def test_a_photo_takes_the_painting_that_is_laid_out_like_it(folder):
    """Also where it is far darker than any of them, and of another size."""
    paintings = open_style(folder)
    for above, below, name in (
        ((110, 105, 70), (0, 0, 30), "light-above"),
        ((0, 0, 30), (110, 105, 70), "dark-above"),
        ((30, 30, 30), (31, 30, 30), "flat"),
    ):
        taken = paintings.style_for(halves(above, below, (200, 90)))
        with Image.open(folder / f"{name}.png") as expected:
            assert (np.asarray(taken.painting) == np.asarray(expected)).all()


def test_a_layout_knows_nothing_of_how_bright_a_picture_is():
    random = np.random.default_rng(0)
    picture = random.integers(0, 100, (64, 64, 3), dtype=np.uint8)
    found = layout(Image.fromarray(picture))
    np.testing.assert_allclose(layout(Image.fromarray(picture + np.uint8(90))), found, atol=1e-9)
    assert found.shape == (8, 8, 3)
    assert found.mean(axis=(0, 1)) == pytest.approx(np.zeros(3), abs=1e-9)
    assert most_alike(Image.fromarray(picture), [-found, 0 * found, found]) == 2


def test_what_cannot_be_used_is_named_and_left_out(folder):
    (folder / "torn.jpg").write_bytes(b"torn")
    Image.new("RGB", (9, 9)).save(folder / "tiny.png")
    said = []
    paintings = Paintings(sorted(folder.iterdir()), 0.5, say=said.append)
    assert [file.name for file in paintings.pictures] == [
        "dark-above.png", "flat.png", "light-above.png"
    ]  # fmt: skip
    assert len(said) == 2
    assert "tiny.png has 9×9" in said[0]
    assert "torn.jpg cannot be read" in said[1]
    assert paintings.style_for(halves("khaki", "navy")).weight == 0.5


def test_what_artnb_painted_is_nobodys_style(folder):
    from artnb.data.images import PAINTED_MARK, encode_png

    own = np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8)
    (folder / "own.png").write_bytes(encode_png(own, PAINTED_MARK))
    assert "own.png" not in [file.name for file in Paintings(folder).pictures]


def test_a_folder_without_paintings_or_with_regions_is_a_sentence(folder, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="empty holds none"):
        open_style(tmp_path / "empty")
    (tmp_path / "empty" / "torn.png").write_bytes(b"torn")
    with pytest.raises(InputError, match="of 1 here none can"):
        open_style(tmp_path / "empty", say=lambda _: None)
    with pytest.raises(InputError, match="that of one painting"):
        open_style(folder, regions=Image.new("RGB", (64, 48)))


def test_a_file_is_one_painting_for_every_photo(folder):
    style = open_style(folder / "flat.png", 2.0)
    assert isinstance(style, Style)
    assert style.style_for(halves("red", "blue")) is style


@pytest.mark.backend
def test_each_photo_of_a_folder_takes_its_own(folder, tmp_path):
    from artnb.stylization.stylize import stylize, stylize_photos

    photos = tmp_path / "photos"
    photos.mkdir()
    for number, (above, below) in enumerate([("white", "black"), ("black", "white")]):
        halves(above, below).save(photos / f"{number}.png")
    quick = {"largest_px": 64, "steps": 10}
    from artnb.stylization.settings import StylizeSettings

    said = []
    settings = StylizeSettings(**quick)
    stylize_photos(photos, folder, tmp_path / "out", settings, say=said.append)
    assert said == ["0.png took light-above.png", "1.png took dark-above.png"]
    for number, name in enumerate(["light-above", "dark-above"]):
        with Image.open(tmp_path / "out" / f"{number}.png") as painted:
            alone = stylize(photos / f"{number}.png", folder / f"{name}.png", **quick)
            assert (np.asarray(painted) == np.asarray(alone)).all()
    one = stylize(photos / "0.png", folder, **quick)
    assert (np.asarray(one) == np.asarray(stylize(photos / "0.png", str(folder), **quick))).all()
