"""The explorer's small gallery of favourites, which lie as files on a shelf."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import ipywidgets

from artnb.explorer.shelf import Shelf, caption_of, thumbnail_of
from artnb.explorer.studio import Painted
from artnb.explorer.widgets import caption_html, make_button, make_grid, text_html

# Each is a picture that the page must be sent anew whenever the gallery changes.
_MOST_SHOWN = 24


class FavouritesBox(ipywidgets.VBox):
    """Thumbnails of favourites, the newest first, each with a button that removes it.

    Args:
        shelf: where they lie.
        on_remove: called with the file whose button was pressed, and with the button.
    """

    def __init__(self, shelf: Shelf, on_remove: Callable[..., None]) -> None:
        self.shelf, self._on_remove = shelf, on_remove
        self.heading = ipywidgets.HTML()
        self.thumbnails = make_grid(130, stretched=False)
        super().__init__([self.heading, self.thumbnails])
        self.refresh()

    def add(self, painted: Painted) -> Path:
        """Keep a painting and show it."""
        path = self.shelf.put(painted)
        self.refresh()
        return path

    def remove(self, path: Path) -> None:
        """Delete a favourite's file, and show the others."""
        self.shelf.remove(path)
        self.refresh()

    def refresh(self) -> None:
        """Show what lies on the shelf now."""
        paintings = self.shelf.paintings()
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
        return f"Favourites: {total}{shown}, in {self.shelf.folder}"

    def _card(self, path: Path) -> ipywidgets.VBox:
        image = ipywidgets.Image(value=thumbnail_of(path), format="jpeg", layout={"width": "100%"})
        remove = make_button("Remove", "trash")
        remove.on_click(partial(self._on_remove, path))
        caption = ipywidgets.HTML(caption_html(*caption_of(path)))
        return ipywidgets.VBox([image, caption, remove], layout={"overflow": "visible"})
