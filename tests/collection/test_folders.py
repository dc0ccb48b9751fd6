"""A Collection becomes folders of pictures, one for each value of a column."""

import numpy as np
import pytest
from PIL import Image

from artnb.cli import main
from artnb.collection.folders import folder_name, write_folders
from artnb.data.dataset import open_dataset
from artnb.errors import InputError
from tests.collection.test_prepare import make_collection, noise


@pytest.fixture
def collection(tmp_path):
    return make_collection(
        tmp_path / "art",
        7,
        cluster=["0", "0", "0", "1", "1", "", "2"],
        keep=["yes", "", "no", "", "", "", ""],
        crop=["10 5 30 35", *[""] * 6],
    )


def test_each_value_gets_a_folder_of_what_is_in_use(collection, tmp_path):
    written = write_folders(collection, tmp_path / "out", "cluster")
    assert written == {"0": 2, "1": 2, "2": 1}
    files = sorted(p.relative_to(tmp_path / "out").as_posix()
                   for p in (tmp_path / "out").rglob("*.png"))  # fmt: skip
    assert files == [
        "0/picture-00.png", "0/picture-01.png", "1/picture-03.png", "1/picture-04.png",
        "2/picture-06.png",
    ]  # fmt: skip
    with Image.open(tmp_path / "out" / "0" / "picture-00.png") as cropped:
        assert (np.asarray(cropped) == np.asarray(noise(0).crop((10, 5, 30, 35)))).all()


def test_folders_are_classes_of_a_dataset(collection, tmp_path, capsys):
    out = tmp_path / "out"
    arguments = ["collection", "folders", str(collection.folder), "--by", "cluster"]
    assert main([*arguments, "--least", "2", "--out", str(out)]) == 0
    assert "--set classes=folders" in capsys.readouterr().out
    dataset = open_dataset(out, size_px=32, domains=1)
    assert dataset.folders() == ("0", "1")
    numbers = dataset.with_classes(dataset.folders()).class_numbers(range(len(dataset.y.train)))
    named = [name.partition("/")[0] for name in dataset.y.train.names]
    assert [str(number) for number in numbers] == named


def test_without_a_column_all_lie_in_one(collection, tmp_path):
    assert write_folders(collection, tmp_path / "out") == {"": 6}
    assert len(list((tmp_path / "out").glob("*.png"))) == 6


def test_values_become_names_that_every_system_takes():
    assert folder_name("Monet, Claude / 1890: «été»") == "Monet_Claude_1890_été"
    assert folder_name("..") == folder_name("") == ""


def test_what_cannot_be_asked_is_explained(collection, tmp_path):
    with pytest.raises(InputError, match=r'no column .clustr.; did you mean "cluster"'):
        write_folders(collection, tmp_path / "out", "clustr")
    with pytest.raises(InputError, match=r"1 to 1,000 values with 5 pictures or more, .* has 0"):
        write_folders(collection, tmp_path / "out", "cluster", least=5)
    assert not (tmp_path / "out").exists()
