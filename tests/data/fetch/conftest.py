"""What the tests of fetching share."""

import pytest

from tests.data.fetch.zips import competition_files, zip_of
from tests.platform_fakes import on_bare_machine, on_colab, on_kaggle
from tests.web.server import Server

__all__ = ["on_bare_machine", "on_colab", "on_kaggle"]


@pytest.fixture
def server():
    server = Server()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    """A cache of the test's own, and no real pictures."""
    monkeypatch.setenv("ARTNB_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("ARTNB_DATA", raising=False)
    return tmp_path / "cache" / "data"


@pytest.fixture(scope="session")
def files():
    """A small competition: the bytes of each file by its path."""
    return competition_files()


@pytest.fixture(scope="session")
def bundle(files):
    """All of it as Kaggle packs it."""
    return zip_of(files)
