import pytest

from artnb import progress


def test_a_log_file_gets_a_line_at_the_end(capsys):
    shown = progress.progress_bar(3, "reading")
    for _ in range(3):
        shown.update()
    shown.close()
    said = capsys.readouterr().out
    assert "reading: 100%" in said
    assert said.endswith("\n")


def test_short_work_stays_silent(capsys):
    advance = progress.bar("reading", 2)
    advance()
    advance()
    assert capsys.readouterr().out == ""


def test_here_is_no_notebook():
    assert not progress.in_notebook()


def test_in_a_notebook_the_bar_keeps_its_place(monkeypatch, capsys):
    display = pytest.importorskip("IPython.display")
    lines = []

    class Place:
        def update(self, line, raw):
            lines.append(line["text/plain"])

    def first(line, raw, display_id):
        lines.append(line["text/plain"])
        return Place()

    monkeypatch.setattr(progress, "in_notebook", lambda: True)
    monkeypatch.setattr(display, "display", first)
    shown = progress.progress_bar(4, "training", unit="step")
    shown.update(4)
    shown.close()
    assert lines[0].startswith("training:   0%")
    assert lines[-1].startswith("training: 100%")
    assert capsys.readouterr() == ("", "")
