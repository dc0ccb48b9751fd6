"""What tests of preparing share."""

import pytest

from artnb.data import workers


@pytest.fixture
def small_chunks(monkeypatch):
    """Chunks of four pictures, so that few pictures make several."""
    monkeypatch.setattr(workers, "_PICTURES_PER_CHUNK", 4)
