"""The authors' data sets, from a server that is theirs or misbehaves."""

import hashlib
import json
import shutil
import time
from collections import namedtuple
from urllib.parse import urlsplit

import pytest

from artnb.data.dataset import open_dataset
from artnb.data.fetch import cyclegan
from artnb.data.fetch.cyclegan import PUBLISHED, SERVER, fetch_cyclegan
from artnb.errors import InputError
from artnb.web.published import PublishedFile
from tests.web.server import broken_after, in_no_time, stalled_after, status, whole

from .zips import cyclegan_files, write_files, zip_of

NAME = "monet2photo"
FILES = cyclegan_files(NAME)
DATA = zip_of(FILES)
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def fetch(server, tmp_path, monkeypatch):
    """Fetch from the server; takes its answers, and notes what was said and waited."""
    in_no_time(monkeypatch)

    def fetch_it(*answers, name=NAME, out=tmp_path / "out", data=DATA, hashed=True, **options):
        server.answers, server.requests, fetch_it.said = list(answers), [], []
        known = {"size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        zip_file = PublishedFile(f"{NAME}.zip", **(known if hashed else {}))
        files = {NAME: zip_file, "mini": PublishedFile("mini.zip")}
        monkeypatch.setattr(cyclegan, "PUBLISHED", files)
        return fetch_cyclegan(name, out, server=server.url, say=fetch_it.said.append, **options)

    return fetch_it


def entries(folder):
    return sorted(entry.name for entry in folder.iterdir()) if folder.exists() else []


def test_the_folder_can_be_trained_on(fetch, server, tmp_path):
    folder = fetch(whole(DATA))
    assert folder == tmp_path / "out" / NAME
    assert entries(folder) == ["fetched.json", "testA", "testB", "trainA", "trainB"]
    assert entries(tmp_path / "out") == [NAME]
    assert [path for path, _ in server.requests] == [f"/{NAME}.zip"]
    dataset = open_dataset(folder)
    assert dataset.describe() == "photo (3 train, 3 test) → monet (3 train, 3 test), 256 px"
    assert fetch.said == [
        f"Fetching {NAME}.zip from 127.0.0.1: 0 MB.",
        f"{NAME} is in {folder}; its zip is deleted.",
    ]


def test_what_is_there_is_not_fetched_again(fetch, server):
    folder = fetch(whole(DATA))
    (folder / "trainA" / "my own.txt").write_text("more is no harm")
    assert fetch(status(500)) == folder
    assert server.requests == []
    assert fetch.said == [f"{NAME} is in {folder} already."]


@pytest.mark.parametrize("out", [None, "here", f"here/{NAME}"])
def test_the_folder_has_the_name_that_says_which_side_is_which(fetch, tmp_path, cache, out):
    folder = fetch(whole(DATA), out=out and tmp_path / out)
    assert folder == (tmp_path / "here" / NAME if out else cache / NAME)


def test_the_zip_can_be_kept_and_is_taken_the_next_time(fetch, server, tmp_path):
    folder = fetch(whole(DATA), keep_zip=True)
    assert entries(tmp_path / "out") == [NAME, f"{NAME}.zip"]
    assert fetch.said[-1] == f"{NAME} is in {folder}, and its zip beside it."
    shutil.rmtree(folder)
    assert fetch(status(500)) == folder
    assert server.requests == []
    assert entries(tmp_path / "out") == [NAME]
    write_files(tmp_path / "out", {f"{NAME}.zip": DATA[:-1]})
    shutil.rmtree(folder)
    assert fetch(whole(DATA)) == folder  # another file of that name is fetched anew
    assert len(server.requests) == 1


def test_a_download_that_breaks_off_or_falls_silent_goes_on(fetch, server):
    third = len(DATA) // 3

    def stalled_again(handler):
        handler.answer(
            206,
            {
                "Content-Range": f"bytes {third}-{len(DATA) - 1}/{len(DATA)}",
                "Content-Length": len(DATA) - third,
            },
        )
        stalled_after(0, b"", seconds=0.6)(handler)

    assert fetch(broken_after(third, DATA), stalled_again, whole(DATA)).is_dir()
    ranges = [headers.get("Range") for _, headers in server.requests]
    assert ranges == [None, f"bytes={third}-", f"bytes={third}-"]


def test_a_slow_server_is_waited_for(fetch):
    def slow(handler):
        handler.answer(200, {"Content-Length": len(DATA), "ETag": '"one"'})
        for at in range(0, len(DATA), len(DATA) // 4):
            handler.wfile.write(DATA[at : at + len(DATA) // 4])
            handler.wfile.flush()
            time.sleep(0.1)

    assert fetch(slow).is_dir()
    assert len(fetch.said) == 2  # no word of trying again


def test_the_server_is_given_time_as_it_asks(fetch, tmp_path):
    assert fetch(status(429, Retry_After="7"), status(500), whole(DATA)).is_dir()
    assert fetch.said[1:3] == [
        f"{NAME}.zip: 127.0.0.1 asked for patience (429); trying again in 7 s.",
        f"{NAME}.zip: 127.0.0.1 has a problem of its own (500); trying again in 2 s.",
    ]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (status(401), r"wants to know who asks \(401\)"),
        (status(403), r"may not be fetched \(403\)"),
        (status(404), r"is not there \(404\)"),
        (status(500), r"in 5 tries: 127.0.0.1 has a problem of its own"),
        (whole(DATA[:-1]), r"must have [\d,]+ bytes, and it has [\d,]+: it is another file"),
        (whole(DATA[:-1] + b"!"), r"must have the sha256 .* fetch it again"),
    ],
)
def test_a_failure_is_a_sentence_and_leaves_nothing(fetch, tmp_path, answer, message):
    with pytest.raises(InputError, match=message):
        fetch(answer)
    assert entries(tmp_path / "out") == []
    assert fetch(whole(DATA)).is_dir()


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({f"{NAME}/trainA/1.jpg": b"", "../evil.txt": b""}, "leads out of the folder"),
        ({f"{NAME}/trainA/{n}.jpg": bytes(10**7) for n in range(2)}, "times what it is itself"),
        ({f"{NAME}/trainA/1.jpg": b"", f"{NAME}/testA/1.jpg": b""}, "must hold trainA and trainB"),
    ],
)
def test_an_archive_that_is_none_of_theirs_leaves_no_folder(fetch, tmp_path, files, message):
    bad = zip_of(files)
    with pytest.raises(InputError, match=message):
        fetch(whole(bad), data=bad)
    assert entries(tmp_path / "out") == [f"{NAME}.zip"]
    assert not list(tmp_path.rglob("evil*"))


def test_unpacking_that_was_killed_starts_over(fetch, server, tmp_path, monkeypatch):
    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as context:
        context.setattr(cyclegan, "unpack", killed)
        with pytest.raises(KeyboardInterrupt):
            fetch(whole(DATA))
    assert entries(tmp_path / "out") == [f"{NAME}.zip"]
    write_files(tmp_path / "out" / f"{NAME}.part", {"trainA/left.jpg": b"by a power cut"})
    folder = fetch(status(500))
    assert server.requests == []
    assert entries(tmp_path / "out") == [NAME]
    assert not (folder / "trainA" / "left.jpg").exists()


def test_a_folder_of_somebody_else_is_refused(fetch, server, tmp_path):
    write_files(tmp_path / "out" / NAME, {"mine.txt": b"mine"})
    with pytest.raises(InputError, match="it holds something else; choose another folder"):
        fetch(whole(DATA))
    assert server.requests == []
    (tmp_path / "out" / NAME / "mine.txt").unlink()
    assert fetch(whole(DATA)).is_dir()  # an empty one is welcome


def test_a_folder_that_lost_something_is_told(fetch, server):
    folder = fetch(whole(DATA))
    (folder / "trainB" / "1.jpg").unlink()
    with pytest.raises(InputError, match=r"must hold 12 files .* it has 11 .* fetched again"):
        fetch(whole(DATA))
    (folder / "trainB" / "1.jpg").write_bytes(b"cut")
    with pytest.raises(InputError, match=r"must hold 12 files with .* it has 12 with"):
        fetch(whole(DATA))
    (folder / "fetched.json").write_text("{torn")
    with pytest.raises(InputError, match="it holds something else"):
        fetch(whole(DATA))


def test_a_hash_that_nobody_published_is_compared_with_the_first(fetch, cache, tmp_path):
    mini = zip_of(cyclegan_files("mini"))
    folder = fetch(whole(mini), name="mini")
    assert fetch.said[0] == "Fetching mini.zip from 127.0.0.1: nobody published its size."
    notes = json.loads((cache / "observed.json").read_text())
    assert notes == {"mini.zip": hashlib.sha256(mini).hexdigest()}
    shutil.rmtree(folder)
    assert fetch(whole(mini), name="mini") == folder
    shutil.rmtree(folder)
    other = zip_of(cyclegan_files("mini", pictures=2))
    with pytest.raises(InputError, match="when it was first fetched, and now has"):
        fetch(whole(other), name="mini")
    assert entries(tmp_path / "out") == []


def test_no_room_is_told_before_anything_is_asked(fetch, server, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 2 * len(DATA) - 1))
    with pytest.raises(InputError, match=r"packed and unpacked, needs 0 MB .* choose another"):
        fetch(whole(DATA))
    assert server.requests == []


def test_a_wrong_name_is_told_with_the_nearest():
    with pytest.raises(InputError, match="no CycleGAN data set 'monet2foto'; did you mean \"monet"):
        fetch_cyclegan("monet2foto")


def test_the_figures_make_sense():
    assert urlsplit(SERVER).scheme == "https"
    hashes = [zip_file.sha256 for zip_file in PUBLISHED.values() if zip_file.sha256]
    assert len(hashes) == len(set(hashes)) == 11
    assert all(len(bytes.fromhex(sha256)) == 32 for sha256 in hashes)
