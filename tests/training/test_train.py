import csv
import dataclasses
import json

import numpy as np
import pytest
from PIL import Image

from artnb.demo import SMOKE_SETTINGS
from artnb.errors import InputError
from artnb.method import preset_config
from artnb.methods.cyclegan import samples
from artnb.methods.cyclegan.model import LOSS_NAMES, CycleGAN
from artnb.runs.run import open_run
from artnb.synthetic.dataset import make_demo_data
from artnb.training.plan import Plan, make_plan
from artnb.training.train import train
from tests.toy_method import TOY

# All losses, of networks that compile soon.
CONFIG = preset_config("smoke", epochs=3, **SMOKE_SETTINGS)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_demo_data(tmp_path_factory.mktemp("data") / "demo", 32, images=6, pairs=3)


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def run(dataset, tmp_path_factory, told):
    path = tmp_path_factory.mktemp("runs") / "run"
    return train(dataset, CONFIG, path, say=told.append)


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_explains_itself(run, dataset):
    assert open_run(run.path).config() == CONFIG
    facts = run.facts()
    assert facts["status"] == "finished"
    assert facts["data"]["fingerprint"] == dataset.fingerprint
    assert facts["versions"]["keras"]
    assert run.domains == ("photo", "painting")


def test_the_log_has_a_row_per_epoch(run):
    log = rows(run.log_file)
    assert [row["epoch"] for row in log] == ["1", "2", "3"]
    assert [row["step"] for row in log] == ["4", "8", "12"]
    assert all(float(row["seconds"]) > 0 for row in log)
    assert float(log[0]["learning_rate"]) > float(log[-1]["learning_rate"])


def test_the_losses_of_an_epochs_windows_average_to_its_row(run):
    log, losses = rows(run.log_file), rows(run.losses_file)
    assert [row["step"] for row in losses] == ["2", "4", "6", "8", "10", "12"]
    for name in LOSS_NAMES:
        windows = [float(row[name]) for row in losses[2:4]]
        assert np.mean(windows) == pytest.approx(float(log[1][name]), rel=1e-3)


def test_grids_come_before_between_and_after(run):
    names = sorted(path.name for path in run.samples.iterdir())
    assert names == [
        "epoch-0001.png",
        "epoch-0002.png",
        "epoch-0003.png",
        "step-0000000.png",
        "step-0000003.png",
        "step-0000006.png",
        "step-0000009.png",
    ]
    pictures = [np.asarray(Image.open(run.samples / name)) for name in (names[0], names[2])]
    assert (pictures[0] != pictures[1]).any()
    assert run.losses_picture.stat().st_size > 5000


def test_snapshots_say_what_they_are(run):
    from safetensors import safe_open

    assert run.snapshot_epochs() == [1, 2, 3]
    with safe_open(run.snapshot(2), framework="numpy") as file:
        facts = json.loads(file.metadata()["facts"])
    assert facts == {"epoch": 2, "step": 8, "averaged": True}


def test_it_says_what_to_expect(told):
    text = "\n".join(told)
    assert "photo (6 train, 3 test) → painting (6 train, 3 test), 32 px" in text
    assert "parameters" in text
    assert "3 epochs of 4 steps" in text
    assert "images a second" in text
    assert "done about" in text


def test_an_existing_run_is_refused(run, dataset):
    with pytest.raises(InputError, match="exists already"):
        train(dataset, preset_config("smoke"), run.path)


def test_measuring_leaves_no_trace(dataset):
    model = CycleGAN(CONFIG, dataset.size_px)
    before = [v.numpy() for v in model.state_variables()]
    make_plan(model, dataset, CONFIG)
    for variable, value in zip(model.state_variables(), before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)


def test_minutes_are_turned_into_epochs(dataset, monkeypatch):
    monkeypatch.setattr("artnb.training.plan.measure_step", lambda *_: 0.5)
    config = preset_config("smoke", minutes=2.0, steps_per_epoch=10)
    plan = make_plan(None, dataset, config)
    assert plan.config.epochs == round(2 * 60 * 0.9 / 0.5 / 10)
    assert make_plan(None, dataset, config.replace(minutes=0.001)).config.epochs == 1


def test_an_epoch_shows_every_picture_of_the_larger_domain(dataset, monkeypatch):
    monkeypatch.setattr("artnb.training.plan.measure_step", lambda *_: 0.5)
    config = preset_config("smoke", steps_per_epoch=None, batch_size=4)
    assert make_plan(None, dataset, config).steps_per_epoch == 2  # 6 pictures, 4 at a time


@pytest.mark.parametrize(
    ("size_px", "settings", "expected"),
    [
        (128, {}, 128),
        (512, {}, 256),
        (100, {"generator": "unet", "generator_depth": 4}, 96),
    ],
)
def test_grids_show_pictures_as_translate_has_them(
    dataset, monkeypatch, size_px, settings, expected
):
    pictures = dataclasses.replace(dataset, size_px=size_px)
    config = preset_config("smoke", **settings)
    monkeypatch.setattr(samples, "fixed_pictures", lambda _images, _count, size_px: size_px)
    assert samples.SampleGrid(pictures, config).pictures == (expected, expected)


def test_a_plan_foresees_its_end():
    plan = Plan(preset_config("paper"), steps_per_epoch=100, step_s=1.5)
    assert plan.total_steps == 200 * 100
    assert "0.667 images a second: 8:20:00 in all" in plan.describe()
    assert "4:10:00 left" in plan.describe(done_steps=100 * 100)


@pytest.mark.parametrize(
    ("error", "status"), [(KeyboardInterrupt, "interrupted"), (RuntimeError, "failed")]
)
@pytest.mark.usefixtures("toy_method")
def test_a_training_that_is_cut_off_says_so(dataset, tmp_path, monkeypatch, error, status):
    def cut_off(*_args, **_kwargs):
        raise error

    monkeypatch.setattr("artnb.training.callbacks.Snapshots.on_epoch_end", cut_off)
    with pytest.raises(error):
        train(dataset, TOY.config("smoke"), tmp_path / "run", say=lambda _: None)
    run = open_run(tmp_path / "run")
    assert run.facts()["status"] == status
    assert len(rows(run.log_file)) == 1
