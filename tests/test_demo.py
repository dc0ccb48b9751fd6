import time

import numpy as np
import pytest
from PIL import Image

from artnb.demo import (
    SMOKE_SETTINGS,
    HeldOutCheck,
    check_held_out,
    chosen_epochs,
    demo_config,
    mean_distance,
    run_demo,
)
from artnb.method import preset_config
from artnb.synthetic.dataset import make_demo_data


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_demo_data(tmp_path_factory.mktemp("data") / "demo", 32, images=5, pairs=3)


@pytest.fixture(scope="module")
def result(dataset, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "demo"
    return run_demo(out, data=dataset.path, preset="smoke", say=lambda _: None)


def test_the_demo_goes_the_whole_way(result):
    assert result.run.facts()["status"] == "finished"
    assert result.check.pairs == 3
    assert 0 < result.check.painted < 255
    sheet = Image.open(result.contact_sheet)
    # photo, two kept epochs, true painting
    assert sheet.width > 4 * 160
    assert sheet.height > 3 * 160


def test_strokes_come_from_paintings_of_the_dataset(result):
    sheet = Image.open(result.strokes_sheet)
    # three photos, each translated, in patches, and the painting
    assert sheet.width > 4 * 160
    assert sheet.height > 3 * 160


def test_a_photo_takes_the_painting_that_is_most_like_its_translation(result, monkeypatch):
    """Where the colours are counts, not only which."""
    from artnb import demo

    taken = []
    monkeypatch.setattr(
        demo, "stylize", lambda photo, painting, _: taken.append(painting) or painting
    )
    monkeypatch.setattr(demo, "paint", lambda generator, photos: photos)
    red_above, blue_above = np.zeros((2, 64, 64, 3), np.uint8)
    red_above[:32, :, 0] = red_above[32:, :, 2] = 200
    blue_above[32:, :, 0] = blue_above[:32, :, 2] = 200
    demo.draw_strokes_sheet(result.run, [red_above // 2, blue_above // 2], [blue_above, red_above])
    assert (taken[0] == red_above).all()
    assert (taken[1] == blue_above).all()


def test_the_check_measures_against_the_true_painting(dataset):
    class Untouched:
        """A painter that paints nothing."""

        def predict_on_batch(self, pictures):
            return pictures

    check = check_held_out(Untouched(), dataset)
    assert check.painted == check.untouched > 10
    assert check.improvement == 0


def test_improvement_is_a_share_of_the_distance():
    assert HeldOutCheck(4, untouched=40, painted=10).improvement == 0.75
    assert "75% nearer" in HeldOutCheck(4, untouched=40, painted=10).describe()
    assert "25% farther" in HeldOutCheck(4, untouched=40, painted=50).describe()


def test_distance_is_in_grey_levels():
    black, grey = np.zeros((2, 4, 4, 3), np.uint8), np.full((2, 4, 4, 3), 50, np.uint8)
    assert mean_distance(black, grey) == mean_distance(grey, black) == 50


def test_a_dataset_without_pairs_has_no_check(dataset):
    import dataclasses

    assert check_held_out(None, dataclasses.replace(dataset, paired_test=False)) is None


def test_a_demo_takes_the_network_that_minutes_suffice_for():
    assert demo_config("auto").preset == "preview"
    assert demo_config("preview", minutes=2.0).minutes == 2
    assert demo_config("smoke", minutes=2.0).minutes is None


def test_an_early_a_middle_and_the_last_epoch():
    assert chosen_epochs([1]) == [1]
    assert chosen_epochs([1, 2]) == [1, 2]
    assert chosen_epochs([1, 2, 5, 10, 13]) == [1, 5, 13]
    assert chosen_epochs([1, 2, 5, 10, 20, 23]) == [1, 10, 23]


def test_minutes_count_for_every_preset_but_smoke():
    assert demo_config("preview", minutes=1.5).minutes == 1.5
    assert demo_config("preview", minutes=None).minutes == preset_config("preview").minutes
    assert demo_config("smoke", minutes=1.5) == preset_config("smoke", **SMOKE_SETTINGS)
    assert demo_config("smoke", seed=3).seed == 3


@pytest.mark.slow
def test_the_demo_as_people_run_it_paints(tmp_path):
    """What the README promises: held-out scenes come at least a fifth nearer in six minutes."""
    started = time.monotonic()
    result = run_demo(tmp_path / "demo", say=lambda _: None)
    assert result.check.pairs == 24
    assert result.check.improvement >= 0.2
    assert time.monotonic() - started < 6 * 60
