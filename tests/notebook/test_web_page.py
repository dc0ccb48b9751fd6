"""What notebook 10 asks of the machine, and its pictures."""

import numpy as np
import pytest
from PIL import Image

from artnb.errors import InputError
from artnb.notebook import web_page
from tests.exchange.generators import make_run
from tests.sampling.latent_run import make_latent_run

pytestmark = pytest.mark.backend


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "preview", "preview")


@pytest.fixture(scope="module")
def latent_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("latents")
    return make_latent_run(folder / "run", folder / "data", (1,))


@pytest.fixture
def photo():
    """Dark on the left and bright on the right: tiles by themselves must differ in tone."""
    random = np.random.default_rng(1)
    bright = np.repeat([20, 110, 190], 64)[None, :, None]
    return (bright + random.integers(0, 60, (128, 192, 3))).astype(np.uint8)


def test_nothing_is_missing_or_a_sentence_says_what(tmp_path, monkeypatch):
    monkeypatch.setattr(web_page, "find_runtime", lambda *_: [])
    assert web_page.what_is_missing() == ""
    monkeypatch.undo()
    said = web_page.what_is_missing(str(tmp_path))
    assert said.startswith("No page can be made here: --runtime must be the folder dist")
    assert said.endswith("In this notebook --runtime is runtime_folder.")


def test_without_onnx_nothing_is_fetched(monkeypatch):
    def refuse():
        raise InputError("ONNX files need the package onnx")

    monkeypatch.setattr(web_page, "check_onnx", refuse)
    monkeypatch.setattr(web_page, "find_runtime", lambda *_: pytest.fail("it was asked for"))
    assert "need the package onnx" in web_page.what_is_missing()


def test_moonlight_is_darker_and_bluer(tmp_path):
    (tmp_path / "day").mkdir()
    Image.new("RGB", (8, 8), (200, 200, 200)).save(tmp_path / "day" / "a.png")
    (file,) = web_page.write_moonlit(tmp_path / "day", tmp_path / "night").iterdir()
    red, green, blue = Image.open(file).getpixel((0, 0))
    assert red < green < blue < 200


def test_examples_are_those_of_the_page(tmp_path):
    sizes = [photo.shape for photo in web_page.example_photos(tmp_path)]
    assert len(sizes) == 3
    Image.new("RGB", (30, 20)).save(tmp_path / "own.png")
    (own,) = web_page.example_photos(tmp_path / "other", tmp_path / "own.png")
    assert own.shape == (20, 30, 3)


def test_tiles_that_share_statistics_come_near_to_one_piece_where_no_edge_is(run, photo):
    paintings = web_page.paint_in_tiles(run, photo)
    whole, alone, shared = (painting.astype(float) for painting in paintings.values())
    inner = np.zeros(photo.shape[:2], bool)
    for top, left in np.ndindex(2, 3):
        inner[64 * top + 16 : 64 * top + 48, 64 * left + 16 : 64 * left + 48] = True
    # Random weights are large, and edges of tiles have a small part in statistics.
    near, far = (np.abs(painting - whole)[inner].mean() for painting in (shared, alone))
    assert 8 * near < far


def test_the_large_photo_can_be_cut(tmp_path, run):
    photo = web_page.large_photo(tmp_path, "smoke")
    assert photo.shape == (128, 192, 3)
    pictures = web_page.paint_in_tiles(run, photo)
    assert web_page.draw_tiles(pictures).width <= 1200
    assert web_page.draw_differences(pictures).width <= 1200


def test_no_difference_is_white():
    same = dict.fromkeys(("in one piece", "tiles"), np.full((8, 12, 3), 90, np.uint8))
    sheet = np.asarray(web_page.draw_differences(same))
    assert tuple(sheet[sheet.shape[0] // 2 + 12, sheet.shape[1] // 2]) == (255, 255, 255)


def test_strength_goes_from_the_photo_to_its_painting(run, photo):
    sheet = np.asarray(web_page.draw_strengths(run, photo)).astype(int)
    middle = sheet.shape[0] // 2 + 10
    lefts = [16 + 232 * column + 80 for column in range(5)]
    means = [sheet[middle - 30 : middle + 30, left : left + 60].mean(axis=(0, 1)) for left in lefts]
    steps = np.diff(means, axis=0)
    assert np.abs(steps - steps.mean(axis=0)).max() <= 2, "they are mixed in equal steps"
    assert np.abs(steps).max() > 2


def test_painters_are_beside_the_photo_and_latents_left_out(run, latent_run, photo):
    sheet = web_page.paint_by_all([run, latent_run], [photo])
    two = 16 + 2 * 382 + 6 + 16
    assert sheet.width == two


def test_seeds_are_those_that_the_page_begins_with(latent_run):
    from artnb.publishing import site

    assert web_page._SEEDS == site._SAMPLES
    assert web_page.draw_seeds(latent_run).width > 6 * 100
