import csv

import pytest

from artnb.training.rows import Rows
from tests.full_disk import fill

WHOLE = [["step", "loss"], ["1", "0.5"], ["2", "0.5"]]


def read(path):
    with path.open(newline="") as file:
        return list(csv.reader(file))


def row(step):
    return {"step": step, "loss": 0.5}


@pytest.fixture
def log(tmp_path):
    return Rows(tmp_path / "log.csv")


def test_rows_share_one_header(log):
    for step in (1, 2):
        log.append(row(step))
    assert read(log.path) == WHOLE
    assert log.data == log.path.read_bytes()


def test_rows_that_a_full_disk_does_not_take_follow_with_the_next(small_disk):
    """Whole or not at all: no torn row stays, and the sentence names the file."""
    log, filling = Rows(small_disk / "log.csv"), small_disk / "filling"
    log.append({"step": 0, "note": "x" * 3000})
    fill(filling)
    before = log.path.read_bytes()
    with pytest.raises(OSError, match=r"No space left on device: '.*log.csv'"):
        log.append({"step": 1, "note": "y" * 9000})
    assert log.path.read_bytes() == before
    assert log.is_owed
    filling.unlink()
    log.append({"step": 2, "note": "z"})
    assert [line[0] for line in read(log.path)] == ["step", "0", "1", "2"]
    assert not log.is_owed


def test_a_file_that_somebody_else_changed_is_mended(log):
    log.append(row(1))
    log.path.write_text("step;loss\n1;0,5\n\n")  # what a spreadsheet makes of it
    log.append(row(2))
    assert read(log.path) == WHOLE


def test_it_goes_back_to_what_a_checkpoint_has(log):
    log.append(row(1))
    kept = log.data
    log.append(row(7))
    again = Rows(log.path)
    again.go_on(kept)
    again.append(row(2))
    assert read(log.path) == WHOLE
    again.go_on(b"")
    assert not log.path.exists()
