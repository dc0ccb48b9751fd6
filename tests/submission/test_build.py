"""Submissions are made, interrupted at any moment, and gone on with."""

import json
import signal
import subprocess
import sys
import time
import zipfile
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from artnb.data.images import is_marked_as_painted
from artnb.errors import InputError
from artnb.platform.deadline import Deadline
from artnb.submission import build
from artnb.submission.build import build_submission
from artnb.submission.check import check_submission
from artnb.submission.rules import Rules
from artnb.submission.unfinished import facts_file, finished_facts
from artnb.translation import paint
from tests.evaluation.stand_in import make_run, write_pictures
from tests.submission.made import FEW, SIZE_PX


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    return make_run(folder / "run", folder / "data")


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_pictures(tmp_path_factory.mktemp("photos") / "photos", 37, SIZE_PX)


@pytest.fixture(scope="module")
def whole(run, photos, tmp_path_factory):
    """A submission that was never interrupted."""
    return make(run, photos, tmp_path_factory.mktemp("whole") / "images.zip", epoch=1)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(build, "PICTURES_A_CHUNK", 4)
    monkeypatch.setattr("artnb.submission.painting.PICTURES_A_DEVICE", 4)


def make(run, photos, out, **options):
    options = {"rules": FEW, "say": lambda _line: None, **options}
    return build_submission(run, photos, out, **options)


def interrupting_after(count):
    """Give a progress that presses Ctrl-C while pictures are painted."""

    def progress(title, _total):
        seen = []

        def advance():
            seen.append(title)
            if title == "painting" and len(seen) == count:
                raise KeyboardInterrupt

        return advance

    return progress


def test_the_zip_is_right_and_made_by_the_network(run, photos, whole):
    assert (whole.pictures, whole.painted, whole.other_sizes) == (37, 37, 0)
    assert check_submission(whole.path, FEW).is_right
    with zipfile.ZipFile(whole.path) as archive:
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        assert archive.namelist() == [f"{number:03d}.jpg" for number in range(37)]
        data = archive.read("005.jpg")
    assert is_marked_as_painted(data)
    photo = np.asarray(Image.open(photos / "005.png"))
    painting = np.asarray(Image.open(BytesIO(data)), float)
    expected = paint(run.painter(1).load(), photo[None])[0]
    assert np.abs(painting - expected).mean() < 6
    assert np.abs(painting - photo).mean() > 12


def test_facts_lie_beside_it_and_nothing_else(whole):
    folder = whole.path.parent
    assert sorted(path.name for path in folder.iterdir()) == ["images.zip", "images.zip.json"]
    facts = json.loads(facts_file(whole.path).read_text())
    assert (facts["run"], facts["epoch"], facts["pictures"]) == ("run", 1, 37)


def test_other_sizes_are_brought_to_squares_and_said(run, tmp_path):
    write_pictures(tmp_path / "photos", 4, 48)
    write_pictures(tmp_path / "photos" / "right", 3, SIZE_PX, seed=1)
    said = []
    made = make(run, tmp_path / "photos", tmp_path / "images.zip", say=said.append)
    assert made.other_sizes == 4
    assert "4 photos of another size were brought to 32×32 px" in said[-1]
    assert check_submission(made.path, FEW).is_right


def test_too_few_photos_are_refused_before_anything_is_painted(run, photos, tmp_path, monkeypatch):
    monkeypatch.setattr(build, "on_all_devices", lambda *_: pytest.fail("it was painted"))
    with pytest.raises(InputError, match=r"holds 7,000 to 10,000 pictures, and .* has 37 photos"):
        make(run, photos, tmp_path / "images.zip", rules=Rules())
    with pytest.raises(InputError, match="with --count 30"):
        make(run, photos, tmp_path / "images.zip", rules=Rules(fewest=3, most=30))
    assert list(tmp_path.iterdir()) == []


def test_some_photos_spread_evenly(run, photos, tmp_path):
    made = make(run, photos, tmp_path / "images.zip", count=10)
    with zipfile.ZipFile(made.path) as archive:
        assert archive.namelist()[::9] == ["000.jpg", "036.jpg"]
    assert made.pictures == 10


def test_photos_that_cannot_be_read_are_left_out(run, tmp_path):
    folder = write_pictures(tmp_path / "photos", 8)
    (folder / "broken.jpg").write_bytes(b"no picture")
    made = make(run, folder, tmp_path / "images.zip")
    assert made.pictures == 8
    assert [name for name, _ in made.unreadable] == ["broken.jpg"]
    with pytest.raises(InputError, match=r"8 could be painted: 1 photos .* such as broken.jpg"):
        make(run, folder, tmp_path / "other.zip", rules=Rules(fewest=9, size_px=32))


@pytest.mark.parametrize("count", [1, 18])
def test_interrupted_and_gone_on_with(run, photos, whole, tmp_path, count):
    out = tmp_path / "images.zip"
    with pytest.raises(KeyboardInterrupt):
        make(run, photos, out, epoch=1, progress=interrupting_after(count))
    assert not out.exists()
    made = make(run, photos, out, epoch=1)
    assert made.pictures == 37
    assert 37 - count - 3 <= made.painted <= 37 - count
    assert out.read_bytes() == whole.path.read_bytes()


def test_a_finished_one_is_not_painted_again(run, photos, whole):
    said = []
    again = make(run, photos, whole.path, epoch=1, say=said.append)
    assert (again.pictures, again.painted) == (37, 0)
    assert "is there already, made of the same photos and weights" in said[0]
    assert again.describe().endswith("all were painted before")


def test_a_zip_made_otherwise_is_not_overwritten(run, photos, tmp_path):
    out = tmp_path / "images.zip"
    first = make(run, photos, out, epoch=1).path.read_bytes()
    with pytest.raises(InputError, match="exists already: epoch is 1 there and 2 here"):
        make(run, photos, out, epoch=2)
    assert out.read_bytes() == first
    assert make(run, photos, out, epoch=2, replace=True).painted == 37
    assert finished_facts(out)["epoch"] == 2


def test_what_was_begun_otherwise_is_not_mixed_in(run, photos, tmp_path):
    out = tmp_path / "images.zip"
    with pytest.raises(KeyboardInterrupt):
        make(run, photos, out, epoch=1, progress=interrupting_after(9))
    with pytest.raises(InputError, match="the beginning of another submission: epoch is 1 there"):
        make(run, photos, out, epoch=2)
    assert make(run, photos, out, epoch=2, replace=True).painted == 37


def test_a_deadline_ends_it_with_pictures_enough(run, photos, tmp_path):
    past = Deadline(1, 0, started=time.time() - 3600)
    said = []
    with pytest.raises(InputError, match="time was up after 4; the same call goes on"):
        make(run, photos, tmp_path / "a.zip", deadline=past, rules=Rules(fewest=9, size_px=32))
    made = make(run, photos, tmp_path / "b.zip", deadline=past, say=said.append)
    assert made.pictures == 4
    assert "Time is up: the zip holds 4 of 37 pictures." in said
    assert check_submission(made.path, FEW).is_right


PROGRAM = """
import sys, time
from pathlib import Path
from artnb.runs.run import Run
from artnb.submission import build, painting
from artnb.submission.build import build_submission
from tests.submission.made import FEW

build.PICTURES_A_CHUNK = painting.PICTURES_A_DEVICE = 4
run, photos, out = map(Path, sys.argv[1:])

def slowly(title, total):
    return lambda: time.sleep(0.02 * (title == "painting"))

build_submission(Run(run), photos, out, rules=FEW, progress=slowly)
"""


@pytest.mark.slow
def test_killed_and_gone_on_with(run, photos, tmp_path):
    out = tmp_path / "images.zip"
    command = [sys.executable, "-c", PROGRAM, str(run.path), str(photos), str(out)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    part = tmp_path / "images.zip.part"
    until = time.monotonic() + 300
    while not (part / "0003.zip").exists() and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not out.exists(), "it was faster than the kill"
    made = make(run, photos, out)
    assert made.pictures == 37
    assert made.painted <= 37 - 16
    assert check_submission(out, FEW).is_right


@pytest.mark.slow
def test_all_of_the_competitions_photos(competition, tmp_path):
    run = make_run(tmp_path / "run", tmp_path / "data")
    made = build_submission(run, competition, tmp_path / "images.zip")
    assert made.pictures == 7_038
    assert check_submission(made.path).is_right


def test_devices_share_every_batch():
    command = [sys.executable, "-m", "tests.submission.on_devices"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "Painting on 2 devices: each takes 16 of 32 pictures.",
        "32 a batch, as on one device: True",
    ]


def test_two_submissions_never_share_a_zip(run, photos, tmp_path):
    out, refused = tmp_path / "images.zip", []

    def progress(title, _total):
        if title == "painting" and not refused:
            with pytest.raises(InputError, match="is worked on by process") as error:
                make(run, photos, out, epoch=2, replace=True)
            refused.append(str(error.value))
        return lambda: None

    made = make(run, photos, out, epoch=1, progress=progress)
    assert refused
    assert finished_facts(out)["epoch"] == 1
    assert made.painted == 37
    assert sorted(path.name for path in tmp_path.iterdir()) == ["images.zip", "images.zip.json"]
