"""Figures of a style study's sets: distributions, palettes, grain, vividness, artefacts."""

import math
import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from artnb.errors import InputError
from artnb.show.figures import COLOURS, calm, new_figure
from artnb.study.effect import FEW_PICTURES
from artnb.study.measures import QUANTITIES, values_of
from artnb.study.sky import GRAIN_PERIODS_PX
from artnb.study.study import Study

DISTRIBUTIONS = (
    *("brown", "green", "blue", "warmth"),
    *("chroma", "vivid chroma", "lightness", "clouds"),
    *("coherence", "spirality", "fine grain", "sky lightness"),
    *("dark channel", "local contrast", "edge softness", "spectrum slope"),
)
_COLUMNS = 4
# More dots would be a blot.
_MOST_DOTS = 150
_FEWEST_FOR_VIOLIN = 10
# An axis of artefacts that is shorter would make much of little.
_LEAST_AXIS = 0.01
_PHOTO, _TRANSLATION = COLOURS[1], COLOURS[0]


def _colours(study: Study) -> dict[str, str]:
    """Give photos, translations and paintings colours that are the same in every figure."""
    runs, styles = [t.label for t in study.sets.last_epochs], list(study.sets.paintings)
    others = (*COLOURS[2:], *COLOURS)
    first = {"photo": _PHOTO, **dict.fromkeys(runs[:1], _TRANSLATION)}
    rest = [*styles, *runs[1:]]
    return {**first, **{label: others[n % len(others)] for n, label in enumerate(rest)}}


def draw_distributions(study: Study, quantities: Sequence[str] = DISTRIBUTIONS) -> Figure:
    """Draw how each quantity is distributed over the pictures of each set.

    Args:
        study: its photos, the last epoch of each Run, its paintings.
        quantities: a panel for each.

    Returns:
        Violins with a dot for each picture (at most 150 of a set) and a bar at the mean. Small
        sets have dots alone.
    """
    colours, sets = _colours(study), study.sets.by_label
    rows = math.ceil(len(quantities) / _COLUMNS)
    figure = new_figure(12, 0.6 + 2.4 * rows)
    panels = figure.subplots(rows, _COLUMNS, squeeze=False).ravel()
    for name, panel in zip(quantities, panels, strict=False):
        calm(panel, title=name)
        panel.title.set_fontsize(11)
        for place, (label, measured) in enumerate(sets.items()):
            values = values_of(measured, name)
            _draw_distribution(panel, place, values[np.isfinite(values)], colours[label])
        panel.set_xticks([])
        panel.grid(axis="x", alpha=0)
        if QUANTITIES[name].share:
            panel.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    for panel in panels[len(quantities) :]:
        panel.set_axis_off()
    _legend(figure, colours)
    return figure


def _draw_distribution(panel: Axes, place: int, values: np.ndarray, colour: str) -> None:
    if not len(values):
        return
    if len(values) >= _FEWEST_FOR_VIOLIN and np.ptp(values) > 0:
        parts = panel.violinplot([values], [place], widths=0.85, showextrema=False)
        for body in parts["bodies"]:
            body.set(facecolor=colour, alpha=0.3)
    rng = np.random.default_rng(0)
    shown = values if len(values) <= _MOST_DOTS else rng.choice(values, _MOST_DOTS, replace=False)
    across = place + rng.uniform(-0.12, 0.12, len(shown))
    size = 3 if len(values) >= FEW_PICTURES else 6
    panel.plot(across, shown, ".", color=colour, markersize=size, alpha=0.5, mew=0)
    panel.hlines(values.mean(), place - 0.32, place + 0.32, color=colour, linewidth=2.5)


def _legend(figure: Figure, colours: dict[str, str]) -> None:
    from matplotlib.patches import Patch

    handles = [Patch(color=colour, label=label) for label, colour in colours.items()]
    columns = min(len(handles), 5)
    figure.legend(
        handles=handles, loc="outside lower center", ncols=columns, frameon=False, fontsize=9
    )


def draw_main_colours(study: Study) -> Figure:
    """Draw the main colours of each set as swatches as wide as their shares, dark to light."""
    found = study.main_colours
    figure = new_figure(10, 0.9 + 0.62 * len(found))
    panel = figure.subplots()
    for place, colours in enumerate(found.values()):
        lefts = np.cumsum([0, *colours.shares[:-1]])
        panel.barh(place, colours.shares, 0.86, lefts, color=colours.rgb / 255)
    panel.set_yticks(range(len(found)), [textwrap.fill(label, 26) for label in found])
    panel.set(xlim=(0, 1), title="Main colours, as wide as their share of the pixels")
    panel.invert_yaxis()
    panel.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    panel.tick_params(axis="y", length=0)
    panel.spines[["top", "right", "left"]].set_visible(False)
    return figure


def draw_grain(study: Study) -> Figure:
    """Draw how the texture of the upper third is shared among scales, with intervals."""
    figure = new_figure(8, 4.4)
    panel = calm(
        figure.subplots(),
        title="Grain of the upper third by scale",
        xlabel="period, px of 256 (fine to coarse)",
        ylabel="share of the texture's energy",
    )
    colours, rows = _colours(study), {}
    for row in (row for row in study.rows if row.question == "grain" and not row.subject):
        label = f"{row.run}, epoch {row.epoch}" if row.run else row.name
        rows.setdefault(label, []).append(row.value)
    for label, colour in colours.items():
        means = [score.value for score in rows[label]]
        panel.plot(GRAIN_PERIODS_PX, means, "o-", color=colour, label=label, markersize=4)
        if rows[label][0].low is not None:
            low, high = ([getattr(score, end) for score in rows[label]] for end in ("low", "high"))
            panel.fill_between(GRAIN_PERIODS_PX, low, high, color=colour, alpha=0.15, linewidth=0)
    panel.set_xscale("log", base=2)
    panel.set_xticks(GRAIN_PERIODS_PX, [str(period) for period in GRAIN_PERIODS_PX])
    panel.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    panel.legend(frameon=False, fontsize=9)
    return figure


def draw_vividness(study: Study) -> Figure:
    """Draw the vivid chroma of each translation over that of its photo: kept or damped.

    Raises:
        InputError: the study has no translations.
    """
    runs = _with_translations(study)
    figure = new_figure(max(4.6, 4.2 * len(runs)), 4.8)
    photos = values_of(study.sets.photos, "vivid chroma")
    panels = figure.subplots(1, len(runs), squeeze=False, sharex=True, sharey=True)[0]
    for panel, translation in zip(panels, runs, strict=True):
        values = values_of(translation.measured, "vivid chroma")
        end = 1.05 * max(photos.max(), values.max())
        calm(panel, title=translation.label, xlabel="photo: 90th percentile of chroma")
        panel.plot([0, end], [0, end], "--", color="0.5", linewidth=1)
        panel.text(end, end, "as vivid ", ha="right", va="top", fontsize=8, color="0.4")
        panel.plot(photos, values, "o", color=_TRANSLATION, alpha=0.5, markersize=4, mew=0)
        panel.set(xlim=(0, end), ylim=(0, end))
    panels[0].set_ylabel("translation")
    return figure


def draw_artefacts(study: Study) -> Figure:
    """Draw the share of black and red blobs that photos do not have, epoch by epoch.

    Raises:
        InputError: the study has no translations.
    """
    runs = _with_translations(study)
    figure = new_figure(max(5.0, 4.2 * len(runs)), 3.6)
    panels = figure.subplots(1, len(runs), squeeze=False, sharey=True)[0]
    for panel, translation in zip(panels, runs, strict=True):
        calm(panel, title=translation.run, xlabel="epoch")
        for kind, colour in (("black blobs", "#24242a"), ("red blobs", "#c0272d")):
            rows = [r for r in study.find("translation", kind) if r.run == translation.run]
            _draw_course(panel, rows, kind, colour)
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        panel.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
        highest = max(line.get_ydata().max() for line in panel.lines)
        panel.set_ylim(-0.0003, max(_LEAST_AXIS, 1.3 * highest))
    panels[0].set_ylabel("share of the picture")
    panels[0].legend(frameon=False, fontsize=9)
    return figure


def _draw_course(panel: Axes, rows: Sequence, label: str, colour: str) -> None:
    epochs = [row.epoch for row in rows]
    means = np.array([row.value.value for row in rows])
    panel.plot(epochs, means, "o-", color=colour, label=label)
    if rows and rows[0].value.low is not None:
        low, high = ([getattr(row.value, end) for row in rows] for end in ("low", "high"))
        panel.vlines(epochs, low, high, color=colour, alpha=0.6)


def _with_translations(study: Study) -> list:
    if not study.sets.last_epochs:
        raise InputError("this figure is of translations, and there are none; study a Run")
    return study.sets.last_epochs
