"""The settings of a network that paints in a style."""

import pytest

from artnb.errors import InputError
from artnb.method import preset_config
from artnb.methods.fast_style.config import FastStyleConfig


def config(preset="smoke", **changes):
    return preset_config(preset, method="fast_style", **changes)


def test_defaults_are_the_papers():
    c = config("paper")
    assert (c.image_size_px, c.batch_size, c.learning_rate) == (256, 4, 1e-3)
    assert c.epochs * c.steps_per_epoch == 40_000
    assert (c.generator_filters, c.generator_blocks) == (32, 5)
    assert c == FastStyleConfig()


@pytest.mark.parametrize("preset", list(FastStyleConfig.PRESETS))
def test_presets_survive_json(preset, tmp_path):
    c = config(preset)
    c.save(tmp_path / "config.json")
    assert FastStyleConfig.load(tmp_path / "config.json") == c
    assert c.preset == preset


def test_styles_are_called_as_their_files_and_folders():
    c = config(styles="paintings/starry night.jpg, painters/st.monet,turner.jpg!Large")
    assert c.style_names == ("starry night", "st.monet", "turner")
    assert c.style_count == 3
    assert config().style_names == ()
    assert config().style_count == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"image_size_px": 34}, "image_size_px must be a multiple of 4, got 34; use 32 or 36"),
        ({"image_size_px": 64}, "load_size_px must be at least image_size_px"),
        ({"image_size_px": 28}, "image_size_px must be at least 32, got 28"),
        ({"styles": "a/one.jpg,b/one.png"}, "several are called one; rename"),
        ({"styles": " , "}, "styles must name pictures or folders"),
        ({"strength": 0.0}, "strength must be above 0"),
        ({"features": "patches"}, "features must be one of squeezenet, vgg19"),
        ({"loss": "grams"}, "loss must be one of gram, moments, sliced"),
    ],
)
def test_settings_that_cannot_be_are_refused_in_a_sentence(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        config(**changes)
