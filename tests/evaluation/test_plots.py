import io

import numpy as np
import pytest

from artnb.errors import InputError
from artnb.evaluation.metrics.score import Score
from artnb.evaluation.plots import draw_confusion, draw_scores, draw_shares
from artnb.evaluation.score_curves import find_lines, find_notes

DIRECTION = "photo → monet"


def row(epoch=1, value=10.0, metric="FID", **columns):
    low, high = (f"{value - 1}", f"{value + 2}") if "low" not in columns else ("", "")
    measured = {
        "metric": metric,
        "value": str(value),
        "low": low,
        "high": high,
        "epoch": "" if epoch is None else str(epoch),
        "direction": DIRECTION,
        "split": "test",
        "reference": "monet",
        "reference_sha256": "aa",
    }
    return measured | columns


def panels(figure):
    """The panels that are shown, by title."""
    figure.savefig(io.BytesIO())
    return {axis.get_title(): axis for axis in figure.axes if axis.axison}


def legend(figure):
    (found,) = [legend for part in figure.subfigs for legend in part.legends]
    return [text.get_text() for text in found.get_texts()]


def notes(figure):
    return " ".join(" ".join(t.get_text() for part in figure.subfigs for t in part.texts).split())


def test_each_metric_has_a_panel_that_says_what_is_better():
    names = ("FID", "SSIM to the photo", "discriminator accuracy", "recall (VGG16)", "odd")
    shown = panels(draw_scores([row(metric=name) for name in names]))
    assert list(shown) == list(names)
    said = [axis.get_ylabel() for axis in shown.values()]
    assert said == [
        "lower is better ↓",
        "higher keeps more of the photo",
        "0.5 is ideal",
        "higher is better ↑",
        "",
    ]


def test_a_line_goes_through_the_epochs_in_order():
    axis = panels(draw_scores([row(10, 5.0), row(2, 9.0), row(5, 7.0), row(20, 4.0)]))["FID"]
    (line,) = axis.lines
    assert line.get_xdata().tolist() == [2, 5, 10, 20]
    assert line.get_ydata().tolist() == [9, 7, 5, 4]
    band = axis.collections[0].get_paths()[0].get_extents()
    assert (band.ymin, band.ymax) == (3, 11)
    assert all(tick == round(tick) for tick in axis.get_xticks())


def test_a_single_epoch_is_a_point_with_a_bar():
    axis = panels(draw_scores([row(7)]))["FID"]
    (segment,) = axis.collections[0].get_segments()
    assert segment.tolist() == [[7, 9], [7, 12]]
    assert axis.get_xticks().tolist() == [7]


def test_missing_intervals_leave_the_line():
    axis = panels(draw_scores([row(e, low="") for e in range(1, 9)]))["FID"]
    assert len(axis.lines[0].get_xdata()) == 8
    mixed = [row(e, low="") if e % 2 else row(e) for e in range(1, 9)]
    bars = panels(draw_scores(mixed))["FID"].collections[0].get_segments()
    assert [len(bar) for bar in bars] == [0, 2] * 4


def test_scores_without_an_epoch_are_level():
    figure = draw_scores([row(None, 20.0), *(row(e) for e in (1, 2))])
    level, course = panels(figure)["FID"].lines
    assert list(level.get_ydata()) == [20, 20]
    assert legend(figure) == ["held-out (no epoch)", "held-out"]
    assert len(course.get_xdata()) == 2


def test_lines_are_named_by_what_tells_them_apart():
    rows = [row(split=split) for split in ("train", "test")]
    assert legend(draw_scores(rows)) == ["training", "held-out"]
    back = row(direction="monet → photo", reference="photo", reference_sha256="bb")
    assert legend(draw_scores([row(), back])) == [DIRECTION, "monet → photo"]
    other = row(reference="monet, 30 of 300", reference_sha256="bb")
    assert legend(draw_scores([row(), other])) == ["against monet", "against monet, 30 of 300"]
    namesake = row(reference_sha256="bb")
    assert legend(draw_scores([row(), namesake])) == ["aa", "bb"]


def test_only_what_may_be_compared_is_joined():
    rows = [row(1), row(2, reference_sha256="bb"), row(3), row(4, weights_sha256="cc")]
    figure = draw_scores(rows)
    assert sorted(len(line.get_xdata()) for line in panels(figure)["FID"].lines) == [1, 1, 2]
    assert "FID: the lines were measured on different pictures" in notes(figure)
    assert "different" not in notes(draw_scores([row(1), row(1, split="train")]))


def test_a_gap_has_a_panel_of_its_own_and_comes_last():
    figure = draw_scores([row(split=split) for split in ("gap", "test", "train")])
    assert list(panels(figure)) == ["FID", "FID\nheld-out − training"]
    assert panels(figure)["FID\nheld-out − training"].get_ylabel() == "nearer to 0 is better"
    assert legend(figure) == ["held-out", "training", "gap"]


def test_each_run_has_a_colour():
    figure = draw_scores({"first": [row(1), row(1, split="train")], "second": [row(2)]})
    first, training, second = panels(figure)["FID"].lines
    assert first.get_color() == training.get_color() != second.get_color()
    assert first.get_linestyle() == second.get_linestyle() != training.get_linestyle()
    assert legend(figure) == ["first, held-out", "first, training", "second, held-out"]


def test_runs_are_named_even_where_they_share_no_panel():
    figure = draw_scores({"first": [row()], "second": [row(metric="KID")]})
    assert legend(figure) == ["first", "second"]


def test_the_best_epoch_is_marked_in_every_panel():
    rows = [row(e, metric=name) for e in (1, 2, 3) for name in ("FID", "KID")]
    figure = draw_scores(rows, best=2)
    for axis in panels(figure).values():
        assert list(axis.lines[-1].get_xdata()) == [2, 2]
    assert legend(figure) == ["held-out", "chosen: epoch 2"]


def test_warnings_are_written_once_and_cut():
    few, long = "only 20 pictures", "word " * 200
    rows = [row(e, metric=m, warnings=few) for e in (1, 2) for m in ("FID", "KID")]
    figure = draw_scores([*rows, row(3, warnings=f"{few} | {long}")])
    assert notes(figure).count(few) == 1
    assert "FID, KID: only 20 pictures" in notes(figure)
    assert notes(figure).endswith("…")
    assert notes(figure).count("word") < 100
    many = " | ".join(f"warning {number}" for number in range(9))
    assert "and 5 more" in notes(draw_scores([row(warnings=many)]))
    assert find_notes(find_lines({"": [row(warnings=many)]}))[8] == "FID: warning 8"


def test_what_is_no_number_is_left_out():
    rows = [row(1), row(2) | {"value": "nan"}, row(3) | {"value": ""}]
    assert len(panels(draw_scores(rows))["FID"].lines[0].get_xdata()) == 1


@pytest.mark.parametrize("nothing", [[], {}, {"run": []}])
def test_nothing_to_draw_is_explained(nothing):
    with pytest.raises(InputError, match="there must be scores to draw, and there are none"):
        draw_scores(nothing)


@pytest.mark.parametrize("count", [2, 8])
def test_a_confusion_shows_shares_and_counts(count):
    names = [f"a painter with a rather long name {number}" for number in range(count)]
    confusion = np.ones((count, count), int) + np.eye(count, dtype=int) * (99 - count)
    figure = draw_confusion(names, confusion, "Five folds")
    axis = panels(figure)["Five folds"]
    texts = [text.get_text() for text in axis.texts]
    assert len(texts) == count**2
    assert texts[0] == f"{100 * (100 - count) / 99:.0f} %\n{100 - count}"
    assert texts[1] == "1 %\n1"


def test_a_class_without_pictures_and_a_wrong_shape():
    draw_confusion(("a", "b"), np.array([[3, 1], [0, 0]])).savefig(io.BytesIO())
    with pytest.raises(InputError, match=r"each of 2 classes, got the shape \(3, 3\)"):
        draw_confusion(("a", "b"), np.eye(3))


def test_shares_are_stacked_to_the_whole():
    shares = {
        "photo": {"photo": Score(0.97, 0.9, 0.99), "monet": Score(0.03, 0.01, 0.1)},
        "epoch 10": {"photo": Score(0.4, 0.3, 0.5), "monet": Score(0.6)},
    }
    axis = panels(draw_shares(shares))["What pictures are taken for"]
    ends = [bar.get_x() + bar.get_width() for bar in axis.containers[-1]]
    assert ends == pytest.approx([1, 1])
    texts = [text.get_text() for text in axis.texts]
    assert texts == ["97 % (90 to 99)", "40 % (30 to 50)", "", "60 %"]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["photo", "epoch 10"]
    with pytest.raises(InputError, match="at least one set of pictures"):
        draw_shares({})
