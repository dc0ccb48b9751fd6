"""Make the notebooks from their sources: `python -m notebooks.build [--check]`.

People edit `notebooks/src/NN_name.py`; `notebooks/NN_name.ipynb` is made from it, with the
same bytes every time and on every system.
"""

import argparse
import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import jupytext
import nbformat
from nbstripout import strip_output

NOTEBOOKS = Path(__file__).parent
SOURCES = NOTEBOOKS / "src"
# The same as in pyproject's [tool.jupytext], so that a save from an editor adds nothing.
NOTEBOOK_METADATA = ("kernelspec", "accelerator")
CELL_METADATA = ("tags", "cellView")


def main(arguments: Sequence[str] | None = None) -> int:
    """Make all notebooks, or only compare them.

    Args:
        arguments: without the program's name; None takes the process's own.

    Returns:
        0, or with `--check` 1 where a notebook differs from its source.
    """
    parser = argparse.ArgumentParser("python -m notebooks.build", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, only compare")
    if parser.parse_args(arguments).check:
        return _check()
    for source in sources():
        target = notebook_path(source)
        target.write_bytes(build(source).encode())
        print(f"{target.name} made from {source.name}")
    return 0


def _check() -> int:
    different = differing()
    for name in different:
        print(f"{name} differs from its source; run python -m notebooks.build")
    return 1 if different else 0


def sources() -> list[Path]:
    """List the sources in their order."""
    return sorted(SOURCES.glob("[0-9][0-9]_*.py"))


def notebook_path(source: Path) -> Path:
    """Say which notebook is made from a source."""
    return NOTEBOOKS / f"{source.stem}.ipynb"


def differing() -> list[str]:
    """Name the notebooks that are missing, differ from their source, or have none."""
    built = {notebook_path(source): build(source) for source in sources()}
    found = {path: path.read_text(encoding="utf-8") for path in NOTEBOOKS.glob("*.ipynb")}
    return sorted(path.name for path in {*built, *found} if built.get(path) != found.get(path))


def build(source: Path) -> str:
    """Make the text of one notebook, without outputs.

    Args:
        source: a file in jupytext's percent format.

    Returns:
        The notebook as JSON, ending in a line break.
    """
    notebook = jupytext.reads(source.read_text(encoding="utf-8"), fmt="py:percent")
    notebook = strip_output(notebook, keep_output=False, keep_count=False, keep_id=True)
    notebook.metadata = _only(notebook.metadata, NOTEBOOK_METADATA)
    for cell, cell_id in zip(notebook.cells, _cell_ids(notebook.cells), strict=True):
        cell.metadata = _only(cell.metadata, CELL_METADATA)
        cell.id = cell_id
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    nbformat.validate(notebook)
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def _only(metadata: dict, names: Sequence[str]) -> nbformat.NotebookNode:
    kept = {name: metadata[name] for name in names if name in metadata}
    return nbformat.from_dict(kept)


def _cell_ids(cells: Sequence[nbformat.NotebookNode]) -> list[str]:
    """Name cells after what is in them; equal cells are told apart by counting."""
    seen = Counter()
    ids = []
    for cell in cells:
        content = f"{cell.cell_type}\n{cell.source}"
        seen[content] += 1
        ids.append(hashlib.sha256(f"{content}\n{seen[content]}".encode()).hexdigest()[:12])
    return ids


if __name__ == "__main__":
    raise SystemExit(main())
