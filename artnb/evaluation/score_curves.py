"""Which scores a line may join, what it is called, and what must be said beneath."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from artnb.evaluation.rows import LEADERBOARD, PHOTOS, Row

# What may tell lines apart: in words, and as a last resort by the start of a hash.
_RESPECTS = (
    *("run", "direction", "split", "reference", "photos", "resize"),
    *("reference_sha256", "source_sha256", "weights_sha256"),
)
# These even where no panel has two.
_ALWAYS_TOLD = ("run", "direction")
_SPLITS = {
    "test": "held-out",
    "train": "training",
    "gap test": "gap's held-out side",
    "gap train": "gap's training side",
    PHOTOS: "photos themselves",
    LEADERBOARD: "on the leaderboard",
}
_HASH_DIGITS = 8
# Stands beneath the title of a panel of differences.
GAP = "held-out − training"
# What is better, by the first of these that a metric's name contains.
_BETTER = {
    GAP: "nearer to 0 is better",
    "nearest real": "near 0 are copies",
    "distance": "lower is better ↓",
    "FID": "lower is better ↓",
    "KID": "lower is better ↓",
    "discriminator": "0.5 is ideal",
    "precision": "higher is better ↑",
    "recall": "higher is better ↑",
    "Inception Score": "higher is better ↑",
    "SSIM": "higher keeps more of the photo",
    "style classifier": "1 is always right",
}


@dataclass(frozen=True)
class Line:
    """Scores that may be compared with each other.

    Args:
        run: name of the Run, where there are several.
        by_epoch: the rows in order; None is the key of one without an epoch.
        label: what tells it from the other lines of its panel, the most important first.
    """

    run: str
    by_epoch: Mapping[int | None, Row]
    label: tuple[str, ...] = ()

    @property
    def row(self) -> Row:
        """The first of them, for what all share."""
        return next(iter(self.by_epoch.values()))

    @property
    def is_gap(self) -> bool:
        """Whether these are differences between training and held-out pictures."""
        return self.row.split == "gap"

    @property
    def panel(self) -> str:
        """The title of the panel that it is drawn in."""
        return f"{self.row.metric}\n{GAP}" if self.is_gap else self.row.metric

    @property
    def name(self) -> str:
        """What the legend calls it."""
        told = ", ".join(filter(None, self.label))
        return told or self.describe("split") or self.row.direction or "score"

    def describe(self, respect: str) -> str:
        """Say in words what it is in one respect."""
        row = self.row
        words = {
            "run": self.run,
            "split": _SPLITS.get(row.split, row.split),
            "reference": row.reference and f"against {row.reference}",
            "photos": row.generated_count and f"{row.generated_count} pictures",
        }
        if respect in words:
            return words[respect]
        text = getattr(row, respect)
        return text[:_HASH_DIGITS] if respect.endswith("sha256") else text


def find_lines(by_run: Mapping[str, Sequence[Mapping[str, str]]]) -> list[Line]:
    """Group rows of `scores.csv` into lines; scores that are no numbers are left out.

    Args:
        by_run: rows by the name of the Run.

    Returns:
        The lines with their labels, in the order of their rows, gaps after all others.
    """
    found: dict[tuple, dict[int | None, Row]] = {}
    for run, rows in by_run.items():
        for row in (Row(**row) for row in rows):
            if row.value and math.isfinite(float(row.value)):
                by_epoch = found.setdefault((run, row.comparable_with), {})
                by_epoch[int(row.epoch) if row.epoch else None] = row
    lines = [
        Line(run, dict(sorted(by_epoch.items(), key=lambda item: item[0] or 0)))
        for (run, _), by_epoch in found.items()
    ]
    return _labelled(sorted(lines, key=lambda line: line.is_gap))


def by_panel(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Group lines by the panel that they are drawn in."""
    panels: dict[str, list[Line]] = {}
    for line in lines:
        panels.setdefault(line.panel, []).append(line)
    return panels


def _labelled(lines: Sequence[Line]) -> list[Line]:
    """Label lines with what tells them from the others of their panel, and nothing else."""
    lines = list(lines)
    for respect in _RESPECTS:
        further = [replace(line, label=(*line.label, line.describe(respect))) for line in lines]
        several = len({line.describe(respect) for line in lines}) > 1
        if (respect in _ALWAYS_TOLD and several) or _apart(further) > _apart(lines):
            lines = further
    return lines


def _apart(lines: Sequence[Line]) -> int:
    return len({(line.panel, line.label) for line in lines})


def find_notes(lines: Sequence[Line]) -> list[str]:
    """Gather what must be said beneath: lines that are not to be compared, and warnings.

    Returns:
        Sentences, each once, with the metrics they are about; what most scores share first.
    """
    about: dict[str, list[str]] = {}
    for line in lines:
        for row in line.by_epoch.values():
            for warning in row.score.warnings:
                about.setdefault(warning, []).append(row.metric)
    common_first = sorted(about, key=lambda warning: -len(about[warning]))
    return [*_incomparable(lines), *(f"{_short(about[text])}: {text}" for text in common_first)]


def _short(metrics: Iterable[str]) -> str:
    """List metrics, each once and without the extractor that its panel names."""
    return ", ".join(dict.fromkeys(metric.partition(" (")[0] for metric in metrics))


def _incomparable(lines: Sequence[Line]) -> list[str]:
    """Name the panels where one direction and split was measured in more than one way."""
    ways: dict[tuple[str, str, str], set[tuple[str, ...]]] = {}
    for line in lines:
        place = (line.panel, line.row.direction, line.row.split)
        ways.setdefault(place, set()).add(line.row.comparable_with)
    panels = dict.fromkeys(place[0] for place, its_ways in ways.items() if len(its_ways) > 1)
    if not panels:
        return []
    return [
        f"{_short(panels)}: the lines were measured on different pictures or in different "
        "ways, so compare their courses and not their heights"
    ]


def better(title: str) -> str:
    """Say which values of a metric are better; nothing where that is not known."""
    return next((note for part, note in _BETTER.items() if part in title), "")
