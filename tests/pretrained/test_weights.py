"""Weights that are here, that are fetched, that are somewhere else, that are not the ones."""

import hashlib
import json
import re

import numpy as np
import pytest

from artnb.errors import InputError
from artnb.platform.where import known_folder
from artnb.pretrained import weights
from artnb.pretrained.weights import PUBLISHED, find_weights, weights_at_hand
from artnb.web.published import PublishedFile
from tests.web.server import Server, status, whole

DATA = np.random.default_rng(0).bytes(200_000)
SHA256 = hashlib.sha256(DATA).hexdigest()
MD5 = hashlib.md5(DATA).hexdigest()


@pytest.fixture
def server():
    server = Server()
    server.answers = [whole(DATA)]
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def places(monkeypatch, tmp_path):
    monkeypatch.setenv("ARTNB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ARTNB_WEIGHTS", str(tmp_path / "own"))
    return tmp_path


@pytest.fixture
def own(places):
    (places / "own" / "deep").mkdir(parents=True)
    return places / "own" / "deep"


@pytest.fixture
def cache(places):
    (places / "cache" / "weights").mkdir(parents=True)
    return places / "cache" / "weights"


@pytest.fixture
def published(server, monkeypatch):
    def file(title, name, **more):
        return PublishedFile(name, server.url, len(DATA), title=title, licence="MIT", **more)

    best = file("Net", "net.pth", sha256=SHA256, other_names=("also-net.pth",))
    files = {
        "net": (best, file("Net", "net.tgz")),
        "md5": (file("Old Net", "old.h5", md5=MD5),),
        "unhashed": (file("New Net", "new.tgz"),),
    }
    monkeypatch.setattr(weights, "PUBLISHED", files)


@pytest.fixture
def find(published):
    def find(kind, **options):
        find.said = []
        return find_weights(kind, say=find.said.append, **options)

    return find


def test_what_is_not_here_is_fetched_once_and_verified(find, server, places):
    path = find("net")
    assert path == places / "cache" / "weights" / "net.pth"
    assert path.read_bytes() == DATA
    assert find.said == [
        "Fetching the weights of Net: 0 MB from 127.0.0.1, licence MIT.",
    ]
    assert find("net") == path
    assert find.said == []
    assert len(server.requests) == 1


def test_a_download_shows_how_far_it_is(find):
    shown = []

    def progress(title, total):
        shown.append((title, total))
        return lambda: None

    find("md5", progress=progress)
    assert shown == [("downloading old.h5", 1)]


def test_own_files_come_first_then_the_cache(find, own, cache, server):
    (cache / "net.tgz").write_bytes(DATA)
    assert find("net") == cache / "net.tgz"
    (cache / "net.pth").write_bytes(DATA)
    assert find("net") == cache / "net.pth"
    (own / "net.tgz").write_bytes(DATA)
    assert find("net") == own / "net.tgz"
    (own / "also-net.pth").write_bytes(DATA)
    assert find("net") == own / "also-net.pth"
    assert server.requests == []


def test_what_is_at_hand_is_known_without_a_download(published, own, server):
    assert weights_at_hand("net") is None
    (own / "net.pth").write_bytes(DATA)
    assert weights_at_hand("net") == own / "net.pth"
    assert server.requests == []


def test_a_folder_of_that_name_is_no_file(published, own):
    (own / "net.pth").mkdir()
    assert weights_at_hand("net") is None


@pytest.mark.parametrize(
    ("kind", "name", "hash_kind", "expected"),
    [("net", "net.pth", "sha256", SHA256), ("md5", "old.h5", "md5", MD5)],
)
def test_another_file_of_that_name_is_refused(find, own, kind, name, hash_kind, expected):
    other = DATA[::-1]
    (own / name).write_bytes(other)
    found = hashlib.new(hash_kind, other).hexdigest()
    message = (
        f"{re.escape(str(own / name))} must have the {hash_kind} {expected}, and it has {found}: "
        "it is damaged or another file; delete it, and it is fetched again from http://127"
    )
    with pytest.raises(InputError, match=message):
        find(kind)


def test_half_a_file_is_refused(find, own):
    (own / "net.tgz").write_bytes(DATA[:1000])
    with pytest.raises(InputError, match=r"must have 200,000 bytes, and it has 1,000; delete it"):
        find("net")


def test_a_file_without_a_published_hash_must_stay_as_it_was_first_seen(find, own, cache):
    path = find("unhashed")
    assert json.loads((cache / "observed.json").read_text()) == {"new.tgz": SHA256}
    assert find("unhashed") == path
    other = DATA[::-1]
    (own / "new.tgz").write_bytes(other)
    now = hashlib.sha256(other).hexdigest()
    with pytest.raises(InputError, match=f"had the sha256 {SHA256} when .* and now has {now}"):
        find("unhashed")


@pytest.mark.parametrize("notes", ["{", "[]", "7", '{"other.tgz": "abc"}'])
def test_notes_that_are_torn_or_speak_of_others_hinder_nothing(find, cache, notes):
    (cache / "observed.json").write_text(notes)
    find("unhashed")
    assert json.loads((cache / "observed.json").read_text())["new.tgz"] == SHA256


def test_a_cache_that_cannot_be_written_hinders_nothing(find, own, places):
    (places / "cache").write_text("a file")
    (own / "new.tgz").write_bytes(DATA)
    assert find("unhashed") == own / "new.tgz"


def test_without_a_download_it_is_said_which_file_goes_where(find, server, places):
    message = re.escape(
        f"the weights of Net are not here; put net.pth from {server.url}/net.pth into "
        f"{places / 'cache' / 'weights'}, or let ARTNB_WEIGHTS name the folder that holds it"
    )
    with pytest.raises(InputError, match=message):
        find("net", download_allowed=False)
    assert server.requests == []


def test_where_a_download_fails_it_is_said_which_file_goes_where(find, server, places):
    server.answers = [status(404)]
    message = re.escape(
        f"net.pth is not there (404); check the address, or look whether it has moved; or put "
        f"net.pth from {server.url}/net.pth into {places / 'cache' / 'weights'}"
    )
    with pytest.raises(InputError, match=message) as caught:
        find("net")
    assert "\n" not in str(caught.value)


def test_a_download_of_another_file_is_refused(find, server, cache):
    server.answers = [whole(DATA[::-1])]
    with pytest.raises(InputError, match=f"must have the sha256 {SHA256}, and it has"):
        find("net")
    assert list(cache.iterdir()) == []


def test_a_kind_that_does_not_exist():
    with pytest.raises(InputError, match=r'no weights for \'vgg\'; did you mean "vgg1'):
        find_weights("vgg")


def test_the_table_is_whole():
    assert set(PUBLISHED) == {"inception", "squeezenet", "vgg16", "vgg19"}
    for files in PUBLISHED.values():
        assert files[0].sha256 or files[0].md5
        for file in files:
            assert file.url.endswith(f"/{file.name}")
            assert len(file.sha256 or "0" * 64) == 64
    port = PUBLISHED["inception"][0]
    assert all(port.sha256[:8] in name for name in (port.name, *port.other_names))


@pytest.mark.parametrize("kind", PUBLISHED)
def test_real_weights_are_the_published_ones(monkeypatch, kind):
    monkeypatch.undo()
    if known_folder("ARTNB_WEIGHTS") is None or weights_at_hand(kind) is None:
        pytest.skip(f"needs the weights of {kind}: set ARTNB_WEIGHTS to the folder that holds them")
    assert find_weights(kind, download_allowed=False) == weights_at_hand(kind)
