"""Every notebook runs from top to bottom."""

import logging

import papermill
import pytest

from notebooks import build

CELLS_PER_PICTURE = 6


def outputs_of(notebook, *kinds):
    return [o for c in notebook.cells for o in c.get("outputs", []) if o.output_type in kinds]


@pytest.mark.notebook
@pytest.mark.parametrize("source", build.sources(), ids=lambda path: path.stem)
def test_runs_with_the_smoke_preset(source, tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("ARTNB_OUTPUTS", str(tmp_path / "outputs"))
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
