"""Scores whose answer is known, and their figures."""

import io

import numpy as np
import pytest

from artnb.errors import InputError
from artnb.evaluation.evaluator import Evaluator
from artnb.evaluation.extractor import Extractor
from artnb.evaluation.measure import Cache
from artnb.evaluation.metrics.kernel import kid
from artnb.evaluation.metrics.score import Score
from artnb.evaluation.pictures import pictures_of_folder, pictures_of_splits
from artnb.notebook.sanity import (
    ChangedPictures,
    add_noise,
    blur,
    distance_by_count,
    distances_of_halves,
    distances_when_changed,
    draw_by_count,
    draw_changes,
    draw_scale,
    features_of,
    halves,
    refused,
    write_folder,
)
from artnb.pretrained.weights import weights_at_hand
from artnb.synthetic.dataset import make_demo_data
from tests.evaluation.stand_in import Colours, write_pictures


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


PICTURES = 50
BLURS, NOISES = (0.5, 1.0, 2.0), (5.0, 10.0, 20.0)


@pytest.fixture
def random():
    return np.random.default_rng(0)


@pytest.fixture
def evaluator():
    return Evaluator(Colours(), ["frechet"], cache=Cache(None))


def test_halves_share_no_picture_and_are_of_one_size():
    first, second = halves(np.arange(21.0)[:, None])
    assert first.shape == second.shape == (10, 1)
    assert len(set(first[:, 0]) | set(second[:, 0])) == 20
    assert not np.array_equal(halves(np.arange(21.0)[:, None], seed=1)[0], first)


def test_halves_of_one_set_are_nearer_than_two_sets(random):
    sets = {"near": random.normal(size=(80, 4)), "far": random.normal(2.0, size=(301, 4))}
    found = distances_of_halves(sets)
    assert list(found) == ["near: half against half", "far: half against half", "near against far"]
    near, far, between = map(float, found.values())
    assert 5 * max(near, far) < between


def test_every_side_has_as_many_pictures(random):
    seen = []

    def distance(real, fake):
        seen.append((len(real), len(fake)))
        return Score(0.0)

    sizes = {"a": 30, "b": 41, "c": 100}
    distances_of_halves({n: random.normal(size=(size, 3)) for n, size in sizes.items()}, distance)
    assert seen == [(15, 15)] * 6


def test_few_pictures_raise_the_frechet_distance_and_not_the_kernel_distance(random):
    first, second = random.normal(size=(2, 400, 30))
    frechet = distance_by_count(first, second, [20, 60, 200])
    assert list(frechet) == [20, 60, 200]
    values = [float(score) for score in frechet.values()]
    assert values[0] > 2 * values[1] > 4 * values[2]
    assert all(score.low <= score.value <= score.high for score in frechet.values())
    kernel = distance_by_count(first, second, [20, 200], kid)
    assert abs(float(kernel[20])) < 0.1
    with pytest.raises(
        InputError, match="500 pictures on each side cannot be drawn, there are 400"
    ):
        distance_by_count(first, second, [20, 500])


def test_both_sides_of_one_set_share_no_picture(random):
    seen = []

    def distance(one, other):
        seen.append((set(one[:, 0]), set(other[:, 0])))
        return Score(0.0)

    distance_by_count(random.normal(size=(21, 2)), None, [4, 10], distance, draws=3)
    assert [len(one) for one, _ in seen] == [4] * 3 + [10] * 3
    assert all(len(one) == len(other) and not one & other for one, other in seen)
    with pytest.raises(InputError, match="11 pictures on each side cannot be drawn, there are 10"):
        distance_by_count(random.normal(size=(21, 2)), None, [11])


def test_draws_depend_on_the_seed_alone(random):
    first, second = random.normal(size=(2, 50, 3))
    once, again, other = (distance_by_count(first, second, [20], seed=s) for s in (1, 1, 2))
    assert once == again != other


def test_a_change_moves_a_set_away_from_itself(tmp_path, evaluator):
    pictures = pictures_of_folder(write_pictures(tmp_path / "pictures", 40))
    found = distances_when_changed(pictures, blur, [0, 4, 8], evaluator)
    assert list(found) == [0, 4, 8]
    assert found[0] == pytest.approx(0, abs=1e-6)
    assert found[0] + 1 < found[4] < found[8]


def test_changed_pictures_have_keys_of_their_own(tmp_path, evaluator):
    pictures = pictures_of_folder(write_pictures(tmp_path / "pictures", 4))
    changed = [ChangedPictures(pictures, *how) for how in ((blur, 1), (blur, 2), (add_noise, 1))]
    assert len({key for p in (pictures, *changed) for key in p.keys}) == 16
    assert changed[0].name.endswith("pictures, blur 1")
    before = features_of(pictures, evaluator)
    assert not np.allclose(features_of(changed[1], evaluator), before)
    np.testing.assert_array_equal(features_of(pictures, evaluator), before)


def test_an_unreadable_picture_stays_one(tmp_path):
    folder = write_pictures(tmp_path / "pictures", 3)
    (folder / "001.png").write_text("no picture")
    seen = ChangedPictures(pictures_of_folder(folder), blur, 2).read([0, 1, 2])
    assert [hasattr(one, "picture") for one in seen] == [True, False, True]


def test_a_datasets_pictures_become_a_folder_of_the_same_pictures(tmp_path, evaluator):
    dataset = make_demo_data(tmp_path / "data", 32, images=6, pairs=0)
    pictures = pictures_of_splits("photo", dataset.x.train)
    folder = write_folder(pictures, tmp_path / "files" / "photos")
    measured = [evaluator.measure(p) for p in (pictures, pictures_of_folder(folder))]
    assert len(measured[1]) == 6
    assert measured[0].sha256 == measured[1].sha256


def test_blur_and_noise_do_what_they_say(random):
    picture = random.integers(100, 156, (64, 64, 3), np.uint8)
    for change in (blur, add_noise):
        np.testing.assert_array_equal(change(picture, 0), picture)
        assert change(picture, 1.5).dtype == np.uint8
        np.testing.assert_array_equal(change(picture, 1.5), change(picture, 1.5))
    assert blur(picture, 3).std() < picture.std() / 4
    noise = add_noise(picture, 10).astype(float) - picture
    assert noise.std() == pytest.approx(10, rel=0.05)
    assert abs(noise.mean()) < 0.5
    assert not np.array_equal(noise, add_noise(picture + 1, 10).astype(float) - picture - 1)


@pytest.fixture(scope="module")
def scored(competition):
    """An evaluator with real weights, 150 Monets as a set, and features of 300 on each side."""
    path = weights_at_hand("squeezenet")
    if path is None:
        pytest.skip("needs SqueezeNet's weights: set ARTNB_WEIGHTS to the folder that holds them")
    evaluator = Evaluator(Extractor("squeezenet", path), ["frechet"], cache=Cache(None))
    folders = {name: competition / f"{name}_jpg" for name in ("monet", "photo")}
    sets = {n: pictures_of_folder(folder).some(2 * PICTURES) for n, folder in folders.items()}
    features = {name: features_of(pictures, evaluator) for name, pictures in sets.items()}
    return evaluator, sets["monet"].some(PICTURES), features


@pytest.mark.slow
@pytest.mark.backend
def test_real_paintings_are_nearer_to_others_than_photos_are(scored):
    _, _, features = scored
    found = distances_of_halves(features)
    within, between = found["monet: half against half"], found["monet against photo"]
    assert within.high < between.low


@pytest.mark.slow
@pytest.mark.backend
@pytest.mark.parametrize(("change", "strengths"), [(blur, BLURS), (add_noise, NOISES)])
def test_spoiling_real_paintings_step_by_step_moves_them_away(scored, change, strengths):
    evaluator, monets, _ = scored
    values = list(distances_when_changed(monets, change, strengths, evaluator).values())
    assert values == sorted(set(values))
    assert values[-1] > 500
