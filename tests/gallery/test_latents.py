"""A gallery of a Run that makes pictures out of latents."""

import shutil

import pytest
from PIL import Image

from artnb.cli import main
from artnb.data.images import is_marked_as_painted
from artnb.errors import InputError
from artnb.gallery.animation import write_animations
from artnb.gallery.make import make_gallery
from artnb.gallery.manifest import read_gallery
from artnb.gallery.sheets import write_sheets
from tests.evaluation.stand_in import Colours
from tests.sampling.latent_run import SIZE_PX, make_latent_run


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTNB_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("latent")
    return make_latent_run(folder / "run", folder / "pictures")


@pytest.fixture(scope="module")
def gallery(run, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gallery") / "gallery"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARTNB_CACHE", str(folder.parent / "cache"))
        make_gallery([run], folder, count=3, extractor=Colours())
    return folder


def test_seeds_stand_in_place_of_photos(gallery):
    shown = read_gallery(gallery)
    assert shown.title == "latents → pictures"
    assert [exhibit.name for exhibit in shown.exhibits] == ["seed 0", "seed 1", "seed 2"]
    for exhibit in shown.exhibits:
        assert (exhibit.width, exhibit.height) == (SIZE_PX, SIZE_PX)
        made = [(view.kind, view.epoch) for view in exhibit.views]
        assert made == [("painting", 1), ("nearest", 1), ("painting", 2), ("nearest", 2)]
        assert is_marked_as_painted((gallery / exhibit.views[0].file).read_bytes())
        assert not is_marked_as_painted((gallery / exhibit.views[1].file).read_bytes())


def test_the_page_says_what_it_shows(gallery):
    page = (gallery / "index.html").read_text(encoding="utf-8")
    assert "<h1>latents → pictures</h1>" in page
    assert "3 seeds" in page
    assert "photo" not in page.partition("<main>")[2].partition("</main>")[0]


def test_sheets_and_animations(gallery):
    sheets = {path.name for path in write_sheets(gallery)}
    assert sheets == {"epochs.webp", "nearest.webp"}
    drawn = {path.name for path in (gallery / "sheets").iterdir()}
    assert drawn == {*sheets, "truncations.webp", "mixing.webp"}
    (epochs,) = write_animations(gallery)
    with Image.open(epochs) as animation:
        assert animation.n_frames == 2
    with Image.open(gallery / "interpolation.webp") as animation:
        assert animation.n_frames > 20


def test_the_second_time_nothing_is_painted(run, gallery, tmp_path, monkeypatch):
    copy = shutil.copytree(gallery, tmp_path / "copy")
    before = {path: path.stat().st_mtime_ns for path in (copy / "pictures").rglob("*.webp")}
    make_gallery([run], copy, count=3, extractor=Colours())
    after = {path: path.stat().st_mtime_ns for path in (copy / "pictures").rglob("*.webp")}
    assert after == before


def test_without_weights_the_nearest_are_left_out(run, tmp_path, monkeypatch):
    monkeypatch.setattr("artnb.gallery.nearest.weights_at_hand", lambda _: None)
    said = []
    make_gallery([run], tmp_path / "out", epochs="latest", count=1, say=said.append)
    assert any("The nearest real pictures are left out" in line for line in said)
    (exhibit,) = read_gallery(tmp_path / "out").exhibits
    assert [view.kind for view in exhibit.views] == ["painting"]


def test_what_latents_lack_is_refused(run, made, tmp_path, capsys):
    out = tmp_path / "out"
    with pytest.raises(InputError, match="nothing in common to be shown side by side"):
        make_gallery([made, run], out)
    with pytest.raises(InputError, match="leave out --photos"):
        make_gallery([run], out, photos=tmp_path)
    with pytest.raises(InputError, match="shows painting and nearest, got 'identity'"):
        make_gallery([run], out, kinds=["identity"])
    with pytest.raises(InputError, match="at least one picture, got 0"):
        make_gallery([run], out, count=0)
    assert main(["gallery", "--run", str(run.path), "--out", str(out), "--epochs", "9"]) == 2
    assert "keeps epochs 1, 2" in capsys.readouterr().err
    assert not out.exists()
