"""What tests of preparing share."""

import pytest

from artnb.data import chunks


@pytest.fixture
def small_chunks(monkeypatch):
    """Chunks of four pictures, so that few pictures make several."""
    monkeypatch.setattr(chunks, "_PICTURES_PER_CHUNK", 4)
