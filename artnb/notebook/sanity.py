"""Figures of scores whose answer is known, and rules at work."""

import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from artnb.drawing.figures import COLOURS, calm, new_figure
from artnb.errors import InputError
from artnb.evaluation.metrics.score import Score

_BAR_INCHES = 0.42
_LETTERS = 100


def draw_scale(scores: Mapping[str, Score], title: str = "", xlabel: str = "") -> Figure:
    """Draw scores below each other, with their intervals.

    Args:
        scores: by what was measured.
        title: over the bars.
        xlabel: what the bars are long in.

    Returns:
        A figure that belongs to no window.

    Raises:
        InputError: there are no scores.
    """
    _refuse_nothing(scores)
    figure = new_figure(9, 1.2 + _BAR_INCHES * len(scores))
    panel = calm(figure.subplots(), title=title, xlabel=xlabel)
    for place, score in enumerate(scores.values()):
        _draw_bar(panel, place, score)
    panel.set_yticks(range(len(scores)), [textwrap.fill(name, 34) for name in scores])
    panel.margins(x=0.1)
    panel.invert_yaxis()
    panel.tick_params(axis="y", length=0)
    panel.grid(visible=False, axis="y")
    return figure


def _draw_bar(panel: Axes, place: int, score: Score) -> None:
    panel.barh(place, score.value, 0.6, color=COLOURS[place % len(COLOURS)])
    end = score.value
    if score.low is not None and score.high is not None:
        panel.plot([score.low, score.high], [place, place], color="0.25", linewidth=1.4)
        end = max(end, score.high)
    beside = {"xytext": (6, 0), "textcoords": "offset points", "va": "center", "fontsize": 9}
    panel.annotate(f"{score.value:.4g}", (end, place), **beside)


def draw_by_count(panels: Mapping[str, Mapping[str, Mapping[int, Score]]]) -> Figure:
    """Draw distances against the number of pictures they were measured with.

    Args:
        panels: by the name of the distance: what `distance_by_count` gives, by the names of the
            two sets.

    Returns:
        A figure that belongs to no window.

    Raises:
        InputError: there is nothing to draw.
    """
    _refuse_nothing(panels)
    figure = new_figure(5 * len(panels), 4)
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for panel, (title, lines) in zip(axes, panels.items(), strict=True):
        calm(panel, title=title, xlabel="pictures on each side", ylabel="distance")
        panel.axhline(0, color="0.6", linewidth=1)
        for colour, (name, by_count) in zip(COLOURS, lines.items(), strict=False):
            _draw_line(panel, by_count, name, colour)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=len(names), frameon=False)
    return figure


def _draw_line(panel: Axes, by_count: Mapping[int, Score], name: str, colour: str) -> None:
    counts, scores = list(by_count), list(by_count.values())
    panel.plot(counts, [score.value for score in scores], "o-", color=colour, label=name)
    low, high = ([getattr(score, end) for score in scores] for end in ("low", "high"))
    panel.fill_between(counts, low, high, color=colour, alpha=0.15, linewidth=0)


def draw_changes(
    panels: Mapping[str, Mapping[float, float]], level: float | None = None, level_name: str = ""
) -> Figure:
    """Draw how far a set moves from itself when its pictures are spoilt more and more.

    Args:
        panels: what `distances_when_changed` gives, by the name of the strength.
        level: a distance to compare with, or None.
        level_name: what it is.

    Returns:
        A figure that belongs to no window.

    Raises:
        InputError: there is nothing to draw.
    """
    _refuse_nothing(panels)
    figure = new_figure(5 * len(panels), 4)
    axes = figure.subplots(1, len(panels), squeeze=False, sharey=True)[0]
    for colour, panel, (xlabel, distances) in zip(COLOURS, axes, panels.items(), strict=False):
        calm(panel, xlabel=xlabel)
        panel.plot(list(distances), list(distances.values()), "o-", color=colour)
        if level is not None:
            panel.axhline(level, color="0.45", linestyle=":", label=level_name)
    axes[0].set_ylim(bottom=0)  # for all panels: they share it, so only once they are drawn
    axes[0].set_ylabel("distance to the untouched set")
    if level_name:
        handles, names = axes[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", frameon=False)
    return figure


def _refuse_nothing(drawn: Mapping) -> None:
    if not drawn:
        raise InputError("there must be something to draw, and there is nothing; measure first")


@contextmanager
def refused() -> Iterator[None]:
    """Print why a rule refuses what is done within.

    Raises:
        AssertionError: nothing was refused.
    """
    try:
        yield
    except InputError as error:
        text = f"Refused: {error}"
        print(textwrap.fill(text, _LETTERS, break_long_words=False, break_on_hyphens=False))
    else:
        raise AssertionError("a rule should have refused this, and none did")
