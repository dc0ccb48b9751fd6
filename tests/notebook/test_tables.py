import pytest

from artnb.notebook.tables import as_html, read_rows, show_table


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
