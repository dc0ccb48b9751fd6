"""A picture in tiles has the loss and the gradient of the whole."""

import numpy as np
import pytest

from artnb.errors import InputError

pytestmark = pytest.mark.backend


@pytest.fixture(scope="module")
def features():
    import keras

    from artnb.stylization.features import load_features

    keras.utils.set_random_seed(3)
    return load_features("squeezenet", None, ("conv1", "fire2", "fire4"))


def pictures():
    random = np.random.default_rng(0)
    return [random.uniform(-1, 1, (1, *size, 3)).astype(np.float32)
            for size in ((150, 421), (150, 421), (90, 100))]  # fmt: skip


@pytest.mark.parametrize("loss", ["moments", "gram"])
def test_the_gradient_is_the_whole_pictures(features, loss):
    from artnb.stylization.objective import Objective
    from artnb.stylization.regions import Region
    from artnb.stylization.tiles import TiledObjective

    photo, picture, painting = pictures()
    left = np.zeros((150, 421), np.float32)
    left[:, :200] = 1
    regions = [Region(painting), Region(painting[:, ::-1].copy(), of_photo=left, share=0.5)]
    found = []
    for objective in (Objective(features, loss), TiledObjective(features, loss, tile_px=96)):
        targets = objective.targets(photo, regions)
        found.append([np.array(x) for x in objective.gradient(picture, targets)])
    (loss_whole, whole), (loss_tiled, tiled) = found
    assert loss_tiled == pytest.approx(loss_whole, rel=1e-5)
    assert np.linalg.norm(tiled - whole) < 1e-5 * np.linalg.norm(whole)


def test_tiles_cover_a_picture_once_and_see_what_is_around_them():
    from artnb.stylization.tiles import tiles_of

    count = np.zeros((150, 421), int)
    for tile in tiles_of(count.shape, 96, 128, 16):
        count[tile.own] += 1
        for own, seen, length in zip(tile.own, tile.seen, count.shape, strict=True):
            assert seen.start % 16 == 0
            assert seen.start == 0 or own.start - seen.start >= 128
            assert seen.stop == length or seen.stop - own.stop >= 128
    assert (count == 1).all()


def test_statistics_that_do_not_add_up_are_refused(features):
    from artnb.stylization.tiles import TiledObjective

    with pytest.raises(InputError, match="use loss=moments or loss=gram"):
        TiledObjective(features, "sliced")
