"""Whatever colours a file's numbers stand for, what comes out is sRGB."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from artnb.data.decoding import decode_image
from artnb.data.images import decode_rgb, encode_jpeg, encode_png, prepare_image

from .pictures import encoded, picture
from .profiles import (
    ADOBE,
    DISPLAY_P3,
    SRGB,
    cmyk_profile,
    grey_profile,
    in_srgb,
    rgb_profile,
)

GREEN_IN_ADOBE = (102, 159, 70)


def plain(colour, mode="RGB", size=16) -> Image.Image:
    return Image.new(mode, (size, size), colour)


def colour_of(data: bytes) -> np.ndarray:
    return np.asarray(decode_image(data))[8, 8].astype(float)


def is_near(found, wanted, within=1.5) -> bool:
    return np.abs(np.asarray(found, float) - wanted).max() <= within


def test_the_numbers_of_the_tests_are_those_of_the_world():
    assert is_near(in_srgb(GREEN_IN_ADOBE, ADOBE), (60, 160, 60), within=1)
    assert is_near(in_srgb((200, 100, 50), SRGB, 2.2), (200, 100, 50), within=6)


@pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize(
    ("primaries", "colour"), [(ADOBE, GREEN_IN_ADOBE), (DISPLAY_P3, (180, 90, 60))]
)
def test_a_profile_is_converted_to_srgb(form, primaries, colour):
    options = {"lossless": True} if form == "WEBP" else {}
    data = encoded(plain(colour), form, icc_profile=rgb_profile(primaries), **options)
    assert not is_near(colour, in_srgb(colour, primaries), within=5)
    assert is_near(colour_of(data), in_srgb(colour, primaries))


def test_a_jpeg_with_adobes_primaries():
    data = encoded(plain(GREEN_IN_ADOBE), "JPEG", quality=98, icc_profile=rgb_profile(ADOBE))
    assert is_near(colour_of(data), (60, 160, 60), within=3)


def test_colours_beyond_srgb_are_clipped_not_wrapped():
    data = encoded(plain((0, 255, 0)), icc_profile=rgb_profile(ADOBE))
    assert is_near(colour_of(data), (0, 255, 0), within=2)


def test_profiles_that_say_srgb_change_nothing():
    image = picture(3)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(image, icc_profile=profile)
    np.testing.assert_array_equal(np.asarray(decode_image(data)), np.asarray(image))


@pytest.mark.parametrize("gamma", [1.0, 1.8])
def test_a_grey_profile(gamma):
    data = encoded(plain(120, "L"), icc_profile=grey_profile(gamma))
    assert is_near(colour_of(data), in_srgb((120, 120, 120), SRGB, gamma))


def test_16_bit_grey_with_a_profile():
    values = np.full((16, 16), 120 * 257, np.uint16)
    data = encoded(values, icc_profile=grey_profile(1.8))
    assert is_near(colour_of(data), in_srgb((120, 120, 120), SRGB, 1.8))


def test_cmyk_with_a_profile():
    """Pillow's own formula would make cyan ink (0, 255, 255); this printer's makes blue."""
    data = encoded(plain((255, 0, 0, 0), "CMYK"), "TIFF", icc_profile=cmyk_profile())
    red, green, blue = colour_of(data)
    assert (red < 60, green < 60, blue > 220) == (True, True, True), (red, green, blue)


def test_transparency_is_kept_apart_from_colour():
    image = plain((*GREEN_IN_ADOBE, 255), "RGBA")
    image.paste((*GREEN_IN_ADOBE, 0), (0, 0, 8, 8))
    seen = np.asarray(decode_image(encoded(image, icc_profile=rgb_profile(ADOBE))))
    assert is_near(seen[12, 12], (60, 160, 60))
    assert seen[2, 2].tolist() == [255, 255, 255]


def test_a_palette_with_a_profile():
    image = plain(0, "P")
    image.putpalette([*GREEN_IN_ADOBE, 0, 0, 0])
    assert is_near(colour_of(encoded(image, icc_profile=rgb_profile(ADOBE))), (60, 160, 60))


def test_grey_and_alpha_with_a_grey_profile():
    data = encoded(plain((120, 255), "LA"), icc_profile=grey_profile(1.8))
    assert is_near(colour_of(data), in_srgb((120, 120, 120), SRGB, 1.8))


def test_lab_becomes_srgb():
    data = encoded(plain((137, 128, 128), "LAB"), "TIFF")  # L* 53.7 is the middle grey 128
    assert is_near(colour_of(data), (128, 128, 128), within=2)


@pytest.mark.parametrize(
    "profile",
    [
        pytest.param(b"no profile at all", id="rubbish"),
        pytest.param(rgb_profile(ADOBE)[:200], id="cut off"),
        pytest.param(grey_profile(1.8), id="for grey pictures"),
        pytest.param(cmyk_profile(), id="for printers"),
    ],
)
def test_a_profile_that_cannot_be_meant_costs_nothing(profile):
    data = encoded(plain(GREEN_IN_ADOBE), icc_profile=profile)
    assert colour_of(data).tolist() == list(GREEN_IN_ADOBE)


# Colours that are named in other ways


def of_camera(colour_space: int, interoperability: str | None) -> bytes:
    """A JPEG as cameras write it in Adobe RGB: no profile, but two tags (DCF 2.0)."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA001] = colour_space
    if interoperability:
        exif.get_ifd(0x8769)[0xA005] = {1: interoperability}
    return encoded(plain(GREEN_IN_ADOBE), "JPEG", quality=98, exif=exif)


def test_cameras_that_say_adobe_in_exif_alone():
    assert is_near(colour_of(of_camera(0xFFFF, "R03")), (60, 160, 60), within=3)


@pytest.mark.parametrize(("space", "index"), [(1, "R98"), (0xFFFF, None), (1, None)])
def test_cameras_that_say_srgb_or_nothing(space, index):
    assert is_near(colour_of(of_camera(space, index)), GREEN_IN_ADOBE, within=3)


def png_with(chunk: bytes, value: bytes, image: Image.Image) -> bytes:
    data = encoded(image)
    made = io.BytesIO()
    PngImagePlugin.putchunk(made, chunk, value)
    return data[:33] + made.getvalue() + data[33:]  # behind IHDR


def test_a_png_of_linear_light():
    linear = png_with(b"gAMA", (100_000).to_bytes(4), plain((50, 100, 200)))
    assert is_near(colour_of(linear), in_srgb((50, 100, 200), SRGB, 1.0))


def test_a_png_with_the_usual_gamma_is_srgb():
    usual = png_with(b"gAMA", (45_455).to_bytes(4), plain((50, 100, 200)))
    assert colour_of(usual).tolist() == [50, 100, 200]


# Preparing, and what comes out


def test_a_ready_jpeg_with_another_meaning_does_not_keep_its_bytes():
    data = encoded(picture(0, 64, 64), "JPEG", quality=95, icc_profile=rgb_profile(ADOBE))
    prepared, _ = prepare_image(data, 64)
    assert prepared != data
    meant = np.asarray(decode_image(data), int)
    assert np.abs(decode_rgb(prepared) - meant).mean() < 2
    assert np.abs(decode_rgb(data).astype(int) - meant).mean() > 4


def test_a_ready_jpeg_in_srgb_keeps_its_bytes():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(picture(0, 64, 64), "JPEG", icc_profile=profile)
    assert prepare_image(data, 64)[0] == data


@pytest.mark.parametrize("encode", [encode_jpeg, encode_png])
def test_paintings_say_that_they_are_srgb(encode):
    data = encode(np.asarray(picture(0)), "painted by artnb")
    with Image.open(io.BytesIO(data)) as image:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        assert "sRGB" in ImageCms.getProfileDescription(profile)
        to_srgb = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), "RGB", "RGB")
        every = Image.fromarray(np.arange(768, dtype=np.uint8).reshape(16, 16, 3))
        shift = np.asarray(ImageCms.applyTransform(every, to_srgb), int) - np.asarray(every, int)
        assert np.abs(shift).max() <= 1
    np.testing.assert_array_equal(np.asarray(decode_image(data)), decode_rgb(data))


def test_equal_paintings_have_equal_bytes():
    painting = np.asarray(picture(0))
    assert encode_jpeg(painting, "a") == encode_jpeg(painting, "a")


def test_prepared_pictures_carry_no_profile():
    with Image.open(io.BytesIO(prepare_image(encoded(picture(0)), 32)[0])) as image:
        assert "icc_profile" not in image.info
