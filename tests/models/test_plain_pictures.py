"""Plain pictures, half-plain and letterboxed ones: what mathematics says, on every backend.

The norm of a constant is 0. A mean that is off by rounding leaves something else, and a division
by the square root of 1e-5 makes it 316 times larger in every layer.
"""

from pathlib import Path

import keras
import numpy as np
import pytest

from artnb.models.layers import GroupNormalization, InstanceNormalization, SharedStatistics
from tests.golden.plain import NETWORKS, network, pictures

GOLDEN = Path(__file__).parents[1] / "golden" / "plain.npz"


def numpy_of(tensor):
    return keras.ops.convert_to_numpy(tensor)


@pytest.mark.parametrize("layer", [InstanceNormalization(), GroupNormalization(4)])
@pytest.mark.parametrize("edge", [64, 300])
def test_a_constant_becomes_exactly_0(layer, edge):
    values = np.array([0.7, -0.37, 1 / 3, 1000.1], np.float32)
    plain = np.stack([values, values[::-1], -values])[:, None, None]
    normalised = numpy_of(layer(np.tile(plain, (1, edge, edge, 1))))
    np.testing.assert_array_equal(normalised, 0)


def test_a_constant_becomes_exactly_0_in_tiles_too():
    layer = InstanceNormalization()
    tiles = np.full((3, 64, 64, 2), 0.7, np.float32)
    statistics = SharedStatistics()
    with statistics.recording():
        layer(tiles)
    with statistics.applied():
        np.testing.assert_array_equal(numpy_of(layer(tiles[:1])), 0)


@pytest.mark.parametrize("rows", [128, 250])
def test_statistics_of_what_is_partly_plain_are_exact(rows):
    """TensorFlow's mean over height and width at once is off by 1e-4 at 256 px."""
    features = np.full((1, 256, 256, 3), 0.7, np.float32) * np.array([1, 0.1, -3], np.float32)
    features[:, rows:] = np.array([-0.37, 0.4, 0.2], np.float32)
    exact = features.astype(np.float64)
    exact -= exact.mean((1, 2), keepdims=True)
    exact /= np.sqrt(np.square(exact).mean((1, 2), keepdims=True) + 1e-5)
    np.testing.assert_allclose(numpy_of(InstanceNormalization()(features)), exact, rtol=1e-5)


# The largest compiles for longest.
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.long) if n == "paper" else n for n in NETWORKS]
)
def test_generators_paint_what_mathematics_says(name):
    """One at a time and all at once; the numbers were computed in float64."""
    generator, given = network(name), pictures()
    expected = dict(zip(given, np.load(GOLDEN)[name], strict=True))
    together = numpy_of(generator(np.stack(list(given.values()))))
    for number, (what, picture) in enumerate(given.items()):
        alone = numpy_of(generator(picture[None]))[0]
        np.testing.assert_allclose(alone, expected[what], atol=1e-4, err_msg=what)
        np.testing.assert_allclose(together[number], expected[what], atol=1e-4, err_msg=what)


@pytest.mark.parametrize("name", ["paper", "preview"])
def test_a_plain_picture_becomes_a_plain_painting(name):
    """Whatever its colour: only the networks' offsets are left."""
    generator, given = network(name), pictures()
    paintings = [numpy_of(generator(given[what][None])) for what in ("white", "coloured")]
    np.testing.assert_array_equal(paintings[0], paintings[1])


@pytest.mark.parametrize("size", [(64, 200), (128, 128), (100, 64)])
@pytest.mark.parametrize("colour", [(127, 127, 127), (30, 77, 9), (200, 10, 90)])
def test_every_colour_in_every_size_becomes_a_plain_painting(size, colour):
    """Convolutions of a constant differ in their last bits from block to block."""
    picture = np.full((1, *size, 3), colour, np.float32) / 127.5 - 1
    painting = numpy_of(network("preview")(picture))
    assert np.ptp(painting, axis=(1, 2)).max() == 0
