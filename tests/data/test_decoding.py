"""What lies beside the pixels never costs a picture, and numbers are not guessed."""

import io
import random
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from artnb.data.decoding import UnreadableImageError, decode_image
from artnb.data.images import is_marked_as_painted, prepare_image

from .pictures import encoded, picture
from .profiles import ADOBE, rgb_profile

RESOLUTION_UNIT, IMAGE_WIDTH, ORIENTATION = 0x0128, 0x0100, 0x0112
SHORT, FLOAT, SLONG, UNKNOWN = 3, 11, 9, 200


def exif_block(tags: dict[int, tuple[int, bytes]]) -> bytes:
    """Write a block of EXIF as it stands here: tags with types and four bytes each."""
    entries = b"".join(
        struct.pack(">HHI4s", tag, kind, 1, value) for tag, (kind, value) in sorted(tags.items())
    )
    return b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", len(tags)) + entries + bytes(4)


TURNED = (SHORT, b"\0\6\0\0")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({RESOLUTION_UNIT: (FLOAT, struct.pack(">f", 2.0))}, id="unit as float"),
        pytest.param({IMAGE_WIDTH: (SLONG, struct.pack(">i", -1))}, id="negative width"),
        pytest.param({0x010F: (UNKNOWN, b"????")}, id="unknown type"),
        pytest.param({0x8769: (4, struct.pack(">I", 99_999))}, id="tags beyond the end"),
        pytest.param({0x8825: (4, struct.pack(">I", 8))}, id="tags within themselves"),
    ],
)
def test_a_picture_is_turned_by_its_orientation_whatever_else_is_broken(form, broken):
    data = encoded(picture(0, 32, 16), form, exif=exif_block({ORIENTATION: TURNED, **broken}))
    assert decode_image(data).size == (16, 32)
    assert prepare_image(data, 32)[0]
    assert not is_marked_as_painted(data)


@pytest.mark.parametrize(
    "turned",
    [
        pytest.param((4, b"\0\0\0\6"), id="as long"),
        pytest.param((1, b"\6\0\0\0"), id="as byte"),
        pytest.param((FLOAT, struct.pack(">f", 6.0)), id="as float"),
    ],
)
def test_an_orientation_of_another_type_still_says_what_it_says(turned):
    data = encoded(picture(0, 32, 16), "JPEG", exif=exif_block({ORIENTATION: turned}))
    assert decode_image(data).size == (16, 32)


@pytest.mark.parametrize("block", [b"Exif\0\0", b"Exif\0\0XX\0*", b"Exif\0\0MM\0*\xff\xff\xff\xff"])
def test_exif_that_is_none_costs_nothing(block):
    data = encoded(picture(0, 64, 64), "JPEG", exif=block)
    assert decode_image(data).size == (64, 64)
    assert prepare_image(data, 64)[0] == data
    assert not is_marked_as_painted(data)


@pytest.mark.parametrize("broken", [(RESOLUTION_UNIT, FLOAT, 2.0), (0x8769, 4, 99_999)])
def test_a_tiff_is_turned_by_its_orientation_whatever_else_is_broken(broken):
    tag, kind, value = broken
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[ORIENTATION] = 6
    tags.tagtype[tag] = kind
    tags[tag] = value
    data = encoded(picture(0, 32, 16), "TIFF", tiffinfo=tags)
    assert decode_image(data).size == (16, 32)


def chunk(name: bytes, value: bytes, crc: int | None = None) -> bytes:
    crc = zlib.crc32(name + value) if crc is None else crc
    return struct.pack(">I", len(value)) + name + value + struct.pack(">I", crc)


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param(chunk(b"tEXt", b"Comment\0a", crc=1), id="text with a wrong checksum"),
        pytest.param(chunk(b"eXIf", b"no exif"), id="no exif"),
        pytest.param(chunk(b"pHYs", b"\0"), id="resolution cut off"),
        pytest.param(chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 3_000_000)), id="long text"),
        pytest.param(chunk(b"iCCP", b"a\0\0no profile"), id="a profile that is not packed"),
        pytest.param(chunk(b"iCCP", b"a\0\1" + zlib.compress(b"b")), id="a profile packed oddly"),
        pytest.param(chunk(b"cHRM", b"\0\0"), id="primaries cut off"),
        pytest.param(chunk(b"iTXt", b"a\0\1\0"), id="international text cut off"),
    ],
)
def test_what_stands_in_a_png_beside_the_pixels_costs_nothing(beside):
    data = encoded(picture(0))
    with_more = data[:33] + beside + data[33:]
    np.testing.assert_array_equal(np.asarray(decode_image(with_more)), np.asarray(picture(0)))


def test_pixels_with_a_wrong_checksum_are_still_refused():
    data = bytearray(encoded(picture(0)))
    data[data.index(b"IDAT") + 20] ^= 255
    with pytest.raises(UnreadableImageError, match="cannot be decoded"):
        decode_image(bytes(data))


def segment(marker: int, value: bytes) -> bytes:
    return bytes([255, marker]) + struct.pack(">H", len(value) + 2) + value


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param(segment(0xE2, b"MPF\0MM\0*\0\0\0\x08\0\1"), id="more pictures, cut off"),
        pytest.param(segment(0xE2, b"MPF\0rubbish"), id="more pictures, rubbish"),
        pytest.param(segment(0xE2, b"ICC_PROFILE\0\2\1half"), id="a profile's second half"),
        pytest.param(segment(0xED, b"Photoshop 3.0\0" + b"8BIM\4\4\0\0\0\0\xff\xff"), id="IPTC"),
        pytest.param(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta"), id="XMP cut off"),
        pytest.param(segment(0xEE, b"Adobe\0"), id="Adobe's, cut off"),
        pytest.param(segment(0xE0, b"JFIF\0"), id="JFIF cut off"),
    ],
)
def test_what_stands_in_a_jpeg_beside_the_pixels_costs_nothing(beside):
    data = encoded(picture(0), "JPEG")
    with_more = data[:2] + beside + data[2:]
    np.testing.assert_array_equal(
        np.asarray(decode_image(with_more)), np.asarray(decode_image(data))
    )


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_no_damage_beside_the_pixels_costs_a_picture(form):
    image = picture(0)
    tags = Image.Exif()
    tags[ORIENTATION], tags[RESOLUTION_UNIT], tags[0x010F] = 1, 2, "a maker's name"
    tags.get_ifd(0x8769)[0xA001] = 1
    profile, block = rgb_profile(ADOBE), tags.tobytes()
    data = encoded(image, form, exif=block, icc_profile=profile, lossless=True)
    places = [
        *range(at := data.index(b"MM\0*"), at + len(block) - 6),
        *range(at := max(data.find(profile[:64]), data.find(b"iCCP") + 4), at + 60),
    ]
    draw = random.Random(0)
    for _ in range(500):
        damaged = bytearray(data)
        for _ in range(draw.choice((1, 2, 8))):
            damaged[draw.choice(places)] = draw.randrange(256)
        assert sorted(decode_image(bytes(damaged)).size) == [40, 48]
        assert prepare_image(bytes(damaged), 32)[0]
        is_marked_as_painted(bytes(damaged))


# Numbers that stand for grey


def greys(values: list[float], form: str = "TIFF", **options) -> list[int]:
    data = encoded(Image.fromarray(np.array([values], np.float32)), form, **options)
    return np.asarray(decode_image(data))[0, :, 0].tolist()


def test_floats_from_0_to_1():
    assert greys([0, 0.25, 0.5, 1]) == [0, 64, 128, 255]


def test_floats_that_filters_made_overshoot():
    assert greys([-0.02, 0.5, 1.03]) == [0, 128, 255]


@pytest.mark.parametrize(("white", "half"), [(255, 128), (65535, 32896)])
def test_floats_that_were_8_or_16_bits(white, half):
    assert greys([0, half, white]) == [0, 128, 255]


@pytest.mark.parametrize(
    "values", [[0, 3.5], [0, 1000.0], [-200, 1], [0, 1e9], [0, float("nan")], [0, float("inf")]]
)
def test_floats_that_do_not_say_what_is_white_are_refused(values):
    with pytest.raises(UnreadableImageError, match=r"run from .+ to .+does not say which is white"):
        greys(values)


def tiff_of_counts(values: np.ndarray, **tags: int) -> bytes:
    names = {"most": 281, "photometric": 262}
    info = TiffImagePlugin.ImageFileDirectory_v2()
    for name, value in tags.items():
        info[names[name]] = value
    return encoded(values, "TIFF", tiffinfo=info)


def test_12_bits_that_a_tiff_names():
    values = np.array([[0, 2048, 4095]], np.uint16)
    seen = np.asarray(decode_image(tiff_of_counts(values, most=4095)))
    assert seen[0, :, 0].tolist() == [0, 128, 255]


def test_a_16_bit_negative_is_turned_around():
    data = bytearray(encoded(np.array([[0, 65535, 128 * 257]], np.uint16), "TIFF"))
    entry = data.index(struct.pack("<HHI", 262, 3, 1))
    data[entry + 8 : entry + 10] = b"\0\0"  # white is zero
    assert np.asarray(decode_image(bytes(data)))[0, :, 0].tolist() == [255, 0, 127]


def test_32_bit_counts_beyond_16_bits_are_refused():
    data = encoded(Image.fromarray(np.array([[0, 70_000]], np.int32)), "TIFF")
    with pytest.raises(UnreadableImageError, match="reach 70,000, and it does not say which"):
        decode_image(data)


# What is no picture, by name


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(80),
            "HEIC.+install pillow-heif",
        ),
        (
            b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + bytes(80),
            "HEIC.+install pillow-heif",
        ),
        (b"\xff\x0a" + bytes(80), "JPEG XL"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "git lfs pull"),
        (b"/annex/objects/SHA256E-s9--0.jpg\n", "git annex get"),
    ],
)
def test_kinds_that_cannot_be_read_are_named(data, said, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pillow_heif", None)
    with pytest.raises(UnreadableImageError, match=said):
        decode_image(data)


def test_a_raw_file_is_not_taken_for_its_preview():
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags.tagtype[0xC612] = 1
    tags[0xC612] = b"\1\4\0\0"  # DNGVersion
    with pytest.raises(UnreadableImageError, match=r"camera's raw file; develop it"):
        decode_image(encoded(picture(0), "TIFF", tiffinfo=tags))


def test_programs_are_not_started_for_a_picture():
    eps = io.BytesIO()
    picture(0).save(eps, "EPS")
    with pytest.raises(UnreadableImageError, match="not a picture in a known format"):
        decode_image(eps.getvalue())


def test_heic_is_read_where_pillow_heif_is_installed():
    heif = pytest.importorskip("pillow_heif")
    written = io.BytesIO()
    heif.from_pillow(picture(0)).save(written, quality=95)
    seen, meant = np.asarray(decode_image(written.getvalue()), int), np.asarray(picture(0), int)
    assert np.abs(seen - meant).mean() < 8  # half its colours are left out


def test_a_tiff_that_cannot_be_opened_is_not_called_unknown():
    with pytest.raises(UnreadableImageError, match="it is a TIFF of a kind that cannot be read"):
        decode_image(b"II*\0" + bytes(60))
