import keras
import numpy as np
import pytest
from PIL import Image

from artnb.training.augmentation import ScaleCropFlip, resampling_matrix


def noise(size_px, seed=0):
    # No extremes: Pillow clips between its two passes.
    small = np.random.default_rng(seed).integers(60, 196, (size_px // 4, size_px // 4, 3), np.uint8)
    return np.asarray(Image.fromarray(small).resize((size_px, size_px), Image.Resampling.BICUBIC))


def apply(layer, pictures, top, left, mirrored):
    draw = [np.array(values, np.int32) for values in (top, left, mirrored)]
    floats = keras.ops.convert_to_numpy(layer.apply(pictures, *draw))
    return (floats + 1) * 127.5


@pytest.mark.parametrize(("from_px", "to_px"), [(256, 286), (256, 108), (64, 72), (48, 48)])
def test_scaling_equals_pillows_bicubic(from_px, to_px):
    picture = noise(from_px)
    layer = ScaleCropFlip(from_px, to_px, to_px, flip=False, seed=0)
    ours = apply(layer, picture[None], [0], [0], [0])[0]
    theirs = Image.fromarray(picture).resize((to_px, to_px), Image.Resampling.BICUBIC)
    # Pillow rounds after each of its two passes, and the second can enlarge the first one.
    assert np.abs(ours - np.asarray(theirs, np.float32)).max() <= 1.25


def test_rows_of_the_matrix_sum_to_1():
    np.testing.assert_allclose(resampling_matrix(256, 108).sum(axis=1), 1, rtol=1e-6)


def test_crop_and_flip_are_slices():
    pictures = np.stack([noise(32, seed) for seed in (0, 1)])
    layer = ScaleCropFlip(32, 32, 24, flip=True, seed=0)
    cropped = apply(layer, pictures, [0, 8], [3, 5], [0, 1])
    np.testing.assert_allclose(cropped[0], pictures[0, 0:24, 3:27], atol=1e-3)
    np.testing.assert_allclose(cropped[1], pictures[1, 8:32, 5:29][:, ::-1], atol=1e-3)


def test_every_offset_and_both_orientations_are_drawn():
    layer = ScaleCropFlip(32, 36, 32, flip=True, seed=0)
    top, left, mirrored = (keras.ops.convert_to_numpy(v) for v in layer.draw(500))
    assert set(top) == set(left) == {0, 1, 2, 3, 4}
    assert 200 < mirrored.sum() < 300


def test_crops_are_never_frozen():
    """Trap 2: augmenting before a cache shows the same crops in every epoch."""
    layer = ScaleCropFlip(32, 40, 32, flip=True, seed=0)
    pictures = noise(32)[None]
    crops = [keras.ops.convert_to_numpy(layer(pictures)) for _ in range(4)]
    assert any(np.abs(crops[0] - crop).max() > 0.1 for crop in crops[1:])


def test_without_flip_nothing_is_mirrored():
    layer = ScaleCropFlip(32, 36, 32, flip=False, seed=0)
    assert not keras.ops.convert_to_numpy(layer.draw(100)[2]).any()


def test_the_result_stays_in_range():
    extremes = np.zeros((1, 32, 32, 3), np.uint8)
    extremes[:, ::2] = 255
    values = keras.ops.convert_to_numpy(ScaleCropFlip(32, 36, 32, False, 0)(extremes))
    assert values.min() >= -1
    assert values.max() <= 1
