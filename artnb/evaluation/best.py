"""Which epoch is best, by a rule that has a name."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from artnb.evaluation.rows import Row
from artnb.runs.run import Run

# Fréchet before kernel distance: on the same few pictures its bias is the same in every epoch,
# and it wavers less from one draw of pictures to the next.
_RANKED = ("FID", "Fréchet distance", "KID", "kernel distance")


@dataclass(frozen=True)
class Best:
    """The best epoch.

    Args:
        epoch: counted from 1.
        rule: how it was chosen.
        value: its score.
        among: the epochs that were compared.
        not_worse: other epochs whose intervals reach its score: they may be as good.
    """

    epoch: int
    rule: str
    value: float
    among: tuple[int, ...]
    not_worse: tuple[int, ...]

    def facts(self) -> dict[str, Any]:
        """Give it as a Run records it."""
        return asdict(self)

    def describe(self) -> str:
        """Say it in a sentence."""
        sentence = f"Best epoch: {self.epoch} ({self.rule}, {self.value:.4g})"
        if len(self.among) == 1:
            return f"{sentence}; no other has been scored like it."
        if not self.not_worse:
            return f"{sentence}."
        others = ", ".join(map(str, self.not_worse))
        return f"{sentence}; by their intervals these may be as good: {others}."


def choose_best(run: Run, rows: Sequence[Row]) -> Best | None:
    """Choose the kept epoch with the lowest distance to the real pictures.

    Of all scores of X→Y those count that were measured like the newest one: same metric,
    extractor, reference and photos. FID and other Fréchet distances come before KID and other
    kernel distances. Of equal ones the earlier epoch is taken.

    Args:
        run: whose kept epochs count.
        rows: its scores.

    Returns:
        The best epoch, or None where no such score is there.
    """
    x, y = run.domains
    kept = set(run.snapshot_epochs())
    scored = [
        row
        for row in rows
        if row.direction == f"{x} → {y}"
        and not row.is_of_gap
        and row.epoch
        and int(row.epoch) in kept
    ]
    for title in _RANKED:
        ranked = [row for row in scored if row.metric.startswith(title)]
        if ranked:
            newest = max(ranked, key=lambda row: row.date)
            like_it = [row for row in ranked if row.comparable_with == newest.comparable_with]
            return _lowest(like_it)
    return None


def _lowest(rows: Sequence[Row]) -> Best:
    by_epoch = sorted(rows, key=lambda row: int(row.epoch))
    best = min(by_epoch, key=lambda row: float(row.value))
    value = float(best.value)
    not_worse = [row for row in by_epoch if row.low and float(row.low) <= value and row is not best]
    return Best(
        epoch=int(best.epoch),
        rule=f"lowest {best.metric} against {best.reference_count} of {best.reference}",
        value=value,
        among=tuple(int(row.epoch) for row in by_epoch),
        not_worse=tuple(int(row.epoch) for row in not_worse),
    )
