"""Figures of scores: their course over the epochs, confusions, and a classifier's shares."""

import math
import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from artnb.drawing.figures import COLOURS, calm, new_figure
from artnb.errors import InputError
from artnb.evaluation.metrics.score import Score
from artnb.evaluation.score_curves import Line, better, by_panel, find_lines, find_notes

Rows = Sequence[Mapping[str, str]]

_CHOSEN = "chosen: epoch"
_DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))
# Inches.
_PANEL_WIDTH, _PANEL_HEIGHT = 4.6, 3.4
_LEGEND_LINE, _NOTE_LINE = 0.22, 0.17
_LETTER = 0.075
_MOST_NOTES, _LONGEST_NOTE = 4, 300
# With fewer points a band would be a sliver, and with more the marks would hide the line.
_FEWEST_FOR_BAND, _MOST_MARKS = 4, 40
_WARM = LinearSegmentedColormap.from_list("warm", ["#faf9f6", "#e9b58f", "#c1572b", "#6e2c12"])


def draw_scores(rows: Rows | Mapping[str, Rows], best: int | None = None) -> Figure:
    """Draw the course of scores over the epochs, a panel for each metric.

    A line joins only what may be compared: the same pictures, resized alike, measured with the
    same weights. Intervals are bands, and bars where there are few points. Scores without an
    epoch, such as of photos as they are, are level lines.

    Args:
        rows: those of a Run's `scores.csv`; or of several by the name of the Run.
        best: an epoch to mark.

    Returns:
        A figure that belongs to no window, with the scores' warnings beneath.

    Raises:
        InputError: there are no scores.
    """
    lines = find_lines(rows if isinstance(rows, Mapping) else {"": rows})
    if not lines:
        raise InputError("there must be scores to draw, and there are none; measure some first")
    panels = by_panel(lines)
    styles = _styles(list(dict.fromkeys(line.label for line in lines)))
    upper, lower = _halves(lines, len(panels), find_notes(lines))
    for (title, its_lines), panel in zip(panels.items(), upper.axes, strict=False):
        wrapped = "\n".join(textwrap.fill(line, 42) for line in title.splitlines())
        calm(panel, title=wrapped, xlabel="epoch", ylabel=better(title))
        for line in its_lines:
            _draw_line(panel, line, styles[line.label])
        _finish_epochs(panel, its_lines, best)
    for panel in upper.axes[len(panels) :]:
        panel.set_axis_off()
    _write_legend(lower, upper.axes)
    return upper.figure


def _styles(labels: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], dict]:
    """Give each label a colour for its first word and dashes for the others."""
    colours = list(dict.fromkeys(label[:1] for label in labels))
    dashes = list(dict.fromkeys(label[1:] for label in labels))
    return {
        label: {
            "color": COLOURS[colours.index(label[:1]) % len(COLOURS)],
            "linestyle": _DASHES[dashes.index(label[1:]) % len(_DASHES)],
        }
        for label in labels
    }


def _halves(
    lines: Sequence[Line], panels: int, notes: Sequence[str]
) -> tuple[SubFigure, SubFigure]:
    """Make a figure of a part for panels and one for the legend, with notes in it."""
    columns = 2 if panels in (2, 4) else min(panels, 3)
    rows = math.ceil(panels / columns)
    width = max(7.0, _PANEL_WIDTH * columns)
    texts = _shortened(notes, width)
    names = {line.name for line in lines} | {f"{_CHOSEN} 1000"}
    legend_rows = math.ceil(len(names) / _legend_columns(sorted(names), width))
    heights = (_PANEL_HEIGHT * rows, 0.2 + _LEGEND_LINE * legend_rows + _NOTE_LINE * len(texts))
    upper, lower = new_figure(width, sum(heights)).subfigures(2, 1, height_ratios=heights)
    upper.subplots(rows, columns, squeeze=False)
    directions = {line.row.direction for line in lines}
    if len(directions) == 1:
        upper.suptitle(directions.pop())
    lower.text(0.02, 0.03, "\n".join(texts), fontsize=8, color="0.35", va="bottom")
    return upper, lower


def _shortened(notes: Sequence[str], width: float) -> list[str]:
    """Cut notes to a few of sensible length, in lines as wide as the figure."""
    shown = [textwrap.shorten(note, _LONGEST_NOTE, placeholder=" …") for note in notes]
    rest = len(shown) - _MOST_NOTES
    if rest > 0:
        shown = [*shown[:_MOST_NOTES], f"and {rest} more, in the column warnings of scores.csv"]
    letters = int(width / (0.85 * _LETTER))
    return [line for note in shown for line in textwrap.wrap(note, letters, subsequent_indent="  ")]


def _legend_columns(names: Sequence[str], width: float) -> int:
    """Say how many names have room beside each other."""
    return max(1, int(width / (0.9 + _LETTER * max(map(len, names)))))


def _draw_line(panel: Axes, line: Line, style: Mapping) -> None:
    if None in line.by_epoch:
        level = line.by_epoch[None].score
        panel.axhline(level.value, label=f"{line.name} (no epoch)", linewidth=1, alpha=0.8, **style)
        if level.low is not None and level.high is not None:
            panel.axhspan(level.low, level.high, color=style["color"], alpha=0.08, linewidth=0)
    epochs = [epoch for epoch in line.by_epoch if epoch is not None]
    if not epochs:
        return
    scores = [line.by_epoch[epoch].score for epoch in epochs]
    low, high = (np.array([getattr(s, end) for s in scores], float) for end in ("low", "high"))
    marks = {"marker": "o" if len(epochs) <= _MOST_MARKS else "", "markersize": 4}
    panel.plot(epochs, [score.value for score in scores], label=line.name, **marks, **style)
    # A band has no width where an interval is missing beside another.
    if len(epochs) < _FEWEST_FOR_BAND or np.isnan(low).any():
        panel.vlines(epochs, low, high, color=style["color"], linewidth=1.2, alpha=0.8)
    else:
        panel.fill_between(epochs, low, high, color=style["color"], alpha=0.15, linewidth=0)


def _finish_epochs(panel: Axes, lines: Sequence[Line], best: int | None) -> None:
    epochs = {epoch for line in lines for epoch in line.by_epoch if epoch is not None}
    if best is not None and epochs:
        panel.axvline(
            best, color="0.45", linewidth=1.2, linestyle=":", label=f"chosen: epoch {best}"
        )
        epochs.add(best)
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    if len(epochs) == 1:
        (epoch,) = epochs
        panel.set(xlim=(epoch - 1, epoch + 1), xticks=[epoch])
    elif not epochs:
        panel.set(xlabel="", xticks=[])


def _write_legend(lower: SubFigure, panels: Sequence[Axes]) -> None:
    """Explain the lines of all panels, each once."""
    handles = {}
    for panel in panels:
        for handle, name in zip(*panel.get_legend_handles_labels(), strict=True):
            handles.setdefault(name, handle)
    handles = dict(sorted(handles.items(), key=lambda item: item[0].startswith(_CHOSEN)))
    columns = _legend_columns(list(handles), lower.figure.get_figwidth())
    form = {"frameon": False, "fontsize": 9, "handlelength": 3.2}
    lower.legend(handles.values(), handles, loc="upper center", ncols=columns, **form)


def draw_confusion(
    classes: Sequence[str], confusion: np.ndarray, title: str = "What real pictures were taken for"
) -> Figure:
    """Draw a confusion matrix, in shares of each row with the counts beneath.

    Args:
        classes: their names, 2 to 8 of them.
        confusion: `(classes, classes)`, pictures of a row's class taken for a column's.
        title: over the matrix.

    Returns:
        A figure that belongs to no window.

    Raises:
        InputError: the matrix does not fit the classes.
    """
    confusion = np.asarray(confusion)
    if confusion.shape != (len(classes), len(classes)):
        raise InputError(
            f"a confusion must have a row and a column for each of {len(classes)} classes, got "
            f"the shape {confusion.shape}; give the classes it was made with"
        )
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    edge = max(4.0, 0.95 * len(classes))
    figure = new_figure(edge + 1.8, edge + 0.8)
    panel = figure.subplots()
    panel.imshow(shares, cmap=_WARM, vmin=0, vmax=1)
    for row, column in np.ndindex(confusion.shape):
        text = f"{_percent(shares[row, column])}\n{confusion[row, column]:,}"
        colour = "white" if shares[row, column] > 0.55 else "black"
        panel.text(column, row, text, ha="center", va="center", color=colour, fontsize=10)
    names = [textwrap.fill(name, 16) for name in classes]
    panel.set_yticks(range(len(names)), names)
    if len(names) > 3:
        names = [textwrap.shorten(name, 24, placeholder=" …") for name in classes]
    turned = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"} if len(names) > 3 else {}
    panel.set_xticks(range(len(names)), names, **turned)
    panel.set(xlabel="what it was taken for", ylabel="what it is", title=title)
    panel.tick_params(length=0)
    panel.spines[:].set_visible(False)
    return figure


def draw_shares(
    shares_by_label: Mapping[str, Mapping[str, Score]], title: str = "What pictures are taken for"
) -> Figure:
    """Draw which share of each set of pictures a classifier takes for each class.

    Args:
        shares_by_label: for each set, such as `"photo"`, `"epoch 10"`, `"painting"`, what
            `StyleClassifier.shares` gives.
        title: over the bars.

    Returns:
        A figure that belongs to no window.

    Raises:
        InputError: there is no set.
    """
    if not shares_by_label:
        raise InputError("there must be at least one set of pictures to draw, got none; give one")
    classes = list(dict.fromkeys(name for shares in shares_by_label.values() for name in shares))
    figure = new_figure(9, 1.5 + 0.45 * len(shares_by_label))
    panel = figure.subplots()
    names = [textwrap.fill(name, 28) for name in shares_by_label]
    left = np.zeros(len(names))
    for number, name in enumerate(classes):
        scores = [shares.get(name) for shares in shares_by_label.values()]
        widths = np.array([score.value if score else 0.0 for score in scores])
        colour = COLOURS[number % len(COLOURS)]
        bars = panel.barh(range(len(names)), widths, 0.75, left, color=colour, label=name)
        texts = [_share_text(score) for score in scores]
        panel.bar_label(bars, texts, label_type="center", color="white", fontsize=9)
        left += widths
    panel.set_yticks(range(len(names)), names)
    panel.set(xlim=(0, 1), title=title)
    panel.invert_yaxis()
    panel.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    panel.spines[["top", "right", "left"]].set_visible(False)
    panel.tick_params(axis="y", length=0)
    figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=9)
    return figure


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _share_text(score: Score | None) -> str:
    """Write as much into a bar as it has room for: share and interval, share, or nothing."""
    if score is None or score.value < 0.05:
        return ""
    if score.value < 0.2 or score.low is None or score.high is None:
        return _percent(score.value)
    return f"{_percent(score.value)} ({100 * score.low:.0f} to {100 * score.high:.0f})"
