"""What there is to choose from: Runs, their epochs, directions and styles."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from artnb.errors import InputError
from artnb.platform.where import outputs_folder
from artnb.runs.run import Run, open_run
from artnb.runs.table import find_runs

SomeRuns = Run | str | Path | Sequence[Run | str | Path]


def usable_runs(runs: SomeRuns | None = None) -> tuple[list[Run], list[str]]:
    """Tell Runs that can paint from those that cannot.

    Args:
        runs: names, paths or Runs, one or several; None takes all in the outputs folder.

    Returns:
        Those that can, and a sentence for each that cannot.

    Raises:
        InputError: a Run that was named does not exist.
    """
    usable, remarks = [], []
    for run in find_runs(outputs_folder()) if runs is None else _opened(runs):
        try:
            run.find_epoch()
            run.config()
            run.domains  # noqa: B018
        except (InputError, OSError, KeyError, TypeError) as error:
            remarks.append(f"The Run {run.path.name} is left out: {error}.")
        else:
            usable.append(run)
    return usable, remarks


def _opened(runs: SomeRuns) -> list[Run]:
    several = [runs] if isinstance(runs, (Run, str, Path)) else runs
    return [run if isinstance(run, Run) else open_run(run) for run in several]


def no_runs(remarks: Sequence[str]) -> str:
    """Say that no Run can paint, why, and what to do."""
    nothing = f"There is no Run in {outputs_folder()} that can paint yet."
    advice = "Train one with notebook 02, artnb demo or artnb train, and come back."
    return " ".join([*(remarks or [nothing]), advice])


def run_choices(runs: Sequence[Run]) -> list[tuple[str, Run]]:
    """Name Runs by their folders, by the whole path where two folders are named alike."""
    named = Counter(run.path.name for run in runs)
    return [(run.path.name if named[run.path.name] == 1 else str(run.path), run) for run in runs]


def epoch_choices(run: Run) -> list[tuple[str, str | int]]:
    """Offer the latest epoch, the best one where there are scores, and all that are kept."""
    kept = run.snapshot_epochs()
    best = run.best_epoch()
    choices: list[tuple[str, str | int]] = [(f"latest (epoch {kept[-1]})", "latest")]
    if best in kept:
        choices.append((f"best (epoch {best})", "best"))
    return [*choices, *((f"epoch {epoch}", epoch) for epoch in kept)]


def direction_choices(run: Run) -> list[tuple[str, str]]:
    """Offer the directions that there are, X to Y first, or the styles in its place."""
    x, y = run.domains
    if styles := run.method.styles(run):
        return [(f"{x} → {style}", style) for style in styles]
    choices = [(f"{x} → {y}", "y"), (f"{y} → {x}", "x")]
    return [choice for choice in choices if choice[1] in run.method.generators(run)]
