from importlib import util

import pytest

from artnb.errors import InputError
from artnb.explorer import explore as room
from artnb.explorer.explore import explore
from artnb.runs.run import Run
from tests.explorer.conftest import copy_of, encoded

ipywidgets = pytest.importorskip("ipywidgets")


pytestmark = pytest.mark.usefixtures("tinting")


@pytest.fixture
def outputs(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTNB_OUTPUTS", str(tmp_path / "outputs"))
    return tmp_path / "outputs"


@pytest.fixture
def photos(scene):
    return {"photos": scene.photos, "paintings": scene.paintings}


def names(panel):
    return [label for label, _ in panel.run.options]


def test_all_runs_of_the_outputs_folder_are_shown(scene, photos, outputs):
    copy_of(scene.run, outputs / "monet")
    copy_of(scene.run, outputs / "cezanne")
    panel = explore(**photos)
    assert sorted(names(panel)) == ["cezanne", "monet"]
    panel.save.click()
    assert list((outputs / "explorer" / "saved").glob("*.png"))


def test_one_run_by_itself_name_or_path_will_do(scene, photos, outputs):
    copy = copy_of(scene.run, outputs / "monet")
    for run in ("monet", copy.path, str(copy.path), copy, [copy]):
        assert names(explore(run, **photos)) == ["monet"]


def test_without_any_run_there_is_a_sentence(outputs):
    (sentence,) = explore().children
    assert f"There is no Run in {outputs} that can paint yet" in sentence.value


def test_runs_that_cannot_paint_are_left_out_and_named(scene, photos, outputs):
    copy_of(scene.run, outputs / "good")
    unready, torn = (copy_of(scene.run, outputs / name) for name in ("unready", "torn"))
    for epoch in (1, 2):
        unready.snapshot(epoch).unlink()
    torn.config_file.write_text("{")
    panel = explore(**photos)
    assert names(panel) == ["good"]
    notes = " ".join(note.value for note in panel.children[:2])
    assert "The Run unready is left out: " in notes
    assert "has no generator snapshots yet" in notes
    assert "The Run torn is left out: " in notes


def test_a_run_that_does_not_exist_is_told(outputs):
    with pytest.raises(InputError, match="there is no Run at"):
        explore("nobody")


def test_photos_that_do_not_exist_are_told(scene, outputs):
    with pytest.raises(InputError, match="does not; check the path"):
        explore(scene.run, photos=outputs / "nowhere")


def test_photos_may_be_one_file(scene, outputs, tmp_path):
    (tmp_path / "cat.jpg").write_bytes(encoded(64, 64))
    panel = explore(Run(scene.run.path), photos=str(tmp_path / "cat.jpg"), largest_px=32)
    assert panel.photo.options == (("cat.jpg", 0),)
    assert "painted at 32×32" in panel.status.value


def test_without_ipywidgets_it_says_what_to_install(monkeypatch):
    find = util.find_spec
    monkeypatch.setattr(room.util, "find_spec", lambda n: None if n == "ipywidgets" else find(n))
    with pytest.raises(InputError, match="pip install ipywidgets"):
        explore()
