"""Whether half precision is enough for a network's weights."""

import pytest

from artnb.exchange.half_precision import half_is_enough
from artnb.exchange.importing import import_generator
from tests.exchange.generators import generator
from tests.exchange.makers import Maker


def painter(scale):
    """Give a small painter whose last convolution is scaled."""
    network = generator("paper")
    kernel, _ = network.trainable_weights[-2:]
    kernel.assign(kernel * scale)
    return Maker(network, multiple_px=96)


def test_it_is_for_ordinary_weights():
    assert half_is_enough(painter(0.1))


@pytest.mark.parametrize("scale", [100, 1e7])
def test_it_is_not_where_colours_change_or_weights_are_too_large(scale):
    assert not half_is_enough(painter(scale))


def test_pictures_of_latents(stylegan2):
    run = import_generator(stylegan2 / "classes.pkl", "one", say=lambda line: None)
    assert half_is_enough(run.sampler())
