"""What an extractor is before its network is loaded."""

from artnb.evaluation import extractor
from artnb.evaluation.extractor import Extractor


def test_a_backend_is_started_with_the_network_alone(tmp_path, monkeypatch):
    """Where every picture was measured before, only the key is asked for."""
    happened = []
    monkeypatch.setattr(extractor, "_load", lambda name, path: happened.append("loaded"))
    weights = tmp_path / "weights.h5"
    weights.write_bytes(b"weights")
    squeezenet = Extractor("squeezenet", weights, begin=lambda: happened.append("begun"))
    assert squeezenet.key.endswith(" 227 px")
    assert happened == []
    _ = squeezenet.network
    assert happened == ["begun", "loaded"]
