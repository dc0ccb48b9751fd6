"""The Install cell, on a machine that has all but artnb: run as it stands.

Every notebook has the same one (test_sources.py).
The machine is an environment of its own that sees the packages of the one that runs the tests,
without artnb and without whatever a test leaves out.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

import artnb
from notebooks import build
from tests.notebooks.test_sources import REPOSITORY, Notebook

ROOT = Path(__file__).parents[2]
PACKAGES = Path(sysconfig.get_paths()["purelib"])
SMALL_NEED = "google-crc32c"

INSTALL = Notebook(build.sources()[0]).titled("Install").source

pytestmark = pytest.mark.platform


class Machine:
    """An environment with a platform's packages, and a folder that a notebook runs in."""

    def __init__(self, folder, without=()):
        self.home, self.notebooks = folder / "env", folder / "notebooks"
        self.notebooks.mkdir(parents=True)
        venv.create(self.home, symlinks=True)
        self.python = self.home / "bin" / "python"
        (self.own,) = self.home.glob("lib/python*/site-packages")
        self._lend(folder / "platform", ("artnb", *without))

    def _lend(self, platform, left_out):
        """Link to every package but those left out; their `.pth` files go unread that way."""
        belonging = tuple(name.replace("-", "_") for name in left_out)
        platform.mkdir()
        for item in PACKAGES.iterdir():
            if not item.name.lower().lstrip("_").startswith(belonging):
                (platform / item.name).symlink_to(item)
        (self.own / "platform.pth").write_text(f"{platform}\n")

    def run(self, code, **environment):
        known = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.run(
            [self.python, "-c", code],
            cwd=self.notebooks,
            env={**known, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def install(self, **environment):
        done = self.run(INSTALL, **environment)
        assert done.returncode == 0, done.stderr

    @property
    def installed(self):
        """What lies in the environment itself; all else is the platform's."""
        return {entry.name.split("-")[0] for entry in self.own.glob("*.dist-info")}

    def origin(self, module):
        done = self.run(f"from importlib import util; print(util.find_spec({module!r}).origin)")
        assert done.returncode == 0, done.stderr
        return Path(done.stdout.strip())


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """The package as people attach it."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        folder,
        ROOT,
    ]
    subprocess.run(pip, check=True)
    (made,) = folder.glob("artnb-*.whl")
    return made


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_a_wheel_beside_the_notebook_needs_no_internet(machine, wheel):
    shutil.copy(wheel, machine.notebooks)
    machine.install(PIP_NO_INDEX="1")
    assert machine.installed == {"artnb"}, "the platform's packages stay as they are"
    assert machine.origin("artnb").is_relative_to(machine.own)
    assert not machine.origin("keras").is_relative_to(machine.own)

    unusable = "raise SystemExit('pip was called again')"
    (machine.own / "pip.py").write_text(unusable)
    machine.install()


def test_what_the_platform_lacks_comes_too_and_no_more(tmp_path, wheel):
    machine = Machine(tmp_path, without=(SMALL_NEED,))
    shutil.copy(wheel, machine.notebooks)
    machine.install()
    assert machine.installed == {"artnb", SMALL_NEED.replace("-", "_")}
    assert machine.origin("google_crc32c").is_relative_to(machine.own)


def test_without_a_wheel_it_comes_from_the_repository(machine):
    if not (ROOT / ".git").exists():
        pytest.skip("needs the project's git repository, and this is a copy without one")
    machine.install(
        GIT_CONFIG_COUNT="1",
        GIT_CONFIG_KEY_0=f"url.{ROOT.as_uri()}.insteadOf",
        GIT_CONFIG_VALUE_0=REPOSITORY,
    )
    assert machine.installed == {"artnb"}
    version = machine.run("import artnb; print(artnb.__version__)").stdout.strip()
    assert version == artnb.__version__
