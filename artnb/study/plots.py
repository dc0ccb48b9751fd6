"""Figures of a style study: how far Runs have come, what tells paintings from photos, the sets."""

import math
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, PercentFormatter

from artnb.drawing.figures import COLOURS, calm, new_figure, save_figure
from artnb.errors import InputError
from artnb.evaluation.metrics.score import Score
from artnb.study.effect import FEW_PICTURES, NEGLIGIBLE
from artnb.study.quantities import QUANTITIES, values_of
from artnb.study.rows import OVERVIEW, StudyRow
from artnb.study.sets import Translation
from artnb.study.sky import GRAIN_PERIODS_PX
from artnb.study.study import Study

# Inches of a line, and how far beyond 0 and 1 the scale of progress reaches.
_LINE, _ENDS = 0.3, (-1.0, 2.0)
# Half as wide as an arrow, in units of the scale.
_ARROW = 0.03
_FAINT = "0.55"
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


def draw_study(study: Study) -> dict[str, Figure]:
    """Draw everything that a study has, by the name of the figure."""
    figures = {
        "overview": draw_progress,
        "effects": draw_effects,
        "vividness": draw_vividness,
        "artefacts": draw_artefacts,
        "checkerboards": draw_checkerboards,
        "distributions": draw_distributions,
        "main_colours": draw_main_colours,
        "grain": draw_grain,
    }
    if not study.sets.translations:
        for name in ("overview", "vividness", "artefacts", "checkerboards"):
            del figures[name]
    elif any(translation.epoch is None for translation in study.sets.translations):
        for name in ("artefacts", "checkerboards"):
            del figures[name]
    elif not study.find("translation", "grid"):
        del figures["checkerboards"]
    return {name: draw(study) for name, draw in figures.items()}


def save_figures(study: Study, out: Path) -> dict[str, Path]:
    """Draw everything that a study has into a folder, which is made; give the files by name."""
    out.mkdir(parents=True, exist_ok=True)
    files = {}
    for name, figure in draw_study(study).items():
        files[name] = out / f"{name}.png"
        save_figure(figure, files[name])
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
    last = {t.run: t.label for t in study.sets.last_epochs}
    colours = dict(zip(last, COLOURS, strict=False))
    notes: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        if row.quantity in heights:
            y = heights[row.quantity] + _shift(list(last).index(row.run), len(last))
            age = _age(study, row)
            if row.progress is not None:
                _draw_progress(panel, row.progress, y, colours[row.run], age)
            elif age == 0:
                notes.setdefault((row.quantity, row.note), []).append(y)
    # What holds for several Runs stands there once.
    for (_, note), ys in notes.items():
        panel.text(0.5, np.mean(ys), note, fontsize=8, color=_FAINT, ha="center", va="center")
    panel.axvspan(0, 1, color=COLOURS[3], alpha=0.07, linewidth=0)
    panel.set(xlim=_ENDS)
    texts = ("moved away", "0\nphoto", "half-way", "1\npainting", "too far")
    panel.set_xticks([-0.5, 0, 0.5, 1, 1.5], texts)
    panel.set_title(f"How far the style was learned{f': {subject}' if subject else ''}")
    _legend_of_dots(figure, last.values(), list(colours.values()))
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
    _legend_of_dots(figure, labels, COLOURS)
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


def _draw_progress(panel: Axes, progress: Score, y: float, colour: str, age: float) -> None:
    if age == 0:
        _draw_dot(panel, progress, y, colour, _ENDS)
    elif _ENDS[0] < progress.value < _ENDS[1]:
        faint = {"markersize": 4.5, "alpha": 0.6 * (1 - age) + 0.1, "mew": 0}
        panel.plot(progress.value, y, "o", color=colour, **faint)


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


def _legend_of_dots(figure: Figure, labels: Iterable[str], colours: Sequence[str]) -> None:
    dots = [
        Line2D([], [], color=colour, marker="o", label=label)
        for label, colour in zip(labels, colours, strict=False)
    ]
    _legend(figure, dots, 3)


def _legend(figure: Figure, handles: Sequence[Artist], columns: int) -> None:
    figure.legend(
        handles=handles, loc="outside lower center", ncols=columns, frameon=False, fontsize=9
    )


def _in_percent(axis: Axis) -> None:
    axis.set_major_formatter(PercentFormatter(1, symbol=" %"))


def _ends(scores: Sequence[Score]) -> tuple[list[float], list[float]] | None:
    """Give the lower and the upper ends of intervals; None where there are none."""
    if not scores or scores[0].low is None:
        return None
    return [score.low for score in scores], [score.high for score in scores]


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
            _in_percent(panel.yaxis)
    for panel in panels[len(quantities) :]:
        panel.set_axis_off()
    patches = [Patch(color=colour, label=label) for label, colour in colours.items()]
    _legend(figure, patches, min(len(patches), 5))
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
    _in_percent(panel.xaxis)
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
    labels = {(t.run, t.epoch): t.label for t in study.sets.translations}
    for row in (row for row in study.rows if row.question == "grain" and not row.subject):
        rows.setdefault(labels.get((row.run, row.epoch), row.name), []).append(row.value)
    for label, colour in colours.items():
        means = [score.value for score in rows[label]]
        panel.plot(GRAIN_PERIODS_PX, means, "o-", color=colour, label=label, markersize=4)
        if ends := _ends(rows[label]):
            panel.fill_between(GRAIN_PERIODS_PX, *ends, color=colour, alpha=0.15, linewidth=0)
    panel.set_xscale("log", base=2)
    panel.set_xticks(GRAIN_PERIODS_PX, [str(period) for period in GRAIN_PERIODS_PX])
    _in_percent(panel.yaxis)
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
            epochs, means = [row.epoch for row in rows], [row.value for row in rows]
            panel.plot(epochs, [mean.value for mean in means], "o-", color=colour, label=kind)
            if ends := _ends(means):
                panel.vlines(epochs, *ends, color=colour, alpha=0.6)
        _mark_epochs(panel, epochs)
        _in_percent(panel.yaxis)
    highest = max(max(line.get_ydata()) for panel in panels for line in panel.lines)
    panels[0].set_ylim(-0.0003, max(_LEAST_AXIS, 1.3 * highest))
    panels[0].set_ylabel("share of the picture")
    panels[0].legend(frameon=False, fontsize=9)
    return figure


def draw_checkerboards(study: Study) -> Figure:
    """Draw how far nets stand out of translations, epoch by epoch, photos and paintings beside.

    Raises:
        InputError: the study has no translations, or their pictures are too small for a net.
    """
    runs = _with_translations(study)
    if not study.find("translation", "grid"):
        raise InputError("nets are looked for in pictures of 64 px and more; study larger ones")
    figure = new_figure(max(5.0, 4.2 * len(runs)), 3.6)
    panels = figure.subplots(1, len(runs), squeeze=False, sharey=True)[0]
    for panel, translation in zip(panels, runs, strict=True):
        calm(panel, title=translation.run, xlabel="epoch")
        rows = [r for r in study.find("translation", "grid") if r.run == translation.run]
        epochs, means = [row.epoch for row in rows], [row.value for row in rows]
        values = [mean.value for mean in means]
        panel.plot(epochs, values, "o-", color=_TRANSLATION, label="translations")
        if ends := _ends(means):
            panel.vlines(epochs, *ends, color=_TRANSLATION, alpha=0.6)
        real = (("photo", "photo", "--"), ("painting", translation.style, ":"))
        for kind, name, dashes in real:
            for row in (row for row in study.find(kind, "grid") if row.name == name):
                panel.axhline(row.value.value, color=_FAINT, linestyle=dashes, label=name)
        _mark_epochs(panel, epochs)
    highest = max(row.value.value for row in study.find("translation", "grid"))
    panels[0].set_ylim(0, max(1.0, 1.2 * highest))
    panels[0].set_ylabel("grid: a net over the picture")
    panels[0].legend(frameon=False, fontsize=9)
    return figure


def _mark_epochs(panel: Axes, epochs: Sequence[int]) -> None:
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    if len(epochs) == 1:
        panel.set(xlim=(epochs[0] - 1, epochs[0] + 1), xticks=epochs)


def _with_translations(study: Study) -> list[Translation]:
    if not study.sets.last_epochs:
        raise InputError("this figure is of translations, and there are none; study a Run")
    return study.sets.last_epochs
