import io
import re

import numpy as np
import pytest
from PIL import Image

from artnb.notebook import display as notebook

display = pytest.importorskip("IPython.display")


class Place:
    """Stands for a display handle."""

    def __init__(self):
        self.updates = []

    def update(self, what, **options):
        self.updates.append(what)


@pytest.fixture
def shown(monkeypatch):
    things = []

    def record(what, **options):
        things.append(what)
        return place if options.get("display_id") else None

    place = record.place = Place()
    record.things = things
    monkeypatch.setattr(display, "display", record)
    return record


def size_of(inline):
    return Image.open(io.BytesIO(inline.data)).size


@pytest.mark.parametrize(("width", "expected"), [(400, (400, 200)), (2400, (1200, 600))])
def test_pictures_come_as_jpeg_and_not_too_wide(width, expected):
    inline = notebook.inline(Image.new("RGB", (width, width // 2)))
    assert size_of(inline) == expected
    assert inline.format == "jpeg"


def test_a_file_is_shown_too(tmp_path, shown):
    Image.new("RGBA", (30, 20)).save(tmp_path / "plot.png")
    notebook.show(tmp_path / "plot.png")
    assert size_of(shown.things[0]) == (30, 20)


def test_a_live_picture_keeps_its_place(shown):
    live = notebook.LivePicture()
    for size_px in (10, 20, 30):
        live.show(Image.fromarray(np.zeros((size_px, size_px, 3), np.uint8)))
    assert [size_of(thing) for thing in shown.things] == [(10, 10)]
    assert [size_of(update) for update in shown.place.updates] == [(20, 20), (30, 30)]


def test_source_is_shown_as_code(shown):
    notebook.show_source(notebook.LivePicture.show)
    (page,) = shown.things
    text = re.sub("<[^>]*>", "", page.data)
    assert text.startswith("def show(self, picture")
    assert "font-family: monospace" in page.data
