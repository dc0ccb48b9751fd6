import dataclasses

import pytest

from artnb.errors import InputError
from artnb.method import preset_config
from artnb.methods.cyclegan.config import CycleGANConfig


def test_defaults_are_the_papers():
    c = preset_config("paper")
    assert (c.image_size_px, c.load_size_px, c.generator_filters, c.generator_blocks) == (
        256, 286, 64, 9,
    )  # fmt: skip
    assert (c.learning_rate, c.adam_beta_1, c.adam_beta_2, c.adam_epsilon) == (
        2e-4, 0.5, 0.999, 1e-8,
    )  # fmt: skip
    assert (c.lambda_cycle, c.lambda_identity, c.pool_size, c.batch_size, c.epochs) == (
        10, 0.5, 50, 1, 200,
    )  # fmt: skip
    assert (c.upsampling, c.padding, c.skips) == ("transposed", "zero", False)
    assert c == CycleGANConfig()


@pytest.mark.parametrize("preset", list(CycleGANConfig.PRESETS))
def test_presets_survive_json(preset, tmp_path):
    config = preset_config(preset)
    config.save(tmp_path / "config.json")
    assert CycleGANConfig.load(tmp_path / "config.json") == config
    assert config.preset == preset


def test_settings_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        preset_config("smoke").epochs = 3


def test_asking_for_epochs_puts_the_presets_minutes_aside():
    assert preset_config("preview").minutes
    assert preset_config("preview", epochs=3).minutes is None
    assert preset_config("preview", epochs=3, minutes=1.0).minutes == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("steps_per_epoch=200", ("steps_per_epoch", 200)),
        ("steps_per_epoch=none", ("steps_per_epoch", None)),
        ("learning_rate=1e-3", ("learning_rate", 1e-3)),
        ("minutes=4", ("minutes", 4.0)),
        ("flip=False", ("flip", False)),
        ("upsampling=resize", ("upsampling", "resize")),
    ],
)
def test_settings_are_read_in_their_own_type(text, expected):
    assert CycleGANConfig.parse(text) == expected
    preset_config("paper", **dict([expected]))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epochs", "written name=value, got 'epochs'"),
        ("epochs=many", "epochs must be a whole number, got 'many'"),
        ("epochs=1.5", "epochs must be a whole number, got '1.5'"),
        ("flip=maybe", "flip must be true or false, got 'maybe'"),
        ("epoch=3", "no setting 'epoch'; did you mean \"epochs\""),
    ],
)
def test_bad_settings_on_the_command_line(text, message):
    with pytest.raises(InputError, match=message):
        CycleGANConfig.parse(text)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"image_size_px": 250}, "multiple of 4 and at least 32, got 250; use 248 or 252"),
        ({"image_size_px": 16}, "got 16; use 32 or 36"),
        ({"load_size_px": 200}, r"load_size_px must be at least image_size_px \(256\), got 200"),
        ({"batch_size": 64}, r"pool_size must be 0 or at least batch_size \(64\), got 50"),
        ({"batch_size": 0}, "batch_size must be at least 1, got 0"),
        ({"epochs": 0}, "epochs must be at least 1, got 0"),
        ({"epochs": 2.5}, "epochs must be a whole number, got 2.5"),
        ({"epochs": True}, "epochs must be a whole number, got True"),
        ({"learning_rate": 0}, "learning_rate must be above 0"),
        ({"learning_rate": -1.0}, "learning_rate must be at least 0, got -1.0"),
        ({"adam_beta_1": 1.0}, "adam_beta_1 must be below 1"),
        ({"ema_decay": 1.5}, "ema_decay must be from 0 to 1, got 1.5"),
        ({"upsampling": "resise"}, 'upsampling must be one of .* did you mean "resize"'),
        ({"learning_rte": 1e-3}, "did you mean \"learning_rate\""),
        ({"minutes": float("nan")}, "minutes must be at least 0, got nan"),
    ],
)  # fmt: skip
def test_bad_settings(changes, message):
    with pytest.raises(InputError, match=message):
        preset_config("paper", **changes)


def test_an_unknown_preset_has_a_nearest_name():
    with pytest.raises(InputError, match='did you mean "preview"'):
        preset_config("previw")


def test_a_damaged_file_is_named(tmp_path):
    file = tmp_path / "config.json"
    file.write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"config\.json is damaged"):
        CycleGANConfig.load(file)


@pytest.mark.parametrize(("downsamplings", "patch_px"), [(1, 16), (2, 34), (3, 70)])
def test_patches_are_as_large_as_the_discriminators_reach(downsamplings, patch_px):
    config = preset_config("paper", discriminator_downsamplings=downsamplings)
    assert config.patch_px == patch_px
