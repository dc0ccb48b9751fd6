import io

import pytest

from artnb.errors import InputError
from artnb.evaluation.metrics.score import Score
from artnb.notebook.sanity import draw_by_count, draw_changes, draw_scale, refused


def panels(figure):
    figure.savefig(io.BytesIO())
    return [axis for axis in figure.axes if axis.axison]


def test_a_scale_has_a_bar_for_each_score_from_top_to_bottom():
    scores = {"near": Score(10.0, 8.0, 12.0), "far": Score(30.0)}
    (panel,) = panels(draw_scale(scores, "A title", "distance"))
    assert [bar.get_width() for bar in panel.patches] == [10, 30]
    assert [label.get_text() for label in panel.get_yticklabels()] == ["near", "far"]
    assert panel.get_ylim()[0] > panel.get_ylim()[1]
    (interval,) = panel.lines
    assert list(interval.get_xdata()) == [8, 12]
    assert [text.get_text() for text in panel.texts] == ["10", "30"]
    assert (panel.get_title(), panel.get_xlabel()) == ("A title", "distance")


def test_each_distance_has_a_panel_and_each_pair_of_sets_a_line():
    by_count = {20: Score(5.0, 4.0, 7.0), 50: Score(3.0, 2.0, 4.0)}
    figure = draw_by_count({"one": {"a": by_count, "b": by_count}, "two": {"a": by_count}})
    first, second = panels(figure)
    assert [panel.get_title() for panel in (first, second)] == ["one", "two"]
    assert list(first.lines[1].get_ydata()) == [5, 3]
    band = first.collections[0].get_paths()[0].get_extents()
    assert (band.ymin, band.ymax) == (2, 7)
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a", "b"]


def test_changes_start_at_nothing_and_have_a_level_to_compare_with():
    figure = draw_changes({"blur": {0: 0.0, 2: 3.0}, "noise": {0: 0.0, 8: 9.0}}, 5.0, "photos")
    for panel, end in zip(panels(figure), ([0, 3], [0, 9]), strict=True):
        curve, level = panel.lines
        assert list(curve.get_ydata()) == end
        assert list(level.get_ydata()) == [5, 5]
        assert panel.get_ylim()[0] == 0
        assert panel.get_ylim()[1] > 9
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["photos"]
    assert draw_changes({"blur": {0: 0.0}}).legends == []


@pytest.mark.parametrize("draw", [draw_scale, draw_by_count, draw_changes])
def test_nothing_to_draw_is_explained(draw):
    with pytest.raises(InputError, match="there must be something to draw"):
        draw({})


def test_a_refusal_is_printed_and_the_rest_goes_on(capsys):
    with refused():
        raise InputError("a reference must hold real pictures " * 6)
    said = capsys.readouterr().out
    assert said.startswith("Refused: a reference must hold")
    assert max(map(len, said.splitlines())) <= 100


def test_what_is_not_refused_is_an_error():
    with pytest.raises(AssertionError, match="none did"), refused():
        pass
    with pytest.raises(ZeroDivisionError), refused():
        _ = 1 / 0
