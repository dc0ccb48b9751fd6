import keras
import numpy as np
import pytest

from artnb.training.diffaugment import DiffAugment, change_colour, cut_out, translate
from tests.golden.draws import uniform_pictures


def numpy(tensor):
    return keras.ops.convert_to_numpy(tensor)


def draw(*values):
    return np.array(values, np.float32)


def test_brightness_saturation_and_contrast_by_hand():
    pictures = uniform_pictures(0, (1, 4, 4, 3))
    brighter = numpy(change_colour(pictures, draw(1.0), draw(0.5), draw(0.5)))
    np.testing.assert_allclose(brighter, pictures + 0.5, atol=1e-6)
    grey = numpy(change_colour(pictures, draw(0.5), draw(0.0), draw(0.5)))
    np.testing.assert_allclose(grey, pictures.mean(axis=3, keepdims=True) + 0 * grey, atol=1e-6)
    harder = numpy(change_colour(pictures, draw(0.5), draw(0.5), draw(1.0)))
    expected = pictures.mean() + 1.5 * (pictures - pictures.mean())
    np.testing.assert_allclose(harder, expected, atol=1e-5)


def test_the_middle_of_every_draw_changes_nothing_but_the_cutout():
    pictures = uniform_pictures(0, (2, 16, 16, 3))
    layer = DiffAugment(("color", "translation"), 0, "diffaugment")
    same = numpy(layer(pictures, np.full((7, 2), 0.5, np.float32)))
    np.testing.assert_allclose(same, pictures, atol=1e-6)


def test_translation_moves_and_fills_with_zero():
    pictures = uniform_pictures(0, (2, 16, 16, 3))
    moved = numpy(translate(pictures, draw(0.999, 0.5), draw(0.5, 0.0)))
    np.testing.assert_allclose(moved[0, 2:], pictures[0, :-2], atol=1e-6)  # 16 / 8 down
    assert not moved[0, :2].any()
    np.testing.assert_allclose(moved[1, :, :-2], pictures[1, :, 2:], atol=1e-6)  # and left
    assert not moved[1, :, -2:].any()


def test_cutout_is_a_square_of_half_the_edge():
    ones = np.ones((1, 16, 16, 3), np.float32)
    cut = numpy(cut_out(ones, draw(0.5), draw(0.5)))
    np.testing.assert_array_equal(cut[0, 4:12, 4:12], 0)
    assert cut.sum() == 3 * (256 - 64)
    corner = numpy(cut_out(ones, draw(0.0), draw(0.0)))
    assert corner.sum() == 3 * (256 - 16)


def test_real_and_fake_get_the_same_draw():
    layer = DiffAugment(("color", "translation", "cutout"), 0, "diffaugment")
    drawn = layer.draw(2)
    pictures = uniform_pictures(0, (2, 16, 16, 3))
    np.testing.assert_array_equal(numpy(layer(pictures, drawn)), numpy(layer(pictures, drawn)))
    other = numpy(layer(pictures, layer.draw(2)))
    assert np.abs(other - numpy(layer(pictures, drawn))).max() > 0.1


def test_without_policies_pictures_pass_untouched():
    pictures = uniform_pictures(0, (2, 16, 16, 3))
    layer = DiffAugment((), 0, "diffaugment")
    assert layer(pictures, layer.draw(2)) is pictures or np.array_equal(
        numpy(layer(pictures, layer.draw(2))), pictures
    )


@pytest.mark.parametrize("policy", ["color", "translation", "cutout"])
def test_generators_learn_through_it(policy):
    """The derivative by the picture must exist and be finite."""
    layer = DiffAugment((policy,), 0, "diffaugment")
    pictures = uniform_pictures(0, (1, 16, 16, 3))
    drawn = numpy(layer.draw(1))
    step = 1e-2 * uniform_pictures(1, pictures.shape)
    changed = numpy(layer(pictures + step, drawn)) - numpy(layer(pictures, drawn))
    assert np.isfinite(changed).all()
    assert np.abs(changed).max() > 1e-3
