"""The authors' published generators, from a server that stands in for theirs."""

import json

import pytest

from artnb.errors import InputError
from artnb.exchange.published import PUBLISHED, SERVER, address_of, find_published
from artnb.platform.where import cache_folder, known_folder
from tests.web.server import in_no_time, status, whole

DATA = b"weights" * 1000


def find(server, *answers, name="style_monet"):
    server.answers, said = list(answers), []
    return find_published(name, server.url, say=said.append), said


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    in_no_time(monkeypatch)


def test_it_is_fetched_once(server):
    path, said = find(server, whole(DATA))
    assert path == cache_folder() / "generators" / "style_monet.pth"
    assert path.read_bytes() == DATA
    assert said[0].startswith("Fetching style_monet.pth, 46 MB, from 127.0.0.1; licence: BSD")
    assert [path for path, _ in server.requests] == ["/style_monet.pth"]
    assert find(server, status(500)) == (path, [])
    assert len(server.requests) == 1


@pytest.mark.parametrize("place", ["style_monet.pth", "a/style_monet_pretrained/latest_net_G.pth"])
def test_ones_own_folder_comes_first(place, server, monkeypatch, tmp_path):
    own = tmp_path / "weights" / place
    own.parent.mkdir(parents=True)
    own.write_bytes(DATA)
    assert known_folder("ARTNB_WEIGHTS") == tmp_path / "weights"
    assert find(server, status(500)) == (own, [])
    assert not server.requests


def test_without_a_network_it_says_which_file_goes_where(server):
    with pytest.raises(InputError, match=r"put style_monet.pth from http.* into .*generators"):
        find(server, status(404))


def test_another_file_than_the_first_time_is_refused(server):
    path, _ = find(server, whole(DATA))
    path.write_bytes(DATA[:-1])
    with pytest.raises(InputError, match="when it was first used, and now has"):
        find(server, status(500))
    notes = json.loads((path.parent / "observed.json").read_text())
    assert list(notes) == ["style_monet.pth"]


def test_names_and_domains():
    assert PUBLISHED["style_vangogh"] == ("photo", "vangogh")
    assert PUBLISHED["monet2photo"] == ("monet", "photo")
    assert address_of("style_monet") == f"{SERVER}/style_monet.pth"
    assert all(x != y and {x, y}.isdisjoint("xy") for x, y in PUBLISHED.values())
