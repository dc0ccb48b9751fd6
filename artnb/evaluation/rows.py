"""Rows of scores.csv: every number with what it was measured with and against."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

import artnb
from artnb.errors import InputError
from artnb.evaluation.measure import Measured
from artnb.evaluation.score import Score
from artnb.files import write_whole

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
