"""Loss curves of a Run."""

import csv
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from artnb.drawing.figures import COLOURS, calm, new_figure

_COLOURS = dict(zip("gfyx", COLOURS[:2] * 2, strict=True))
_STYLES = {"generator": "-", "discriminator": "-", "cycle": "--", "identity": ":"}


def read_columns(path: Path) -> dict[str, np.ndarray]:
    """Read a CSV of numbers, a float64 array per column."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = rows[0].keys() if rows else ()
    return {name: np.array([float(row[name]) for row in rows]) for name in names}


def smooth(values: np.ndarray, window: int) -> np.ndarray:
    """Average over a centred window, at both ends over what there is of it."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    middle = np.arange(len(values))
    first = np.maximum(middle - window // 2, 0)
    beyond = np.minimum(middle + window // 2 + 1, len(values))
    return (sums[beyond] - sums[first]) / (beyond - first)


def draw_losses(losses_file: Path, domains: tuple[str, str], undecided: float = 0.25) -> Figure:
    """Draw a Run's losses, generators and discriminators apart.

    Args:
        losses_file: a Run's `losses.csv`.
        domains: the names of X and Y.
        undecided: the loss of a discriminator that cannot tell real from fake; 0.25 for least
            squares.

    Returns:
        A figure that belongs to no window.
    """
    columns = read_columns(losses_file)
    figure = new_figure(11, 4.8)
    panels = figure.subplots(1, 2)
    for panel, title in zip(panels, ("Generators", "Discriminators"), strict=True):
        calm(panel, title=title, xlabel="step", ylabel="loss")
    steps = columns.pop("step", np.array([]))
    for name, values in columns.items():
        panel = panels[1] if name.startswith("discriminator") else panels[0]
        _draw_curve(panel, steps, values, name, domains)
    panels[1].axhline(undecided, color="0.6", linewidth=1, linestyle=(0, (2, 3)), label="undecided")
    for panel in panels:
        panel.set_ylim(bottom=min(0, panel.get_ylim()[0]))
        panel.legend(
            loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3, frameon=False, fontsize=9
        )
    return figure


def _draw_curve(panel, steps, values, name: str, domains: tuple[str, str]) -> None:
    kind, letter = name.rsplit("_", 1)
    window = max(1, len(values) // 15)
    panel.plot(steps, values, color=_COLOURS[letter], alpha=0.15, linewidth=1)
    panel.plot(
        steps,
        smooth(values, window),
        color=_COLOURS[letter],
        linestyle=_STYLES[kind],
        label=_label(kind, letter, domains),
    )


def _label(kind: str, letter: str, domains: tuple[str, str]) -> str:
    x, y = domains
    made = {"g": f"{x} → {y}", "f": f"{y} → {x}", "x": x, "y": y}[letter]
    return f"{kind}: {made}"
