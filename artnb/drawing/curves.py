"""Loss curves of a Run."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from artnb.documents import read_numbers
from artnb.drawing.figures import COLOURS, calm, new_figure

if TYPE_CHECKING:
    from artnb.method import Curve, Panel


def smooth(values: np.ndarray, window: int) -> np.ndarray:
    """Average over a centred window, at both ends over what there is of it."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    middle = np.arange(len(values))
    first = np.maximum(middle - window // 2, 0)
    beyond = np.minimum(middle + window // 2 + 1, len(values))
    return (sums[beyond] - sums[first]) / (beyond - first)


def draw_losses(losses_file: Path, panels: Sequence["Panel"]) -> Figure:
    """Draw a Run's losses.

    Args:
        losses_file: a Run's `losses.csv`.
        panels: which curves belong together, as the Run's Method says.

    Returns:
        A figure that belongs to no window.
    """
    columns = read_numbers(losses_file, "restore it from a copy", required="step")
    figure = new_figure(11, 4.8)
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for shown, panel in zip(axes, panels, strict=True):
        calm(shown, title=panel.title, xlabel="step", ylabel="loss")
        for curve in panel.curves:
            if curve.loss in columns:
                _draw_curve(shown, columns["step"], columns[curve.loss], curve)
        if panel.undecided is not None:
            style = {"color": "0.6", "linewidth": 1, "linestyle": (0, (2, 3))}
            shown.axhline(panel.undecided, label="undecided", **style)
        shown.set_ylim(bottom=min(0, shown.get_ylim()[0]))
        shown.legend(
            loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3, frameon=False, fontsize=9
        )
    return figure


def _draw_curve(shown: Axes, steps: np.ndarray, values: np.ndarray, curve: "Curve") -> None:
    colour = COLOURS[curve.colour % len(COLOURS)]
    shown.plot(steps, values, color=colour, alpha=0.15, linewidth=1)
    smoothed = smooth(values, max(1, len(values) // 15))
    shown.plot(steps, smoothed, color=colour, linestyle=curve.style, label=curve.label)
