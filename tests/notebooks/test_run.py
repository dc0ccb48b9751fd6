"""Every notebook runs from top to bottom."""

import logging
import shutil

import papermill
import pytest

from artnb.pretrained.weights import weights_at_hand
from notebooks import build

CELLS_PER_PICTURE = 6


def outputs_of(notebook, *kinds):
    return [o for c in notebook.cells for o in c.get("outputs", []) if o.output_type in kinds]


@pytest.fixture
def source(request, tmp_path, monkeypatch):
    """A notebook's source, with the weights it needs at hand: nothing is fetched here."""
    if "load_extractor" in request.param.read_text(encoding="utf-8"):
        weights = weights_at_hand("squeezenet")
        if weights is None:
            pytest.skip("needs SqueezeNet's weights: let ARTNB_WEIGHTS name their folder")
        (tmp_path / "weights").mkdir()
        shutil.copy(weights, tmp_path / "weights")
        monkeypatch.setenv("ARTNB_WEIGHTS", str(tmp_path / "weights"))
    return request.param


@pytest.mark.notebook
@pytest.mark.parametrize("source", build.sources(), indirect=True, ids=lambda path: path.stem)
def test_runs_with_the_smoke_preset(source, tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("ARTNB_OUTPUTS", str(tmp_path / "outputs"))
    monkeypatch.setenv("ARTNB_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    with caplog.at_level(logging.WARNING, logger="papermill"):
        notebook = papermill.execute_notebook(
            build.notebook_path(source),
            tmp_path / "executed.ipynb",
            parameters={"preset": "smoke"},
            cwd=tmp_path,
            progress_bar=False,
        )

    assert [r.getMessage() for r in caplog.records if r.name.startswith("papermill")] == []
    streams = outputs_of(notebook, "stream")
    assert [output.text for output in streams if output.name == "stderr"] == []
    assert not any("\r" in output.text for output in streams), "progress bars fill the output"
    pictures = [
        output
        for output in outputs_of(notebook, "display_data", "execute_result")
        if {"image/png", "image/jpeg"} & output.data.keys()
    ]
    assert len(pictures) >= len(notebook.cells) / CELLS_PER_PICTURE
    assert any((tmp_path / "outputs").rglob("*.png")), "ARTNB_OUTPUTS was not used"
