"""Notebook 06 in both forms, against a folder in the place of Kaggle's mount."""

import shutil

import pytest

from artnb.notebook.competition import SMOKE_RULES
from artnb.submission.check import check_submission
from tests.evaluation.stand_in import write_pictures
from tests.notebooks.executed import execute, named, said_in, shows_pictures

SOURCE = named("06_kaggle_submission")


@pytest.fixture
def kaggle_input(tmp_path):
    """The competition's files where Kaggle attaches them now: few, and of blurred noise."""
    place = tmp_path / "input" / "competitions" / "gan-getting-started"
    for number, name in enumerate(("photo", "monet")):
        write_pictures(place / f"{name}_jpg", 14, 256, number, 90 * number, ".jpg")
    return tmp_path / "input"


@pytest.mark.notebook
def test_train_and_submit_then_submit_only(tmp_path, kaggle_input, monkeypatch, caplog):
    monkeypatch.delenv("ARTNB_DATA", raising=False)

    def run(form):
        folder, given = tmp_path / form, {"form": form, "kaggle_input": str(kaggle_input)}
        notebook = execute(SOURCE, folder, monkeypatch, caplog, **given)
        if form == "train_and_submit":  # what was trained elsewhere has shown most of its pictures
            shows_pictures(notebook, folder)
        return folder / "outputs" / "kaggle-submission", said_in(notebook)

    trained, said = run("train_and_submit")
    assert "competitions/gan-getting-started already; nothing is fetched or copied" in said
    assert "photo (13 train, 1 test) → monet (14 train, 0 test), 256 px" in said
    checked = check_submission(trained / "images.zip", SMOKE_RULES)
    assert (checked.is_right, checked.pictures) == (True, 14)
    assert "MiFID: not computed" in said

    version = kaggle_input / "notebooks" / "someone" / "kaggle-submission" / "outputs"
    shutil.copytree(trained / "kaggle-monet", version / "kaggle-monet")
    submitted, said = run("submit_only")
    assert f"{version}/kaggle-monet" in said
    assert not (submitted / "kaggle-monet").exists(), "it was trained again"
    again = submitted / "images.zip"
    assert again.read_bytes() == (trained / "images.zip").read_bytes()
