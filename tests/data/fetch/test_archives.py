"""Zip archives that are well, damaged, or made to do harm."""

import io
import shutil
import stat
import warnings
import zipfile
from collections import namedtuple

import pytest

from artnb.data.fetch import archives
from artnb.data.fetch.archives import unpack
from artnb.errors import InputError
from artnb.files import check_room

from .zips import zip_of


@pytest.fixture
def try_to_unpack(tmp_path):
    """Unpack bytes into `tmp_path/in/side`; gives the paths that came out, by name."""

    def try_to_unpack(data, **options):
        archive, inside = tmp_path / "data.zip", tmp_path / "in" / "side"
        archive.write_bytes(data)
        inside.mkdir(parents=True, exist_ok=True)
        unpack(archive, inside, **options)
        return {
            path.relative_to(inside).as_posix(): path.read_bytes()
            for path in inside.rglob("*")
            if path.is_file()
        }

    return try_to_unpack


def member(name, mode=stat.S_IFREG | 0o644, **attributes):
    info = zipfile.ZipInfo("x")
    info.filename = name  # unlike the constructor, takes any
    info.external_attr = mode << 16
    for key, value in attributes.items():
        setattr(info, key, value)
    return info


def outside(tmp_path):
    """Everything but the archive and the folder that is unpacked into."""
    inside = tmp_path / "in" / "side"
    return [path for path in tmp_path.rglob("*") if path.is_file() and inside not in path.parents]


def test_what_was_packed_comes_out(try_to_unpack):
    files = {"a/1.jpg": b"one" * 9000, "a/b/2.jpg": b"", "Été.txt": b"three"}
    assert try_to_unpack(zip_of(files)) == files


def test_folders_and_what_a_mac_adds_are_left_out(try_to_unpack):
    files = {"x/": b"", "x/1.jpg": b"1", "__MACOSX/x/._1.jpg": b"\0"}
    assert try_to_unpack(zip_of(files)) == {"x/1.jpg": b"1"}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("set/a/1", "set/b/2"), ("a/1", "b/2")),
        (("set/a/1", "other/b/2"), ("set/a/1", "other/b/2")),
        (("set/a/1", "read.me"), ("set/a/1", "read.me")),
    ],
)
def test_a_folder_that_holds_everything_can_be_left_away(try_to_unpack, names, expected):
    found = try_to_unpack(zip_of(dict.fromkeys(names, b"1")), without_top=True)
    assert sorted(found) == sorted(expected)


def test_progress_goes_a_step_for_each_file(try_to_unpack):
    steps = []
    progress = lambda title, total: steps.append((title, total)) or (lambda: steps.append(1))  # noqa: E731
    try_to_unpack(zip_of({"a": b"1", "b": b"2"}), progress=progress)
    assert steps == [("unpacking data.zip", 2), 1, 1]


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "a/../../evil.txt",
        "a/..",
        "/evil.txt",
        "//host/share/evil.txt",
        "C:/evil.txt",
        "C:evil.txt",
        "..\\evil.txt",
        "\\evil.txt",
        "a:stream",
        "evil.txt\0.jpg",
    ],
)
def test_names_that_lead_out_are_refused_before_anything_is_written(try_to_unpack, tmp_path, name):
    data = zip_of({"good.txt": b"good", member(name): b"evil"})
    with pytest.raises(InputError, match=r"data\.zip is not unpacked: .* leads out of the folder"):
        try_to_unpack(data)
    assert outside(tmp_path) == [tmp_path / "data.zip"]
    assert list((tmp_path / "in" / "side").iterdir()) == []


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(try_to_unpack, kind):
    data = zip_of({member("a", kind | 0o777): b"/etc/passwd", "a/b": b"through the link"})
    with pytest.raises(InputError, match="'a' in it is a link or a device"):
        try_to_unpack(data)


def test_encrypted_and_unusual_members_are_refused(try_to_unpack):
    locked = bytearray(zip_of({"a": b"1"}))
    locked[locked.rindex(b"PK\1\2") + 8] |= 1
    with pytest.raises(InputError, match="'a' in it is encrypted"):
        try_to_unpack(bytes(locked))
    with pytest.raises(InputError, match="compressed in an unusual way"):
        try_to_unpack(zip_of({"a": b"1"}, zipfile.ZIP_LZMA))


def test_a_bomb_is_not_unpacked(try_to_unpack, tmp_path):
    bomb = zip_of({f"{number}.jpg": bytes(4_000_000) for number in range(4)})
    assert len(bomb) < 20_000
    with pytest.raises(InputError, match=r"holds [\d,]+ times what it is itself"):
        try_to_unpack(bomb)
    assert list((tmp_path / "in" / "side").iterdir()) == []


def test_what_is_too_much_or_too_many_is_not_unpacked(try_to_unpack, monkeypatch):
    data = zip_of({"a": b"1" * 900, "b": b"2" * 200})
    monkeypatch.setattr(archives, "MOST_FILES", 1)
    with pytest.raises(InputError, match=r"holds 2 files, and at most 1 are unpacked"):
        try_to_unpack(data)
    monkeypatch.setattr(archives, "MOST_FILES", 2)
    monkeypatch.setattr(archives, "LARGEST_BYTES", 1099)
    with pytest.raises(InputError, match=r"GB, and at most 0\.0 GB are unpacked"):
        try_to_unpack(data)
    monkeypatch.setattr(archives, "LARGEST_BYTES", 1100)
    assert len(try_to_unpack(data)) == 2


def test_a_member_that_is_longer_than_it_says_does_not_get_through(try_to_unpack, tmp_path):
    data = bytearray(zip_of({"a": b"1" * 5000}))
    at = data.rindex(b"PK\1\2") + 24
    data[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises(InputError, match="no whole zip archive"):
        try_to_unpack(bytes(data))
    written = tmp_path / "in" / "side" / "a"
    assert not written.exists() or written.stat().st_size <= 10


@pytest.mark.parametrize("damage", ["cut", "changed", "text", "empty"])
def test_a_damaged_archive_is_one_sentence(try_to_unpack, damage):
    whole = zip_of({"a.jpg": bytes(range(256)) * 50}, zipfile.ZIP_STORED)
    changed = bytearray(whole)
    changed[5000] ^= 255
    data = {"cut": whole[:-30], "changed": bytes(changed), "text": b"<html>", "empty": b""}[damage]
    with pytest.raises(InputError, match=r"data\.zip is no whole zip archive .* fetch it again"):
        try_to_unpack(data)


def test_a_file_where_a_folder_must_be_is_one_sentence(try_to_unpack):
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("a", b"file")
        archive.writestr("a/b", b"below it")
    with pytest.raises(InputError, match="cannot be written"):
        try_to_unpack(stream.getvalue())


def test_no_room_is_told_before(try_to_unpack, tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 9, 999))
    with pytest.raises(InputError, match=r"data\.zip needs 0 MB in .*, and 0 MB are free"):
        try_to_unpack(zip_of({"a": b"1" * 1000}))
    assert list((tmp_path / "in" / "side").iterdir()) == []
    assert check_room(tmp_path / "not" / "there", 999, "x") is None
