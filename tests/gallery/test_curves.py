import re

import pytest

from artnb.evaluation.metrics.score import Score
from artnb.evaluation.rows import as_dictionaries, row_of
from artnb.gallery.curves import FRAME, draw_panels
from artnb.gallery.manifest import ShownRun
from tests.gallery.made import invent_run


def points(path):
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)]


def run_with(scores, best=None, epochs=(1, 3)):
    rows = [
        row_of(metric, score, direction="photo → monet", epoch=epoch, split="test")
        for metric, epoch, score in scores
    ]
    return ShownRun("monet", "photo", "monet", epochs, best, tuple(as_dictionaries(rows)))


def test_a_panel_for_each_metric_and_what_is_better():
    panels, lines = draw_panels([invent_run()])
    assert [panel.title for panel in panels] == ["FID", "SSIM to the photo"]
    assert panels[0].better.startswith("lower")
    assert len(lines) == 2


def test_points_lie_where_their_values_are():
    panels, _ = draw_panels([run_with([("FID", "1", Score(4.0)), ("FID", "3", Score(2.0))])])
    first, last = points(panels[0].curves[0].line)
    assert (first[0], last[0]) == (FRAME.left, FRAME.right)
    # Values have 6 % of air above and below.
    air = 0.06 / 1.12 * (FRAME.bottom - FRAME.top)
    assert first[1] == pytest.approx(FRAME.top + air, abs=0.1)
    assert last[1] == pytest.approx(FRAME.bottom - air, abs=0.1)


def test_all_panels_have_the_epochs_of_all_pictures():
    panels, _ = draw_panels([run_with([("FID", "2", Score(4.0))], epochs=(1, 2, 9))])
    assert panels[0].epochs == (1, 9)
    assert [text for _, text in panels[0].ticks_x] == ["1", "4", "6", "9"]


def test_intervals_are_a_band_and_strokes_where_one_is_missing():
    known = [("FID", "1", Score(4.0, 3.0, 5.0)), ("FID", "3", Score(2.0, 1.0, 3.0))]
    band = draw_panels([run_with(known)])[0][0].curves[0].band
    assert band.endswith("Z")
    assert len(points(band)) == 4
    partly = [known[0], ("FID", "3", Score(2.0))]
    stroke = draw_panels([run_with(partly)])[0][0].curves[0].band
    assert not stroke.endswith("Z")
    assert len(points(stroke)) == 2


def test_the_best_epoch_has_a_ring_where_it_was_measured():
    scores = [("FID", "1", Score(4.0)), ("FID", "3", Score(2.0)), ("KID", "1", Score(1.0))]
    fid, kid = draw_panels([run_with(scores, best=3)])[0]
    assert fid.curves[0].best == points(fid.curves[0].line)[1]
    assert kid.curves[0].best is None


def test_equal_values_and_one_epoch_have_room():
    panels, _ = draw_panels([run_with([("FID", "3", Score(0.0))], epochs=(3,))])
    ((x, y),) = points(panels[0].curves[0].line)
    assert x == (FRAME.left + FRAME.right) / 2
    assert y == (FRAME.top + FRAME.bottom) / 2
    assert panels[0].spoken == "FID, epoch 3"


def test_a_score_without_epoch_is_a_level_line_and_read_everywhere():
    (curve,) = draw_panels([run_with([("FID", "", Score(0.5, 0.4, 0.6))])])[0][0].curves
    assert curve.line.startswith(f"M{FRAME.left} ")
    assert curve.line.endswith(f"H{FRAME.right}")
    assert curve.dots == ""
    assert curve.readings == {"": "0.5 (0.4 to 0.6)"}


def test_several_runs_differ_in_colour_and_are_named_by_their_style_once():
    panels, _ = draw_panels([invent_run(), invent_run("long", y="cezanne")])
    curves = panels[0].curves
    assert [curve.name for curve in curves] == ["monet", "long, photo → cezanne"]
    assert len({curve.colour for curve in curves}) == 2


def test_numbers_are_short():
    scores = [("FID", "1", Score(1444.3145)), ("KID", "1", Score(-0.0312345))]
    readings = [panel.curves[0].readings["1"] for panel in draw_panels([run_with(scores)])[0]]
    assert readings == ["1,444", "−0.0312"]


def test_nothing_measured_gives_nothing():
    assert draw_panels([invent_run(is_scored=False)]) == ([], [])
