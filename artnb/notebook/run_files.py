"""What is in a Run's folder, in words."""

import inspect
from pathlib import Path

from artnb.runs.run import Run
from artnb.training.generations import DamagedError, generations


def list_run_files(run: Run) -> list[dict[str, str]]:
    """List a Run's files and folders with what they are for and how large they are."""
    rows = []
    for name, member in vars(Run).items():
        if not isinstance(member, property) or member.fget.__annotations__["return"] is not Path:
            continue
        path = getattr(run, name)
        if path.exists():
            what = inspect.getdoc(member)
            rows.append({"name": _shown_name(path), "size": _size(path), "what it is": what})
    return rows


def list_checkpoints(run: Run) -> list[dict[str, str]]:
    """List a Run's checkpoints, the newest first, with where in the training they were written."""
    rows = []
    for generation in generations(run.checkpoints):
        try:
            meta = generation.meta()
            where = f"epoch {meta['epoch'] + 1}, after {meta['batch']} of its steps"
        except DamagedError as error:
            where = str(error)
        size = _size(generation.path)
        rows.append({"checkpoint": generation.path.name, "size": size, "where it goes on": where})
    return rows


def _shown_name(path: Path) -> str:
    return f"{path.name}/" if path.is_dir() else path.name


def _size(path: Path) -> str:
    files = [f for f in path.rglob("*") if f.is_file()] if path.is_dir() else [path]
    total = sum(file.stat().st_size for file in files)
    size = f"{total / 1e6:.1f} MB" if total >= 1e6 else f"{total / 1e3:.1f} kB"
    count = f"{len(files)} file{'s' * (len(files) != 1)}, " if path.is_dir() else ""
    return count + size
