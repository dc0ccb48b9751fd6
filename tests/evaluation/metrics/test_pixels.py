import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from artnb.errors import InputError
from artnb.evaluation.metrics.pixels import ssim, ssim_of


def picture(height=40, width=50, seed=0):
    noise = np.random.default_rng(seed).uniform(0, 255, (height, width, 3))
    smooth = gaussian_filter(noise, (2, 2, 0))
    return np.clip((smooth - 127) * 6 + 127, 0, 255).astype(np.uint8)


def with_noise(image, amount, seed=1):
    noise = np.random.default_rng(seed).normal(0, amount, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def by_scikit_image(first, second):
    from skimage.metrics import structural_similarity

    return structural_similarity(
        first,
        second,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        data_range=255,
        channel_axis=-1,
    )


@pytest.mark.parametrize("size", [(11, 11), (11, 30), (40, 50), (128, 65)])
@pytest.mark.parametrize("amount", [1, 30, 200])
def test_agrees_with_scikit_image(size, amount):
    image = picture(*size)
    other = with_noise(image, amount)
    assert ssim_of(image, other) == pytest.approx(by_scikit_image(image, other), abs=1e-9)


def test_agrees_with_scikit_image_on_different_and_flat_pictures():
    flat, white = np.zeros((20, 20, 3), np.uint8), np.full((20, 20, 3), 255, np.uint8)
    for pair in ((picture(), picture(seed=3)), (flat, white), (flat, picture(20, 20))):
        assert ssim_of(*pair) == pytest.approx(by_scikit_image(*pair), abs=1e-9)


def test_flat_pictures_by_hand():
    """Without variance only the luminance term is left: (2·a·b + C₁) / (a² + b² + C₁)."""
    first, second = np.full((16, 16, 3), 100, np.uint8), np.full((16, 16, 3), 50, np.uint8)
    expected = (2 * 100 * 50 + 6.5025) / (100**2 + 50**2 + 6.5025)
    assert ssim_of(first, second) == pytest.approx(expected, rel=1e-9)


def test_identity_symmetry_and_noise():
    image = picture()
    assert ssim_of(image, image) == pytest.approx(1)
    noisy = [with_noise(image, amount) for amount in (5, 20, 80)]
    values = [ssim_of(image, other) for other in noisy]
    assert values == sorted(values, reverse=True)
    assert values[-1] < 0.5
    assert ssim_of(noisy[0], image) == pytest.approx(values[0])


def test_over_many_pictures_it_is_their_mean_with_an_interval():
    first = np.stack([picture(20, 20, seed) for seed in range(12)])
    second = np.stack([with_noise(image, 5 * k) for k, image in enumerate(first)])
    values = [ssim_of(a, b) for a, b in zip(first, second, strict=True)]
    score = ssim(first, second)
    assert score.value == pytest.approx(np.mean(values))
    assert min(values) < score.low < score.value < score.high < 1
    assert score.interval == "95 %, bootstrap of 1,000 resamples of the pairs"
    assert ssim(iter(first), list(second)) == score


def test_one_pair_has_no_interval():
    image = picture()
    score = ssim(image, with_noise(image, 10))
    assert score.value == ssim_of(image, with_noise(image, 10))
    assert score.low is None


def test_pictures_are_read_one_pair_at_a_time():
    asked = []

    def pictures(name):
        for k in range(3):
            asked.append((name, k))
            yield picture(20, 20, k)

    ssim(pictures("first"), pictures("second"))
    assert asked == [(name, k) for k in range(3) for name in ("first", "second")]


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (picture(10, 40), picture(10, 40), "at least 11×11 px, got 40×10"),
        (picture(20, 20), picture(20, 21), r"one size, got \(20, 20, 3\) and \(20, 21, 3\)"),
        (picture() / 255, picture(), r"got float64 \(40, 50, 3\).*to_uint8"),
        (picture()[..., 0], picture()[..., 0], r"got uint8 \(40, 50\)"),
        (np.zeros((0, 20, 20, 3), np.uint8), np.zeros((0, 20, 20, 3), np.uint8), "at least one"),
    ],
)
def test_pictures_that_cannot_be_compared_are_refused(first, second, message):
    with pytest.raises(InputError, match=message):
        ssim(first, second)


@pytest.mark.parametrize(("n", "m", "shorter"), [(3, 2, "second"), (2, 3, "first")])
def test_unequal_numbers_of_pictures_are_refused(n, m, shorter):
    with pytest.raises(InputError, match=f"got 2 on the {shorter} and more on the other"):
        ssim([picture()] * n, [picture()] * m)


def test_a_fault_while_reading_pictures_is_not_hidden():
    def torn():
        yield picture()
        raise ValueError("torn file")

    with pytest.raises(ValueError, match="torn file"):
        ssim(torn(), [picture()] * 2)
