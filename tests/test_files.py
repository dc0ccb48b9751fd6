"""Files and folders that are there whole or not at all."""

import pytest

from artnb.errors import InputError
from artnb.files import can_write, require_writable, unfinished_file, unfinished_folder
from tests.mounts import read_only


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


def test_a_file_gets_its_name_when_it_is_whole(tmp_path):
    (tmp_path / "a").write_text("old")
    with unfinished_file(tmp_path / "a") as unfinished:
        unfinished.write_text("new")
        assert (tmp_path / "a").read_text() == "old"
        assert names(tmp_path) == ["a", "a.part"]
    assert (tmp_path / "a").read_text() == "new"
    assert names(tmp_path) == ["a"]


def interrupted(unfinished):
    unfinished.write_text("half")
    raise KeyboardInterrupt


def test_an_error_leaves_the_old_file_alone(tmp_path):
    (tmp_path / "a").write_text("old")
    with pytest.raises(KeyboardInterrupt), unfinished_file(tmp_path / "a") as unfinished:
        interrupted(unfinished)
    assert (tmp_path / "a").read_text() == "old"
    assert names(tmp_path) == ["a"]


def test_a_folder_gets_its_name_when_it_is_whole_and_starts_empty(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a.part" / "b").mkdir(parents=True)
    (tmp_path / "a.part" / "b" / "left").write_text("by a power cut")
    with unfinished_folder(tmp_path / "a") as unfinished:
        assert names(unfinished) == []
        (unfinished / "c").write_text("new")
        assert names(tmp_path / "a") == []
    assert names(tmp_path / "a") == ["c"]
    assert names(tmp_path) == ["a"]


def test_a_folder_that_holds_something_is_never_replaced(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "mine").write_text("mine")
    with pytest.raises(OSError, match="not empty"), unfinished_folder(tmp_path / "a"):
        pass
    assert names(tmp_path) == ["a"]
    assert names(tmp_path / "a") == ["mine"]


def test_a_read_only_place_is_told_before_any_work(tmp_path):
    (tmp_path / "input").mkdir()
    with read_only(tmp_path / "input") as folder:
        assert not can_write(folder)
        for place in (folder, folder / "runs" / "new"):
            with pytest.raises(InputError, match=r"nothing can be written to .*; take another$"):
                require_writable(place, "take another")
    require_writable(tmp_path / "input" / "new", "take another")
    assert not (tmp_path / "input" / "new").exists()
