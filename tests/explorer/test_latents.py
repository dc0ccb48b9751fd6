"""The explorer of a Run that makes pictures out of latents."""

import numpy as np
import pytest

from artnb.explorer.explore import explore
from artnb.explorer.latents import LatentPanel
from artnb.explorer.panel import Panel
from artnb.sampling.generating import generate
from tests.sampling.latent_run import make_latent_run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("latent")
    return make_latent_run(folder / "run", folder / "pictures")


@pytest.fixture(autouse=True)
def outputs(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTNB_OUTPUTS", str(tmp_path / "outputs"))
    return tmp_path / "outputs"


def test_sliders_choose_seed_and_truncation(run):
    panel = explore(run)
    assert isinstance(panel, LatentPanel)
    panel.seed.value = 7
    panel.truncation.value = 0.5
    (wanted,) = generate(run.sampler("latest").load(), [7], 0.5)
    assert np.abs(panel.sampled.painting.astype(int) - wanted).max() <= 1
    assert "seed 7" in panel.views["sample"].caption.value
    assert panel.views["sample"].image.value != panel.views["whole"].image.value


def test_another_epoch_paints_another_picture(run):
    panel = explore(run)
    latest = panel.sampled.painting
    panel.epoch.value = 1
    assert panel.sampled.sampler.epoch == 1
    assert (panel.sampled.painting != latest).any()


def test_pictures_are_kept(run, outputs):
    panel = explore(run)
    panel.seed.value = 3
    panel.save.click()
    panel.keep.click()
    name = "seed0003-truncation-0.7-run-epoch-0002.png"
    assert (outputs / "explorer" / "saved" / name).is_file()
    assert [path.name for path in panel.favourites.folder.paintings()] == [name]
    assert "seed 3" in panel.favourites.thumbnails.children[0].children[1].value


def test_what_goes_wrong_is_told_in_the_panel(run, tmp_path):
    panel = explore(run)
    panel.epoch.options = [("gone", 9)]
    assert "and 9 was asked for" in panel.status.value
    assert panel.save.disabled


def test_runs_of_photos_have_their_own_panel(run, made):
    photos, latents = explore([run, made]).children
    assert isinstance(photos, Panel)
    assert isinstance(latents, LatentPanel)
