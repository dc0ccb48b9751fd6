import numpy as np
import pytest

from artnb.evaluation.evaluator import Evaluator
from artnb.evaluation.measure import Cache
from artnb.evaluation.runs import view_nearest
from artnb.evaluation.sets import Choice
from tests.evaluation.stand_in import Colours, make_run, write_pictures

pytestmark = pytest.mark.backend


def test_the_most_suspicious_are_shown_beside_what_they_resemble(tmp_path):
    run = make_run(tmp_path / "run", tmp_path / "data", epochs=(1,))
    evaluator = Evaluator(Colours(), cache=Cache(None))
    view = view_nearest(run, evaluator, 1, most=3)
    assert view.picture.width > 500
    assert view.sentence.startswith("Of 8 translations")
    assert len(view.nearest.distances) == 8
    assert np.all(view.nearest.indices < 20)


def test_pictures_that_cannot_be_read_leave_the_others_in_their_places(tmp_path):
    run = make_run(tmp_path / "run", tmp_path / "data", epochs=(1,))
    real = write_pictures(tmp_path / "real", 9, seed=3)
    photos = write_pictures(tmp_path / "photos", 5, seed=4)
    evaluator = Evaluator(Colours(), cache=Cache(None))
    before = view_nearest(run, evaluator, 1, choice=Choice(real=real, photos=photos))
    (real / "000-bad.jpg").write_text("no picture")
    (photos / "000-bad.jpg").write_text("no picture")
    after = view_nearest(run, evaluator, 1, choice=Choice(real=real, photos=photos))
    np.testing.assert_array_equal(np.asarray(before.picture), np.asarray(after.picture))


def test_the_title_says_of_how_many_translations_the_shown_are(tmp_path, monkeypatch):
    run = make_run(tmp_path / "run", tmp_path / "data", epochs=(1,))
    titles = []
    monkeypatch.setattr("artnb.drawing.nearest._title", lambda *counts: titles.append(counts) or "")
    view_nearest(run, Evaluator(Colours(), cache=Cache(None)), 1, most=3)
    assert titles == [(3, 8)]
