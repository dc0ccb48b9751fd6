"""A photo painted in a painting's style, with a network of drawn weights and without any."""

import numpy as np
import pytest
from PIL import Image

from artnb.errors import InputError
from artnb.stylization.inputs import Style
from artnb.stylization.settings import StylizeSettings

pytestmark = pytest.mark.backend

QUICK = StylizeSettings(largest_px=64, steps=8)


def smooth(seed, width=64, height=48):
    """A picture of a few soft patches of colour."""
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (4, 5, 3), np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


PHOTO, PAINTING = smooth(1), smooth(2, 60, 70)


@pytest.fixture(scope="module")
def network():
    import keras

    from artnb.stylization.features import load_features

    keras.utils.set_random_seed(5)
    return load_features("squeezenet", None, ("conv1", "fire2", "fire4"))


@pytest.fixture(scope="module")
def stylizer(network):
    from artnb.stylization.stylize import Stylizer

    return Stylizer(network, [Style(PAINTING)], QUICK)


def difference(one, other):
    return np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16))


def test_the_loss_falls_and_the_same_comes_of_the_same(stylizer):
    first, second = stylizer(PHOTO), stylizer(PHOTO)
    assert first.image.size == PHOTO.size
    assert first.whole
    assert len(first.losses) == 8
    assert first.losses[-1] < 0.9 * first.losses[0]
    assert difference(first.image, PHOTO).mean() > 5
    assert (difference(first.image, second.image) == 0).all()


def test_it_can_be_looked_at_and_ended_while_it_forms(stylizer):
    seen = []

    def look(image):
        seen.append(image)
        raise KeyboardInterrupt

    ended = stylizer(PHOTO, look=look)
    assert not ended.whole
    assert len(ended.losses) == 1
    assert difference(ended.image, seen[0]).max() <= 1


def test_what_is_masked_stays(stylizer):
    mask = Image.new("L", PHOTO.size)
    mask.paste(255, (32, 0, 64, 48))
    found = difference(stylizer(PHOTO, mask=mask).image, PHOTO)
    assert (found[:, :31] == 0).all()
    assert found[:, 33:].mean() > 5


def test_regions_take_on_the_style_of_their_own(network):
    from artnb.stylization.stylize import Stylizer

    painting = Image.new("RGB", (64, 64), "red")
    painting.paste("blue", (32, 0, 64, 64))
    here, there = Image.new("RGB", PHOTO.size), Image.new("RGB", painting.size)
    here.paste("white", (32, 0, 64, 48))
    there.paste("white", (32, 0, 64, 64))
    grey = Image.new("RGB", PHOTO.size, "grey")
    settings = StylizeSettings(largest_px=64, steps=40, strength=100)
    for flipped in (False, True):
        parts = there.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if flipped else there
        painted = Stylizer(network, [Style(painting, regions=parts)], settings)(grey, regions=here)
        colours = np.asarray(painted.image, np.float32)
        left, right = colours[:, 4:28].mean(axis=(0, 1)), colours[:, 36:60].mean(axis=(0, 1))
        redder = (left[0] - left[2]) - (right[0] - right[2])
        assert redder < -5 if flipped else redder > 5


def test_a_photo_can_keep_its_colours(network):
    from artnb.stylization.stylize import Stylizer

    painted = Stylizer(network, [Style(PAINTING)], QUICK.replace(keep_colours=True))(PHOTO).image
    mine, photos = (np.asarray(p.convert("YCbCr"), np.int16) for p in (painted, PHOTO))
    assert np.abs(mine - photos)[..., 1:].mean() < 3
    assert np.abs(mine - photos)[..., 0].mean() > 3


def test_what_is_compiled_for_one_style_serves_another(network, stylizer):
    from artnb.stylization.stylize import Stylizer, objective_and_optimiser

    made = objective_and_optimiser(network, "moments", 1.0, 1.0, "adam", False)
    assert objective_and_optimiser(network, "moments", 1.0, 1.0, "adam", False) is made
    assert objective_and_optimiser(network, "moments", 2.0, 1.0, "adam", False) is not made
    before = stylizer(PHOTO).image
    other = Stylizer(network, [Style(smooth(3))], QUICK)
    assert difference(other(PHOTO).image, before).mean() > 3
    assert difference(stylizer(PHOTO).image, before).max() <= 1


def test_a_style_without_weight_does_not_count(network, stylizer):
    from artnb.stylization.stylize import Stylizer

    both = Stylizer(network, [Style(PAINTING), Style(smooth(3), 0.0)], QUICK)
    assert difference(both(PHOTO).image, stylizer(PHOTO).image).max() <= 1


def test_lbfgs_paints_too(network):
    from artnb.stylization.stylize import Stylizer

    painted = Stylizer(network, [Style(PAINTING)], QUICK.replace(optimizer="lbfgs"))(PHOTO)
    assert min(painted.losses) < 0.9 * painted.losses[0]
    assert painted.whole


def test_patches_need_no_weights():
    from artnb.stylization.stylize import stylize

    settings = StylizeSettings("patches", largest_px=64, steps=10)
    dark = Image.fromarray(np.asarray(PAINTING) // 3)
    painted = stylize(PHOTO, dark, settings)
    assert np.asarray(painted).mean() == pytest.approx(np.asarray(dark).mean(), abs=12)
    again = stylize(PHOTO, dark, settings)
    assert (difference(painted, again) == 0).all()
    assert difference(painted, stylize(PHOTO, dark, settings, seed=1)).max() > 0


def test_patches_are_taken_unless_asked_and_networks_without_weights_say_so(monkeypatch):
    from artnb.stylization import stylize as module

    def nowhere(kind, **options):
        raise InputError(f"the weights of {kind} are not here")

    monkeypatch.setattr(module, "find_weights", nowhere)
    assert module.make_stylizer([Style(PAINTING)], StylizeSettings()).network is None
    with pytest.raises(InputError, match="--features patches needs no weights"):
        module.make_stylizer([Style(PAINTING)], QUICK.replace(features="vgg19"))


@pytest.mark.parametrize(
    ("size", "longer_px", "expected"),
    [
        ((64, 48), 128, (128, 96)),
        ((640, 480), 10, (43, 32)),
        ((1000, 32), 128, (1000, 32)),
        ((32, 100), 99, (32, 100)),
    ],
)
def test_of_a_painting_something_is_left_to_be_seen(size, longer_px, expected):
    from artnb.stylization.stylize import painting_at

    assert painting_at(Image.new("RGB", size), longer_px).size == expected


def test_sizes_are_doubled_on_the_way():
    from artnb.stylization.stylize import sizes_on_the_way

    assert sizes_on_the_way(512) == [128, 256, 512]
    assert sizes_on_the_way(100) == [100]
    assert sizes_on_the_way(600) == [150, 300, 600]


@pytest.mark.parametrize(
    "error",
    [MemoryError(), RuntimeError("RESOURCE_EXHAUSTED: Out of memory"),
     type("ResourceExhaustedError", (Exception,), {})("OOM")],
)  # fmt: skip
def test_too_little_memory_is_a_sentence(error):
    from artnb.stylization.stylize import enough_memory

    with pytest.raises(InputError, match="take a smaller largest_px"), enough_memory():
        raise error


def test_other_errors_stay_what_they_are():
    from artnb.stylization.stylize import enough_memory

    with pytest.raises(ZeroDivisionError), enough_memory():
        raise ZeroDivisionError


def test_photos_are_painted_into_a_folder(tmp_path, network, monkeypatch):
    from artnb.stylization import stylize as module

    monkeypatch.setattr(module, "_load", lambda *_: network)
    photos = tmp_path / "photos"
    photos.mkdir()
    PHOTO.save(photos / "one.png")
    smooth(4).save(photos / "two.jpg")
    Image.new("RGB", (1, 1)).save(photos / "tiny.png")
    (photos / "torn.jpg").write_bytes((photos / "two.jpg").read_bytes()[:200])
    report = module.stylize_photos(photos, [Style(PAINTING)], tmp_path / "out", QUICK)
    assert [path.name for path in report.written] == ["one.png", "two.jpg"]
    problems = {path.name: problem for path, problem in report.skipped}
    assert set(problems) == {"tiny.png", "torn.jpg"}
    assert "at least 32 px" in problems["tiny.png"]
    assert Image.open(tmp_path / "out" / "one.png").size == PHOTO.size


def test_ctrl_c_writes_what_there_is_and_leaves_the_others(tmp_path, network, monkeypatch):
    from artnb.stylization import stylize as module

    photos = tmp_path / "photos"
    photos.mkdir()
    for name in ("a.png", "b.png"):
        PHOTO.save(photos / name)
    monkeypatch.setattr(module, "_load", lambda *_: network)
    minimise = module.Adam.minimise

    def ended(self, picture, targets, steps, watch):
        return minimise(self, picture, targets, 2, watch)[0], False

    monkeypatch.setattr(module.Adam, "minimise", ended)
    settings = QUICK.replace(largest_px=300)
    report = module.stylize_photos(photos, [Style(PAINTING)], tmp_path / "out", settings)
    assert [path.name for path in report.written] == ["a.png"]
    assert (report.stopped, report.left) == (True, 1)


def test_what_ctrl_c_leaves_is_as_large_as_it_would_have_been(network):
    from artnb.stylization.stylize import Stylizer

    def look(image):
        raise KeyboardInterrupt

    photo = PHOTO.resize((320, 240))
    ended = Stylizer(network, [Style(PAINTING)], QUICK.replace(largest_px=300))(photo, look=look)
    assert not ended.whole
    assert ended.image.size == (300, 225)
