"""What can be chosen in the explorer: Runs, their epochs, their directions."""

from collections import Counter
from collections.abc import Sequence

from artnb.errors import InputError
from artnb.runs.run import Run

# A label for people, and the value behind it, as ipywidgets takes them.
RunChoices = list[tuple[str, Run]]
EpochChoices = list[tuple[str, str | int]]


def usable_runs(runs: Sequence[Run]) -> tuple[list[Run], list[str]]:
    """Tell Runs that can paint from those that cannot.

    Returns:
        Those that can, and a sentence for each that cannot.
    """
    usable, remarks = [], []
    for run in runs:
        try:
            run.find_epoch()
            run.config()
            run.domains  # noqa: B018
        except (InputError, OSError, KeyError, TypeError) as error:
            remarks.append(f"The Run {run.path.name} is left out: {error}.")
        else:
            usable.append(run)
    return usable, remarks


def run_choices(runs: Sequence[Run]) -> RunChoices:
    """Name Runs by their folders, by the whole path where two folders are named alike."""
    named = Counter(run.path.name for run in runs)
    return [(run.path.name if named[run.path.name] == 1 else str(run.path), run) for run in runs]


def epoch_choices(run: Run) -> EpochChoices:
    """Offer the latest epoch, the best one where there are scores, and all that are kept."""
    kept = run.snapshot_epochs()
    best = run.best_epoch()
    choices: EpochChoices = [(f"latest (epoch {kept[-1]})", "latest")]
    if best in kept:
        choices.append((f"best (epoch {best})", "best"))
    return [*choices, *((f"epoch {epoch}", epoch) for epoch in kept)]


def epoch_number(run: Run, choice: str | int) -> int:
    """Give the number of an epoch that was chosen as `"latest"`, `"best"` or by its number."""
    if choice == "latest":
        return run.snapshot_epochs()[-1]
    return run.best_epoch() if choice == "best" else int(choice)


def direction_choices(run: Run) -> list[tuple[str, str]]:
    """Offer the directions that there are, X to Y first."""
    x, y = run.domains
    choices = [(f"{x} → {y}", "y"), (f"{y} → {x}", "x")]
    return choices[: len(run.method.generators(run))]
