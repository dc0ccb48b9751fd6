"""The competition's files, invented or found, and a training within a session."""

import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from artnb.data.images import decode_rgb
from artnb.errors import InputError
from artnb.method import preset_config
from artnb.notebook import competition as session
from artnb.notebook.competition import find_competition, stand_in_for_competition
from artnb.notebook.submission import draw_compression, draw_submission
from artnb.platform.deadline import Deadline
from artnb.runs.run import Run
from artnb.submission.check import check_submission
from artnb.submission.photos import find_photos
from artnb.synthetic.dataset import make_demo_data
from tests.evaluation.stand_in import make_run, write_pictures
from tests.submission.made import FEW, encoded, some_pictures, write_zip

SLUG = "gan-getting-started"


@pytest.fixture(autouse=True)
def no_data_of_its_own(monkeypatch):
    monkeypatch.delenv("ARTNB_DATA", raising=False)


@pytest.mark.parametrize("place", [f"competitions/{SLUG}", SLUG])
def test_both_places_on_kaggle_are_looked_at(tmp_path, place):
    assert find_competition(tmp_path) is None
    (tmp_path / place).mkdir(parents=True)
    assert find_competition(tmp_path) == tmp_path / place


def test_a_folder_of_ones_own_comes_first(tmp_path, monkeypatch):
    own, kaggle = tmp_path / "own" / SLUG, tmp_path / "kaggle" / SLUG
    own.mkdir(parents=True)
    kaggle.mkdir(parents=True)
    monkeypatch.setenv("ARTNB_DATA", str(own.parent))
    assert find_competition(kaggle.parent) == own


def test_a_stand_in_has_the_layout(tmp_path):
    for name in ("photos", "paintings"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.jpg").write_bytes(b"")
    out = stand_in_for_competition(tmp_path / "photos", tmp_path / "paintings", tmp_path / "out")
    assert (out / "photo_jpg" / "photos.jpg").is_file()
    assert (out / "painting_jpg" / "paintings.jpg").is_file()


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_demo_data(tmp_path_factory.mktemp("data") / "data", 32, images=12, pairs=4)


@pytest.fixture
def run(tmp_path, dataset):
    return make_run(tmp_path / "outputs" / "deep" / "monet", None, dataset=dataset)


def test_on_kaggle_the_zip_lies_at_the_top(tmp_path, monkeypatch):
    monkeypatch.delenv("KAGGLE_KERNEL_RUN_TYPE", raising=False)
    assert session.zip_place(tmp_path) == tmp_path / "images.zip"
    monkeypatch.setenv("KAGGLE_KERNEL_RUN_TYPE", "Batch")
    assert session.zip_place(tmp_path) == Path("/kaggle/working/images.zip")


def test_a_run_is_found_wherever_it_is_attached(run, tmp_path):
    shutil.copytree(run.path, tmp_path / "outputs" / "newer")
    Run(tmp_path / "outputs" / "newer").note(ended="2027-01-01T00:00:00+00:00")
    assert session.trained_run(tmp_path).path == tmp_path / "outputs" / "newer"
    assert session.trained_run(run.path).path == run.path


def test_where_there_is_no_run_it_says_what_to_attach(tmp_path):
    with pytest.raises(InputError, match=r"no trained Run in .*; attach the output of"):
        session.trained_run(tmp_path)


def test_attached_files_are_taken_as_they_are(tmp_path, monkeypatch):
    monkeypatch.delenv("ARTNB_DATA", raising=False)
    place = tmp_path / "competitions" / "gan-getting-started"
    write_pictures(place / "photo_jpg", 3)
    for preset in ("smoke", "session"):
        found = session.competition_data(preset, tmp_path, tmp_path, say=lambda _line: None)
        assert found == place


def test_without_them_smoke_invents_some(tmp_path, monkeypatch):
    monkeypatch.delenv("ARTNB_DATA", raising=False)
    monkeypatch.setattr(
        session, "make_demo_data", lambda out, _, **options: make_demo_data(out, 32, **options)
    )
    said = []
    for _ in range(2):
        found = session.competition_data("smoke", tmp_path, tmp_path / "no", say=said.append)
    assert said == ["The competition's files are not here: a few pictures are invented in their "
                    "place."]  # fmt: skip
    assert len(find_photos(found).names) >= session.SMOKE_RULES.fewest


def test_the_run_of_the_session_before_is_gone_on_with(run, dataset, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(session, "train", lambda *given, **options: asked.append((given, options)))
    for snapshot in run.snapshots.iterdir():
        snapshot.unlink()  # a session that ended within its first epoch
    deadline = Deadline(300, 0, started=time.time())
    path = tmp_path / "second" / "monet"
    session.train_in_session(
        dataset, preset_config("smoke"), path, deadline, attached=run.path.parent
    )
    ((given, options),) = asked
    assert given[1] is None, "its own settings count"
    assert given[2] == path
    assert (options["resume"], options["deadline"]) == ("auto", deadline)
    assert Run(path).config() == run.config()


def test_epochs_are_fitted_to_the_sessions(dataset, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(session, "train", lambda _data, config, *_, **__: asked.append(config))
    deadline = Deadline(300, 60, started=time.time())
    for sessions in (1, 3):
        config = preset_config("preview", minutes=4.0)
        session.train_in_session(
            dataset, config, tmp_path / "run", deadline, sessions, attached=tmp_path
        )
    assert [round(config.minutes) for config in asked] == [240, 720]


def test_without_time_nothing_is_trained(dataset, tmp_path):
    past = Deadline(10, 0, started=0.0)
    with pytest.raises(InputError, match="no time is left for training"):
        session.train_in_session(dataset, preset_config("smoke"), tmp_path / "run", past)


def test_a_wrong_submission_is_turned_down_for_several_reasons(tmp_path):
    right = write_zip(tmp_path / "images.zip", some_pictures(5, size_px=256))
    photos = write_pictures(tmp_path / "photos", 2)
    wrong = session.make_wrong_submission(tmp_path / "wrong.zip", right, photos)
    problems = check_submission(wrong, replace(FEW, size_px=256)).problems
    assert len(problems) == 4


def test_a_submission_beside_its_photos(tmp_path):
    photos = find_photos(write_pictures(tmp_path / "photos", 5))
    pictures = {f"{number:03d}.jpg": encoded(number) for number in range(4)}
    picture = draw_submission(write_zip(tmp_path / "images.zip", pictures), photos, count=3)
    assert picture.width > 3 * 140
    assert picture.height > 2 * 140


def test_compression_enlarged():
    picture = draw_compression(decode_rgb(encoded(size_px=256)))
    assert picture.width > 4 * 256
