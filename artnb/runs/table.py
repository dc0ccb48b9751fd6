"""A table of Runs: what they were, how far they got, how they ended."""

import os
from collections.abc import Sequence
from pathlib import Path

from artnb.documents import read_numbers
from artnb.errors import InputError
from artnb.files import stamp_of
from artnb.runs.run import Run

_COLUMNS = ("run", "preset", "data", "epochs", "G", "D", "size", "ended")


def find_runs(folder: Path) -> list[Run]:
    """List the Runs in a folder, oldest first; also those that lie one level down, as a demo's."""
    files = (file for depth in ("*", "*/*") for file in folder.glob(f"{depth}/run.json"))
    runs = [Run(file.parent) for file in files]
    return sorted(runs, key=lambda run: (stamp_of(run.facts_file)[1:], run.path.name))


def describe_run(run: Run, name: str) -> tuple[str, ...]:
    """Give a Run's row of the table, with what it is called there.

    Raises:
        InputError: one of its files cannot be read.
    """
    facts, config, last = run.facts(), run.config(), last_row(run.log_file)
    data = facts.get("data", {})
    sums = {
        name: f"{sum(last[loss] for loss in losses):.2f}"
        for name, losses in run.method.summary.items()
        if set(losses) <= last.keys()
    }
    trains = run.method.can_train
    return (
        name,
        config.preset if trains else "-",
        f"{data.get('x', '?')} → {data.get('y', '?')}",
        f"{last.get('epoch', 0):.0f}/{config.epochs}" if trains else "-",
        sums.get("G", "-"),
        sums.get("D", "-"),
        f"{folder_bytes(run.path) / 1e6:.0f} MB",
        facts.get("status", "?"),
    )


def last_row(log_file: Path) -> dict[str, float]:
    """Read the last row of a Run's log; empty where there is none.

    Raises:
        InputError: the log is damaged.
    """
    if not log_file.exists():
        return {}
    columns = read_numbers(log_file, "restore it from a copy")
    return {name: float(values[-1]) for name, values in columns.items() if len(values)}


def folder_bytes(folder: Path) -> int:
    """Add up the sizes of all files in a folder; some may go meanwhile, as a training goes on."""
    files = (Path(place, name) for place, _, names in os.walk(folder) for name in names)
    return sum(sum(stamp_of(file)[:1]) for file in files)


def runs_table(folder: Path) -> str:
    """Lay the Runs of a folder out as lines of text, and say what is wrong with any of them."""
    runs = find_runs(folder)
    if not runs:
        return f"{folder} holds no Runs yet; artnb train or artnb demo makes one"
    rows, remarks = [_COLUMNS], []
    for run in runs:
        # What `--run` takes: further down than a name, that is the path.
        name = run.path.name if run.path.parent == folder else str(run.path)
        try:
            rows.append(describe_run(run, name))
        except (InputError, OSError) as error:
            rows.append((name, *"?" * (len(_COLUMNS) - 1)))
            remarks.append(f"{name}: {error}")
    return "\n".join([*aligned(rows), *remarks])


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lay rows of text out as lines, their columns two spaces apart."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
