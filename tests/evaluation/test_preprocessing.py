"""TensorFlow 1's resize: positions by hand, and torch-fidelity's numbers."""

import keras
import numpy as np
import pytest

from artnb.evaluation.extractor import tensorflow1_resize
from tests.golden.inception_draws import FILE, draw_resize_picture

RESIZED = [name for name in np.load(FILE).files if name.startswith("resized_")]


def resize(pictures, size_px):
    return keras.ops.convert_to_numpy(tensorflow1_resize(pictures, size_px))


@pytest.mark.parametrize("name", RESIZED)
def test_agrees_with_torch_fidelity(name):
    size, target = name.removeprefix("resized_").split("_to_")
    height, width = map(int, size.split("x"))
    resized = resize(draw_resize_picture(height, width), int(target))
    np.testing.assert_allclose(resized, np.load(FILE)[name], rtol=1e-6)


def test_positions_start_at_the_first_pixel_and_end_before_the_last():
    row = np.array([0, 10], np.float32).reshape(1, 1, 2, 1)
    # 0, ½, 1 and 1½; beyond the last pixel its value stays
    np.testing.assert_array_equal(resize(row, 4)[0, 0, :, 0], [0, 5, 10, 10])
    np.testing.assert_array_equal(resize(row.reshape(1, 2, 1, 1), 4)[0, :, 0, 0], [0, 5, 10, 10])


def test_shrinking_picks_pixels_without_smoothing():
    row = np.arange(6, dtype=np.float32).reshape(1, 1, 6, 1)
    np.testing.assert_array_equal(resize(row, 3)[0, 0, :, 0], [0, 2, 4])


def test_pictures_of_the_right_size_stay_as_they_are():
    pictures = draw_resize_picture(9, 9)
    np.testing.assert_array_equal(resize(pictures, 9), pictures)


def test_each_picture_and_channel_is_resized_by_itself():
    pictures = np.concatenate([draw_resize_picture(5, 8), 255 - draw_resize_picture(5, 8)])
    together = resize(pictures, 11)
    alone = resize(pictures[1:, :, :, 2:], 11)
    assert together.shape == (2, 11, 11, 3)
    np.testing.assert_array_equal(together[1:, :, :, 2:], alone)
