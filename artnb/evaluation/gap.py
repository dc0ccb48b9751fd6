"""The gap between training and held-out pictures: overfitting, as a number."""

import numpy as np

from artnb.evaluation.rows import Row, row_of
from artnb.evaluation.score import Score


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
