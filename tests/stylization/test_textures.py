"""Textures hold a painting's statistics, and nothing of a photo."""

import numpy as np
import pytest
from PIL import Image

from artnb.errors import InputError
from artnb.stylization.settings import StylizeSettings
from tests.stylization.test_stylize import PAINTING, smooth

pytestmark = pytest.mark.backend


@pytest.fixture(scope="module")
def objective():
    import keras

    from artnb.stylization.features import load_features
    from artnb.stylization.textures import StyleObjective

    keras.utils.set_random_seed(5)
    return StyleObjective(load_features("squeezenet", None, ("conv1", "fire2")), smoothness=0.0)


def as_batch(image):
    return (np.asarray(image, np.float32) / 127.5 - 1)[None]


def test_a_painting_has_its_own_statistics_and_another_has_others(objective):
    from artnb.stylization.regions import Region

    painting, other = as_batch(PAINTING), as_batch(smooth(4, *PAINTING.size))
    targets = objective.targets(painting, [Region(painting)])
    assert float(objective(painting, targets)) == pytest.approx(0.0, abs=1e-6)
    assert float(objective(other, targets)) > 0.01


def test_noise_becomes_a_texture(objective):
    from artnb.stylization.regions import Region
    from artnb.stylization.textures import make_texture

    red = Image.new("RGB", (48, 48), (200, 40, 30))
    steps = []
    settings = StylizeSettings(largest_px=40, steps=30)
    made = make_texture(objective, red, settings, lambda: steps.append(1))
    assert (made.shape, made.dtype, len(steps)) == ((40, 40, 3), np.uint8, 30)
    assert (made == make_texture(objective, red, settings)).all(), "the same from the same seed"
    few = make_texture(objective, red, settings.replace(steps=1))
    targets = objective.targets(as_batch(made), [Region(as_batch(red))])
    first, last = (float(objective(as_batch(one), targets)) for one in (few, made))
    assert last < 0.5 * first


def test_without_a_network_there_are_no_layers():
    from artnb.stylization.textures import make_textures

    said = []
    assert make_textures(PAINTING, settings=StylizeSettings("patches"), say=said.append) == {}
    (sentence,) = said
    assert "Patches have no layers" in sentence


def test_a_layer_that_is_none_is_named(monkeypatch):
    from artnb.stylization import textures

    monkeypatch.setattr(textures, "find_weights", lambda *_, **__: None)
    with pytest.raises(InputError, match="no layer 'fire77'"):
        textures.make_textures(PAINTING, ["fire77"], StylizeSettings("squeezenet", steps=1))
