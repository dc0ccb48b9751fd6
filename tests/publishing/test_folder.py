"""Where a folder is made whole before it comes to its place."""

import json

import pytest

from artnb.errors import InputError
from artnb.publishing.folder import published_folder
from tests.mounts import mounted


def make(out, text="made"):
    with published_folder(out, "site.json", print) as folder:
        (folder / "site.json").write_text(json.dumps({"files": ["index.html"]}))
        (folder / "index.html").write_text(text)


def test_a_disk_of_its_own_can_be_published_to(tmp_path):
    with mounted(tmp_path, "-t", "tmpfs", "tmpfs") as out:
        make(out)
        make(out, "made anew")
        assert (out / "index.html").read_text() == "made anew"
        assert {path.name for path in out.iterdir()} == {"index.html", "site.json"}


def test_an_equal_file_may_lie_there(tmp_path):
    (tmp_path / "index.html").write_text("made")
    make(tmp_path)
    assert (tmp_path / "index.html").read_text() == "made"


@pytest.mark.parametrize("is_folder", [False, True])
def test_another_file_may_not(tmp_path, is_folder):
    if is_folder:
        (tmp_path / "index.html").mkdir()
    else:
        (tmp_path / "index.html").write_text("mine")
    with pytest.raises(InputError, match="will not be overwritten"):
        make(tmp_path)
