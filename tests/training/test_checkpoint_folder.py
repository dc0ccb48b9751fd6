import errno
import os
import random
import subprocess

import numpy as np
import pytest

from artnb import files
from artnb.files import sync_to_disk
from artnb.training import checkpoint_folder
from artnb.training.checkpoint_folder import (
    META,
    DamagedError,
    newest_whole,
    remove,
    thin_out,
    write_checkpoint,
)

STATE = "state.safetensors"


def write(folder, step, size=2000):
    def write_files(partial):
        (partial / STATE).write_bytes(np.random.default_rng(step).bytes(size))
        (partial / "log.csv").write_text("epoch,seconds\n")

    return write_checkpoint(
        folder, step, {"epoch": step // 10, "log": {"seconds": 1.5}}, write_files
    )


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "checkpoints", 100)
    write(tmp_path / "checkpoints", 200)
    return tmp_path / "checkpoints"


@pytest.fixture
def tmpfs(tmp_path):
    """A file system of 2 MB."""
    place = tmp_path / "tmpfs"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount a tmpfs")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


def newest_step(folder, say=lambda _: None):
    return newest_whole([folder], say).step


def test_what_is_written_is_whole_and_says_what_was_given(folder):
    found = newest_whole([folder], pytest.fail)
    meta = found.meta()
    assert (found.step, meta["step"], meta["epoch"]) == (200, 200, 20)
    assert meta["log"] == {"seconds": 1.5}
    assert set(meta["files"]) == {STATE, "log.csv"}
    assert names(folder) == ["step-00000100", "step-00000200"]


def test_facts_that_json_changes_are_no_damage(tmp_path):
    facts = {"by_number": {9: "nine", 10: "ten"}, "pair": (1, 2)}
    write_checkpoint(tmp_path, 1, facts, lambda partial: (partial / STATE).write_bytes(b"0"))
    assert newest_whole([tmp_path], pytest.fail).meta()["pair"] == [1, 2]


@pytest.mark.parametrize("name", [STATE, META])
def test_a_file_cut_anywhere_is_detected(folder, name):
    file = folder / "step-00000200" / name
    data = file.read_bytes()
    for length in random.Random(1).sample(range(len(data.rstrip())), 20):
        file.write_bytes(data[:length])
        said = []
        assert newest_step(folder, said.append) == 100, length
        assert len(said) == 1
        assert "step-00000200" in said[0]
    file.write_bytes(data)
    assert newest_step(folder) == 200


@pytest.mark.parametrize("name", [STATE, META])
def test_one_flipped_byte_is_detected(folder, name):
    file = folder / "step-00000200" / name
    data = file.read_bytes()
    for place in random.Random(2).sample(range(len(data)), 20):
        file.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        assert newest_step(folder) == 100, place


@pytest.mark.parametrize("text", ["", "[]", "3", "null", '{"files": {}}', '{"check": "x"}'])
def test_a_meta_file_of_another_kind_is_damage(folder, text):
    (folder / "step-00000200" / META).write_text(text)
    assert newest_step(folder) == 100


@pytest.mark.parametrize("name", [STATE, META])
def test_a_missing_file_is_damage(folder, name):
    (folder / "step-00000200" / name).unlink()
    with pytest.raises(DamagedError, match="is missing"):
        checkpoint_folder.list_checkpoints(folder)[0].verify()
    assert newest_step(folder) == 100


def test_without_a_whole_one_there_is_none(folder, tmp_path):
    for entry in folder.iterdir():
        (entry / STATE).write_bytes(b"")
    assert newest_whole([folder, tmp_path / "nowhere"], lambda _: None) is None


def test_the_first_folder_wins_a_tie_and_the_newer_one_everything_else(folder, tmp_path):
    write(tmp_path / "mirror", 200)
    assert newest_whole([folder, tmp_path / "mirror"], pytest.fail).path.parent == folder
    newer = write(tmp_path / "mirror", 300)
    assert newest_whole([folder, tmp_path / "mirror"], pytest.fail) == newer


def test_half_written_ones_do_not_count_and_go(folder):
    left = folder / "step-00000300.partial"
    left.mkdir()
    (left / STATE).write_bytes(b"half")
    assert newest_step(folder, pytest.fail) == 200
    thin_out(folder)
    assert names(folder) == ["step-00000100", "step-00000200"]


def test_half_written_ones_do_not_hinder_writing_again(folder):
    (folder / "step-00000300.partial").mkdir()
    (folder / "step-00000300.partial" / "foreign").write_bytes(b"0")
    assert "foreign" not in write(folder, 300).meta()["files"]
    assert write(folder, 300) == newest_whole([folder], pytest.fail)


def test_three_stay_and_those_in_use(folder):
    for step in (300, 400, 500):
        write(folder, step)
    thin_out(folder, in_use=lambda path: path.name == "step-00000100")
    assert names(folder) == [f"step-00000{step}" for step in (100, 300, 400, 500)]
    thin_out(folder)
    assert names(folder) == [f"step-00000{step}" for step in (300, 400, 500)]


def test_files_are_emptied_before_they_are_removed_and_meta_goes_first(folder, monkeypatch):
    seen = []

    def look(path):
        seen.extend(file.stat().st_size for file in path.iterdir())
        assert not (path / META).exists()

    monkeypatch.setattr(files.shutil, "rmtree", look)
    remove(folder / "step-00000100")
    assert seen == [0, 0]


def test_a_folder_that_jupyter_left_is_removed_too(folder):
    (folder / "step-00000100" / ".ipynb_checkpoints").mkdir()
    remove(folder / "step-00000100")
    assert names(folder) == ["step-00000200"]


def test_a_full_disk_leaves_nothing_half_written(tmpfs):
    write(tmpfs, 100, size=900_000)
    with pytest.raises(OSError, match="No space left"):
        write(tmpfs, 200, size=1_500_000)
    assert names(tmpfs) == ["step-00000100"]
    assert newest_step(tmpfs, pytest.fail) == 100


def test_an_error_while_writing_leaves_nothing(folder):
    with pytest.raises(KeyboardInterrupt):
        write_checkpoint(folder, 300, {}, interrupted)
    assert names(folder) == ["step-00000100", "step-00000200"]


def interrupted(partial):
    (partial / STATE).write_bytes(b"half")
    raise KeyboardInterrupt


@pytest.mark.parametrize(("number", "passes"), [(errno.EINVAL, True), (errno.EIO, False)])
def test_a_disk_that_fails_to_keep_data_is_no_drive_without_fsync(
    folder, monkeypatch, number, passes
):
    def fsync(_):
        raise OSError(number, "of the test")

    monkeypatch.setattr(os, "fsync", fsync)
    if passes:
        sync_to_disk(folder)
        return
    with pytest.raises(OSError, match="of the test"):
        write(folder, 300)
    assert newest_step(folder) == 200
