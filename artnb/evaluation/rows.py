"""Rows of scores.csv: every number with what it was measured with and against; what they say."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import artnb
from artnb.errors import InputError
from artnb.evaluation.measure import Measured
from artnb.evaluation.metrics.score import Score
from artnb.files import write_whole

if TYPE_CHECKING:
    from artnb.runs.run import Run

_ANSWER = {
    *("value", "low", "high", "interval", "generated_sha256", "warnings", "artnb", "date"),
}
_BETWEEN_WARNINGS = " | "


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
            held-out ones, and `"gap test"` and `"gap train"` for its two sides.
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
        return (
            self.metric,
            self.weights_sha256,
            self.reference_sha256,
            self.source_sha256,
            self.resize,
            self.direction,
            self.split,
        )


def facts_of_sets(real: Measured, fake: Measured) -> dict[str, str]:
    """Give what rows record of the two sets."""
    sets = {"reference": real, "generated": fake}
    described = {
        f"{side}{suffix}": str(value)
        for side, measured in sets.items()
        for suffix, value in {
            "": measured.name,
            "_count": len(measured),
            "_size_px": measured.size_px,
            "_sha256": measured.sha256,
        }.items()
    }
    return {**described, "resize": real.resize}


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
    known = {f.name for f in fields(Row)}
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if not {"metric", "value"} <= set(reader.fieldnames or ()) <= known:
            raise InputError(
                f"{path} is no scores.csv of this artnb; move it away, scores can be made again"
            )
        rows = [Row(**row) for row in reader]
    try:
        for row in rows:
            _ = row.score, int(row.epoch or 0)
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
    kept = {row.question: row for row in read_scores(path)}
    kept |= {row.question: row for row in rows}
    metrics = list(dict.fromkeys(row.metric for row in kept.values()))
    ordered = sorted(kept.values(), key=lambda row: (metrics.index(row.metric), *_order(row)))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [f.name for f in fields(Row)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in ordered)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, buffer.getvalue())
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
    kept = ("extractor", "weights_sha256", "resize", "direction", "epoch", "seed")
    joined = ("reference", "generated")
    facts = {name: getattr(test, name) for name in kept}
    for name in joined:
        facts |= {
            f"{name}{part}": _both(train, test, f"{name}{part}")
            for part in ("", "_count", "_size_px", "_sha256")
        }
    facts["source_sha256"] = _both(train, test, "source_sha256")
    return row_of(test.metric, score, split="gap", **facts)


def _both(train: Row, test: Row, column: str) -> str:
    values = [getattr(test, column), getattr(train, column)]
    return values[0] if values[0] == values[1] else " − ".join(values)


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


def choose_best(run: "Run", rows: Sequence[Row]) -> Best | None:
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
