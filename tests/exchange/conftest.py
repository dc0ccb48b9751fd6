"""Files that others' programs wrote, unpacked, and what their networks paint."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.web.server import Server

GOLDEN = Path(__file__).parents[1] / "golden"


def _unpacked(name, tmp_path_factory):
    folder = tmp_path_factory.mktemp(name)
    with zipfile.ZipFile(GOLDEN / f"{name}.zip") as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def addons(tmp_path_factory):
    """Files of Keras 2 with tensorflow-addons' layers."""
    return _unpacked("addons", tmp_path_factory)


@pytest.fixture(scope="session")
def addons_golden(addons):
    with np.load(addons / "golden.npz") as golden:
        return dict(golden)


@pytest.fixture(scope="session")
def torch_generators(tmp_path_factory):
    """State dicts of PyTorch."""
    return _unpacked("torch_generators", tmp_path_factory)


@pytest.fixture(scope="session")
def torch_golden(torch_generators):
    with np.load(torch_generators / "golden.npz") as golden:
        return dict(golden)


@pytest.fixture(scope="session")
def stylegan2(tmp_path_factory):
    """StyleGAN2s in the files of two programs for PyTorch."""
    return _unpacked("stylegan2", tmp_path_factory)


@pytest.fixture(scope="session")
def stylegan2_golden(stylegan2):
    with np.load(stylegan2 / "golden.npz") as golden:
        return dict(golden)


@pytest.fixture(autouse=True)
def places(monkeypatch, tmp_path):
    """Folders for Runs, downloads and weights, of this test alone."""
    monkeypatch.setenv("ARTNB_OUTPUTS", str(tmp_path / "outputs"))
    monkeypatch.setenv("ARTNB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ARTNB_WEIGHTS", str(tmp_path / "weights"))


@pytest.fixture
def server():
    server = Server()
    yield server
    server.stop()
