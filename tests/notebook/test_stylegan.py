"""What notebook 09 trains, and what it shows of it."""

import csv

import pytest
from PIL import Image

from artnb.collection.clusters import Clusters
from artnb.errors import InputError
from artnb.method import preset_config
from artnb.notebook import stylegan
from artnb.notebook.collections import Thumbnails
from artnb.runs.run import Run

pytestmark = pytest.mark.backend


def test_digits_are_small_on_every_machine():
    for preset in ("session", "paper256", "preview"):
        config = stylegan.digits_config(preset, 3.0)
        assert (config.preset, config.minutes, config.classes) == ("preview", 3.0, "folders")
    assert stylegan.digits_config("smoke", 3.0).minutes is None


@pytest.mark.parametrize(
    ("preset", "taken", "size_px"),
    [
        ("smoke", "smoke", preset_config("smoke", "stylegan2").image_size_px),
        ("preview", "preview", 64),
        ("night", "preview", 64),
        ("session", "session", 64),
        ("paper", "paper256", 256),
    ],
)
def test_paintings_have_64_px_or_more_but_in_smoke(preset, taken, size_px):
    config = stylegan.paintings_config(preset, 2.0, seed=3)
    assert (config.preset, config.image_size_px, config.seed) == (taken, size_px, 3)
    assert config.flip
    assert config.minutes == (None if preset == "smoke" else 2.0)
    assert config.steps_per_epoch <= 50 or taken in ("session", "paper256")


def test_auto_is_what_suits_the_machine(monkeypatch):
    monkeypatch.setattr(stylegan, "resolve_preset", {"auto": "session"}.get)
    assert stylegan.paintings_config("auto", 2.0).preset == "session"


def test_a_shorter_training_takes_a_share():
    config = stylegan.paintings_config("preview", 5.0)
    assert stylegan.shorter(config, 0.4, begin_from="other").minutes == 2.0
    smoke = stylegan.shorter(stylegan.paintings_config("smoke", 5.0), 0.4, begin_from="other")
    assert (smoke.minutes, smoke.epochs, smoke.begin_from) == (None, 1, "other")


def test_invented_paintings_are_sorted(tmp_path):
    collection, found = stylegan.invented_paintings(tmp_path, "smoke", Thumbnails())
    assert isinstance(found.clusters, Clusters)
    assert set(collection.kept["cluster"].dropna()) == {1, 2, 3}
    assert (tmp_path / "paintings" / "collection.csv").is_file()


def test_the_first_and_the_last_grid(tmp_path):
    run = Run(tmp_path)
    run.samples.mkdir()
    for name in ("step-0000250", "epoch-0010", "epoch-0002", "step-0000000"):
        (run.samples / f"{name}.png").touch()
    first, last = stylegan.first_and_last_grid(run)
    assert (first.stem, last.stem) == ("step-0000000", "epoch-0010")


def test_the_first_picture(tmp_path):
    for name in ("b.png", "a.png"):
        Image.new("RGB", (8, 8)).save(tmp_path / name)
    assert stylegan.first_picture(tmp_path).name == "a.png"
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError, match="must be pictures"):
        stylegan.first_picture(tmp_path / "none")


def test_without_a_network_there_are_no_scores():
    said = []
    assert stylegan.scoring_by(Thumbnails(), say=said.append) is None
    assert "need the weights" in said[0]


def test_kimg_per_hour_by_the_log(tmp_path):
    run = Run(tmp_path)
    preset_config("smoke", "stylegan2", batch_size=10).save(run.config_file)
    with run.log_file.open("w", newline="") as file:
        csv.writer(file).writerows([("step", "seconds"), (100, 20), (200, 16)])
    assert stylegan.kimg_per_hour(run) == pytest.approx(200)
