"""The server of a page: this machine alone, the right headers, nothing but the folder."""

import http.client
import json
import socket
import struct

import pytest

from artnb.cli import main
from artnb.errors import InputError
from artnb.publishing.headers import HEADERS
from artnb.publishing.server import serve
from tests.publishing.sites import served


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "site"
    (folder / "words").mkdir(parents=True)
    (folder / "site.json").write_text(json.dumps({"format": 1}))
    for name in ("index.html", "page.js", "a.mjs", "a.wasm", "a.onnx"):
        (folder / name).write_bytes(b"here")
    (tmp_path / "secret").write_bytes(b"secret")
    return folder


def answer_of(address, path):
    _, _, host = address.rstrip("/").rpartition("/")
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.request("GET", path)
    response = connection.getresponse()
    found = response.status, dict(response.getheaders()), response.read()
    connection.close()
    return found


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/page.js", "text/javascript"),
        ("/a.mjs", "text/javascript"),
        ("/a.wasm", "application/wasm"),
        ("/a.onnx", "application/octet-stream"),
        ("/site.json", "application/json"),
    ],
)
def test_files_have_their_kind_and_the_headers_that_threads_need(folder, path, kind):
    with served(folder) as (address, _):
        status, headers, _ = answer_of(address, path)
    assert (status, headers["Content-type"]) == (200, kind)
    assert HEADERS.items() <= headers.items()


@pytest.mark.parametrize("path", ["/words/", "/../secret", "/%2e%2e/secret", "/none.js"])
def test_nothing_else_is_given(folder, path):
    with served(folder) as (address, _):
        status, headers, body = answer_of(address, path)
    assert status == 404
    assert b"secret" not in body
    assert HEADERS.items() <= headers.items()


def test_it_listens_on_loopback_alone(folder):
    with serve(folder) as server:
        assert server.server_address[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_refused(folder):
    with serve(folder) as server, pytest.raises(InputError, match=r"choose another --port"):
        serve(folder, server.server_address[1])


@pytest.mark.parametrize("text", [None, "not json", "[]", "{}"])
def test_a_folder_that_is_no_page_is_refused(tmp_path, capsys, text):
    if text is not None:
        (tmp_path / "site.json").write_text(text)
    assert main(["serve", str(tmp_path)]) == 2
    assert "make it by artnb publish" in capsys.readouterr().err


def test_who_leaves_in_the_midst_of_a_file_is_no_error(folder, capsys):
    (folder / "a.wasm").write_bytes(bytes(2**24))
    with served(folder) as (address, _):
        _, _, host = address.rstrip("/").rpartition("/")
        name, _, port = host.partition(":")
        with socket.create_connection((name, int(port)), timeout=10) as left:
            left.sendall(b"GET /a.wasm HTTP/1.1\r\nHost: x\r\n\r\n")
            left.recv(10)
            left.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert answer_of(address, "/page.js")[0] == 200
    assert "Traceback" not in capsys.readouterr().err
