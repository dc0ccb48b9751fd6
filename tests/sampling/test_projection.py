"""Which latent paints a picture: schedule, regulariser, and a sample that is found again."""

import numpy as np
import pytest
from keras import ops

from artnb.errors import InputError
from artnb.sampling.distance import UnitFeatures, distance, load_look, pixels
from artnb.sampling.generating import generate
from artnb.sampling.projection import (
    learning_rate,
    noise_regulariser,
    normalised,
    project,
    w_noise_strength,
)


def test_the_rate_rises_and_falls():
    assert learning_rate(0, 1000) == pytest.approx(0.1 / 50)
    assert learning_rate(49, 1000) == pytest.approx(0.1)
    assert learning_rate(750, 1000) == pytest.approx(0.1)
    assert learning_rate(875, 1000) == pytest.approx(0.05)
    assert learning_rate(999, 1000) < 1e-4


def test_noise_on_w_ends_after_three_quarters():
    assert w_noise_strength(0, 1000) == 0.05
    assert w_noise_strength(375, 1000) == pytest.approx(0.05 / 4)
    assert w_noise_strength(750, 1000) == w_noise_strength(999, 1000) == 0


def test_white_noise_has_nothing_in_common_with_its_neighbours():
    white = np.random.RandomState(0).randn(1, 32, 32, 1).astype(np.float32)
    stripes = np.tile(np.float32([1, -1]), (1, 32, 16)).reshape(1, 32, 32, 1)
    blocks = np.repeat(np.repeat(white[:, :16, :16], 2, axis=1), 2, axis=2)
    of_white, of_stripes, of_blocks = (
        float(noise_regulariser([ops.convert_to_tensor(n)])) for n in (white, stripes, blocks)
    )
    assert of_white < 0.05
    # Equal to the one above, the opposite of the one beside; halved nothing is left of them.
    assert of_stripes == pytest.approx(2)
    assert of_blocks > 10 * of_white


def test_noise_is_brought_to_variance_1():
    noise = ops.convert_to_numpy(normalised(ops.convert_to_tensor(np.float32([[1, 2], [3, 6]]))))
    assert noise.mean() == pytest.approx(0, abs=1e-6)
    assert noise.var() == pytest.approx(1, rel=1e-5)


@pytest.fixture(scope="module")
def found(generator):
    (picture,) = generate(generator, [5])
    return picture, project(generator, picture, pixels, steps=150)


def test_a_sample_is_found_again(found):
    picture, projection = found
    assert projection.distance < projection.start / 4
    assert projection.whole
    assert projection.steps == 150
    apart = np.square(projection.picture / 127.5 - picture / 127.5).sum(axis=-1).mean()
    # What is beyond black and white is cut off in the picture.
    assert apart < 1.05 * projection.distance


def test_what_was_found_paints_the_picture(found, generator):
    _, projection = found
    w = np.repeat(projection.w[None, None], generator.sizes.w_count, axis=1)
    noises = [noise[None] for noise in projection.noises]
    painted = generator.synthesis.predict_on_batch([w, *noises])[0]
    levels = np.clip((painted + 1) * 127.5, 0, 255)
    assert np.abs(levels - projection.picture).max() < 1


def test_features_of_unit_length(generator):
    class Twice:
        def __call__(self, pictures):
            return {"one": pictures, "two": 2.0 * pictures}

    features = UnitFeatures(Twice())(ops.ones((1, 16, 16, 3)))
    for each in features:
        assert each.shape == (1, 128, 128, 3)
        np.testing.assert_allclose(ops.convert_to_numpy(each), 3**-0.5, rtol=1e-5)
    assert float(distance(features, [0 * each for each in features])) == pytest.approx(2, rel=1e-5)


def test_large_pictures_are_made_smaller():
    class Sizes:
        def __call__(self, pictures):
            return {"size": pictures}

    (features,) = UnitFeatures(Sizes())(ops.ones((1, 512, 512, 3)))
    assert features.shape == (1, 256, 256, 3)


def test_without_weights_pixels_are_compared_and_that_is_said(monkeypatch):
    monkeypatch.setattr("artnb.sampling.distance.weights_at_hand", lambda _: None)
    said = []
    assert load_look("auto", say=said.append) == (pixels, "pixels")
    assert "Compares pixels, since SqueezeNet's weights are not here" in said[0]
    with pytest.raises(InputError, match="there are no features 'squeeze'"):
        load_look("squeeze")


def test_interrupted_it_gives_what_there_is(generator):
    def progress(_title, _total):
        left = iter(range(3))

        def advance():
            if next(left) == 2:
                raise KeyboardInterrupt

        return advance

    (picture,) = generate(generator, [5])
    projection = project(generator, picture, pixels, steps=150, progress=progress)
    assert not projection.whole
    assert projection.steps == 3


def test_a_picture_of_another_size_is_refused(generator):
    with pytest.raises(InputError, match="as large as the generator's, 16×16, got 20×18"):
        project(generator, np.zeros((18, 20, 3), np.uint8), pixels)
    with pytest.raises(InputError, match="at least one step, got 0"):
        project(generator, np.zeros((16, 16, 3), np.uint8), pixels, steps=0)
