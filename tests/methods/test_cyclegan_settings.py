"""Each setting trains, on whichever backend runs."""

import keras
import numpy as np
import pytest

from artnb.method import preset_config
from artnb.methods.cyclegan.model import CycleGAN
from tests.golden.draws import uniform_pictures

# Compiling a step is what takes the time: settings that do not touch each other share one.
SETTINGS = [
    {
        "generator": "unet",
        "generator_depth": 3,
        "discriminator_downsamplings": 1,
        "batch_size": 1,
        "lr_schedule": "cosine",
        "precision": "mixed_bfloat16",
    },
    {
        "skips": True,
        "norm": "group",
        "norm_affine": True,
        "adversarial_loss": "bce",
        "ema_decay": 0.0,
        "lambda_identity": 0.0,
        "pool_size": 0,
    },
    {"upsampling": "transposed", "padding": "zero", "precision": "mixed_float16"},
    {
        "norm": "none",
        "diffaugment": "color,translation,cutout",
        "adversarial_loss": "hinge",
        "r1_gamma": 1.0,
    },
]


def batch(size=4):
    return [
        np.random.default_rng(seed).integers(0, 256, (size, 32, 32, 3), np.uint8) for seed in (0, 1)
    ]


@pytest.mark.long
@pytest.mark.parametrize(
    "settings", SETTINGS, ids=lambda s: ",".join(f"{k}={v}" for k, v in s.items())
)
def test_a_few_steps_change_the_weights_and_stay_finite(settings):
    config = preset_config("smoke", **settings)
    model = CycleGAN(config, 32)
    networks = (model.generator_g, model.generator_f, model.discriminator_x, model.discriminator_y)
    before = [network.get_weights() for network in networks]
    history = model.fit(*batch(), batch_size=config.batch_size, shuffle=False, verbose=0).history
    assert np.isfinite([values[0] for values in history.values()]).all(), history
    for network, old in zip(networks, before, strict=True):
        new = network.get_weights()
        assert all(np.isfinite(weight).all() for weight in new)
        assert any((a != b).any() for a, b in zip(old, new, strict=True))


def test_r1_is_the_squared_gradient_of_the_discriminator():
    """Against a finite difference along the gradient itself."""
    model = CycleGAN(preset_config("smoke", r1_gamma=1.0, norm="none"), 32)
    pictures = uniform_pictures(0, (1, 32, 32, 3))

    def logit(values):
        return keras.ops.mean(model.discriminator_y(values))

    gradient = keras.ops.convert_to_numpy(
        model.input_gradients(logit, keras.ops.convert_to_tensor(pictures))
    )
    direction = gradient / np.linalg.norm(gradient)
    slope = float(logit(pictures + 0.01 * direction) - logit(pictures - 0.01 * direction)) / 0.02
    assert slope == pytest.approx(np.linalg.norm(gradient), rel=0.05)


def test_r1_raises_the_discriminators_loss_by_the_penalty():
    losses = []
    for gamma in (0.0, 100.0):
        model = CycleGAN(preset_config("smoke", r1_gamma=gamma), 32)
        pictures = keras.ops.convert_to_tensor(uniform_pictures(0, (2, 32, 32, 3)))
        draw = np.full((7, 2), 0.5, np.float32)
        losses.append(
            float(model.discriminator_loss(model.discriminator_y, pictures, pictures, draw))
        )
    assert losses[1] > losses[0] + 1e-6


def test_float16_scales_its_loss():
    model = CycleGAN(preset_config("smoke", precision="mixed_float16"), 32)
    optimizer = model.players["generators"].optimizer
    assert float(optimizer.scale_loss(1.0)) > 1
    assert any(v is optimizer.inner_optimizer.iterations for v in model.state_variables())


def test_half_precision_keeps_outputs_and_weights_in_float32():
    for precision in ("mixed_float16", "mixed_bfloat16"):
        model = CycleGAN(preset_config("smoke", precision=precision), 32)
        painted = model.generator_g(uniform_pictures(0, (1, 32, 32, 3)))
        assert keras.backend.standardize_dtype(painted.dtype) == "float32"
        assert {keras.backend.standardize_dtype(w.dtype) for w in model.generator_g.weights} == {
            "float32"
        }
        assert model.generator_g.layers[2].compute_dtype == precision.removeprefix("mixed_")
