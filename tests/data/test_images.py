"""Pictures of every kind become upright, square RGB; what is no picture says why."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from artnb.data import decoding
from artnb.data.decoding import UnreadableImageError, decode_image
from artnb.data.images import (
    decode_rgb,
    encode_jpeg,
    fit_square,
    hash_pixels,
    prepare_image,
    to_float,
    to_uint8,
)
from artnb.data.listing import list_images

from .pictures import encoded, picture

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def pixels(data: bytes) -> np.ndarray:
    image = decode_image(data)
    assert image.mode == "RGB"
    return np.asarray(image)


def exif(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


# The kinds of pictures

# What EXIF says row 0 and column 0 of the stored pixels are, as seen by the eye.
STORED = {
    1: lambda upright: upright,  # top, left
    2: lambda upright: upright[:, ::-1],  # top, right
    3: lambda upright: upright[::-1, ::-1],  # bottom, right
    4: lambda upright: upright[::-1],  # bottom, left
    5: lambda upright: upright.swapaxes(0, 1),  # left, top
    6: lambda upright: upright[:, ::-1].swapaxes(0, 1),  # right, top
    7: lambda upright: upright[::-1, ::-1].swapaxes(0, 1),  # right, bottom
    8: lambda upright: upright[::-1].swapaxes(0, 1),  # left, bottom
}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_honoured(orientation):
    upright = np.asarray(picture(0, 20, 12))
    stored = np.ascontiguousarray(STORED[orientation](upright))
    data = encoded(stored, "PNG", exif=exif(orientation))
    np.testing.assert_array_equal(pixels(data), upright)


def test_exif_orientation_of_a_jpeg_is_honoured():
    half_red = np.zeros((16, 32, 3), np.uint8)
    half_red[:, :16] = RED
    seen = pixels(encoded(half_red, "JPEG", quality=95, exif=exif(6)))
    assert seen.shape == (32, 16, 3)  # a quarter turn clockwise: left comes to the top
    assert seen[4, 8, 0] > 240
    assert seen[28, 8, 0] < 15


def test_cmyk_jpeg_becomes_rgb():
    image = Image.new("CMYK", (16, 16), (0, 255, 255, 0))  # magenta and yellow ink
    np.testing.assert_allclose(pixels(encoded(image, "JPEG"))[8, 8], RED, atol=3)


def test_grey_becomes_three_equal_channels():
    np.testing.assert_array_equal(pixels(encoded(Image.new("L", (3, 2), 100))), 100)


def test_black_and_white_becomes_0_and_255():
    np.testing.assert_array_equal(pixels(encoded(Image.new("1", (3, 2), 1))), 255)


def test_a_palette_is_looked_up():
    image = Image.new("P", (2, 1))
    image.putpalette([*RED, *BLUE])
    image.putpixel((1, 0), 1)
    np.testing.assert_array_equal(pixels(encoded(image)), [[RED, BLUE]])


def test_a_transparent_palette_colour_lies_over_white():
    image = Image.new("P", (2, 1))
    image.putpalette([*RED, *BLUE])
    image.putpixel((1, 0), 1)
    np.testing.assert_array_equal(pixels(encoded(image, transparency=1)), [[RED, WHITE]])


def test_a_transparent_rgb_colour_lies_over_white():
    image = Image.new("RGB", (2, 1), RED)
    image.putpixel((1, 0), GREEN)
    np.testing.assert_array_equal(pixels(encoded(image, transparency=GREEN)), [[RED, WHITE]])


def test_16_bit_grey_is_scaled_to_8_bits():
    values = np.array([[0, 257, 200 * 257, 65535]], np.uint16)  # 65535 / 255 = 257
    np.testing.assert_array_equal(pixels(encoded(values))[..., 0], [[0, 1, 200, 255]])


def test_8_bit_values_in_a_16_bit_file_keep_their_brightness():
    values = np.array([[0, 100, 255]], np.uint16)
    np.testing.assert_array_equal(pixels(encoded(values))[..., 1], [[0, 100, 255]])


def test_16_bit_tiff_is_scaled_to_8_bits():
    values = np.array([[0, 128 * 257, 65535]], np.uint16)
    np.testing.assert_array_equal(pixels(encoded(values, "TIFF"))[..., 2], [[0, 128, 255]])


def test_rgba_lies_over_white():
    image = Image.new("RGBA", (3, 1), (*RED, 255))
    image.putpixel((1, 0), (*RED, 0))
    image.putpixel((2, 0), (*RED, 128))
    # 255 * (1 - 128 / 255) = 127 of white shines through
    np.testing.assert_array_equal(pixels(encoded(image)), [[RED, WHITE, (255, 127, 127)]])


def test_grey_with_alpha_lies_over_white():
    image = Image.new("LA", (2, 1), (0, 255))
    image.putpixel((1, 0), (0, 0))
    np.testing.assert_array_equal(pixels(encoded(image)), [[(0, 0, 0), WHITE]])


def test_an_animation_gives_its_first_frame():
    frames = [Image.new("RGB", (4, 4), color) for color in (RED, BLUE)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    np.testing.assert_array_equal(pixels(data)[0, 0], RED)


# What is no picture


@pytest.mark.parametrize("data", [b"", b"Dear diary,", b"<html>404</html>"])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(UnreadableImageError, match="not a picture in a known format"):
        decode_image(data)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_truncated_picture_is_refused(form):
    data = encoded(picture(0, 200, 200), form)
    with pytest.raises(UnreadableImageError, match=r"cannot be decoded \(.+\)"):
        decode_image(data[: len(data) // 2])


def test_a_decoder_may_fail_in_any_way(monkeypatch):
    """AVIF raises RuntimeError, damaged EXIF struct.error, and MemoryError has no text."""

    def fail(_image):
        raise MemoryError

    monkeypatch.setattr(decoding, "_to_rgb", fail)
    with pytest.raises(UnreadableImageError, match=r"cannot be decoded \(MemoryError\)"):
        decode_image(encoded(picture(0)))


def test_too_many_pixels_are_refused_before_decoding(monkeypatch):
    data = encoded(picture(0, 20, 10))
    monkeypatch.setattr(decoding, "LARGEST_IMAGE_PIXELS", 200)
    decode_image(data)
    monkeypatch.setattr(decoding, "LARGEST_IMAGE_PIXELS", 199)
    with pytest.raises(UnreadableImageError, match=r"20×10 pixels are too many; scale it down"):
        decode_image(data)


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG with another size in its header than it has pixels for."""
    data = bytearray(encoded(Image.new("1", (8, 8))))
    header = data.index(b"IHDR")
    data[header + 4 : header + 12] = struct.pack(">II", width, height)
    data[header + 17 : header + 21] = struct.pack(">I", zlib.crc32(data[header : header + 17]))
    return bytes(data)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_decompression_bomb_is_refused():
    with pytest.raises(UnreadableImageError, match=r"20001×20000 pixels are too many"):
        decode_image(png_that_claims(20_001, 20_000))
    with pytest.raises(UnreadableImageError, match=r"cannot be decoded .*exceeds limit"):
        decode_image(png_that_claims(60_000, 60_000))


@pytest.mark.filterwarnings("error::PIL.Image.DecompressionBombWarning")
def test_a_200_megapixel_phone_picture_is_no_bomb():
    with pytest.raises(UnreadableImageError, match="truncated"):
        decode_image(png_that_claims(16_320, 12_240))


# Preparing


def test_a_ready_jpeg_keeps_its_bytes():
    data = encoded(picture(0, 64, 64), "JPEG", quality=60)
    assert prepare_image(data, 64)[0] == data


def test_preparing_twice_changes_nothing():
    once = prepare_image(encoded(picture(0, 90, 70)), 64)[0]
    assert prepare_image(once, 64)[0] == once


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(encoded(picture(0, 64, 60), "JPEG"), id="other size"),
        pytest.param(encoded(picture(0, 64, 64), "PNG"), id="png"),
        pytest.param(encoded(picture(0, 64, 64).convert("L"), "JPEG"), id="grey"),
        pytest.param(encoded(picture(0, 64, 64).convert("CMYK"), "JPEG"), id="cmyk"),
        pytest.param(encoded(picture(0, 64, 64), "JPEG", exif=exif(3)), id="upside down"),
    ],
)
def test_what_is_not_ready_is_encoded_anew(data):
    jpeg, _ = prepare_image(data, 64)
    assert jpeg != data
    with Image.open(io.BytesIO(jpeg)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (64, 64))
        assert image.getexif().get(0x0112, 1) == 1
    upright = np.asarray(fit_square(decode_image(data), 64), int)
    assert np.abs(decode_rgb(jpeg) - upright).mean() < 2


def test_the_hash_is_of_the_original_pixels():
    image = picture(0, 90, 70)
    assert prepare_image(encoded(image), 64)[1] == hash_pixels(image)
    assert prepare_image(encoded(image), 32)[1] == hash_pixels(image)


def test_the_hash_is_of_pixels_whatever_the_format():
    hashes = {prepare_image(encoded(picture(0), form), 32)[1] for form in ("PNG", "BMP", "TIFF")}
    assert hashes == {hash_pixels(picture(0))}


def test_the_hash_tells_shapes_and_pixels_apart():
    one_changed = picture(0)
    one_changed.putpixel((0, 0), (1, 2, 3))
    shapes = [Image.new("RGB", size) for size in ((2, 3), (3, 2), (6, 1))]
    different = [picture(0), picture(1), one_changed, *shapes]
    assert len({hash_pixels(image) for image in different}) == len(different)


def test_a_fine_checkerboard_becomes_flat_grey():
    board = np.indices((512, 512)).sum(axis=0) % 2 * 255
    image = Image.fromarray(board.astype(np.uint8)).convert("RGB")
    small = np.asarray(fit_square(image, 64))
    assert small.shape == (64, 64, 3)
    np.testing.assert_allclose(small.astype(int), 127.5, atol=2)


@pytest.mark.parametrize("wide", [True, False])
def test_the_middle_is_cut_out(wide):
    image = picture(0, 100, 60)
    middle = np.asarray(image)[:, 20:80]
    if not wide:
        image, middle = image.transpose(Image.Transpose.ROTATE_90), np.rot90(middle)
    np.testing.assert_array_equal(fit_square(image, 60), middle)


def test_a_square_of_the_right_size_is_left_alone():
    image = picture(0, 32, 32)
    assert fit_square(image, 32) is image


def test_small_pictures_are_enlarged():
    assert fit_square(Image.new("RGB", (5, 3), RED), 32).getpixel((31, 31)) == RED


def test_jpeg_keeps_coloured_edges():
    """With colours at half resolution, the usual, the stripes would blend into brown."""
    stripes = np.zeros((32, 32, 3), np.uint8)
    stripes[:, ::2], stripes[:, 1::2] = RED, BLUE
    error = np.abs(decode_rgb(encode_jpeg(stripes)).astype(int) - stripes)
    assert error.mean() < 8
    halved = decode_rgb(encoded(stripes, "JPEG", quality=95, subsampling=2)).astype(int)
    assert np.abs(halved - stripes).mean() > 40


# Numbers


def test_all_256_values_come_back_exactly():
    values = np.arange(256, dtype=np.uint8)
    floats = to_float(values)
    assert floats.dtype == np.float32
    assert (floats[0], floats[255]) == (-1.0, 1.0)
    assert floats[51] == pytest.approx(-0.6)
    assert np.all(np.diff(floats) > 0)
    np.testing.assert_array_equal(to_uint8(floats), values)


def test_floats_are_rounded_and_clipped():
    floats = np.array([-3.0, -1.0, -1 + 0.4 / 127.5, -1 + 0.6 / 127.5, 1.0, 1.7])
    converted = to_uint8(floats)
    assert converted.dtype == np.uint8
    assert converted.tolist() == [0, 0, 0, 1, 255, 255]


def test_float16_is_fine_enough_for_all_256_values():
    values = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(to_uint8(to_float(values).astype(np.float16)), values)


# Listing


def test_pictures_are_listed_without_what_is_hidden(tmp_path):
    wanted = ["B.JPG", "a.png", "deep/er/c.webp", "phone.HEIC"]
    unwanted = [".hidden.jpg", ".cache/x.jpg", "deep/.git/y.png", "notes.txt", "jpg", "__a/._b.jpg"]
    for name in wanted + unwanted:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.jpg").mkdir()
    found = [path.relative_to(tmp_path).as_posix() for path in list_images(tmp_path)]
    assert found == wanted


def test_a_hidden_folder_above_hides_nothing(tmp_path):
    folder = tmp_path / ".cache" / "pictures"
    folder.mkdir(parents=True)
    (folder / "a.jpg").touch()
    assert list_images(folder) == [folder / "a.jpg"]


def test_the_order_is_that_of_the_names_with_slashes(tmp_path):
    """Not that of the operating system, which may ignore case or sort by folder first."""
    names = ["Z.jpg", "a-b.jpg", "a/b.jpg", "a0.jpg"]
    for name in reversed(names):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [path.relative_to(tmp_path).as_posix() for path in list_images(tmp_path)]
    assert found == names
