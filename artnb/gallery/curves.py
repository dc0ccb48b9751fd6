"""Score curves for pages: small vector drawings that follow the chosen epoch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import MaxNLocator

from artnb.evaluation.metrics.score import Score
from artnb.evaluation.score_curves import Line, better, by_panel, find_lines
from artnb.gallery.manifest import ShownRun


@dataclass(frozen=True)
class Frame:
    """A drawing's edges and those of what is drawn in it, in its own units; letters are 10."""

    width: int = 280
    height: int = 118
    left: int = 44
    right: int = 270
    top: int = 8
    bottom: int = 98


FRAME = Frame()


@dataclass(frozen=True)
class Curve:
    """One line of a panel, ready to be drawn.

    Args:
        name: in the legend; empty where there is one line.
        colour: number of its colour.
        dashes: number of its dashes.
        line: SVG path through the scores.
        band: SVG path around the intervals.
        dots: SVG path of a dot for each score.
        best: where the best epoch's score lies, or None.
        readings: what it says at each epoch; `""` is the key of a score without an epoch.
    """

    name: str
    colour: int
    dashes: int
    line: str
    band: str
    dots: str
    best: tuple[float, float] | None
    readings: dict[str, str]


@dataclass(frozen=True)
class Panel:
    """One metric's curves.

    Args:
        title: the metric.
        better: which values are better, in words.
        curves: its lines.
        epochs: the first and the last on the axis.
        ticks_x: places and texts along the epochs.
        ticks_y: places and texts along the values.
    """

    title: str
    better: str
    curves: list[Curve]
    epochs: tuple[int, int]
    ticks_x: list[tuple[float, str]]
    ticks_y: list[tuple[float, str]]

    @property
    def spoken(self) -> str:
        """Say what is drawn, for those who cannot see it."""
        epochs = "epoch {0}" if self.epochs[0] == self.epochs[1] else "epochs {0} to {1}"
        names = ", ".join(curve.name for curve in self.curves if curve.name)
        words = f"{self.title}, {epochs.format(*self.epochs)}"
        return f"{words}: {names}" if names else words


@dataclass(frozen=True)
class _Scale:
    """Where epochs and values lie in a drawing."""

    epochs: tuple[int, int]
    values: tuple[float, float]

    def x(self, epoch: float) -> float:
        first, last = self.epochs
        share = 0.5 if first == last else (epoch - first) / (last - first)
        return round(FRAME.left + (FRAME.right - FRAME.left) * share, 1)

    def y(self, value: float) -> float:
        low, high = self.values
        share = (high - value) / (high - low)
        return round(FRAME.top + (FRAME.bottom - FRAME.top) * share, 1)


def draw_panels(runs: Sequence[ShownRun]) -> tuple[list[Panel], list[Line]]:
    """Draw the scores of Runs over their epochs, a panel for each metric.

    Args:
        runs: with their scores.

    Returns:
        The panels, empty where nothing was measured, and the lines they were made from.
    """
    # Of one Run alone the name need not be said.
    names = [run.name if len(runs) > 1 else "" for run in runs]
    bests = {name: run.best for name, run in zip(names, runs, strict=True)}
    lines = find_lines({name: run.scores for name, run in zip(names, runs, strict=True)})
    panels = by_panel(lines)
    labels = [line.label for line in lines]
    # One axis for all, so that the chosen epoch stands at the same place in each.
    epochs = {epoch for line in lines for epoch in line.by_epoch if epoch is not None}
    epochs.update(*(run.epochs for run in runs))
    span = (min(epochs, default=1), max(epochs, default=1))
    drawn = [_draw_panel(title, its, span, labels, bests) for title, its in panels.items()]
    return drawn, lines


def _draw_panel(
    title: str,
    lines: Sequence[Line],
    span: tuple[int, int],
    labels: Sequence[tuple[str, ...]],
    bests: Mapping[str, int | None],
) -> Panel:
    scale = _Scale(span, _limits(lines))
    ticks = MaxNLocator(3).tick_values(*scale.values)
    low, high = scale.values
    return Panel(
        title=title.replace("\n", ", "),
        better=better(title),
        curves=[_draw_curve(line, scale, labels, bests.get(line.run)) for line in lines],
        epochs=span,
        ticks_x=[(scale.x(epoch), str(epoch)) for epoch in _epoch_ticks(span)],
        ticks_y=[(scale.y(tick), _number(tick)) for tick in ticks if low <= tick <= high],
    )


def _epoch_ticks(span: tuple[int, int]) -> list[int]:
    """Choose the first epoch, the last, and round ones between that do not crowd them."""
    first, last = span
    away = (last - first) / 8
    round_ones = MaxNLocator(4, integer=True, steps=[1, 2, 5, 10]).tick_values(first, last)
    between = {int(epoch) for epoch in round_ones if first + away < epoch < last - away}
    return sorted({first, last} | between)


def _limits(lines: Sequence[Line]) -> tuple[float, float]:
    """Find room for all values and intervals, with a little air."""
    scores = [row.score for line in lines for row in line.by_epoch.values()]
    ends = [end for s in scores for end in (s.value, s.low, s.high) if end is not None]
    ends = [end for end in ends if np.isfinite(end)]
    low, high = min(ends), max(ends)
    air = 0.06 * (high - low) or 0.1 * abs(high) or 0.1
    return low - air, high + air


def _draw_curve(
    line: Line, scale: _Scale, labels: Sequence[tuple[str, ...]], best: int | None
) -> Curve:
    scores = {epoch: row.score for epoch, row in line.by_epoch.items()}
    readings = {str(epoch or ""): _reading(score) for epoch, score in scores.items()}
    level = _level(scores.pop(None, None), scale)
    points = {epoch: (scale.x(epoch), scale.y(score.value)) for epoch, score in scores.items()}
    colours = list(dict.fromkeys(label[:1] for label in labels))
    dashes = list(dict.fromkeys(label[1:] for label in labels))
    return Curve(
        name=_name(line),
        colour=colours.index(line.label[:1]) % 8,
        dashes=dashes.index(line.label[1:]) % 4,
        line=_path(list(points.values())) + level,
        band=_band(scores, scale),
        dots="".join(f"M{x} {y}h0" for x, y in points.values()),
        best=points.get(best),
        readings=readings,
    )


def _name(line: Line) -> str:
    """Name a line by its label; a Run called by its style says the direction already."""
    said = line.run and line.row.direction.endswith(f"→ {line.run}")
    return ", ".join(part for part in line.label if part and not (said and "→" in part))


def _level(score: Score | None, scale: _Scale) -> str:
    """Draw a score that belongs to no epoch, such as that of photos as they are."""
    return f"M{FRAME.left} {scale.y(score.value)}H{FRAME.right}" if score else ""


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points) if points else ""


def _band(scores: Mapping[int, Score], scale: _Scale) -> str:
    """Draw the area between intervals, or upright strokes where it would have no width."""
    known = {e: s for e, s in scores.items() if s.low is not None and s.high is not None}
    if len(known) < 2 or len(known) < len(scores):
        return "".join(
            _path([(scale.x(e), scale.y(s.low)), (scale.x(e), scale.y(s.high))])
            for e, s in known.items()
        )
    above = [(scale.x(epoch), scale.y(score.high)) for epoch, score in known.items()]
    below = [(scale.x(epoch), scale.y(score.low)) for epoch, score in known.items()]
    return _path([*above, *reversed(below)]) + "Z"


def _reading(score: Score) -> str:
    """Write a score as it is read beside its curve."""
    if score.low is None or score.high is None:
        return _number(score.value)
    return f"{_number(score.value)} ({_number(score.low)} to {_number(score.high)})"


def _number(value: float) -> str:
    """Write a number short: `"1,444"`, `"0.65"`; a rounding error near nothing is 0."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{round(value, 9):.3g}".replace("-", "−")
