import keras
import numpy as np
import pytest

from artnb.models.networks import (
    Style,
    patch_discriminator,
    resnet_generator,
    unet_generator,
)
from tests.golden.draws import draw_weights, golden, uniform_pictures


@pytest.fixture(scope="module")
def generator():
    model = resnet_generator("generator_g")
    draw_weights(model, golden("seed/generator"))
    return model


@pytest.fixture(scope="module")
def discriminator():
    model = patch_discriminator("discriminator_y")
    draw_weights(model, golden("seed/discriminator"))
    return model


def output(model, pictures):
    return keras.ops.convert_to_numpy(model(pictures))


def test_parameter_counts_are_the_papers(generator, discriminator):
    assert generator.count_params() == golden("parameters/generator") == 11_378_179
    assert discriminator.count_params() == golden("parameters/discriminator") == 2_764_737


def test_generator_equals_pytorch(generator):
    pictures = uniform_pictures(golden("seed/generator_input_64"), (1, 64, 64, 3))
    np.testing.assert_allclose(
        output(generator, pictures), golden("generator/output_64"), atol=1e-4
    )


def test_generator_equals_pytorch_at_256_px_borders_included(generator):
    pictures = uniform_pictures(golden("seed/generator_input_256"), (1, 256, 256, 3))
    painted = output(generator, pictures)
    parts = {
        "every_8th": painted[:, ::8, ::8],
        "first_rows": painted[:, :2],
        "last_rows": painted[:, -2:],
        "first_columns": painted[:, :, :2],
        "last_columns": painted[:, :, -2:],
    }
    for name, part in parts.items():
        np.testing.assert_allclose(part, golden(f"generator/output_256_{name}"), atol=1e-4)


def test_discriminator_equals_pytorch(discriminator):
    pictures = uniform_pictures(golden("seed/discriminator_input_256"), (1, 256, 256, 3))
    logits = output(discriminator, pictures)
    assert logits.shape == (1, 30, 30, 1)
    np.testing.assert_allclose(logits, golden("discriminator/output_256"), atol=1e-4)


@pytest.mark.parametrize("upsampling", ["transposed", "resize"])
@pytest.mark.parametrize("padding", ["zero", "reflect"])
def test_generator_keeps_the_size_of_any_picture_divisible_by_4(upsampling, padding):
    model = resnet_generator("g", 4, 1, upsampling, style=Style(padding=padding))
    pictures = uniform_pictures(0, (2, 36, 52, 3))
    painted = output(model, pictures)
    assert painted.shape == pictures.shape
    assert np.abs(painted).max() <= 1


def test_initial_weights_are_the_papers():
    model = resnet_generator("g", 32, 2)
    kernels = np.concatenate([w.numpy().ravel() for w in model.weights if w.ndim == 4])
    biases = np.concatenate([w.numpy() for w in model.weights if w.ndim == 1])
    assert kernels.std() == pytest.approx(0.02, rel=0.02)
    assert abs(kernels.mean()) < 1e-3
    assert not biases.any()


def test_a_saved_generator_loads_again(tmp_path):
    model = resnet_generator("g", 4, 1)
    model.save(tmp_path / "g.keras")
    pictures = uniform_pictures(0, (1, 32, 32, 3))
    loaded = keras.models.load_model(tmp_path / "g.keras")
    np.testing.assert_array_equal(output(loaded, pictures), output(model, pictures))


@pytest.mark.parametrize("upsampling", ["transposed", "resize"])
def test_unet_keeps_the_size(upsampling):
    model = unet_generator("g", 4, 4, upsampling)
    pictures = uniform_pictures(0, (2, 48, 32, 3))
    painted = output(model, pictures)
    assert painted.shape == pictures.shape
    assert np.isfinite(painted).all()


def test_unet_hears_every_pixel_through_its_skips():
    model = unet_generator("g", 4, 3)
    draw_weights(model, 5)
    pictures = uniform_pictures(0, (1, 32, 32, 3))
    changed = pictures.copy()
    changed[0, 9, 9] = -changed[0, 9, 9]
    difference = np.abs(output(model, changed) - output(model, pictures)).mean(axis=(0, 3))
    assert difference[9, 9] > 3 * np.median(difference)


def test_skips_hand_detail_past_the_middle():
    with_skips, without = (resnet_generator("g", 4, 1, skips=skips) for skips in (True, False))
    assert with_skips.count_params() > without.count_params()
    assert output(with_skips, uniform_pictures(0, (1, 36, 32, 3))).shape == (1, 36, 32, 3)


@pytest.mark.parametrize(("downsamplings", "edge"), [(3, 6), (2, 14), (1, 30)])
def test_smaller_patches_give_more_logits(downsamplings, edge):
    model = patch_discriminator("d", 4, downsamplings)
    assert model.compute_output_shape((1, 64, 64, 3)) == (1, edge, edge, 1)


@pytest.mark.parametrize(("downsamplings", "patch"), [(3, 70), (2, 34), (1, 16)])
def test_a_logit_sees_its_patch_and_no_more(downsamplings, patch):
    model = patch_discriminator("d", 2, downsamplings, Style(norm="none"))
    draw_weights(model, 1)
    pictures = uniform_pictures(0, (1, 128, 128, 3))
    before = output(model, pictures)
    middle = before.shape[1] // 2
    stride = 2**downsamplings
    seen = []
    for row in range(128):
        changed = pictures.copy()
        changed[0, row, :, :] += 50
        seen.append(output(model, changed)[0, middle, middle, 0] != before[0, middle, middle, 0])
    assert sum(seen) == patch
    assert abs(seen.index(True) + patch / 2 - (middle * stride + stride / 2)) <= patch / 2


@pytest.mark.parametrize("norm", ["instance", "group", "none"])
@pytest.mark.parametrize("affine", [True, False])
def test_norms(norm, affine):
    model = resnet_generator("g", 4, 1, style=Style(norm=norm, affine=affine))
    painted = output(model, uniform_pictures(0, (1, 32, 32, 3)))
    assert np.isfinite(painted).all()
    scales = [w for w in model.weights if w.path.endswith(("gamma", "beta"))]
    assert bool(scales) == (affine and norm != "none")
