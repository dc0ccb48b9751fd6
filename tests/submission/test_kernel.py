"""Notebooks are pushed with Kaggle's own client, to a server on loopback in Kaggle's place."""

import json
from importlib.util import find_spec

import pytest

from artnb.cli import main
from artnb.errors import InputError
from artnb.submission import kernel as module
from artnb.submission.kernel import Kernel, push, slug_of, title_of, write_kernel
from tests.submission.kaggle_server import REDIRECT, TOKEN, URL, KaggleServer

KERNEL = Kernel("painter", "Kaggle submission", datasets=["painter/artnb-wheel"])
# The client of 2.2 needs six without saying so.
needs_client = pytest.mark.skipif(
    not (find_spec("kaggle") and find_spec("six")), reason="needs Kaggle's client, and six"
)


@pytest.fixture
def notebook(tmp_path):
    path = tmp_path / "06_kaggle_submission.ipynb"
    cell = {"cell_type": "code", "source": ["1 + 1"], "outputs": [], "metadata": {}}
    path.write_text(json.dumps({"cells": [cell], "nbformat": 4}), encoding="utf-8")
    return path


@pytest.fixture
def no_credentials(tmp_path, monkeypatch):
    for name in ("KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_KERNEL_RUN_TYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()


@pytest.fixture
def kaggle(tmp_path, monkeypatch, no_credentials):
    """A server in Kaggle's place that the client is sent to."""
    server = KaggleServer()
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(REDIRECT)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    monkeypatch.setenv("TEST_KAGGLE_URL", server.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("KAGGLE_API_TOKEN", TOKEN)
    yield server
    server.stop()


def arguments(notebook, *more):
    return ["kaggle", "push", str(notebook), "--user", "painter", *more]


def test_the_metadata_is_what_the_client_reads(notebook, tmp_path):
    file = write_kernel(notebook, KERNEL, tmp_path / "build")
    assert json.loads(file.read_text()) == {
        "id": "painter/kaggle-submission",
        "title": "Kaggle submission",
        "code_file": "06_kaggle_submission.ipynb",
        "language": "python",
        "kernel_type": "notebook",
        "is_private": True,
        "enable_gpu": True,
        "enable_tpu": False,
        "enable_internet": True,
        "dataset_sources": ["painter/artnb-wheel"],
        "competition_sources": ["gan-getting-started"],
        "kernel_sources": ["painter/kaggle-submission"],
        "model_sources": [],
    }
    assert (tmp_path / "build" / notebook.name).read_bytes() == notebook.read_bytes()


@needs_client
def test_the_metadatas_names_are_the_clients_own(tmp_path, monkeypatch, kaggle):
    import subprocess

    command = [*module.CLIENT, "kernels", "init", "-p", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    template = json.loads((tmp_path / "kernel-metadata.json").read_text())
    assert set(KERNEL.metadata("a.ipynb")) == set(template) - {"machine_shape"}


def test_titles_and_addresses(notebook):
    assert title_of(notebook) == "Kaggle submission"
    assert slug_of("Monet, again: v2.1!") == "monet-again-v2-1"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"user": "some one", "title": "A title"}, "--user is the name in your profile"),
        ({"user": "painter", "title": "abc"}, "has 5 to 50 letters, got 'abc'"),
        ({"user": "painter", "title": "…………"}, "choose another --title"),
        (
            {"user": "painter", "title": "A title", "datasets": ["wheel"]},
            "is written OWNER/NAME, as in its address, got 'wheel'",
        ),
    ],
)
def test_names_that_kaggle_does_not_know(options, words):
    with pytest.raises(InputError, match=words):
        Kernel(**options)


def test_a_dry_run_needs_no_credentials_and_makes_nothing(
    notebook, tmp_path, no_credentials, capsys
):
    assert main(arguments(notebook, "--dry-run", "--out", str(tmp_path / "build"))) == 0
    said = capsys.readouterr().out
    assert "Would push" in said
    assert '"kernel_sources": [\n    "painter/kaggle-submission"\n  ]' in said
    assert not (tmp_path / "build").exists()


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [("gone.ipynb", None, "no notebook"), ("a.py", "x = 1", "is no notebook")],
)
def test_what_is_no_notebook_is_told(tmp_path, capsys, name, text, words):
    if text:
        (tmp_path / name).write_text(text)
    assert main(arguments(tmp_path / name, "--dry-run")) == 2
    assert words in capsys.readouterr().err


@needs_client
def test_what_arrives_at_kaggle(notebook, tmp_path, kaggle, capsys):
    kaggle.reply["invalidKernelSources"] = ["painter/kaggle-submission"]
    assert main(arguments(notebook, "--out", str(tmp_path / "build"), "--no-gpu")) == 0
    said = capsys.readouterr()
    assert f"Pushed and running: {URL}" in said.out
    assert "Credentials: KAGGLE_API_TOKEN\n" in said.out
    assert "there is no previous version yet, which is right for a first push" in said.out
    ((pushed, authorization),) = kaggle.pushed
    assert pushed["slug"] == "painter/kaggle-submission"
    assert pushed["competitionDataSources"] == ["gan-getting-started"]
    assert pushed["kernelDataSources"] == ["painter/kaggle-submission"]
    assert (pushed["enableGpu"], pushed["enableInternet"], pushed["isPrivate"]) == (
        False,
        True,
        True,
    )
    assert json.loads(pushed["text"])["cells"][0]["source"] == "1 + 1"
    assert authorization == f"Bearer {TOKEN}"
    assert TOKEN not in said.out + said.err
    written = [file.read_text() for file in (tmp_path / "build").iterdir()]
    assert not any(TOKEN in text for text in written)


@needs_client
@pytest.mark.parametrize(
    ("status", "reply", "words"),
    [
        (401, {"code": 401, "message": "Unauthorized"}, "finds no valid credentials; make a token"),
        (403, {}, r"does not allow this account to push painter/kaggle-submission \(403\)"),
        (404, {}, r"finds no account or source of painter/kaggle-submission \(404\)"),
        (429, {}, r"too many requests from this account \(429\); wait"),
        (500, {}, r"a problem of its own \(500\); try again"),
        (200, {"error": "Title is taken"}, "turned the push down: Title is taken"),
    ],
)
def test_each_refusal_is_a_sentence(notebook, tmp_path, kaggle, status, reply, words):
    kaggle.status, kaggle.reply = status, reply
    folder = write_kernel(notebook, KERNEL, tmp_path / "build").parent
    with pytest.raises(InputError, match=words) as caught:
        push(folder, KERNEL.id)
    assert TOKEN not in str(caught.value)


@needs_client
def test_without_credentials_it_says_how_to_get_some(notebook, tmp_path, kaggle, monkeypatch):
    monkeypatch.delenv("KAGGLE_API_TOKEN")
    folder = write_kernel(notebook, KERNEL, tmp_path / "build").parent
    with pytest.raises(InputError, match="finds no valid credentials; make a token"):
        push(folder, KERNEL.id)
    assert kaggle.pushed == []


@needs_client
def test_without_a_network_it_says_so(notebook, tmp_path, kaggle, monkeypatch):
    monkeypatch.delenv("KAGGLE_API_TOKEN")
    monkeypatch.setenv("KAGGLE_USERNAME", "painter")
    monkeypatch.setenv("KAGGLE_KEY", "not-a-real-key")
    monkeypatch.setenv("TEST_KAGGLE_URL", "http://127.0.0.1:9")
    folder = write_kernel(notebook, KERNEL, tmp_path / "build").parent
    with pytest.raises(InputError, match="cannot be reached; look at the connection"):
        push(folder, KERNEL.id)


def test_a_client_that_lacks_something_says_what(tmp_path, monkeypatch):
    said = "Traceback\nModuleNotFoundError: No module named 'six'\n"
    monkeypatch.setattr(module, "find_spec", lambda _name: True)
    monkeypatch.setattr(module, "_run_client", lambda _folder: (said, 1))
    with pytest.raises(InputError, match="needs six, which is missing: pip install six"):
        push(tmp_path, KERNEL.id)


def test_without_the_client_it_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda _name: None)
    with pytest.raises(InputError, match=r"pip install 'artnb\[kaggle\]'"):
        push(tmp_path, KERNEL.id)
