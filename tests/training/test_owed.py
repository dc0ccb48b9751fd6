"""What an epoch owes is owed until it is written: whenever a training is killed, and after."""

import os
import shutil
from pathlib import Path

import pytest

from artnb.evaluation.evaluator import Evaluator
from artnb.evaluation.measure import Cache
from artnb.evaluation.scoring import Scoring
from artnb.runs.run import Run, open_run
from artnb.synthetic.dataset import make_demo_data
from artnb.training.checkpoint_folder import list_checkpoints, remove
from artnb.training.checkpoints import CheckpointWriter
from artnb.training.train import train
from tests.evaluation.stand_in import Colours
from tests.full_disk import fill
from tests.toy_method import TOY
from tools.everything_kept import differences

CONFIG = TOY.config(
    "smoke",
    epochs=4,
    steps_per_epoch=2,
    learning_rate=0.05,
    checkpoint_minutes=0.0,
    deterministic=True,
)
SLOW = ("the grid of epoch 3", "the scores' picture of epoch 3", "the checkpoint after it")
pytestmark = pytest.mark.usefixtures("toy_method", "curves_as_numbers")
# A training killed as a file has just got its name, for the nth time.
MOMENTS = {
    "the grid of epoch 3": ("epoch-0003.png", 1),
    "the snapshot of epoch 3": ("epoch-0003.safetensors", 1),
    "the checkpoint of epoch 3": ("step-00000006", 1),
    "the scores of epoch 3": ("scores.csv", 3),
    "the scores' picture of epoch 3": ("scores.png", 3),
    "the checkpoint after it": ("step-00000007", 1),
    "the last checkpoint": ("step-00000008", 1),
    "the last scores": ("scores.csv", 4),
}


@pytest.fixture(scope="module")
def dataset(toy_method, tmp_path_factory):
    return make_demo_data(tmp_path_factory.mktemp("data") / "demo", 32, images=12, pairs=4)


def go_on(dataset, path, **options):
    """Train the whole way, or the rest of it; give what went wrong."""
    said = []
    scoring = Scoring(1, Evaluator(Colours(), ["frechet"], cache=Cache(None)))
    train(dataset, CONFIG, path, resume="auto", say=said.append, scoring=scoring, **options)
    return [line for line in said if "without" in line or "not " in line.lower()]


@pytest.fixture(scope="module")
def lives(dataset, tmp_path_factory):
    """A training that nobody interrupted, and what a kill at each moment would have left of it."""
    folder = tmp_path_factory.mktemp("lives")
    run, counts = Run(folder / "alone" / "run"), {}
    replace, write = os.replace, CheckpointWriter.write

    def replace_and_look(source, target):
        replace(source, target)
        name = Path(target).name
        counts[name] = counts.get(name, 0) + 1
        for moment, place in MOMENTS.items():
            if place == (name, counts[name]):
                shutil.copytree(run.path, folder / moment)

    def write_at_once(writer, *arguments):
        write(writer, *arguments)
        writer.wait()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "replace", replace_and_look)
        patch.setattr(CheckpointWriter, "write", write_at_once)
        assert go_on(dataset, run.path) == []
    return folder


@pytest.fixture(scope="module")
def alone(lives):
    return lives / "alone" / "run"


@pytest.mark.parametrize(
    "moment", [pytest.param(m, marks=pytest.mark.slow if m in SLOW else ()) for m in MOMENTS]
)
def test_whenever_it_is_killed_it_keeps_the_same(lives, alone, dataset, tmp_path, moment):
    shutil.copytree(lives / moment, tmp_path / "run")
    assert go_on(dataset, tmp_path / "run") == []
    assert "\n".join(differences(alone, tmp_path / "run")) == ""


def test_an_earlier_checkpoint_leads_to_the_same(alone, dataset, tmp_path):
    """Snapshots and scores of epochs that come again do not push out those before them."""
    run = open_run(shutil.copytree(alone, tmp_path / "run"))
    for checkpoint in list_checkpoints(run.checkpoints)[:2]:
        remove(checkpoint.path)
    assert list_checkpoints(run.checkpoints)[0].step == 6
    run.snapshot(3).unlink(missing_ok=True)
    run.scores_file.unlink()
    assert go_on(dataset, run.path) == []
    assert "\n".join(differences(alone, run.path)) == ""


def test_what_failed_at_the_last_epochs_end_is_made_up(lives, alone, dataset, tmp_path):
    """The training is at its end, so that nothing is trained any more."""
    run = open_run(shutil.copytree(lives / "the last checkpoint", tmp_path / "run"))
    for file in (run.snapshot(4), run.samples / "epoch-0004.png", run.losses_picture):
        file.unlink()
    assert go_on(dataset, run.path) == []
    assert "\n".join(differences(alone, run.path)) == ""


def test_scores_follow_once_their_file_can_be_read(alone, dataset, tmp_path):
    """A spreadsheet saved it in cp1252, and gave it back an epoch later."""
    run = Run(tmp_path / "run")
    ours = tmp_path / "ours.csv"

    def watch(grid):
        if grid.stem == "epoch-0003":
            shutil.copy(run.scores_file, ours)
            run.scores_file.write_bytes(ours.read_text().replace("→", "?").encode("cp1252"))
        elif grid.stem == "epoch-0004":
            shutil.copy(ours, run.scores_file)

    (why,) = go_on(dataset, run.path, watch=watch)
    assert why.startswith("epoch 3 is not scored: ")
    assert "scores.csv is damaged" in why
    assert "\n".join(differences(alone, run.path)) == ""


def test_a_full_disk_ends_nothing_and_all_is_made_up_for(alone, dataset, small_disk):
    run, filling = Run(small_disk / "run"), small_disk / "filling"

    def watch(grid):
        if grid.stem == "step-0000003":
            fill(filling)

    said = "\n".join(go_on(dataset, run.path, watch=watch))
    assert not list(run.path.rglob("*.part*"))
    for file in ("samples/epoch-0002.png", "snapshots/epoch-0002.safetensors", "losses.png",
                 "checkpoints", "run.json"):  # fmt: skip
        assert str(run.path / file) in said
    assert f"Not written to {run.path}: " in said
    assert "the same command with --resume makes up for it" in said
    filling.unlink()
    assert go_on(dataset, run.path) == []
    assert "\n".join(differences(alone, run.path)) == ""
