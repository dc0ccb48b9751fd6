"""Figures of a style study: how far Runs have come, and what tells paintings from photos."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from artnb.errors import InputError
from artnb.evaluation.metrics.score import Score
from artnb.show.figures import COLOURS, calm, new_figure
from artnb.study.effect import NEGLIGIBLE
from artnb.study.measures import QUANTITIES
from artnb.study.rows import StudyRow
from artnb.study.set_plots import (
    draw_artefacts,
    draw_distributions,
    draw_grain,
    draw_main_colours,
    draw_vividness,
)
from artnb.study.study import Study
from artnb.study.summary import OVERVIEW

# Inches of a line, and how far beyond 0 and 1 the scale of progress reaches.
_LINE, _ENDS = 0.3, (-1.0, 2.0)
# Half as wide as an arrow, in units of the scale.
_ARROW = 0.03
_FAINT = "0.55"


def draw_study(study: Study) -> dict[str, Figure]:
    """Draw everything that a study has, by the name of the figure."""
    figures = {"effects": draw_effects(study)}
    if study.sets.translations:
        figures = {"overview": draw_progress(study), **figures}
        figures["vividness"] = draw_vividness(study)
        figures["artefacts"] = draw_artefacts(study)
    return {
        **figures,
        "distributions": draw_distributions(study),
        "main_colours": draw_main_colours(study),
        "grain": draw_grain(study),
    }


def save_figures(study: Study, out: Path) -> dict[str, Path]:
    """Draw everything that a study has into a folder, which is made; give the files by name."""
    out.mkdir(parents=True, exist_ok=True)
    files = {}
    for name, figure in draw_study(study).items():
        files[name] = out / f"{name}.png"
        figure.savefig(files[name], dpi=110)
    return files


def draw_progress(study: Study, subject: str = "") -> Figure:
    """Draw how far Runs have come in each quantity: 0 is the photo, 1 the painting.

    Full dots are last epochs with their intervals, faint ones earlier epochs, the paler the
    earlier. What lies beyond the scale is an arrow at its end. Where photos and paintings hardly
    differ there is no way between them, and a sentence stands there instead.

    Args:
        study: of one or more Runs.
        subject: draw that of a subject's pictures alone.

    Returns:
        A figure that belongs to no window.

    Raises:
        InputError: the study has no translations, or none of this subject.
    """
    rows = study.find("translation", subject=subject)
    if not rows:
        raise InputError(
            "progress is drawn of translations, and there are none"
            f"{f' of {subject}' if subject else ''}; study a Run"
        )
    figure, panel, heights = _lines(OVERVIEW)
    last = {t.run: t.epoch for t in study.sets.translations}
    colours = dict(zip(last, COLOURS, strict=False))
    for row in rows:
        if row.quantity in heights:
            y = heights[row.quantity] + _shift(list(last).index(row.run), len(last))
            age = _age(study, row)
            _draw_progress(panel, row, y, colours[row.run], age)
    panel.axvspan(0, 1, color=COLOURS[3], alpha=0.07, linewidth=0)
    panel.set(xlim=_ENDS)
    texts = ("moved away", "0\nphoto", "half-way", "1\npainting", "too far")
    panel.set_xticks([-0.5, 0, 0.5, 1, 1.5], texts)
    panel.set_title(f"How far the style was learned{f': {subject}' if subject else ''}")
    labels = [f"{run}, epoch {epoch}" for run, epoch in last.items()]
    _write_legend(figure, labels, list(colours.values()))
    return figure


def draw_effects(study: Study) -> Figure:
    """Draw how much paintings of each style differ from photos in each quantity.

    Returns:
        Dots with their intervals: Cliff's delta, which is 0 for no difference and 1 or −1 where
        no painting's value is among the photos'. In the grey band it counts as negligible.
    """
    figure, panel, heights = _lines(OVERVIEW)
    panel.axvspan(-NEGLIGIBLE, NEGLIGIBLE, color="0.5", alpha=0.15, linewidth=0)
    panel.axvline(0, color="0.5", linewidth=0.8)
    effects = study.effects
    for number, of_style in enumerate(effects.values()):
        for quantity, effect in of_style.items():
            if quantity in heights:
                y = heights[quantity] + _shift(number, len(effects))
                _draw_dot(panel, effect, y, COLOURS[number % len(COLOURS)])
    panel.set(xlim=(-1.04, 1.04), xlabel="Cliff's delta against photos")
    panel.set_title("What tells paintings from photos")
    counts = {row.name: row.count for row in study.find("painting", "lightness")}
    labels = [f"{style} ({counts[style]} pictures)" for style in effects]
    _write_legend(figure, labels, COLOURS)
    return figure


def _lines(quantities: Sequence[str]) -> tuple[Figure, Axes, dict[str, float]]:
    """Make a panel with a line for each quantity, grouped by question; give their heights."""
    questions = list(dict.fromkeys(QUANTITIES[name].question for name in quantities))
    heights: dict[str, float] = {}
    y = 0.0
    for question in questions:
        for name in (n for n in quantities if QUANTITIES[n].question == question):
            heights[name], y = y, y + 1
        y += 0.6
    figure = new_figure(9.5, 1.5 + _LINE * y)
    panel = calm(figure.subplots())
    panel.set_yticks(list(heights.values()), [_label(name) for name in heights])
    panel.set_ylim(y - 0.6, -0.8)
    panel.tick_params(axis="y", length=0)
    panel.grid(axis="y", alpha=0)
    for question in questions[1:]:
        first = next(n for n in heights if QUANTITIES[n].question == question)
        panel.axhline(heights[first] - 0.8, color="0.85", linewidth=0.8)
    return figure, panel, heights


def _label(name: str) -> str:
    question = QUANTITIES[name].question
    return name if question in (name, "palette") else f"{question.partition(' and ')[0]} · {name}"


def _shift(number: int, count: int) -> float:
    """Set dots of one line beside each other."""
    return 0.0 if count == 1 else 0.5 * (number / (count - 1) - 0.5)


def _age(study: Study, row: StudyRow) -> float:
    """Say how far back an epoch lies among its Run's: 0 for the last, towards 1."""
    epochs = [t.epoch for t in study.sets.translations if t.run == row.run]
    return 1 - (epochs.index(row.epoch) + 1) / len(epochs)


def _draw_progress(panel: Axes, row: StudyRow, y: float, colour: str, age: float) -> None:
    if row.progress is None:
        if age == 0:
            panel.text(0.5, y, row.note, fontsize=8, color=_FAINT, ha="center", va="center")
        return
    if age == 0:
        _draw_dot(panel, row.progress, y, colour, _ENDS)
    elif _ENDS[0] < row.progress.value < _ENDS[1]:
        faint = {"markersize": 4.5, "alpha": 0.6 * (1 - age) + 0.1, "mew": 0}
        panel.plot(row.progress.value, y, "o", color=colour, **faint)


def _draw_dot(
    panel: Axes, score: Score, y: float, colour: str, scale: tuple[float, float] = (-np.inf, np.inf)
) -> None:
    """Draw a dot with its interval; an arrow where it is beyond the scale."""
    first, last = scale
    if score.low is not None and score.high is not None:
        panel.hlines(y, *np.clip((score.low, score.high), first, last), color=colour, linewidth=2)
    marker = "<" if score.value < first else ">" if score.value > last else "o"
    place = np.clip(score.value, first + _ARROW, last - _ARROW)
    panel.plot(place, y, marker, color=colour, markersize=7, zorder=3)


def _write_legend(figure: Figure, labels: Iterable[str], colours: Sequence[str]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=colour, marker="o", label=label)
        for label, colour in zip(labels, colours, strict=False)
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False, fontsize=9)
