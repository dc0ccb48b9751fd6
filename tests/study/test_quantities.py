"""Every measure moves the right way for a known change, and keeps still where it should."""

import io

import numpy as np
import pytest
from PIL import Image

from artnb.errors import InputError
from artnb.study.colour import colour_samples, find_main_colours
from artnb.study.effect import chroma_kept
from artnb.study.quantities import (
    ARTEFACTS,
    COMPARED,
    HAZE,
    MEASURES,
    PALETTE,
    QUANTITIES,
    SATURATION,
    SKY,
    SKY_TEXTURE,
    STROKES,
    blob_masks,
)
from artnb.study.sky import grain_by_octave, sky_mask
from artnb.study.texture import coherence_of, edge_softness, spirality_of, squared_gradient
from tests.study.made import SIZE, blurred, flat, hazy, pattern, scene


def numbers(measure, picture):
    names = [quantity.name for quantity in measure.quantities]
    return dict(zip(names, measure(picture[None], None)[0].tolist(), strict=True))


def change(measure, before, after):
    first, second = numbers(measure, before), numbers(measure, after)
    return {name: second[name] - first[name] for name in first}


# Palette and saturation


def test_a_warm_tint_makes_warmer_and_browner():
    tinted = np.clip(scene() * np.array([1.1, 0.9, 0.55]), 0, 255).astype(np.uint8)
    moved = change(PALETTE, scene(), tinted)
    assert moved["warmth"] > 10
    assert moved["brown"] > 0.1
    assert moved["blue"] < 0


def test_shares_are_those_of_painted_areas():
    picture = flat(128, 128, 128)
    picture[:64], picture[64:96], picture[96:112] = (110, 70, 40), (60, 140, 50), (70, 120, 190)
    found = numbers(PALETTE, picture)
    assert [found[name] for name in ("brown", "green", "blue")] == [0.25, 0.125, 0.0625]


def test_main_colours_are_found_with_their_shares():
    picture = flat(20, 20, 20)
    picture[64:128], picture[128:] = (200, 60, 40), (230, 230, 240)
    colours = find_main_colours(np.stack([colour_samples(picture)] * 3), 3)
    np.testing.assert_allclose(colours.shares, [0.25, 0.25, 0.5])
    assert np.abs(colours.rgb - np.array([[20] * 3, [200, 60, 40], [230, 230, 240]])).max() <= 1
    assert len(find_main_colours(colour_samples(flat(9, 9, 9))[None], 8).shares) == 1


def test_less_saturation_is_less_chroma():
    grey = scene().mean(axis=2, keepdims=True)
    moved = change(SATURATION, scene(), (grey + 0.5 * (scene() - grey)).astype(np.uint8))
    assert max(moved.values()) < -3


def test_vivid_photos_that_are_damped_are_seen():
    photos = np.linspace(10, 60, 50)
    kept = chroma_kept(photos, np.minimum(photos, 40.0))
    assert kept["all photos"].value < 0.95
    assert kept["most vivid fifth"].high < 0.8
    assert kept["most vivid fifth"].value == pytest.approx(40 / photos[-10:].mean())
    assert list(chroma_kept(photos[:5], photos[:5])) == ["all photos"]


# Sky


RINGS = {
    "rings": lambda x, y: np.hypot(x, y) / 1.5,
    "a spiral": lambda x, y: np.hypot(x, y) / 1.5 + 2 * np.arctan2(y, x),
    "a logarithmic spiral": lambda x, y: 8 * np.log(np.hypot(x, y)) + 8 * np.arctan2(y, x),
}
PARALLEL = {
    "upright stripes": lambda x, y: x / 1.5,
    "oblique stripes": lambda x, y: (x + y) / 2,
    "rays": lambda x, y: 24 * np.arctan2(y, x),
}


def of_directions(function):
    squared = squared_gradient(pattern(function)[..., 0].astype(float))
    return coherence_of(squared), spirality_of(squared)


@pytest.mark.parametrize("name", RINGS)
def test_rings_and_spirals_turn(name):
    coherence, spirality = of_directions(RINGS[name])
    assert spirality > 0.8
    assert coherence > 0.9


@pytest.mark.parametrize("name", PARALLEL)
def test_stripes_and_rays_do_not(name):
    coherence, spirality = of_directions(PARALLEL[name])
    assert spirality < 0.05
    assert coherence > 0.9


def test_a_lone_edge_is_no_spiral_and_noise_has_no_direction():
    edge = np.zeros((SIZE, SIZE))
    edge[:, 100:] = 50
    assert spirality_of(squared_gradient(edge)) < 0.05
    noise = squared_gradient(np.random.default_rng(0).normal(size=(SIZE, SIZE)))
    assert coherence_of(noise) < 0.25
    assert spirality_of(noise) < 0.5


def test_a_spiral_in_the_sky_counts_and_one_on_the_ground_does_not():
    spiral = pattern(RINGS["a spiral"])[86:170]
    above, below = flat(128, 128, 128), flat(128, 128, 128)
    above[:84], below[-84:] = spiral, spiral
    assert numbers(SKY_TEXTURE, above)["spirality"] > 0.8
    assert numbers(SKY_TEXTURE, below)["spirality"] == 0


@pytest.mark.parametrize(("period", "octave"), [(3, 0), (7, 1), (13, 2), (26, 3), (53, 4)])
def test_grain_is_found_at_its_scale(period, octave):
    waves = pattern(lambda x, y: 2 * np.pi * x / period)[..., 0].astype(float)
    shares = grain_by_octave(waves)
    assert shares.argmax() == octave
    assert shares.sum() == pytest.approx(1)


def test_a_sky_is_found_with_its_clouds():
    picture = flat(70, 90, 40)
    picture[:128] = (90, 140, 210)
    picture[20:60, 50:90] = (235, 235, 238)
    mask = sky_mask(picture)
    assert mask[:128].mean() > 0.97
    assert mask[140:].mean() == 0
    found = numbers(SKY, picture)
    assert found["sky share"] == pytest.approx(0.5, abs=0.02)
    assert found["clouds"] == pytest.approx(1600 / (128 * 256), abs=0.005)
    overcast = picture.copy()
    overcast[:128] = (200, 200, 203)
    assert change(SKY, picture, overcast)["clouds"] > 0.9
    assert change(SKY, picture, overcast)["sky chroma"] < -20


def test_without_a_sky_there_is_nothing_to_say_of_it():
    found = numbers(SKY, flat(90, 60, 30))
    assert found.pop("sky share") == 0
    assert np.isnan(list(found.values())).all()


# Haze and strokes


def test_haze_lifts_the_dark_and_lowers_contrast():
    amounts = [0.0, 0.2, 0.5, 0.8]
    found = [numbers(HAZE, hazy(scene(), amount)) for amount in amounts]
    assert (np.diff([f["dark channel"] for f in found]) > 0.05).all()
    assert (np.diff([f["local contrast"] for f in found]) < 0).all()
    assert np.ptp([f["edge softness"] for f in found[:3]]) < 0.08


@pytest.mark.parametrize("contrast", [10, 90])
def test_edges_are_as_soft_as_their_blur_whatever_their_contrast(contrast):
    """For a step blurred by s the ratio of gradients' energies is known."""
    step = np.zeros((SIZE, SIZE, 1))
    step[:, 128:] = contrast
    for sigma in (2.0, 4.0):
        from scipy.ndimage import gaussian_filter1d

        soft = gaussian_filter1d(step[..., 0], sigma, axis=1)
        expected = ((sigma**2 + 1) / (sigma**2 + 16)) ** 0.25
        assert edge_softness(soft) == pytest.approx(expected, rel=0.01)


def test_blur_softens_and_steepens_the_spectrum():
    pictures = [scene(), *(blurred(scene(), sigma) for sigma in (1, 2, 4))]
    softness = [numbers(HAZE, picture)["edge softness"] for picture in pictures]
    slopes = [numbers(STROKES, picture)["spectrum slope"] for picture in pictures[:3]]
    assert (np.diff(softness) > 0.02).all()
    assert (np.diff(slopes) < -0.1).all()


@pytest.mark.parametrize("exponent", [1.0, 2.0, 3.0])
def test_the_slope_is_that_of_noise_made_with_it(exponent):
    rng = np.random.default_rng(0)
    frequency = np.hypot(np.fft.fftfreq(SIZE)[:, None], np.fft.rfftfreq(SIZE)[None])
    frequency[0, 0] = 1
    noise = np.fft.irfft2(
        np.fft.rfft2(rng.normal(size=(SIZE, SIZE))) * frequency ** (-exponent / 2)
    )
    grey = np.clip(128 + 25 * noise / noise.std(), 0, 255)
    picture = np.repeat(grey[..., None], 3, axis=2).astype(np.uint8)
    assert numbers(STROKES, picture)["spectrum slope"] == pytest.approx(-exponent, abs=0.15)


def test_a_flat_picture_has_no_edges_and_no_slope():
    assert np.isnan(numbers(HAZE, flat(99, 99, 99))["edge softness"])
    assert np.isnan(numbers(STROKES, flat(99, 99, 99))["spectrum slope"])


# Artefacts


def artefacts(picture, photo):
    return dict(zip(("black", "red"), ARTEFACTS(picture[None], photo[None])[0], strict=True))


def test_added_blobs_are_measured():
    photo = scene()
    spoilt = photo.copy()
    spoilt[10:30, 40:60], spoilt[200:230, 100:120] = 0, (250, 20, 15)
    found = artefacts(spoilt, photo)
    assert found["black"] == pytest.approx(400 / SIZE**2, rel=0.01)
    assert found["red"] == pytest.approx(600 / SIZE**2, rel=0.01)
    assert artefacts(photo, photo) == {"black": 0, "red": 0}


def test_what_the_photo_has_is_no_artefact():
    photo = scene()
    photo[10:60, 40:90] = 0
    photo[100:150, 40:90] = (230, 30, 25)
    assert artefacts(photo, photo) == {"black": 0, "red": 0}


def test_small_spots_do_not_count():
    spoilt = scene()
    spoilt[10:17, 10:17] = 0
    assert not blob_masks(spoilt, scene())["black"].any()
    spoilt[10:19, 10:19] = 0
    assert blob_masks(spoilt, scene())["black"].any()


def test_artefacts_need_the_photos():
    with pytest.raises(InputError, match="these pictures come without"):
        ARTEFACTS(scene()[None], None)


# What changes nothing


def jpeg(picture, quality):
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer))


def resized(picture, size):
    return np.asarray(Image.fromarray(picture).resize((size, size), Image.Resampling.LANCZOS))


@pytest.fixture(scope="module")
def scenes():
    from artnb.synthetic.landscapes import render_painting, render_photo

    return [
        render(seed, SIZE) for seed in (3, 11, 23) for render in (render_photo, render_painting)
    ]


@pytest.mark.parametrize(
    "changed",
    [lambda p: jpeg(p, 90), lambda p: resized(p, 384), lambda p: resized(p, 200)],
    ids=["JPEG of quality 90", "384 px", "200 px"],
)
def test_file_format_and_size_change_little(scenes, changed):
    """Little is a fraction of what pictures differ among each other.

    Of pictures smaller than the working size the finest grain is gone; what it is a part of is
    left out.
    """
    small = len(changed(scenes[0])) < SIZE
    for measure in MEASURES:
        before, after = (
            measure(np.stack(pictures)) for pictures in (scenes, [changed(p) for p in scenes])
        )
        for place, quantity in enumerate(measure.quantities):
            if quantity.name == "grid":  # is of the pixels as they are
                continue
            if small and ("grain" in quantity.name or quantity.name == "local contrast"):
                continue
            moved = np.nanmedian(np.abs(after - before)[:, place])
            assert moved < 0.4 * np.nanstd(before[:, place]), quantity.name


def test_keys_and_names_are_unique():
    assert len({measure.key for measure in (*MEASURES, ARTEFACTS)}) == len(MEASURES) + 1
    assert set(COMPARED) < set(QUANTITIES)
    widths = {measure.name: measure(scene()[None]).shape for measure in MEASURES}
    for measure in MEASURES:
        assert widths[measure.name] == (1, len(measure.quantities) or 768)
