"""What notebook 08 begins with."""

import numpy as np
import pytest
from PIL import Image

from artnb.demo import demo_config
from artnb.errors import InputError
from artnb.notebook import style_transfer

pytestmark = pytest.mark.backend


def test_a_photo_and_paintings_are_invented_or_opened(tmp_path):
    for number in range(9):
        colour = (10 + 20 * number, 40, 50)
        Image.new("RGB", (60, 90), colour).save(tmp_path / f"{number}.png")
    photo, paintings = style_transfer.photo_and_paintings(48)
    assert photo.shape == (48, 48, 3)
    assert [painting.shape for painting in paintings] == [(48, 48, 3)] * 8
    own, some = style_transfer.photo_and_paintings(48, str(tmp_path / "3.png"), str(tmp_path))
    assert (own == (70, 40, 50)).all()
    assert [int(painting[0, 0, 0]) for painting in some] == [10 + 20 * n for n in range(8)]
    assert all(painting.shape == (48, 48, 3) for painting in some)
    assert np.abs(photo.astype(int) - own).mean() > 5


def test_an_empty_folder_is_a_sentence(tmp_path):
    with pytest.raises(InputError, match="folder of paintings must hold pictures"):
        style_transfer.photo_and_paintings(48, "", str(tmp_path))


def test_smoke_is_small_and_quick(monkeypatch):
    monkeypatch.setattr(style_transfer, "find_weights", lambda _kind, **_: None)
    smoke, preview = (style_transfer.settings_for(name) for name in ("smoke", "preview"))
    assert (smoke.largest_px, smoke.steps, smoke.features) == (64, 2, "squeezenet")
    assert (preview.largest_px, preview.steps) == (256, 60)
    assert style_transfer.layers_and_losses("smoke") == (("conv1", "fire3"), ("gram",))
    assert [len(part) for part in style_transfer.layers_and_losses("preview")] == [4, 3]


def test_without_weights_there_are_patches(monkeypatch):
    def nowhere(kind, **_):
        raise InputError(f"the weights of {kind} are not here")

    monkeypatch.setattr(style_transfer, "find_weights", nowhere)
    said = []
    assert style_transfer.settings_for("preview", say=said.append).features == "patches"
    assert "the weights of squeezenet are not here" in said[0]


def test_only_smoke_trains_another_network_than_the_demo():
    preview, smoke = (demo_config(name, 3.0) for name in ("preview", "smoke"))
    assert style_transfer.quick_in_smoke(preview) == preview
    quick = style_transfer.quick_in_smoke(smoke)
    assert (quick.preset, quick.generator, quick.epochs) == ("smoke", "unet", 1)


def test_fast_style_takes_the_minutes_but_in_smoke():
    smoke = style_transfer.fast_style_config("smoke", 3.0)
    assert (smoke.METHOD, smoke.preset, smoke.epochs) == ("fast_style", "smoke", 1)
    assert smoke.minutes is None
    for preset, expected in (("preview", "preview"), ("night", "preview"), ("paper", "paper")):
        config = style_transfer.fast_style_config(preset, 3.0, seed=4)
        assert (config.preset, config.seed, config.minutes) == (expected, 4, 3.0)
