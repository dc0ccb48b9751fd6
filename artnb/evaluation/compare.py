"""Several Runs side by side, where they answered the same question."""

from collections.abc import Mapping, Sequence

from artnb.errors import InputError
from artnb.evaluation.rows import Row


def check_same_pictures(rows: Mapping[str, Sequence[Row]]) -> None:
    """Refuse to compare Runs that were scored on different pictures.

    Args:
        rows: scores by the name of the Run.

    Raises:
        InputError: references or photos differ.
    """
    for what, option in (("reference", "--real"), ("source", "--photos")):
        hashes = {
            name: {getattr(row, f"{what}_sha256") for row in of_run}
            for name, of_run in rows.items()
        }
        if len(set.union(*hashes.values())) > 1:
            raise InputError(
                f"Runs are compared on the same pictures, and {', '.join(hashes)} were scored on "
                f"different ones; name one folder for all with {option} DIR"
            )


def comparison_table(rows: Mapping[str, Sequence[Row]]) -> str:
    """Lay out what Runs scored, a line for each metric and epoch, a column for each Run.

    Args:
        rows: scores by the name of the Run, one for each metric and epoch.
    """
    scores = {
        name: {(row.metric, int(row.epoch)): str(row.score) for row in of_run}
        for name, of_run in rows.items()
    }
    questions = {question: None for of_run in scores.values() for question in of_run}
    metrics = list(dict.fromkeys(metric for metric, _ in questions))
    questions = sorted(questions, key=lambda asked: (metrics.index(asked[0]), asked[1]))
    lines = [("metric", "epoch", *scores)]
    for metric, epoch in questions:
        cells = (of_run.get((metric, epoch), "-") for of_run in scores.values())
        lines.append((metric, str(epoch), *cells))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
