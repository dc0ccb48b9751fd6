"""Notebook 00 with a painter that somebody else has trained."""

import pytest

from artnb.exchange.torch_layout import to_torch
from artnb.methods.cyclegan.config import CycleGANConfig
from artnb.methods.cyclegan.model import build_generator
from artnb.runs.run import Run
from artnb.torch_files import write_state_dict
from tests.notebooks.executed import execute, named, said_in, shows_pictures

SOURCE = named("00_quickstart")
SETTINGS = CycleGANConfig(generator_filters=4, generator_blocks=6)


@pytest.fixture
def weights(tmp_path):
    """A folder with a small network of random weights under a published name."""
    generator = build_generator(SETTINGS, "generator_g")
    (tmp_path / "weights").mkdir()
    published = to_torch(SETTINGS, generator.get_weights())
    write_state_dict(tmp_path / "weights" / "style_monet.pth", published)
    return tmp_path / "weights"


@pytest.mark.notebook
def test_a_published_painter_paints_the_same_photos(tmp_path, weights, monkeypatch, caplog):
    monkeypatch.setenv("ARTNB_WEIGHTS", str(weights))
    notebook = execute(SOURCE, tmp_path, monkeypatch, caplog, painter="style_monet")
    shows_pictures(notebook, tmp_path)
    assert "photo → monet: ResNet, 6 blocks, 4 filters" in said_in(notebook)
    out = tmp_path / "outputs" / "quickstart"
    assert Run(out / "style_monet").domains == ("photo", "monet")
    own, published = (
        sorted((out / name).iterdir()) for name in ("paintings", "paintings-style_monet")
    )
    assert [path.name for path in published] == [path.name for path in own]
    assert all(a.read_bytes() != b.read_bytes() for a, b in zip(own, published, strict=True))
