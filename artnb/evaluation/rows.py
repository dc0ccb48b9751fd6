"""Rows of scores.csv: every number with what it was measured with and against; what they say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import artnb
from artnb.errors import InputError
from artnb.evaluation.measure import Measured
from artnb.evaluation.metrics.score import Score
from artnb.files import write_whole
from artnb.locks import in_turn
from artnb.runs.table import aligned

if TYPE_CHECKING:
    from artnb.runs.run import Run

_ANSWER = {"value", "low", "high", "interval", "generated_sha256", "warnings", "artnb", "date"}
_COMPARABLE = (
    *("metric", "weights_sha256", "reference_sha256", "source_sha256", "resize", "direction"),
    "split",
)
_BETWEEN_WARNINGS = " | "
# The split of rows that score the photos themselves.
PHOTOS = "photos"
# That of what a competition's leaderboard said.
LEADERBOARD = "leaderboard"


@dataclass(frozen=True)
class Row:
    """One score and its provenance, as text; empty where something does not apply.

    Args:
        metric: its name with this extractor; `"FID"` with Inception alone.
        value: the score.
        low: lower end of the interval.
        high: upper end of the interval.
        interval: what the interval is.
        extractor: the network that gave the features.
        weights_sha256: of the file of its weights.
        reference: name of the real pictures.
        reference_count: how many.
        reference_size_px: their size.
        reference_sha256: of their pixels, whatever their order and names.
        generated: name of the generated pictures; the next three likewise.
        generated_count: how many.
        generated_size_px: their size.
        generated_sha256: of their pixels.
        source_sha256: of the photos they were painted from.
        resize: how all pictures were resized before the extractor.
        direction: such as `"photo → monet"`.
        epoch: of the generator.
        split: `"test"` for held-out photos, `"train"` for others; `"gap"` for what is worse on
            held-out ones, and `"gap test"` and `"gap train"` for its two sides; `"photos"` for the
            photos themselves, unpainted; `"leaderboard"` for what a competition said.
        seed: of bootstrap, subsets and folds.
        artnb: version of this package.
        date: when it was measured, UTC.
        warnings: what speaks against trusting it.
    """

    metric: str
    value: str
    low: str = ""
    high: str = ""
    interval: str = ""
    extractor: str = ""
    weights_sha256: str = ""
    reference: str = ""
    reference_count: str = ""
    reference_size_px: str = ""
    reference_sha256: str = ""
    generated: str = ""
    generated_count: str = ""
    generated_size_px: str = ""
    generated_sha256: str = ""
    source_sha256: str = ""
    resize: str = ""
    direction: str = ""
    epoch: str = ""
    split: str = ""
    seed: str = ""
    artnb: str = artnb.__version__
    date: str = ""
    warnings: str = ""

    @property
    def score(self) -> Score:
        """The number with its interval and warnings."""
        low, high = (float(end) if end else None for end in (self.low, self.high))
        warnings = tuple(self.warnings.split(_BETWEEN_WARNINGS)) if self.warnings else ()
        return Score(float(self.value), low, high, self.interval, warnings)

    @property
    def is_of_gap(self) -> bool:
        """Whether it is a gap between training and held-out pictures, or one of its sides."""
        return self.split.startswith("gap")

    @property
    def question(self) -> tuple[str, ...]:
        """What was asked, apart from the answer: a later answer replaces an earlier one."""
        return tuple(getattr(self, f.name) for f in fields(self) if f.name not in _ANSWER)

    @property
    def comparable_with(self) -> tuple[str, ...]:
        """What must be equal in two rows for their values to be compared."""
        return tuple(getattr(self, name) for name in _COMPARABLE)


def facts_of_sets(real: Measured, fake: Measured) -> dict[str, str]:
    """Give what rows record of the two sets."""
    facts = {"resize": real.resize}
    for side, measured in (("reference", real), ("generated", fake)):
        facts |= {
            side: measured.name,
            f"{side}_count": str(len(measured)),
            f"{side}_size_px": measured.size_px,
            f"{side}_sha256": measured.sha256,
        }
    return facts


def row_of(metric: str, score: Score, **facts: str) -> Row:
    """Make a row of a score; `facts` are the rest of its columns."""
    return Row(
        metric=metric,
        value=_text(score.value),
        low=_text(score.low),
        high=_text(score.high),
        interval=score.interval,
        warnings=_BETWEEN_WARNINGS.join(score.warnings),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        **facts,
    )


def _text(number: float | None) -> str:
    return "" if number is None else f"{number:.10g}"


def read_scores(path: Path) -> list[Row]:
    """Read a `scores.csv`; none where there is no file.

    Raises:
        InputError: it is no file of this kind.
    """
    if not path.exists():
        return []
    import pandas as pd

    try:
        table = pd.read_csv(path, dtype=str, na_filter=False, index_col=False)
        if not {"metric", "value"} <= set(table) <= {f.name for f in fields(Row)}:
            raise KeyError(*table)
        rows = [Row(**row) for row in table.to_dict("records")]
        for row in rows:
            _ = row.score, int(row.epoch or 0)
    except (KeyError, pd.errors.EmptyDataError) as error:
        raise InputError(
            f"{path} is no scores.csv of this artnb; move it away, scores can be made again"
        ) from error
    except ValueError as error:
        raise InputError(
            f"{path} is damaged ({error}); move it away, scores can be made again"
        ) from error
    return rows


def write_scores(path: Path, rows: Iterable[Row]) -> list[Row]:
    """Add rows to a `scores.csv`, each in the place of an earlier one to the same question.

    Returns:
        All rows of the file.
    """
    import pandas as pd

    path.parent.mkdir(parents=True, exist_ok=True)
    with in_turn(path):
        kept = {row.question: row for row in read_scores(path)}
        kept |= {row.question: row for row in rows}
        metrics = list(dict.fromkeys(row.metric for row in kept.values()))
        ordered = sorted(kept.values(), key=lambda row: (metrics.index(row.metric), *_order(row)))
        table = pd.DataFrame(ordered, columns=[f.name for f in fields(Row)])
        write_whole(path, table.to_csv(index=False, lineterminator="\n"))
    return ordered


def _order(row: Row) -> tuple:
    return (row.direction, row.reference, row.split, int(row.epoch or 0), row.date)


def as_dictionaries(rows: Sequence[Row]) -> list[dict[str, str]]:
    """Give rows as dictionaries, for tables and plots."""
    return [asdict(row) for row in rows]


def gap_row(train: Row, test: Row) -> Row:
    """Give the row of a difference: what is worse on held-out pictures than on training ones."""
    a, b = train.score, test.score
    value, low, high, interval = b.value - a.value, None, None, ""
    if None not in (a.low, a.high, b.low, b.high):
        half = np.hypot(a.high - a.low, b.high - b.low) / 2
        low, high, interval = value - half, value + half, f"from both: {b.interval}"
    score = Score(value, low, high, interval, tuple(dict.fromkeys(a.warnings + b.warnings)))
    facts = {
        f.name: " − ".join(dict.fromkeys(getattr(row, f.name) for row in (test, train)))
        for f in fields(Row)
        if f.name == "generated_sha256" or f.name not in {*_ANSWER, "metric", "split"}
    }
    return row_of(test.metric, score, split="gap", **facts)


@dataclass(frozen=True)
class Best:
    """The best epoch.

    Args:
        epoch: counted from 1.
        rule: how it was chosen.
        value: its score.
        among: the epochs that were compared.
        not_worse: other epochs whose intervals reach its score: they may be as good.
        values: the scores of those that were compared.
    """

    epoch: int
    rule: str
    value: float
    among: tuple[int, ...]
    not_worse: tuple[int, ...]
    values: tuple[float, ...] = ()

    def describe(self) -> str:
        """Say it in a sentence."""
        sentence = f"Best epoch: {self.epoch} ({self.rule}, {self.value:.4g})"
        if len(self.among) == 1:
            return f"{sentence}; no other has been scored like it."
        if not self.not_worse:
            return f"{sentence}."
        others = ", ".join(map(str, self.not_worse))
        return f"{sentence}; by their intervals these may be as good: {others}."


def choose_best(run: "Run", rows: Sequence[Row], until: int | None = None) -> Best | None:
    """Choose the kept epoch with the lowest distance to the real pictures.

    Of all scores of X→Y, or of its usual style, those count that were measured like the newest
    one: same metric, extractor, reference and photos. Which metric counts is the Method's
    `ranked_by`. Of equal ones the earlier epoch is taken.

    Args:
        run: whose kept epochs count.
        rows: its scores.
        until: how far the training has got: later epochs were left by a life of it that a kill
            ended, and will come again. None counts all.

    Returns:
        The best epoch, or None where no such score is there.
    """
    kept = {epoch for epoch in run.snapshot_epochs() if until is None or epoch <= until}
    scored = [
        row
        for row in rows
        if row.direction == run.direction
        and not row.is_of_gap
        and row.epoch
        and int(row.epoch) in kept
    ]
    for title in run.method.ranked_by:
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
        not_worse=tuple(dict.fromkeys(int(row.epoch) for row in not_worse)),
        values=tuple(float(row.value) for row in by_epoch),
    )


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
    return "\n".join(aligned(lines))
