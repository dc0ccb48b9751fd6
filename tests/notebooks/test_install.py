"""The Install cell: nothing where artnb is there, else a wheel, else the git address."""

import glob
import importlib.machinery
import importlib.metadata
import importlib.util
import subprocess
import sys
from types import SimpleNamespace

import pytest

from notebooks import build
from tests.notebooks.test_sources import REPOSITORY, Notebook

GIT = f"git+{REPOSITORY}"
BESIDE = "artnb-0.1.0-py3-none-any.whl"
ATTACHED = "/kaggle/input/artnb-wheel/artnb-0.1.0-py3-none-any.whl"
ATTACHED_NEWER_LAYOUT = "/kaggle/input/datasets/someone/artnb/artnb-0.1.0-py3-none-any.whl"
NEEDS = ["keras>=3.13", "google-crc32c>=1.6", "tqdm>=4.66", "tensorflow>=2.20; extra == 'tf'"]

pytestmark = pytest.mark.parametrize("source", build.sources(), ids=lambda path: path.stem)


class Machine:
    """Runs the cell on a pretended machine and records what pip was asked for."""

    def __init__(self, monkeypatch):
        self.asked = []
        self.spec = None
        self.files = ()
        self.installed = ("keras", "google_crc32c", "tqdm")
        fakes = {
            (importlib.util, "find_spec"): lambda name: self.spec,
            (glob, "glob"): self.glob,
            (subprocess, "run"): self.run_command,
            (importlib.metadata, "requires"): lambda name: NEEDS,
            (importlib.metadata, "distributions"): self.distributions,
        }
        for (module, name), fake in fakes.items():
            monkeypatch.setattr(module, name, fake)

    def glob(self, pattern):
        import pathlib

        depth = pattern.count("/")
        matching = [f for f in self.files if pathlib.PurePosixPath(f).match(pattern)]
        return [file for file in matching if file.count("/") == depth]

    def distributions(self):
        return [SimpleNamespace(name=name) for name in (*self.installed, None)]

    def run_command(self, command, check):
        assert check, "a failed pip must not go unnoticed"
        assert command[:4] == [sys.executable, "-m", "pip", "install"]
        self.asked.append([word for word in command[4:] if word != "--quiet"])

    def run_install_cell(self, source):
        exec(compile(Notebook(source).titled("Install").source, "Install", "exec"), {})
        return self.asked


@pytest.fixture
def machine(monkeypatch):
    return Machine(monkeypatch)


def test_nothing_happens_where_artnb_is_importable(source):
    code = Notebook(source).titled("Install").source
    forbid = "import subprocess\ndef run(*a, **k): raise SystemExit('pip was called')\n"
    result = subprocess.run(
        [sys.executable, "-c", f"{forbid}subprocess.run = run\n{code}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_wheel_beside_the_notebook_comes_first(source, machine):
    machine.files = (ATTACHED, BESIDE)
    assert machine.run_install_cell(source) == [["--no-deps", BESIDE]]


@pytest.mark.parametrize("wheel", [ATTACHED, ATTACHED_NEWER_LAYOUT])
def test_then_a_wheel_in_an_attached_data_set(source, machine, wheel):
    machine.files = (wheel, "/kaggle/input/other/photo.jpg")
    assert machine.run_install_cell(source) == [["--no-deps", wheel]]


def test_then_the_repository(source, machine):
    assert machine.run_install_cell(source) == [["--no-deps", GIT]]


def test_only_what_is_missing_is_installed_besides(source, machine):
    machine.installed = ("Keras",)
    asked = machine.run_install_cell(source)
    assert asked == [["--no-deps", GIT], ["google-crc32c>=1.6", "tqdm>=4.66"]]


def test_a_bare_folder_of_that_name_is_not_the_package(source, machine):
    machine.spec = importlib.machinery.ModuleSpec("artnb", None, origin=None, is_package=True)
    assert machine.run_install_cell(source) == [["--no-deps", GIT]]
