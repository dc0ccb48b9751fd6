"""What networks run with in a browser: found, fetched, verified."""

from dataclasses import replace

import pytest

from artnb.errors import InputError
from artnb.publishing import runtime as module
from artnb.publishing.runtime import copy_runtime, find_runtime, runtime_version
from artnb.web.published import published
from tests.publishing.sites import runtime
from tests.web.server import Server


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTNB_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("ARTNB_WEIGHTS", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def server(monkeypatch, cache):
    server = Server()
    files = {
        name: (replace(file, server=server.url),) for name, (file,) in published("runtime").items()
    }
    monkeypatch.setattr(module, "_FILES", files)
    yield server
    server.stop()


def test_the_package_is_the_one_that_is_known(cache):
    files = find_runtime(runtime())
    assert len(files) == 6
    assert all(file.parent == runtime() for file in files)


def test_it_is_fetched_once(server):
    contents = [(runtime() / name).read_bytes() for name in published("runtime")]
    server.answers = [
        lambda request, body=body: request.answer(200, {"Content-Length": len(body)}, body)
        for body in contents
    ]
    said = []
    first = find_runtime(say=said.append)
    assert [file.read_bytes() for file in first] == contents
    assert len(server.requests) == len(said) == 6
    assert find_runtime() == first
    assert len(server.requests) == 6


def test_another_file_is_refused(server):
    server.answers = [lambda request: request.answer(200, {"Content-Length": 3}, b"bad")]
    with pytest.raises(InputError, match=r"--runtime node_modules/onnxruntime-web/dist"):
        find_runtime(say=lambda _line: None)


def test_a_folder_without_it_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"has no ort\.wasm\.min\.mjs; npm install"):
        find_runtime(tmp_path)


def test_a_file_that_was_changed_is_refused(tmp_path):
    (tmp_path / "ort.wasm.min.mjs").write_bytes(b"x")
    with pytest.raises(InputError, match=r"must have 50,126 bytes, and it has 1"):
        find_runtime(tmp_path)


def test_the_page_knows_which_files_it_needs(cache, tmp_path):
    kinds = copy_runtime(find_runtime(runtime()), tmp_path)
    assert set(kinds) == {"wasm", "webgpu"}
    for kind in kinds.values():
        for name in ("module", "loader", "binary"):
            assert (tmp_path / kind[name]).is_file()
        assert kind["bytes"] == (tmp_path / kind["binary"]).stat().st_size


def test_its_version_is_that_of_the_tests():
    assert f'"onnxruntime-web": "{runtime_version()}"' in (
        runtime().parents[2].parent / "constraints" / "browser.json"
    ).read_text(encoding="utf-8")
