"""What all figures have in common: colours, panels, and that they belong to no window."""

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

# Paints that white letters can be read on; the first two are those of loss curves.
COLOURS = (
    *("#c1572b", "#2f6f8f", "#74832c", "#b07f1e"),
    *("#6c5b8c", "#3f8f7a", "#a34a63", "#7d7a75"),
)


def new_figure(width: float, height: float) -> Figure:
    """Make a figure of a size in inches that belongs to no window."""
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.1, h_pad=0.08)
    FigureCanvasAgg(figure)
    return figure


def calm(panel: Axes, **texts: str) -> Axes:
    """Give a panel the house's grid and frame, and set its texts, such as `xlabel`."""
    panel.set(**texts)
    panel.grid(alpha=0.25)
    panel.spines[["top", "right"]].set_visible(False)
    return panel
