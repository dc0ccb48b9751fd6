"""Pictures, tables and code below a cell."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from artnb.notebook import display as notebook
from artnb.notebook.display import as_html, read_rows, show_table

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


def test_rows_are_read_by_their_header(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("name,problem\na.jpg,\nb.jpg,broken\n", encoding="utf-8")
    assert read_rows(path)[1] == {"name": "b.jpg", "problem": "broken"}


def test_columns_come_in_the_order_asked_for():
    page = as_html([{"a": 1, "b": 2}, {"a": 3}], columns=("b", "a"))
    cells = [part.split(">")[1].split("<")[0] for part in page.split("<t")[1:]]
    assert [cell for cell in cells if cell] == ["b", "a", "2", "1", "3"]


def test_names_cannot_become_markup():
    assert "&lt;b&gt;.jpg" in as_html([{"name": "<b>.jpg"}])


def test_long_texts_are_cut():
    page = as_html([{"hash": "0123456789"}], longest=5)
    assert "0123…<" in page


def test_a_table_is_shown_as_html(monkeypatch):
    display = pytest.importorskip("IPython.display")
    shown = []
    monkeypatch.setattr(display, "display", shown.append)
    show_table([{"name": "a.jpg"}])
    assert "a.jpg" in shown[0].data
