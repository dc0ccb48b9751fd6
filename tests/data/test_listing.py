"""Every picture of a folder is found, whatever its name and its folder; the rest has a reason."""

import os
from pathlib import Path

import pytest

from artnb.data.images import encode_jpeg
from artnb.data.listing import describe_reasons, list_images, look_through, picture_stem
from artnb.data.sources import pictures_in
from artnb.errors import InputError

from .pictures import encoded, fill, picture


def found(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in list_images(folder)]


def reasons(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): why for p, why in look_through(folder).passed_over}


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("1200px-Monet.jpg!Large", "JPEG"),
        ("portrait of Mr. Smith", "JPEG"),
        ("IMG_1234", "PNG"),
        ("stereo.mpo", "MPO"),
        ("a.tga", "TGA"),
        ("a.ppm", "PPM"),
        ("scan.jpg.bak", "TIFF"),
        ("a.qoi", "QOI"),
        ("a.jp2", "JPEG2000"),
    ],
)
def test_a_picture_is_found_whatever_its_name(tmp_path, name, form):
    (tmp_path / name).write_bytes(encoded(picture(0), form))
    assert found(tmp_path) == [name]


def test_folders_that_are_links_are_looked_into(tmp_path):
    fill(tmp_path / "elsewhere", 2)
    folder = tmp_path / "photos"
    fill(folder / "own", 1)
    (folder / "linked").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (folder / "one.png").symlink_to(tmp_path / "elsewhere" / "0000.png")
    assert found(folder) == ["linked/0000.png", "linked/0001.png", "one.png", "own/0000.png"]
    assert not reasons(folder)


def test_links_in_a_circle_and_twice_end(tmp_path):
    folder = tmp_path / "photos"
    fill(folder / "a", 1)
    (folder / "a" / "back").symlink_to(folder, target_is_directory=True)
    (folder / "again").symlink_to(folder / "a", target_is_directory=True)
    (folder / "out").symlink_to(tmp_path, target_is_directory=True)
    assert found(folder) == ["a/0000.png"]
    assert reasons(folder) == {
        "a/back": "a link to a folder that is taken already",
        "again": "a link to a folder that is taken already",
        "out": "a link to a folder that holds this one",
    }


def test_whatever_is_not_taken_has_a_reason(tmp_path):
    fill(tmp_path, 1)
    (tmp_path / "notes.txt").write_text("Dear diary, \n")
    (tmp_path / "empty").touch()
    (tmp_path / "a.nef").write_bytes(encoded(picture(0), "TIFF"))
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    (tmp_path / "pointer").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    (tmp_path / ".hidden.jpg").touch()
    (tmp_path / ".cache").mkdir()
    (tmp_path / "._a.jpg").touch()
    (tmp_path / "Thumbs.db").touch()
    (tmp_path / "b.jpg.part").write_bytes(encoded(picture(0), "JPEG"))
    os.mkfifo(tmp_path / "pipe")
    assert found(tmp_path) == ["0000.png"]
    assert reasons(tmp_path) == {
        "notes.txt": "no picture",
        "empty": "no picture",
        "a.nef": "a camera's raw file; develop it to JPEG or TIFF first",
        "gone.jpg": "a link to nothing",
        "b.jpg.part": "not finished",
        "pointer": "a Git LFS pointer, not the file: git lfs pull",
        ".hidden.jpg": "hidden by the dot that its name begins with",
        ".cache": "hidden by the dot that its name begins with",
        "pipe": "no file",
    }


def test_heic_without_a_name_for_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pillow_heif", None)
    (tmp_path / "IMG_1").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(80))
    assert "pip install pillow-heif" in reasons(tmp_path)["IMG_1"]


def test_a_folder_that_nobody_may_open_is_named(tmp_path, monkeypatch):
    fill(tmp_path / "closed", 1)
    fill(tmp_path / "open", 1)
    scandir = os.scandir

    def refuse(place):
        if Path(place).name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(place)

    monkeypatch.setattr(os, "scandir", refuse)
    assert found(tmp_path) == ["open/0000.png"]
    assert reasons(tmp_path) == {"closed": "a folder that cannot be opened: Permission denied"}


def test_a_folder_without_pictures_says_what_lies_there(tmp_path):
    (tmp_path / "a.cr2").touch()
    (tmp_path / "b.txt").touch()
    with pytest.raises(InputError, match=r"no pictures.+a\.cr2 \(a camera's raw.+b\.txt \(no pic"):
        pictures_in(tmp_path)


def test_many_of_one_kind_are_put_together():
    many = [(f"{number}.txt", "no picture") for number in range(12)]
    lines = describe_reasons([*many, ("a.nef", "a camera's raw file")])
    assert lines == [
        "passed over: 0.txt, 1.txt, 2.txt and 9 more (no picture)",
        "passed over: a.nef (a camera's raw file)",
    ]


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("a.jpg", "a"),
        ("a.JPG!Large", "a"),
        ("a.b.png", "a.b"),
        ("Mr. Smith", "Mr. Smith"),
        (".jpg", ".jpg"),
    ],
)
def test_the_ending_of_a_picture_is_known(name, stem):
    assert picture_stem(name) == stem


def test_usual_pictures_are_not_opened_for_a_list(tmp_path, monkeypatch):
    (tmp_path / "a.jpg").write_bytes(encode_jpeg(picture(0)))
    monkeypatch.setattr(Path, "open", lambda *_args: pytest.fail("it was opened"))
    assert found(tmp_path) == ["a.jpg"]
