"""The explorer's building blocks, of ipywidgets that both 7.7 and 8 have.

All names pass through `html.escape` on their way into an HTML widget, which shows what it is
given. Dropdowns and buttons show text as it is.
"""

from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np

from artnb.data.images import encode_jpeg
from artnb.explorer.paintings import (
    Painted,
    PaintingFolder,
    Sampled,
    caption_of,
    thumbnail_of,
)

_TEXT = "line-height: 1.4; overflow-wrap: anywhere; white-space: normal"
_ALARM = "color: #24242a; background: #fbe9e2; border-left: 3px solid #c1572b; padding: 0.4em 0.8em"
# Each is a picture that the page must be sent anew whenever a favourite comes or goes.
_MOST_SHOWN = 24
_DETAILS = "color: #24242a; line-height: 1.3; white-space: pre-wrap"


def text_html(text: str, alarm: bool = False, details: str = "") -> str:
    """Write a sentence as HTML.

    Args:
        text: the sentence.
        alarm: whether something went wrong.
        details: what can be opened below it.
    """
    style = f"{_TEXT}; {_ALARM}" if alarm else _TEXT
    more = f'<pre style="{_DETAILS}">{escape(details)}</pre>'
    below = f"<details><summary>Details</summary>{more}</details>" if details else ""
    return f'<div role="status" style="{style}">{escape(text)}{below}</div>'


def caption_html(title: str, line: str) -> str:
    """Write a caption of a title and a smaller line."""
    return f'<div style="{_TEXT}"><b>{escape(title)}</b></div>{small_html(line)}'


def small_html(text: str) -> str:
    """Write small text."""
    return f'<div style="{_TEXT}; font-size: 85%">{escape(text)}</div>'


def message_box(text: str) -> ipywidgets.VBox:
    """Give a sentence in place of a panel."""
    return ipywidgets.VBox([ipywidgets.HTML(text_html(text, alarm=True))])


def row(*widgets: ipywidgets.Widget) -> ipywidgets.HBox:
    """Put widgets side by side, in several lines where the page is narrow."""
    return ipywidgets.HBox(
        widgets, layout={"flex_flow": "row wrap", "overflow": "visible", "margin": "0 0 6px 0"}
    )


def make_grid(
    columns_px: int, widgets: Sequence[ipywidgets.Widget] = (), stretched: bool = True
) -> ipywidgets.GridBox:
    """Put widgets into as many columns as the page has room for.

    Args:
        columns_px: width of a column at least.
        widgets: what is shown.
        stretched: whether a few widgets fill the width of the page.
    """
    filling = "auto-fit" if stretched else "auto-fill"
    columns = f"repeat({filling}, minmax({columns_px}px, 1fr))"
    return ipywidgets.GridBox(
        list(widgets),
        layout={"grid_template_columns": columns, "grid_gap": "12px", "overflow": "visible"},
    )


def make_dropdown(title: str, choices: Sequence[tuple[str, Any]] = ()) -> ipywidgets.Dropdown:
    """Make a list to choose from."""
    return ipywidgets.Dropdown(
        options=choices,
        description=title,
        style={"description_width": "initial"},
        layout={"width": "auto", "flex": "1 1 220px", "max_width": "calc(100% - 4px)"},
    )


def offer(dropdown: ipywidgets.Dropdown, choices: Sequence[tuple[str, Any]], wanted: Any) -> None:
    """Offer other choices; the first is chosen where the wanted value is not among them."""
    values = [value for _, value in choices]
    dropdown.options = choices
    # What is chosen of new options, ipywidgets 7 and 8 do not agree upon.
    dropdown.value = wanted if wanted in values else next(iter(values), None)


def make_slider(
    kind: type[ipywidgets.Widget], title: str, value: float, low: float, high: float, step: float
) -> ipywidgets.Widget:
    """Make a slider, an `IntSlider` or a `FloatSlider`, that tells its value when it is let go."""
    return kind(
        value=value,
        min=low,
        max=high,
        step=step,
        description=title,
        continuous_update=False,
        style={"description_width": "initial"},
        layout={"width": "auto", "flex": "1 1 220px", "max_width": "calc(100% - 4px)"},
    )


def make_button(text: str, icon: str) -> ipywidgets.Button:
    """Make a button as wide as its text."""
    return ipywidgets.Button(description=text, icon=icon, layout={"width": "auto"})


class View(ipywidgets.VBox):
    """A picture with its caption."""

    def __init__(self) -> None:
        self.image = ipywidgets.Image(format="jpeg", layout={"width": "100%"})
        self.caption = ipywidgets.HTML(layout={"width": "auto"})
        super().__init__([self.image, self.caption], layout={"overflow": "visible"})
        self.add_class("artnb-view")

    def show(self, pixels: np.ndarray, title: str, line: str) -> None:
        """Show uint8 `(height, width, 3)` in place of the picture before."""
        self.image.value = encode_jpeg(pixels)
        self.caption.value = caption_html(title, line)

    def clear(self, title: str, line: str) -> None:
        """Show no picture, and say why."""
        self.image.value = b""
        self.caption.value = caption_html(title, line)


class FavouritesBox(ipywidgets.VBox):
    """Thumbnails of favourites, the newest first, each with a button that removes it.

    Args:
        folder: where they lie.
        on_remove: called with the file whose button was pressed, and with the button.
    """

    def __init__(self, folder: PaintingFolder, on_remove: Callable[..., None]) -> None:
        self.folder, self._on_remove = folder, on_remove
        self.heading = ipywidgets.HTML()
        self.thumbnails = make_grid(130, stretched=False)
        super().__init__([self.heading, self.thumbnails])
        self.refresh()

    def add(self, painted: Painted | Sampled) -> Path:
        """Keep a painting and show it."""
        path = self.folder.put(painted)
        self.refresh()
        return path

    def remove(self, path: Path) -> None:
        """Delete a favourite's file, and show the others."""
        self.folder.remove(path)
        self.refresh()

    def refresh(self) -> None:
        """Show what lies in the folder now."""
        paintings = self.folder.paintings()
        before = self.thumbnails.children
        self.thumbnails.children = [self._card(path) for path in paintings[:_MOST_SHOWN]]
        for card in before:
            for widget in (*card.children, card):
                widget.close()
        self.heading.value = text_html(self._describe(len(paintings)))

    def _describe(self, total: int) -> str:
        if not total:
            return "Favourites: none yet."
        shown = f", the newest {_MOST_SHOWN} of them shown" if total > _MOST_SHOWN else ""
        return f"Favourites: {total}{shown}, in {self.folder.path}"

    def _card(self, path: Path) -> ipywidgets.VBox:
        image = ipywidgets.Image(value=thumbnail_of(path), format="jpeg", layout={"width": "100%"})
        remove = make_button("Remove", "trash")
        remove.on_click(partial(self._on_remove, path))
        caption = ipywidgets.HTML(caption_html(*caption_of(path)))
        return ipywidgets.VBox([image, caption, remove], layout={"overflow": "visible"})
