"""`artnb data kaggle` and `artnb data cyclegan`."""

import subprocess
import sys

import pytest

from artnb.cli import main
from tests.web.server import status, whole

from .zips import cyclegan_files, write_files, zip_of


def test_cyclegan_fetches_and_says_how_to_go_on(server, tmp_path, capsys):
    server.answers = [whole(zip_of(cyclegan_files("mini")))]
    folder = tmp_path / "out" / "mini"
    command = ["data", "cyclegan", "mini", "--out", str(tmp_path / "out"), "--server", server.url]
    assert main([*command, "--keep-zip"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "Fetching mini.zip from 127.0.0.1: nobody published its size."
    assert said[-1] == f"Next:        artnb train --data {folder} --preset preview"
    assert (tmp_path / "out" / "mini.zip").exists()
    assert main(command) == 0
    assert f"mini is in {folder} already." in capsys.readouterr().out
    assert len(server.requests) == 1


def test_kaggle_takes_what_is_there(on_bare_machine, monkeypatch, tmp_path, files, capsys):
    monkeypatch.setenv("ARTNB_DATA", str(tmp_path / "own"))
    folder = write_files(tmp_path / "own" / "gan-getting-started", files)
    assert main(["data", "kaggle"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"gan-getting-started is in {folder} already; nothing is fetched or copied.",
        f"Look at it:  artnb data check {folder}",
        f"Next:        artnb train --data {folder} --preset preview",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["cyclegan", "monet"], 'did you mean "monet2photo"?'),
        (["cyclegan", "horse2zebra", "--server", "URL"], "/horse2zebra.zip is not there (404)"),
        (["kaggle", "a/b"], "a competition is named by the last part of its address"),
    ],
)
def test_a_failure_is_one_line(server, on_bare_machine, capsys, arguments, message):
    server.answers = [status(404)]
    assert main(["data", *(server.url if text == "URL" else text for text in arguments)]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("artnb: ")
    assert message in line


def test_no_client_is_loaded_before_it_is_needed():
    code = (
        "import sys, artnb.cli, artnb.data.fetch.competition, artnb.data.fetch.cyclegan;"
        "print([m for m in ('requests', 'kagglehub', 'kaggle', 'keras') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr
