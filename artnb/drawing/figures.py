"""What all figures have in common: colours, panels, and that they belong to no window."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from artnb.files import unfinished_file

# Paints that white letters can be read on; the first two are those of loss curves.
COLOURS = (
    *("#c1572b", "#2f6f8f", "#74832c", "#b07f1e"),
    *("#6c5b8c", "#3f8f7a", "#a34a63", "#7d7a75"),
)


class PlainFigure(Figure):
    """A figure whose texts are what they say: a domain called `a$b$` is no formula."""

    def draw(self, renderer: RendererBase) -> None:
        """Draw, with no text taken for mathematics."""
        for text in self.findobj(Text):
            text.set_parse_math(False)
        super().draw(renderer)


def new_figure(width: float, height: float) -> Figure:
    """Make a figure of a size in inches that belongs to no window."""
    figure = PlainFigure(figsize=(width, height), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.1, h_pad=0.08)
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure as a PNG, whole or not at all."""
    with unfinished_file(path) as unfinished:
        figure.savefig(unfinished, dpi=110, format="png")


def calm(panel: Axes, **texts: str) -> Axes:
    """Give a panel the house's grid and frame, and set its texts, such as `xlabel`."""
    panel.set(**texts)
    panel.grid(alpha=0.25)
    panel.spines[["top", "right"]].set_visible(False)
    return panel
