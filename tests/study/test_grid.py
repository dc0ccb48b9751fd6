"""Nets over a picture are found, and nothing else is taken for one."""

import numpy as np
import pytest

from artnb.study.grid import STRIDES, grid_numbers
from artnb.study.plots import draw_artefacts, draw_checkerboards, draw_study
from artnb.study.quantities import GRID
from artnb.study.rows import describe_study
from artnb.study.sets import StudySets, Translation
from artnb.study.study import study
from tests.study.made import SIZE, flat, hazy, measured, pattern, scene


def grid(picture):
    return float(grid_numbers(picture)[0])


def netted(picture, stride, levels=4, axis=None):
    """Lay a net over a picture, or lines across it: every so many pixels a little lighter."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width] % stride == 0
    on = {None: x | y, 0: y, 1: x}[axis]
    return np.clip(picture + levels * on[..., None], 0, 255).astype(np.uint8)


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_a_net_is_found_at_every_stride(stride, axis):
    assert grid(netted(scene(1), stride, axis=axis)) > 1


def test_a_stronger_net_stands_out_more():
    values = [grid(netted(scene(2), 2, levels)) for levels in (0, 1, 2, 4, 8)]
    assert values == sorted(values)
    assert values[0] < 0.5


@pytest.mark.parametrize("change", [lambda p: hazy(p, 0.5), lambda p: p[:, ::-1], lambda p: p // 2])
def test_scenes_have_none(change):
    found = [grid(change(scene(seed))) for seed in range(8)]
    assert np.mean(found) < 0.4


def test_plain_and_periodic_pictures_have_none():
    assert grid(flat(90, 120, 40)) == 0
    assert grid(pattern(lambda x, y: x / 9 + y / 17)) < 0.2
    edge = flat(20, 20, 20)
    edge[:, SIZE // 2 :] = 220
    assert grid(edge) < 0.2


@pytest.mark.parametrize("size", [64, 128, 250, 500])
def test_it_is_looked_for_in_pictures_as_they_are(size):
    """Scaled to the working size, a net of two pixels in 128 would be one of four, or gone."""
    plain, net = scene(3, size), netted(scene(3, size), 2)
    before, after = GRID(np.stack([plain, net]))[:, 0]
    assert after > before + 1


def test_small_pictures_have_no_number():
    assert np.isnan(grid(scene(1, 32)))


@pytest.fixture(scope="module")
def found():
    photos = [scene(seed) for seed in range(12)]
    paintings = [hazy(scene(seed), 0.6) for seed in range(20, 32)]
    made = {
        epoch: Translation(
            "net", epoch, "hazy",
            measured(f"epoch {epoch}", [netted(p, 4, levels) for p in photos], photos),
        )
        for epoch, levels in ((1, 0), (2, 6))
    }  # fmt: skip
    sets = StudySets(
        measured("photos", photos), {"hazy": measured("hazy", paintings)}, list(made.values())
    )
    return study(sets, resamples=50)


def test_only_translations_with_a_net_get_the_advice(found):
    notes = [(row.kind, row.epoch, bool(row.note)) for row in (*found.find("photo", "grid"),
             *found.find("painting", "grid"), *found.find("translation", "grid"))]  # fmt: skip
    assert notes == [
        *(("photo", None, False), ("painting", None, False)),
        *(("translation", 1, False), ("translation", 2, True)),
    ]
    (line,) = [line for line in describe_study(found).splitlines() if line.startswith("  grid: ")]
    assert "train with --set upsampling=resize" in line


def test_it_is_no_way_from_photo_to_painting(found):
    assert all(
        row.progress is None and row.effect is None for row in found.find("painting", "grid")
    )
    assert "grid" not in found.strongest


def test_it_is_drawn_beside_photos_and_paintings(found):
    (panel,) = draw_checkerboards(found).axes
    assert [line.get_label() for line in panel.lines] == ["translations", "photo", "hazy"]
    assert list(panel.lines[0].get_xdata()) == [1, 2]
    assert "checkerboards" in draw_study(found)


def test_all_runs_are_drawn_to_one_scale_that_holds_them(found):
    other = [Translation("even", t.epoch, "hazy", t.measured) for t in found.sets.translations[:1]]
    sets = StudySets(found.sets.photos, found.sets.paintings, [*found.sets.translations, *other])
    panels = draw_checkerboards(study(sets, resamples=0)).axes
    highest = max(max(panel.lines[0].get_ydata()) for panel in panels)
    assert all(panel.get_ylim()[1] > highest for panel in panels)


@pytest.mark.parametrize("draw", [draw_artefacts, draw_checkerboards])
def test_a_single_epoch_is_marked_as_a_whole_number(found, draw):
    sets = StudySets(found.sets.photos, found.sets.paintings, found.sets.translations[1:])
    (panel,) = draw(study(sets, resamples=0)).axes
    assert panel.get_xticks().tolist() == [2]
