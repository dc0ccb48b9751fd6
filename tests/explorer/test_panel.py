import datetime
import re

import numpy as np
import pytest

from artnb.data.images import is_marked_as_painted
from artnb.explorer.photos import Albums
from tests.explorer.conftest import (
    claimed_size,
    copy_of,
    encoded,
    pixels_of,
    without_data,
)

ipywidgets = pytest.importorskip("ipywidgets")
panels = pytest.importorskip("artnb.explorer.panel")

UPLOAD_7 = int(ipywidgets.__version__.split(".")[0]) < 8


@pytest.fixture
def make_panel(scene, tinting, tmp_path):
    def make(*runs, albums=None, largest_px=32, remarks=()):
        albums = albums or Albums(scene.photos, scene.paintings)
        return panels.Panel(runs or [scene.run], albums, tmp_path / "kept", largest_px, remarks)

    return make


@pytest.fixture
def panel(make_panel):
    return make_panel()


def upload(panel, files):
    """Do what the page does, as the installed ipywidgets has it."""
    now = datetime.datetime.now(datetime.UTC)
    facts = [
        {"name": name, "type": "image/jpeg", "size": len(data), "last_modified": now}
        for name, data in files.items()
    ]
    if UPLOAD_7:
        value = {
            f["name"]: {"metadata": f, "content": d}
            for f, d in zip(facts, files.values(), strict=True)
        }
    else:
        contents = map(memoryview, files.values())
        value = tuple({**f, "content": d} for f, d in zip(facts, contents, strict=True))
    panel.upload.set_trait("value", value)


def said(panel):
    return re.sub("<[^>]+>", "", panel.status.value)


def shown(panel, view="painting"):
    return panel.views[view].image.value


def caption(panel, view="painting"):
    return re.sub("<[^>]+>", " ", panel.views[view].caption.value)


def all_html(widget):
    """Give the text of every HTML widget in a box."""
    own = [widget.value] if isinstance(widget, ipywidgets.HTML) else []
    return own + [text for child in getattr(widget, "children", ()) for text in all_html(child)]


def is_visible(panel):
    return panel.pictures.layout.display != "none"


def test_four_pictures_are_shown_with_captions(panel, scene):
    assert said(panel).startswith("Painted in")
    assert [caption(panel, view).split()[0] for view in panel.views] == [
        *("photo", "painting", "back", "difference")
    ]
    assert "000.png, 32×32" in caption(panel, "photo")
    assert "painted by monet, epoch 2" in caption(panel)
    photo = pixels_of((scene.photos / "000.png").read_bytes())
    assert np.abs(pixels_of(shown(panel, "photo")).astype(int) - photo).mean() < 4
    assert len({shown(panel, view) for view in panel.views}) == 4
    assert is_visible(panel)


def test_another_epoch_changes_the_picture(panel):
    latest = shown(panel)
    panel.epoch.value = 1
    assert shown(panel) != latest
    assert "epoch 1" in caption(panel)
    panel.epoch.value = 2
    assert shown(panel) == latest


def test_epochs_offered_are_latest_best_and_all(scene, make_panel, tmp_path):
    run = copy_of(scene.run, tmp_path / "scored")
    run.note(best={"epoch": 1})
    panel = make_panel(run)
    assert [label for label, _ in panel.epoch.options] == [
        *("latest (epoch 2)", "best (epoch 1)", "epoch 1", "epoch 2")
    ]
    panel.epoch.value = "best"
    assert "epoch 1" in caption(panel)


def test_the_other_direction_translates_paintings(panel, scene):
    panel.direction.value = "x"
    painting = pixels_of((scene.paintings / "000.png").read_bytes())
    assert np.abs(pixels_of(shown(panel, "photo")).astype(int) - painting).mean() < 4
    assert caption(panel, "back").split()[:3] == ["back", "to", "painting"]


def test_another_photo_is_painted(panel):
    first = shown(panel)
    panel.photo.value = 2
    assert shown(panel) != first
    assert "002.png" in caption(panel, "photo")


def test_another_style_keeps_photo_and_epoch_where_it_has_them(scene, make_panel, tmp_path):
    other = copy_of(scene.run, tmp_path / "cezanne")
    other.snapshot(2).rename(other.snapshot(7))
    panel = make_panel(scene.run, other)
    panel.photo.value, panel.epoch.value = 1, 1
    panel.run.value = other
    assert "001.png" in caption(panel, "photo")
    assert "painted by cezanne, epoch 1" in caption(panel)
    panel.epoch.value = 7
    panel.run.value = scene.run
    assert (panel.epoch.value, panel.photo.label) == ("latest", "001.png")
    assert "painted by monet, epoch 2" in caption(panel)


def test_two_runs_of_one_name_are_told_apart(scene, make_panel, tmp_path):
    other = copy_of(scene.run, tmp_path / "monet")
    labels = [label for label, _ in make_panel(scene.run, other).run.options]
    assert labels == [str(scene.run.path), str(other.path)]


def test_an_upload_is_painted_and_stays_on_offer(panel):
    upload(panel, {"cat.jpg": encoded(64, 32)})
    assert "cat.jpg has 64×32 pixels; for speed it is painted at 32×16" in said(panel)
    assert "cat.jpg, 32×16" in caption(panel, "photo")
    cat = shown(panel)
    panel.photo.value = 0
    assert shown(panel) != cat
    panel.direction.value = "x"
    panel.photo.label = "your picture: cat.jpg"
    panel.direction.value = "y"
    assert shown(panel) == cat


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"note.txt": b"This is a text."}, "note.txt cannot be painted: it is not a picture"),
        ({"none.jpg": b""}, "none.jpg is empty"),
        ({"a.jpg": encoded(), "b.jpg": encoded()}, "one picture is painted at a time, got 2"),
        ({"huge.png": claimed_size(20_000, 10_000)}, "must stay below 200 megapixels"),
    ],
)
def test_a_bad_upload_is_told_and_changes_nothing(panel, files, message):
    before = shown(panel), panel.photo.options
    upload(panel, files)
    assert message in said(panel)
    assert (shown(panel), panel.photo.options) == before
    assert is_visible(panel)


def test_names_are_only_text(scene, make_panel, tmp_path):
    evil = "<script>alert(1)<script>"
    panel = make_panel(copy_of(scene.run, tmp_path / evil), remarks=[f"Beware of {evil}"])
    upload(panel, {f"{evil}.jpg": encoded()})
    panel.keep.click()
    page = "".join(all_html(panel))
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page
    upload(panel, {f"{evil}.txt": b"text"})
    assert "<script" not in panel.status.value


def test_saving_says_where_marks_and_never_overwrites(panel, tmp_path):
    panel.save.click()
    saved = tmp_path / "kept" / "saved"
    (path,) = saved.iterdir()
    assert said(panel) == f"The painting is saved: {path}"
    assert is_marked_as_painted(path.read_bytes())
    before = path.read_bytes()
    for _ in range(2):
        upload(panel, {"000.png": encoded()})
        panel.save.click()
    assert path.read_bytes() == before
    assert len(list(saved.iterdir())) == 2


def test_favourites_survive_and_can_be_removed(panel, make_panel, tmp_path):
    assert "Favourites: none yet." in panel.favourites.heading.value
    for epoch in (1, 2):
        panel.epoch.value = epoch
        panel.keep.click()
    assert "Kept as a favourite" in said(panel)
    later = make_panel()
    newest, older = later.favourites.thumbnails.children
    assert "epoch 2" in "".join(all_html(newest))
    assert pixels_of(newest.children[0].value).shape == (32, 32, 3)
    newest.children[-1].click()
    assert "Removed from the favourites" in said(later)
    assert len(later.favourites.thumbnails.children) == 1
    (left,) = (tmp_path / "kept" / "favourites").iterdir()
    assert "epoch-0001" in left.name
    assert older.comm is None


def test_a_damaged_epoch_is_told_and_nothing_wrong_stays_in_view(scene, make_panel, tmp_path):
    run = copy_of(scene.run, tmp_path / "torn")
    run.snapshot(1).write_bytes(b"torn")
    panel = make_panel(run)
    panel.epoch.value = 1
    assert "is damaged" in said(panel)
    assert not is_visible(panel)
    assert panel.save.disabled
    panel.save.click()
    assert not (tmp_path / "kept").exists()
    panel.epoch.value = 2
    assert said(panel).startswith("Painted in")
    assert is_visible(panel)
    assert not panel.save.disabled


@pytest.mark.parametrize("choice", ["epoch", "direction", "run"])
def test_whatever_goes_wrong_is_a_sentence_in_the_panel(scene, make_panel, tmp_path, choice):
    other = copy_of(scene.run, tmp_path / "other")
    panel = make_panel(scene.run, other)
    other.facts_file.write_text("{}")

    def fail(*_):
        raise MemoryError("<no room>")

    panel.paint = fail
    dropdown = getattr(panel, choice)
    dropdown.value = {"epoch": 1, "direction": "x", "run": other}[choice]
    assert "That did not work: " in said(panel)
    assert "Traceback" in said(panel)
    assert "<no room>" not in panel.status.value
    assert not is_visible(panel)


def test_it_says_that_it_paints(panel, monkeypatch):
    words = []
    paint = panel.paint

    def listen(*what):
        words.append((said(panel), panel.save.disabled))
        return paint(*what)

    monkeypatch.setattr(panel, "paint", listen)
    panel.epoch.value = 1
    assert words == [("Painting …", True)]


def test_what_was_painted_lately_is_remembered(panel, monkeypatch):
    panel.epoch.value = 1
    first = panel.painted
    panel.epoch.value = 2
    monkeypatch.setattr(panel.networks, "load", lambda painter: pytest.fail("it was painted"))
    panel.epoch.value = 1
    assert panel.painted is first


def test_a_run_without_its_pictures_paints_uploads(scene, make_panel, tmp_path):
    panel = make_panel(without_data(scene.run, tmp_path / "monet"), albums=Albums())
    assert "The pictures of the Run monet are not at" in said(panel)
    assert not is_visible(panel)
    upload(panel, {"cat.jpg": encoded()})
    assert said(panel).startswith("Painted in")
    assert is_visible(panel)


def test_progress_of_reading_is_told_now_and_then(panel):
    words = set()
    advance = panel.albums.progress("reading photo", 7000)
    for _ in range(7000):
        advance()
        words.add(said(panel))
    assert "reading photo: 3,500 of 7,000 …" in words
    assert len(words) <= 22
