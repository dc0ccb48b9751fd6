"""A page below a cell: in a frame here, Colab's own way there, and a zip on Kaggle."""

import http.client
import json
import sys
import types
import zipfile
from functools import partialmethod
from http.server import ThreadingHTTPServer

import pytest

from artnb.errors import InputError
from artnb.notebook import pages
from artnb.publishing.headers import HEADERS
from tests.platform_fakes import VARIABLES, pretend_colab, pretend_kaggle

display = pytest.importorskip("IPython.display")


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "a page, 100% #1"
    (folder / "words").mkdir(parents=True)
    (folder / "site.json").write_text(json.dumps({"format": 1}))
    (folder / "index.html").write_text("here")
    (folder / ".nojekyll").touch()
    return folder


@pytest.fixture(autouse=True)
def servers(monkeypatch):
    """Begin with no page, and end what was begun."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delitem(sys.modules, "google.colab", raising=False)
    quickly = partialmethod(ThreadingHTTPServer.serve_forever, poll_interval=0.02)
    monkeypatch.setattr(ThreadingHTTPServer, "serve_forever", quickly)
    begun = {}
    monkeypatch.setattr(pages, "_servers", begun)
    yield begun
    for server in begun.values():
        server.shutdown()
        server.server_close()


@pytest.fixture
def shown(monkeypatch):
    things = []
    monkeypatch.setattr(display, "display", things.append)
    return things


def answer_of(address):
    host = address.removeprefix("http://").rstrip("/")
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.request("GET", "/")
    response = connection.getresponse()
    found = response.status, dict(response.getheaders()), response.read()
    connection.close()
    return found


def test_a_frame_shows_what_this_machine_alone_serves(site, shown, capsys):
    assert pages.show_page(site, height=500) is None
    (frame,) = shown
    assert (frame.width, frame.height) == ("100%", 500)
    assert frame.src.startswith("http://127.0.0.1:")
    status, headers, body = answer_of(frame.src)
    assert (status, body) == (200, b"here")
    assert HEADERS.items() <= headers.items()
    assert capsys.readouterr().out == f"{frame.src} has it too, as long as this notebook runs.\n"


def test_shown_again_it_keeps_its_address_and_is_what_it_is_now(site, shown, servers):
    pages.show_page(site)
    (site / "index.html").write_text("another")
    pages.show_page(str(site / "index.html"))
    first, second = shown
    assert first.src == second.src
    assert answer_of(second.src)[2] == b"another"
    assert len(servers) == 1


def test_a_notebook_does_not_wait_for_it(site, shown, monkeypatch):
    begun = []
    thread = pages.threading.Thread
    monkeypatch.setattr(
        pages.threading, "Thread", lambda **given: begun.append(given) or thread(**given)
    )
    pages.show_page(site)
    assert begun[0]["daemon"]


def test_colab_has_a_way_of_its_own(site, shown, monkeypatch, servers):
    pretend_colab(monkeypatch)
    asked = []
    output = types.SimpleNamespace(
        serve_kernel_port_as_iframe=lambda port, **given: asked.append((port, given))
    )
    monkeypatch.setattr(sys.modules["google.colab"], "output", output, raising=False)
    pages.show_page(site, height=700)
    (server,) = servers.values()
    assert asked == [(server.server_address[1], {"height": "700"})]
    assert shown == []


def test_on_kaggle_there_is_a_zip_to_download(site, shown, monkeypatch, servers, capsys):
    pretend_kaggle(monkeypatch)
    pages.show_page(site)
    archive = site.with_name(f"{site.name}.zip")
    said = capsys.readouterr().out
    assert f"download {archive}, unpack it, and type artnb serve {site.name}" in said
    with zipfile.ZipFile(archive) as file:
        assert {f"{site.name}/index.html", f"{site.name}/.nojekyll"} <= set(file.namelist())
    assert (shown, servers) == ([], {})


@pytest.mark.parametrize("pretend", [lambda _: None, pretend_kaggle], ids=["here", "kaggle"])
def test_what_is_no_page_is_refused(tmp_path, monkeypatch, pretend):
    pretend(monkeypatch)
    with pytest.raises(InputError, match="must be a folder of artnb publish"):
        pages.show_page(tmp_path)
    assert list(tmp_path.iterdir()) == []
