"""Where a repository keeps large files elsewhere, every reader names the pointer in their place."""

import os

import pytest

from artnb.collection.sources import read_source
from artnb.data.dataset import open_dataset
from artnb.data.records import read_shard
from artnb.documents import read_document, read_numbers
from artnb.errors import InputError
from artnb.evaluation.zips import pictures_of_zip
from artnb.exchange.source import read_generator
from artnb.files import pointer_reason
from artnb.runs.snapshots import read_snapshot
from artnb.submission.check import check_submission
from artnb.torch_files import read_state_dict
from artnb.training.checkpoint_folder import Checkpoint, DamagedError
from artnb.web.published import PublishedFile
from tests.data.pictures import fill

# As git-lfs/docs/spec.md has it.
POINTER = (
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
    "size 12345\n"
)
SAID = "it is a Git LFS pointer, not the file: git lfs pull"


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("generator.h5", read_generator),
        ("generator.keras", read_generator),
        ("generator.pth", read_generator),
        ("generator.onnx", read_generator),
        ("generator.index", read_generator),
        ("generator.pth", read_state_dict),
        ("epoch-0001.safetensors", lambda path: read_snapshot(path, "generator_g")),
        ("photo-00000.tfrec", lambda path: list(read_shard(path))),
        ("photo-00000.tfrec.gz", lambda path: list(read_shard(path))),
        ("images.zip", pictures_of_zip),
        ("run.json", lambda path: read_document(path, dict, "mend it")),
        ("log.csv", lambda path: read_numbers(path, "mend it")),
        ("paintings.csv", read_source),
        ("paintings.csv.gz", read_source),
    ],
)
def test_a_pointer_in_place_of_a_file_is_named(tmp_path, name, read):
    path = tmp_path / name
    path.write_text(POINTER)
    with pytest.raises(InputError, match=f"{name}.*{SAID}"):
        read(path)


def test_a_submission_that_is_a_pointer_is_named(tmp_path):
    (tmp_path / "images.zip").write_text(POINTER)
    assert SAID in check_submission(tmp_path / "images.zip").describe()


def test_weights_that_are_a_pointer_are_not_called_incomplete(tmp_path):
    (tmp_path / "weights.h5").write_text(POINTER)
    file = PublishedFile("weights.h5", size_bytes=12345)
    assert SAID.removeprefix("it ") in file.problem(tmp_path / "weights.h5", tmp_path / "notes")


def test_a_data_file_of_a_checkpoint_of_tensorflow(tmp_path):
    (tmp_path / "generator.index").write_bytes(os.urandom(200))
    (tmp_path / "generator.data-00000-of-00001").write_text(POINTER)
    with pytest.raises(InputError, match=rf"generator\.data-00000-of-00001.*{SAID}"):
        read_generator(tmp_path / "generator.index")


def test_a_checkpoint_with_a_pointer_is_damaged_and_says_so(tmp_path, monkeypatch):
    (tmp_path / "state.safetensors").write_text(POINTER)
    files = {"state.safetensors": {"bytes": 12345, "sha256": ""}}
    monkeypatch.setattr(Checkpoint, "meta", lambda _self: {"files": files})
    with pytest.raises(DamagedError, match=SAID):
        Checkpoint(tmp_path, 1).verify()


def test_a_folder_of_pictures_that_are_pointers(tmp_path):
    fill(tmp_path / "trainA", 3)
    (tmp_path / "trainB").mkdir()
    for number in range(3):
        (tmp_path / "trainB" / f"{number}.jpg").write_text(POINTER)
    with pytest.raises(InputError, match=f"3 cannot be read.+{SAID}"):
        open_dataset(tmp_path)


def test_text_that_only_speaks_of_pointers_is_none():
    assert not pointer_reason(b"the version https://git-lfs.github.com/spec/v1 is the first")
    assert not pointer_reason(b"")
