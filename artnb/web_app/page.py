"""The app's page: a heading, remarks, and a page for each kind of Run."""

from collections.abc import Sequence

import gradio

from artnb.web_app.answers import said
from artnb.web_app.latent_page import LatentPage
from artnb.web_app.painting import PaintingService
from artnb.web_app.photo_page import PhotoPage

# Seconds after which a visitor's pictures are deleted, and between looking for such.
_KEPT_S, _LOOKED_AT_EVERY_S = 3600, 600
_HEADING = "<h1>Photos into paintings</h1>"
STYLE = """
.artnb-said, .artnb-alarm { line-height: 1.45; overflow-wrap: anywhere; }
.artnb-alarm {
  color: #24242a; background: #fbe9e2; border-left: 3px solid #c1572b; padding: 0.5em 0.8em;
}
.html-container { padding: 0 !important; }
.artnb-picture .image-frame { width: 100%; }
.artnb-picture img { width: 100%; height: auto; max-height: 560px; object-fit: contain; }
h1 {
  margin: 0.4em 0 0.2em; overflow-wrap: anywhere;
  font: 400 2rem/1.15 "Iowan Old Style", "Palatino Linotype", Palatino, Georgia, serif;
}
"""


def theme() -> gradio.themes.Base:
    """Give Gradio's usual look with fonts of the visitor's system: its own are Google's."""
    return gradio.themes.Default(
        primary_hue="orange",
        neutral_hue="stone",
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    ).set(
        button_primary_background_fill="#a8461d",
        button_primary_background_fill_hover="#8c3a18",
        button_primary_background_fill_dark="#e9936a",
        button_primary_background_fill_hover_dark="#f0a988",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#1c1b19",
        body_background_fill="#faf9f6",
        body_background_fill_dark="#1c1b19",
    )


def make_page(service: PaintingService, remarks: Sequence[str] = ()) -> gradio.Blocks:
    """Make the page that visitors see.

    Args:
        service: what paints.
        remarks: sentences to begin with.
    """
    of_latents = [name for name, run in service.runs.items() if run.is_latent]
    of_photos = [name for name in service.runs if name not in of_latents]
    kinds = [("Paint a photo", PhotoPage, of_photos), ("Invent a picture", LatentPage, of_latents)]
    offered = [kind for kind in kinds if kind[2]]
    deleted = (_LOOKED_AT_EVERY_S, _KEPT_S)
    with gradio.Blocks(title="artnb", analytics_enabled=False, delete_cache=deleted) as page:
        gradio.HTML(_HEADING)
        for remark in remarks:
            gradio.HTML(said(remark))
        pages = []
        for title, kind, names in offered:
            if len(offered) == 1:
                pages.append(kind(service, names))
            else:
                with gradio.Tab(title):
                    pages.append(kind(service, names))
        for each in pages:
            each.listen(page)
    return page
