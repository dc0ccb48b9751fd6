import io

import numpy as np
import pytest
from PIL import Image

from artnb.errors import InputError
from artnb.notebook.study_maps import (
    draw_colour_regions,
    draw_directions,
    draw_eddies,
    draw_haze,
    draw_sky,
    draw_spectra,
)
from artnb.study.plots import (
    draw_artefacts,
    draw_distributions,
    draw_effects,
    draw_main_colours,
    draw_progress,
    draw_study,
    draw_vividness,
    save_figures,
)
from artnb.study.rows import HARDLY_DIFFER, OVERVIEW
from artnb.study.sets import StudySets, Translation
from artnb.study.study import study
from tests.study.made import flat, hazy, measured, scene


@pytest.fixture(scope="module")
def sets():
    photos = [scene(seed) for seed in range(12)]
    paintings = {"hazy": measured("hazy", [hazy(scene(50 + seed), 0.5) for seed in range(12)])}
    translations = [
        Translation(
            run, epoch, "hazy", measured(f"{run} {epoch}", [hazy(p, s) for p in photos], photos)
        )
        for run, epoch, s in (("slow", 1, 0.1), ("slow", 4, 0.2), ("fast", 3, 0.95))
    ]
    return StudySets(measured("photo", photos), paintings, translations)


@pytest.fixture(scope="module")
def found(sets):
    groups = {f"{number}.png": "portrait" for number in range(5)}
    return study(sets, groups, resamples=50)


@pytest.fixture(scope="module")
def real(sets):
    return study(StudySets(sets.photos, sets.paintings), resamples=50)


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_every_figure_is_drawn_and_saved(found, tmp_path, monkeypatch):
    assert set(draw_study(found)) == {
        *("overview", "effects", "vividness", "artefacts", "checkerboards"),
        *("distributions", "main_colours", "grain"),
    }
    few = {"effects": draw_effects(found), "main_colours": draw_main_colours(found)}
    monkeypatch.setattr("artnb.study.plots.draw_study", lambda study: few)
    files = save_figures(found, tmp_path / "new" / "out")
    assert set(files) == set(few)
    for file in files.values():
        assert np.asarray(Image.open(file).convert("L")).std() > 5


def test_a_study_of_real_pictures_has_fewer_figures(real):
    assert set(draw_study(real)) == {"effects", "distributions", "main_colours", "grain"}


def test_progress_is_a_dot_on_the_line_of_its_quantity(found):
    panel = draw_progress(found).axes[0]
    names = [label.get_text() for label in panel.get_yticklabels()]
    assert len(names) == len(OVERVIEW)
    y = panel.get_yticks()[names.index("haze · dark channel")]
    dots = {
        (line.get_color(), line.get_marker()): line.get_xdata()[0]
        for line in panel.lines
        if abs(line.get_ydata()[0] - y) < 0.4 and line.get_markersize() == 7
    }
    slow, fast = (
        found.find("translation", "dark channel")[place].progress.value for place in (1, 2)
    )
    assert sorted(dots.values()) == pytest.approx(sorted([slow, fast]))
    # Two Runs have no way to go there; it is said once.
    alike = {row.quantity for row in found.find("translation") if row.note == HARDLY_DIFFER}
    assert texts(panel).count(HARDLY_DIFFER) == len(alike & set(OVERVIEW)) > 0


def test_what_lies_beyond_the_scale_is_an_arrow(found):
    from dataclasses import replace

    from artnb.evaluation.metrics.score import Score
    from artnb.study.study import Study

    rows = [
        replace(row, progress=Score(value, value - 1, value + 1))
        for row in found.find("translation", "dark channel")[:1]
        for value in (-5.0,)
    ]
    panel = draw_progress(Study(StudySets(found.sets.photos, found.sets.paintings,
                                          found.sets.translations[:1]), rows)).axes[0]  # fmt: skip
    (dot,) = [line for line in panel.lines if line.get_markersize() == 7]
    assert dot.get_marker() == "<"
    assert -1 <= dot.get_xdata()[0] <= -0.9


def test_a_subject_has_a_figure_of_its_own(found):
    assert "portrait" in draw_progress(found, "portrait").axes[0].get_title()
    with pytest.raises(InputError, match="there are none of bridges; study a Run"):
        draw_progress(found, "bridges")


def test_effects_reach_from_one_end_to_the_other(found):
    panel = draw_effects(found).axes[0]
    xs = [line.get_xdata()[0] for line in panel.lines if line.get_markersize() == 7]
    effects = [float(e) for name, e in found.effects["hazy"].items() if name in OVERVIEW]
    assert sorted(xs) == pytest.approx(sorted(effects))


def test_distributions_have_a_panel_for_each_quantity(found):
    figure = draw_distributions(found, ("brown", "dark channel", "clouds"))
    assert [axes.get_title() for axes in figure.axes][:3] == ["brown", "dark channel", "clouds"]
    (legend,) = figure.legends
    labels = [text.get_text() for text in legend.get_texts()]
    assert labels[0] == "photo"
    assert set(labels) == {"photo", "slow, epoch 4", "fast, epoch 3", "hazy"}


def test_swatches_are_as_wide_as_their_shares(found):
    panel = draw_main_colours(found).axes[0]
    widths = [sum(bar.get_width() for bar in container) for container in panel.containers]
    assert widths == pytest.approx([1] * 4)


def test_artefacts_have_a_panel_for_each_run(found):
    figure = draw_artefacts(found)
    assert [axes.get_title() for axes in figure.axes] == ["slow", "fast"]
    assert list(figure.axes[0].lines[0].get_xdata()) == [1, 4]


def test_without_translations_there_is_nothing_to_draw_of_them(real):
    for draw in (draw_artefacts, draw_vividness):
        with pytest.raises(InputError, match="this figure is of translations"):
            draw(real)
    with pytest.raises(InputError, match="progress is drawn of translations"):
        draw_progress(real)


MAPS = (draw_colour_regions, draw_sky, draw_directions, draw_eddies, draw_haze, draw_spectra)


@pytest.mark.parametrize("draw", MAPS, ids=lambda draw: draw.__name__)
def test_maps_of_pictures_of_any_size(draw):
    figure = draw({"small": scene(0, 64), "wide": scene(1, 300)[:200], "flat": flat(9, 9, 9)})
    figure.savefig(io.BytesIO(), dpi=40)
    assert len(figure.axes) == (1 if draw is draw_spectra else 6)


def test_a_map_says_its_numbers():
    picture = flat(128, 128, 128)
    picture[:64] = (70, 120, 190)
    axes = draw_colour_regions({"photo": picture}).axes
    assert axes[0].get_title() == "photo"
    assert axes[1].get_title() == "brown 0%, green 0%, blue 25%"
