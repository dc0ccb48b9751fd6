"""Galleries: what Runs make of photos, as pictures, animations and a page to browse."""

from artnb.lazy import offered

__getattr__, __dir__, __all__ = offered(
    __name__,
    {
        "artnb.gallery.animation": "animate_epochs write_animations",
        "artnb.gallery.make": "make_gallery",
        "artnb.gallery.sheets": "write_sheets",
    },
)
