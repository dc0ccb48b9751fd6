"""A page on which visitors turn photos into paintings; space.json says with what. Written by artnb.

One picture is painted at a time; whoever comes meanwhile waits in line.
"""

import json
import os
import random
import sys
import traceback
from functools import wraps
from html import escape

# Gradio would tell its makers of every start.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import gradio
from painting import FOLDER, LARGEST_PX, Painter, Refused, invent, read_photo, write_png

SPACE = json.loads((FOLDER / "space.json").read_text(encoding="utf-8"))
LAST_SEED = 999
ALL = "all in turn"
BEGIN = f"Bring a photo and press Paint. Beyond {LARGEST_PX:,} pixels it is scaled down."
IN_LINE = {"concurrency_limit": 1, "concurrency_id": "painting"}
STYLE = """
.said, .alarm { line-height: 1.45; overflow-wrap: anywhere; }
.alarm {
  color: #24242a; background: #fbe9e2; border-left: 3px solid #c1572b; padding: 0.5em 0.8em;
}
.html-container { padding: 0 !important; }
.picture .image-frame { width: 100%; }
.picture img { width: 100%; height: auto; max-height: 560px; object-fit: contain; }
h1 {
  margin: 0.4em 0 0.2em !important; overflow-wrap: anywhere;
  font: 400 2rem/1.15 "Iowan Old Style", "Palatino Linotype", Palatino, Georgia, serif !important;
}
"""
# Gradio's own fonts are fetched from Google.
THEME = gradio.themes.Default(
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


def said(text: str, alarm: bool = False) -> str:
    """Write a sentence as HTML."""
    return f'<div role="status" class="{"alarm" if alarm else "said"}">{escape(text)}</div>'


def told(function):
    """Let a sentence in the page tell what goes wrong: it stands in the first of three outputs."""

    @wraps(function)
    def answer(*values):
        try:
            return function(*values)
        except Refused as error:
            reason = str(error)
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            reason = f"That did not work: {type(error).__name__}: {error}"
        return said(reason, alarm=True), None, gradio.update(value=None, interactive=False)

    return answer


def about(facts: dict) -> str:
    """Say which network it is."""
    return f"{facts['source']} → {facts['title']} by {facts['maker']}"


@told
def paint(number: int, file: str | None):
    """Paint the photo that was brought."""
    if file is None:
        raise Refused("There is no photo to paint yet; bring one of yours.")
    facts, photo = SPACE["painters"][number], read_photo(file)
    painting = Painter(facts).paint(photo)
    name, what = os.path.splitext(os.path.basename(file))[0], about(facts)
    path = write_png(painting, f"{name}-{facts['title']}", f"{name}\n{what}")
    height, width, _ = photo.shape
    return (
        said(f"{what}, at {width}×{height} pixels."),
        (photo, path),
        gradio.update(value=path, interactive=True),
    )


@told
def make(number: int, seed: int, truncation: float, kind: str | None):
    """Make the picture of a seed."""
    facts, seed = SPACE["latents"][number], int(seed)
    picture = invent(facts, seed, truncation, kind)
    what = f"seed {seed}, truncation {truncation:g}, by {facts['maker']}"
    path = write_png(picture, f"{facts['title']}-seed{seed:04d}-truncation-{truncation:g}", what)
    return said(what), path, gradio.update(value=path, interactive=True)


def add_styles(kind: str) -> gradio.Dropdown:
    """Offer the networks of a kind by their titles, where there are several."""
    titles = [(facts["title"], number) for number, facts in enumerate(SPACE[kind])]
    return gradio.Dropdown(titles, value=0, label="Style", visible=len(titles) > 1)


def add_photo_page() -> None:
    """Add what turns photos into paintings."""
    with gradio.Row():
        with gradio.Column(scale=2, min_width=280):
            style = add_styles("painters")
            file = gradio.File(label="A photo of yours", height=140)
            button = gradio.Button("Paint", variant="primary")
        with gradio.Column(scale=5, min_width=320):
            status = gradio.HTML(said(BEGIN))
            pictures = gradio.ImageSlider(
                label="Photo and painting",
                interactive=False,
                buttons=["fullscreen"],
                max_height=560,
            )
            download = gradio.DownloadButton("Download the painting", interactive=False)
    button.click(paint, [style, file], [status, pictures, download], **IN_LINE)


def class_choices(number: int) -> dict:
    """Offer the classes of a network, where it has any."""
    classes = SPACE["latents"][number]["classes"]
    return {"choices": [ALL, *classes], "value": ALL, "visible": bool(classes)}


def add_latent_page() -> None:
    """Add what makes pictures out of latents."""
    with gradio.Row():
        with gradio.Column(scale=2, min_width=280):
            style = add_styles("latents")
            kind = gradio.Dropdown(**class_choices(0), label="Class")
            seed = gradio.Slider(0, LAST_SEED, value=0, step=1, precision=0, label="Seed")
            truncation = gradio.Slider(-1, 1.5, value=0.7, step=0.05, label="Truncation")
            button = gradio.Button("Make the picture", variant="primary")
            another = gradio.Button("Another seed")
        with gradio.Column(scale=5, min_width=320):
            status = gradio.HTML(said("Nearer to truncation 0, pictures are more alike."))
            picture = gradio.Image(
                label="Picture",
                interactive=False,
                buttons=["fullscreen"],
                elem_classes="picture",
            )
            download = gradio.DownloadButton("Download the picture", interactive=False)
    choices, shown = [style, seed, truncation, kind], [status, picture, download]
    button.click(make, choices, shown, **IN_LINE)
    drawn = another.click(lambda: random.randint(0, LAST_SEED), None, seed)
    drawn.then(make, choices, shown, **IN_LINE)
    style.input(lambda number: gradio.update(**class_choices(number)), style, kind)


def make_page() -> gradio.Blocks:
    """Make the page."""
    pages = {"Paint a photo": ("painters", add_photo_page)}
    pages |= {"Invent a picture": ("latents", add_latent_page)}
    offered = {title: add for title, (kind, add) in pages.items() if SPACE[kind]}
    with gradio.Blocks(title=SPACE["title"], delete_cache=(600, 3600)) as page:
        gradio.HTML(f"<h1>{escape(SPACE['title'])}</h1>")
        for title, add in offered.items():
            if len(offered) == 1:
                add()
            else:
                with gradio.Tab(title):
                    add()
    return page.queue(max_size=32)


if __name__ == "__main__":
    make_page().launch(theme=THEME, css=STYLE, footer_links=[], run_history=False, ssr_mode=False)
