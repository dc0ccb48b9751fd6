"""Ways of painting whose progress and likeness are known."""

import numpy as np
import pytest

from artnb.errors import InputError
from artnb.study.plots import draw_study
from artnb.study.ways import study_ways, table_of_ways
from tests.study.made import hazy, scene

PHOTOS = [scene(seed) for seed in range(4)]
PAINTINGS = [hazy(scene(50 + seed), 0.5) for seed in range(4)]


@pytest.fixture(scope="module")
def found():
    painted = {
        "nothing": [np.where(np.arange(256)[:, None, None] == 0, 0, p) for p in PHOTOS],
        "a veil": [hazy(photo, 0.5) for photo in PHOTOS],
    }
    return study_ways(PHOTOS, PAINTINGS, painted, style="hazy")


def test_the_table_says_what_stayed_and_what_came_nearer(found):
    nothing, veil = table_of_ways(found)
    assert [nothing["way"], veil["way"]] == ["nothing", "a veil"]
    assert float(nothing["SSIM to the photo"]) > 0.99
    assert 0.3 < float(veil["SSIM to the photo"]) < 0.95
    near, total = map(int, nothing["moved towards the paintings"].split()[1::2])
    assert (near, total > 5) == (0, True)
    assert int(veil["moved towards the paintings"].split()[1]) > total / 2
    strongest = found.strongest[0]
    assert abs(float(nothing[strongest].rstrip("%"))) < 15
    assert 70 < float(veil[strongest].rstrip("%")) < 130


def test_figures_call_ways_by_their_names_and_know_no_epochs(found):
    figures = draw_study(found)
    assert {"overview", "grain", "distributions"} <= set(figures)
    assert not {"artefacts", "checkerboards"} & set(figures)
    for name in ("overview", "distributions"):
        texts = [text.get_text() for text in figures[name].legends[0].get_texts()]
        assert {"nothing", "a veil"} <= set(texts)


def test_each_picture_needs_its_photo():
    with pytest.raises(InputError, match="got 3 pictures and 4 photos"):
        study_ways(PHOTOS, PAINTINGS, {"lost one": PHOTOS[:3]})
