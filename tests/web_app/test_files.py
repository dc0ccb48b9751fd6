"""What needs neither Gradio nor Keras: files on their way to the page, and sentences without it."""

import importlib.util
import subprocess
import sys

import pytest

from artnb.cli import main
from artnb.web_app.painting import FewFiles

installed = importlib.util.find_spec("gradio") is not None


def test_only_the_newest_files_stay(tmp_path):
    files = FewFiles(tmp_path, most=2)
    paths = [files.put("painting.png", bytes([number])) for number in range(3)]
    assert [path.exists() for path in paths] == [False, True, True]
    assert {path.name for path in paths} == {"painting.png"}


def test_a_file_that_is_asked_for_again_is_the_newest(tmp_path):
    files = FewFiles(tmp_path, most=2)
    first, second = files.put("a.png", b"a"), files.put("b.png", b"b")
    assert files.put("a.png", b"a") == first
    files.put("c.png", b"c")
    assert first.read_bytes() == b"a"
    assert not second.exists()


@pytest.mark.skipif(installed, reason="Gradio is installed")
def test_without_gradio_one_sentence_says_what_to_do(capsys):
    assert main(["app"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("artnb: the app needs Gradio 6, and it is not installed")
    assert "pip install --constraint constraints/app.txt" in said
    assert "constraints/app.txt" in said
    assert said.count("\n") == 1


def test_what_is_opened_loads_neither_keras_nor_a_backend():
    code = (
        "import sys, artnb.web_app.opening, artnb.drawing.grids, artnb.sampling.choice;"
        "print({'keras', 'tensorflow', 'jax', 'gradio'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
