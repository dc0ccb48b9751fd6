"""The page on adding a method, followed to the letter."""

import os
import re
import shlex
import signal
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import artnb
import artnb.methods
from artnb.cli import main
from artnb.method import METHODS
from artnb.runs.snapshots import read_snapshot
from artnb.synthetic.dataset import make_demo_data

PAGE = Path(__file__).parents[1] / "docs" / "how-to-add-a-method.md"
BLOCKS = dict(re.findall(r"^## (\d)\..*?^```\w+\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S))

pytestmark = pytest.mark.backend


def give(arguments):
    """Give a command; what only tells something exits by itself."""
    try:
        return main(arguments)
    except SystemExit as told:
        return told.code or 0


@pytest.fixture(scope="module")
def tint(tmp_path_factory):
    """The method of the page: its file below `artnb.methods`, and its line in the registry."""
    methods = tmp_path_factory.mktemp("methods")
    (methods / "tint.py").write_text(BLOCKS["1"], encoding="utf-8")
    registry = {}
    exec(BLOCKS["2"], registry)
    (name,) = registry["METHODS"].keys() - METHODS
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(artnb.methods, "__path__", [*artnb.methods.__path__, str(methods)])
        patch.setitem(METHODS, name, registry["METHODS"][name])
        yield name


@pytest.fixture(scope="module")
def folder(tint, tmp_path_factory):
    """A folder where the page's commands were given, one after the other."""
    folder = tmp_path_factory.mktemp("house")
    few = partial(make_demo_data, images=8, pairs=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("artnb.synthetic.dataset.make_demo_data", few)
        patch.setenv("ARTNB_OUTPUTS", str(folder / "outputs"))
        for line in BLOCKS["3"].splitlines():
            program, *arguments = shlex.split(line)
            assert program == "artnb"
            assert give(arguments) == 0, line
        yield folder


def test_the_registry_on_the_page_is_todays_and_one_line(tint):
    registry = {}
    exec(BLOCKS["2"], registry)
    assert registry["METHODS"] == METHODS


def test_it_trains_shows_samples_and_paints(folder):
    run = artnb.open_run("tint")
    assert run.facts()["status"] == "finished"
    assert run.method.name == "tint"
    assert {path.stem for path in run.samples.iterdir()} >= {"step-0000000", "epoch-0002"}
    assert run.losses_picture.is_file()
    photos, tinted = folder / "data" / "demo" / "pictures" / "pairs" / "photos", folder / "tinted"
    assert len(list(tinted.iterdir())) == len(list(photos.iterdir()))
    first = sorted(photos.iterdir())[0]
    before, after = (Image.open(place / first.name) for place in (photos, tinted))
    assert before.size == after.size
    assert np.asarray(before).std(axis=(0, 1)) != pytest.approx(np.asarray(after).std(axis=(0, 1)))


def test_it_is_listed(folder, capsys):
    main(["runs"])
    (row,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("tint ")]
    assert "photo → painting" in row
    assert "2/2" in row
    assert "finished" in row


def test_its_settings_are_explained(tint, capsys):
    assert give(["train", "--help-settings", tint]) == 0
    said = capsys.readouterr().out
    assert "lambda_spread=1.0\n    at least 0: weight of the colours' spread" in said
    assert "learning_rate=" in said


def test_an_interrupted_training_goes_on_bit_for_bit(folder):
    def interrupt(grid):
        if grid.stem.endswith("3"):
            os.kill(os.getpid(), signal.SIGINT)

    dataset = artnb.open_dataset("data/demo")
    config = artnb.preset_config("smoke", method="tint", deterministic=True)
    whole = artnb.train(dataset, config, "whole", say=lambda line: None)
    with pytest.raises(KeyboardInterrupt):
        artnb.train(dataset, config, "broken-off", watch=interrupt, say=lambda line: None)
    broken_off = artnb.open_run("broken-off")
    assert broken_off.snapshot_epochs() == []
    artnb.train(dataset, None, "broken-off", resume=True, say=lambda line: None)
    for run in (whole, broken_off):
        assert run.snapshot_epochs() == [1, 2]
    one, other = (read_snapshot(run.snapshot(2), "generator_g") for run in (whole, broken_off))
    for left, right in zip(one, other, strict=True):
        np.testing.assert_array_equal(left, right)
