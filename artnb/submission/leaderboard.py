"""What the competition's leaderboard said of an epoch, beside the scores measured here."""

import math
from dataclasses import dataclass

from artnb.errors import InputError
from artnb.evaluation.metrics.score import Score
from artnb.evaluation.rows import LEADERBOARD, Row, row_of, write_scores
from artnb.evaluation.runs import draw_curves
from artnb.files import require_writable
from artnb.runs.run import COPY_IT, Run

_MIFID = "MiFID"
# Another network's score of the same form, where Inception was not at hand.
_ALIKE = (_MIFID, "memorisation-informed Fréchet distance")


@dataclass(frozen=True)
class Noted:
    """A score of the leaderboard, and the same epoch's own; None where it was not measured."""

    run: Run
    row: Row
    local: Row | None

    def describe(self) -> str:
        """Say it in a sentence."""
        here = (
            f"{self.local.metric} {self.local.score} here"
            if self.local
            else "not measured here: artnb evaluate --run "
            f"{self.run.path.name} --metrics mifid --epochs {self.row.epoch}"
        )
        return f"epoch {self.row.epoch}: {self.row.score} on the leaderboard, {here}"


def note_score(run: Run, score: float, epoch: int) -> Noted:
    """Keep what the leaderboard said of a submission in the Run's `scores.csv`, and draw it there.

    A later score of the same epoch takes the place of an earlier one. It decides nothing, such as
    which epoch is the best: that is measured here.

    Args:
        run: that painted the submission.
        score: the MiFID on the leaderboard.
        epoch: of the generator.

    Raises:
        InputError: it is no MiFID, or the Run is read-only or its scores are damaged.
    """
    if not (math.isfinite(score) and score > 0):
        raise InputError(f"a MiFID is above 0, got {score:g}; give what the leaderboard shows")
    require_writable(run.path, COPY_IT)
    x, y = run.domains
    row = row_of(
        _MIFID,
        Score(score),
        reference="Kaggle's paintings",
        direction=f"{x} → {y}",
        epoch=str(epoch),
        split=LEADERBOARD,
    )
    rows = write_scores(run.scores_file, [row])
    draw_curves(run, rows, run.best_epoch())
    return Noted(run, row, _local(rows, row))


def _local(rows: list[Row], noted: Row) -> Row | None:
    """Find the newest score of the same epoch that was measured here."""
    same = [
        row
        for row in rows
        if (row.epoch, row.direction) == (noted.epoch, noted.direction)
        and row.metric.startswith(_ALIKE)
        and row.split != LEADERBOARD
        and not row.is_of_gap
    ]
    return max(same, key=lambda row: (row.metric == _MIFID, row.date), default=None)
