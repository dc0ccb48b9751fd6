"""The embedded data: a Dataset like any other, whose test paintings are known."""

import re

import numpy as np
import pytest
from PIL import Image

from artnb.data.check import check_data
from artnb.data.dataset import Dataset, Domain, Images, open_dataset
from artnb.data.images import decode_rgb
from artnb.errors import InputError
from artnb.synthetic import dataset as demo
from artnb.synthetic.dataset import (
    DemoSizes,
    demo_sizes,
    held_out_pairs,
    large_demo_pictures,
    make_demo_data,
    make_demo_photos,
)
from artnb.synthetic.landscapes import render_painting, render_photo
from tests.data.pictures import CountedProgress, snapshot

SIZE_PX = 64


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("embedded") / "demo"
    make_demo_data(out, SIZE_PX, images=6, pairs=3)
    return out


@pytest.fixture(scope="module")
def dataset(folder):
    return open_dataset(folder)


def test_it_is_a_dataset_with_paired_test_pictures(dataset):
    assert dataset.describe() == "photo (6 train, 3 test) → painting (6 train, 3 test), 64 px"
    assert dataset.paired_test
    assert dataset.x.test.names == dataset.y.test.names


def test_it_passes_its_own_check(folder):
    findings = check_data(folder)
    assert findings.usable
    assert findings.remarks == ()


def test_pictures_to_look_at_are_those_of_the_shards(folder, dataset):
    places = {
        "photos": dataset.x.train,
        "paintings": dataset.y.train,
        "pairs/photos": dataset.x.test,
        "pairs/paintings": dataset.y.test,
    }
    for place, images in places.items():
        files = sorted((folder / "pictures" / place).iterdir())
        assert [file.name for file in files] == images.names
        assert [file.read_bytes() for file in files] == list(images)


def test_pairs_show_the_same_scene(dataset):
    pairs = held_out_pairs(dataset)
    assert [name for name, _, _ in pairs] == ["scene-0000.jpg", "scene-0001.jpg", "scene-0002.jpg"]
    for number, (_, photo, painting) in enumerate(pairs):
        seed = 2_000_000 + number
        for jpeg, render in ((photo, render_photo), (painting, render_painting)):
            difference = decode_rgb(jpeg).astype(int) - render(seed, SIZE_PX)
            assert np.abs(difference).mean() < 3  # JPEG's share


def test_pairs_are_found_by_name(dataset):
    turned = Images(
        [type("Named", (), {"name": name}) for name in dataset.y.test.names[::-1]],
        SIZE_PX,
        list(dataset.y.test)[::-1],
    )
    y = Domain("painting", dataset.y.train, turned)
    other = Dataset("", SIZE_PX, (dataset.x, y), "", paired_test=True)
    assert held_out_pairs(other) == held_out_pairs(dataset)


def test_unpaired_data_has_no_pairs(dataset):
    unpaired = Dataset("", SIZE_PX, dataset.domains, "", paired_test=False)
    assert held_out_pairs(unpaired) == []


def test_two_calls_give_the_same_bytes(folder, tmp_path):
    make_demo_data(tmp_path / "again", SIZE_PX, images=6, pairs=3)
    first, second = (
        {name: sha256 for name, (sha256, _) in snapshot(place).items()}
        for place in (folder, tmp_path / "again")
    )
    assert first == second
    assert len(first) == 1 + 4 + 2 * 6 + 2 * 3


@pytest.fixture
def rendered(monkeypatch):
    """Take notes of the scenes instead of rendering them: what was asked, by folder."""
    calls = {"photo": [], "painting": []}

    def note(kind):
        def render(seed, size_px):
            calls[kind].append(seed)
            colour = np.random.default_rng([seed, len(kind)]).integers(0, 256, 3)
            return np.full((size_px, size_px, 3), colour, np.uint8)

        return render

    monkeypatch.setattr(demo, "render_photo", note("photo"))
    monkeypatch.setattr(demo, "render_painting", note("painting"))
    return calls


def test_training_shows_no_scene_twice_and_none_that_is_held_out(rendered, tmp_path):
    make_demo_data(tmp_path / "zero", 32, images=50, pairs=5, seed=0)
    make_demo_data(tmp_path / "one", 32, images=50, pairs=5, seed=1)
    photos, paintings = set(rendered["photo"]), set(rendered["painting"])
    assert len(photos) == len(paintings) == len(rendered["photo"]) == 2 * (50 + 5)
    held_out = {first + n for first in (2_000_000, 5_000_000) for n in range(5)}
    assert photos & paintings == held_out


def test_another_seed_gives_other_scenes(rendered, tmp_path):
    fingerprints = {
        make_demo_data(tmp_path / f"{seed}", 32, images=4, pairs=2, seed=seed).fingerprint
        for seed in (0, 1, 2)
    }
    assert len(fingerprints) == 3


def test_progress_is_called_for_every_picture(rendered, tmp_path):
    progress = CountedProgress()
    make_demo_data(tmp_path / "out", 32, images=4, pairs=2, progress=progress)
    assert progress.calls == {"inventing pictures": [12, 12]}


def test_an_interruption_leaves_nothing(monkeypatch, rendered, tmp_path):
    def fail(_seed, _size_px):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "render_painting", fail)
    with pytest.raises(KeyboardInterrupt):
        make_demo_data(tmp_path / "out", 32, images=4, pairs=2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"size_px": 66}, "size_px must be a multiple of 4, got 66; use 64 or 68"),
        ({"size_px": 8}, "size_px must be at least 32, got 8"),
        ({"seed": -1}, "the seed must be 0 or more, got -1"),
    ],
)
def test_settings_that_will_not_do_are_named(tmp_path, settings, error):
    with pytest.raises(InputError, match=re.escape(error)):
        make_demo_data(tmp_path / "out", **settings)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="must be new or empty, and it is not"):
        make_demo_data(tmp_path, 32, images=2, pairs=1)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


# Photos of a camera, and how much there is


def test_photos_in_landscape_format_that_no_dataset_holds(tmp_path):
    folder = make_demo_photos(tmp_path / "photos", size_px=60, count=2)
    photos = sorted(folder.iterdir())
    assert [Image.open(photo).size for photo in photos] == [(60, 40), (60, 40)]
    assert photos[0].read_bytes() != photos[1].read_bytes()


def test_making_them_again_gives_the_same(tmp_path):
    first = [p.read_bytes() for p in make_demo_photos(tmp_path / "a", 60, count=1).iterdir()]
    again = [p.read_bytes() for p in make_demo_photos(tmp_path / "a", 60, count=1).iterdir()]
    assert first == again


def test_the_smoke_preset_needs_little(tmp_path):
    sizes = demo_sizes("smoke")
    dataset = make_demo_data(tmp_path / "d", sizes.size_px, sizes.images, sizes.pairs)
    assert len(dataset.x.train) == sizes.images < DemoSizes().images
    assert demo_sizes("preview") == DemoSizes()


def test_large_pictures_show_scenes_that_no_dataset_has(rendered, tmp_path):
    photos, paintings = large_demo_pictures(2, 3, size_px=32)
    assert [p.shape for p in (*photos, *paintings)] == [(32, 32, 3)] * 5
    large = {*rendered["photo"], *rendered["painting"]}
    assert len(large) == 5
    make_demo_data(tmp_path / "demo", 32, images=50, pairs=5)
    assert len({*rendered["photo"], *rendered["painting"]}) == 5 + 50 + 50 + 5
