"""What tests of collections share."""

import pytest

from artnb.evaluation import extractor
from tests.evaluation.stand_in import Colours


@pytest.fixture
def colours_for_a_network(monkeypatch, tmp_path):
    """Let commands measure colours, with a cache of their own, where a network would be loaded."""
    monkeypatch.setattr(extractor, "load_extractor", lambda name, **_: Colours())
    monkeypatch.setenv("ARTNB_CACHE", str(tmp_path / "cache"))
