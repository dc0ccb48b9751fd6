"""Notebooks as they are run here: from top to bottom, by papermill, with the smoke preset."""

import logging

import papermill

from notebooks import build

CELLS_PER_PICTURE = 6


def named(stem):
    """Give the source of the notebook of that name."""
    (source,) = [source for source in build.sources() if source.stem == stem]
    return source


def outputs_of(notebook, *kinds):
    return [o for c in notebook.cells for o in c.get("outputs", []) if o.output_type in kinds]


def said_in(notebook):
    """Give everything that it printed."""
    return "".join(output.text for output in outputs_of(notebook, "stream"))


def execute(source, folder, monkeypatch, caplog, **parameters):
    """Run a notebook in a folder of its own; it must say nothing of errors."""
    folder.mkdir(exist_ok=True)
    monkeypatch.setenv("ARTNB_OUTPUTS", str(folder / "outputs"))
    monkeypatch.setenv("ARTNB_CACHE", str(folder / "cache"))
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    caplog.clear()
    with caplog.at_level(logging.WARNING, logger="papermill"):
        notebook = papermill.execute_notebook(
            build.notebook_path(source),
            folder / "executed.ipynb",
            parameters={"preset": "smoke", **parameters},
            cwd=folder,
            progress_bar=False,
        )

    assert [r.getMessage() for r in caplog.records if r.name.startswith("papermill")] == []
    streams = outputs_of(notebook, "stream")
    assert [output.text for output in streams if output.name == "stderr"] == []
    assert not any("\r" in output.text for output in streams), "progress bars fill the output"
    return notebook


def shows_pictures(notebook, folder):
    """Check that there is a picture every few cells, and that some lie in its outputs."""
    pictures = [
        output
        for output in outputs_of(notebook, "display_data", "execute_result")
        if {"image/png", "image/jpeg"} & output.data.keys()
    ]
    assert len(pictures) >= len(notebook.cells) / CELLS_PER_PICTURE
    assert any((folder / "outputs").rglob("*.png")), "ARTNB_OUTPUTS was not used"
