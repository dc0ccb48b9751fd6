"""Whatever state a kill leaves behind, what is whole counts and nothing else."""

import json
import zipfile

import pytest

from artnb.errors import InputError
from artnb.submission.unfinished import Unfinished, finished_facts
from tests.submission.made import encoded, some_pictures

PLAN = {"epoch": 1}


@pytest.fixture
def begun(tmp_path):
    """Two chunks of a submission."""
    unfinished = Unfinished(tmp_path / "images.zip", PLAN)
    pictures = some_pictures(6)
    names = list(pictures)
    unfinished.add({name: pictures[name] for name in names[:3]})
    unfinished.add({name: pictures[name] for name in names[3:]})
    return unfinished


def again(begun):
    return Unfinished(begun.out, PLAN)


def test_what_was_added_is_there_again(begun):
    assert again(begun).painted == set(some_pictures(6))


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_chunk_cut_at_any_byte_does_not_count(begun, share):
    chunk = begun.folder / "0001.zip"
    data = chunk.read_bytes()
    chunk.write_bytes(data[: int(share * len(data))])
    assert again(begun).painted == set(list(some_pictures(6))[:3])


def test_a_chunk_with_a_changed_byte_does_not_count(begun):
    chunk = begun.folder / "0000.zip"
    data = bytearray(chunk.read_bytes())
    data[len(data) // 2] ^= 0xFF
    chunk.write_bytes(data)
    assert again(begun).painted == set(list(some_pictures(6))[3:])


def test_what_was_being_written_does_not_count(begun):
    (begun.folder / "0002.zip.part").write_bytes(b"half a chunk")
    (begun.folder / "whole").write_bytes(b"half a zip")
    resumed = again(begun)
    assert resumed.painted == set(some_pictures(6))
    resumed.finish(list(some_pictures(6)), {})
    assert not begun.folder.exists()


def test_a_lost_chunk_is_filled_in_and_the_order_is_kept(begun):
    (begun.folder / "0000.zip").unlink()
    pictures = some_pictures(6)
    resumed = again(begun)
    resumed.add({name: pictures[name] for name in list(pictures)[:3]})
    resumed.finish(list(pictures), {})
    with zipfile.ZipFile(begun.out) as archive:
        assert archive.namelist() == list(pictures)
        assert archive.read("0001.jpg") == encoded(1)


def test_killed_after_the_zip_was_whole(begun, monkeypatch):
    names = list(some_pictures(6))
    with monkeypatch.context() as killed:
        killed.setattr("artnb.submission.unfinished.shutil.rmtree", lambda *_, **__: None)
        begun.finish(names, {})
    assert begun.folder.exists()
    assert finished_facts(begun.out)["pictures"] == 6


def test_another_plan_is_refused_and_a_torn_one_too(begun):
    with pytest.raises(InputError, match="epoch is 1 there and 2 here; delete it"):
        Unfinished(begun.out, {"epoch": 2})
    (begun.folder / "plan.json").write_text('{"epo')
    with pytest.raises(InputError, match="its plan cannot be read"):
        again(begun)
    assert Unfinished(begun.out, {"epoch": 2}, replace=True).painted == set()


def test_a_zip_that_was_changed_no_longer_has_facts(begun):
    begun.finish(list(some_pictures(6)), {"seconds": 1.0})
    assert finished_facts(begun.out)["seconds"] == 1.0
    data = bytearray(begun.out.read_bytes())
    data[50] ^= 0xFF
    begun.out.write_bytes(data)
    assert finished_facts(begun.out) is None
    facts = begun.out.with_name("images.zip.json")
    assert json.loads(facts.read_text())["epoch"] == 1
