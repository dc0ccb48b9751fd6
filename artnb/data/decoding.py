"""The one place where picture files are decoded: bytes of any kind in, upright sRGB out."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO

import numpy as np
from PIL import Image, PngImagePlugin, UnidentifiedImageError

from artnb.data.colour import changes_colours, profile_of, to_srgb
from artnb.data.metadata import without_metadata
from artnb.files import pointer_reason
from artnb.parallel import Shared

# A decompression bomb is refused; the largest scanned paintings stay below this.
LARGEST_IMAGE_PIXELS = 400_000_000
# Of all pictures that threads decode at the same time; each pixel takes up to 16 bytes meanwhile.
_DECODED_AT_ONCE = Shared(100_000_000)
# Pillow's own limit would warn at 89 million pixels and refuse a phone's 200 million.
Image.MAX_IMAGE_PIXELS = LARGEST_IMAGE_PIXELS
# Pillow refuses a PNG for a text of more than a megabyte; this is what it takes of all of them.
PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY
# Another number when a file gives other pixels than before: what was kept of them is out of date.
DECODING = 2
# It would come without the picture's name, and the tags are of no use here.
warnings.filterwarnings("ignore", "Corrupt EXIF data", module=r"PIL\.")
# EPS starts Ghostscript, and the others are names without a decoder.
_NEVER_OPENED = {"EPS", "WMF", "BUFR", "GRIB", "HDF5", "MPEG"}
_USUAL = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP")

_START_BYTES = 64
_ORIENTATION_TAG, _FIRST_ON_ITS_SIDE = 0x0112, 5
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

HEIF_REMEDY = (
    "it is a HEIC picture, which artnb reads where pillow-heif is installed "
    "(pip install pillow-heif); or save it as JPEG"
)
RAW_REMEDY = "it is a camera's raw file; develop it to JPEG or TIFF first"
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"}
# Of TIFF: what 0 stands for, and the largest number that there is.
_PHOTOMETRIC_TAG, _MOST_TAG, _SAMPLES_MOST_TAG = 262, 281, 341
_DNG_VERSION_TAG = 0xC612


class UnreadableImageError(ValueError):
    """A file that is no picture Pillow can decode; the message says why."""


def decode_image(data: bytes) -> Image.Image:
    """Decode a picture of any kind into upright sRGB.

    However many threads decode, they hold 100 million pixels at a time, or one larger picture.

    Args:
        data: an encoded file: grey, palette, CMYK, 16-bit, with a colour profile, with
            transparency or rotated by EXIF; of an animation the first frame counts.

    Returns:
        A Pillow image in mode RGB. Transparency is laid over white, colour profiles are converted
        to sRGB; what tags beside the pixels are damaged is passed over.

    Raises:
        UnreadableImageError: the bytes are no picture, are cut short, hold more than 400 million
            pixels, or numbers that do not say what is white.
    """
    try:
        return _decoded(data)
    except UnreadableImageError as error:
        if bare := without_metadata(data):
            with suppress(UnreadableImageError):
                return _decoded(bare)
        raise error


def check_whole(data: bytes) -> None:
    """Decode a picture to see whether it is whole; that takes a third of what `decode_image` does.

    Raises:
        UnreadableImageError: as for `decode_image`, but for numbers that do not say what is white.
    """
    try:
        with open_image(data) as image:
            if image.width * image.height <= LARGEST_IMAGE_PIXELS:
                with _DECODED_AT_ONCE.taken(image.width * image.height):
                    image.load()
                    return
    except Exception:  # damaged files make Pillow's plugins raise almost anything
        pass
    decode_image(data)  # says why, or manages without what stands beside the pixels


def _decoded(data: bytes) -> Image.Image:
    try:
        with open_image(data) as image:
            if image.width * image.height > LARGEST_IMAGE_PIXELS:
                raise UnreadableImageError(
                    f"{image.width}×{image.height} pixels are too many; scale it down first"
                )
            with _DECODED_AT_ONCE.taken(image.width * image.height):
                return upright_rgb(image)
    except UnreadableImageError:
        raise
    except Exception as error:  # damaged files make Pillow's plugins raise almost anything
        why = str(error) or type(error).__name__
        raise UnreadableImageError(f"it cannot be decoded ({why})") from error


def upright_rgb(image: Image.Image) -> Image.Image:
    """Give an opened picture as `decode_image` does: upright, sRGB, laid over white.

    Raises:
        UnreadableImageError: its numbers do not say what is white.
        Exception: of Pillow's, where its file is damaged.
    """
    image.load()
    turn = _TURNS.get(orientation_of(image))
    rgb = _to_rgb(image)
    return rgb.transpose(turn) if turn is not None else rgb


@contextmanager
def open_image(data: bytes | BinaryIO, by_start: bool = False) -> Iterator[Image.Image]:
    """Open a picture, or a file of one, to look at its header; nothing is decoded yet.

    Args:
        data: what is opened.
        by_start: only formats whose files begin in a way of their own, for what may be anything.

    Raises:
        UnreadableImageError: it is no picture, or one that cannot be opened here.
    """
    file = io.BytesIO(data) if isinstance(data, bytes | bytearray | memoryview) else data
    file.seek(0)
    start = file.read(_START_BYTES)
    try:
        with Image.open(file, formats=_formats(is_heif(start), by_start)) as image:
            if _is_raw(image, start):
                raise UnreadableImageError(RAW_REMEDY)
            yield image
    except UnidentifiedImageError as error:
        raise UnreadableImageError(_unknown(start)) from error


def is_heif(head: bytes) -> bool:
    """Say whether a file that begins like this is HEIC, or HEIF with such a picture in it."""
    brands = {head[8:12], *(head[place : place + 4] for place in range(16, len(head), 4))}
    return head[4:8] == b"ftyp" and bool(brands & _HEIF_BRANDS) and b"avif" not in brands


def _is_raw(image: Image.Image, start: bytes) -> bool:
    """Say whether a TIFF is a camera's raw file, of which Pillow would take the preview."""
    if image.format != "TIFF":
        return False
    return start[8:10] == b"CR" or _DNG_VERSION_TAG in image.tag_v2


def _unknown(start: bytes) -> str:
    if is_heif(start):
        return HEIF_REMEDY
    if start[:2] == b"\xff\x0a" or start[4:12] == b"JXL \r\n\x87\n":
        return "it is a JPEG XL picture, which cannot be read here; save it as JPEG or PNG"
    if start[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return (
            "it is a TIFF of a kind that cannot be read here, such as colours in floats; save it "
            "with 8 or 16 bits"
        )
    return pointer_reason(start) or "it is not a picture in a known format"


def _formats(with_heif: bool, by_start: bool) -> tuple[str, ...]:
    """Give what pictures may be, the usual ones first, since each is tried in turn."""
    if with_heif:
        _register_heif()
    return _known_formats(by_start, "HEIF" in Image.OPEN)


@cache
def _known_formats(by_start: bool, with_heif: bool) -> tuple[str, ...]:
    Image.init()
    others = set(Image.OPEN) - set(_USUAL) - _NEVER_OPENED
    with_start = {name for name in others if Image.OPEN[name][1] is not None}
    return (*_USUAL, *sorted(with_start), *(() if by_start else sorted(others - with_start)))


def formats_here() -> tuple[str, ...]:
    """Name the formats that can be opened here, HEIF among them where pillow-heif is installed."""
    return _formats(with_heif=True, by_start=False)


def _register_heif() -> None:
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return
    register_heif_opener()


def exif_of(image: Image.Image) -> Image.Exif:
    """Give a picture's tags; damaged ones count as none."""
    try:
        return image.getexif()
    except Exception:  # damaged tags make Pillow raise almost anything
        return Image.Exif()


def orientation_of(image: Image.Image) -> int:
    """Give the EXIF orientation, 1 to 8, where 1 is upright."""
    try:
        value = exif_of(image).get(_ORIENTATION_TAG, 1)
        found = int(value[0] if isinstance(value, tuple | bytes) else value)
    except Exception:  # a tag of another type, or none that can be read
        return 1
    return found if found in _TURNS else 1


@dataclass(frozen=True)
class Header:
    """What is known of a picture before it is decoded.

    Args:
        size: width and height as it is seen upright; None where no header can be read.
        converted: its numbers are not taken as they are: they have a profile, or more than 8 bits.
    """

    size: tuple[int, int] | None = None
    converted: bool = False


def read_header(data: bytes) -> Header:
    """Look at an encoded picture without decoding it."""
    try:
        with open_image(data) as image:
            # A PNG without such a chunk before its pixels would be decoded for it.
            tagged = image.format != "PNG" or "exif" in image.info
            lying = tagged and orientation_of(image) >= _FIRST_ON_ITS_SIDE
            profile = profile_of(image, exif_of(image) if tagged else Image.Exif())
            converted = image.mode[0] in "IF" or changes_colours(image, profile)
            return Header(image.size[::-1] if lying else image.size, converted)
    except Exception:  # damaged files make Pillow's plugins raise almost anything
        return Header()


def is_plain(image: Image.Image) -> bool:
    """Say whether whoever decodes a JPEG without looking at its tags sees what is meant."""
    profile = profile_of(image, exif_of(image))
    return orientation_of(image) == 1 and not changes_colours(image, profile)


def _to_rgb(image: Image.Image) -> Image.Image:
    profile = profile_of(image, exif_of(image))
    if image.mode.startswith(("I", "F")):
        return to_srgb(_to_8_bits(image), profile)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        return _over_white(image, profile)
    return to_srgb(image, profile)


def _over_white(image: Image.Image, profile: bytes) -> Image.Image:
    rgba = image.convert("RGBA")
    opaque = rgba.convert("L" if image.mode in ("L", "LA", "La") else "RGB")
    if changes_colours(opaque, profile):
        alpha, rgba = rgba.getchannel("A"), to_srgb(opaque, profile)
        rgba.putalpha(alpha)
    white = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(white, rgba).convert("RGB")


def _to_8_bits(image: Image.Image) -> Image.Image:
    """Scale 16-bit, 32-bit and float grey."""
    values = np.asarray(image, dtype=np.float64)
    tags = getattr(image, "tag_v2", {})
    white = _white_of_floats(values) if image.mode == "F" else _white_of_counts(values, tags)
    if tags.get(_PHOTOMETRIC_TAG) == 0:  # Pillow turns only 8-bit negatives around
        values = white - values
    return Image.fromarray(np.clip(np.rint(values * (255 / white)), 0, 255).astype(np.uint8))


def _white_of_counts(values: np.ndarray, tags: dict) -> float:
    """Say which count is white: what the file names, or what its bits reach."""
    most = float(values.max())
    for tag in (_MOST_TAG, _SAMPLES_MOST_TAG):
        named = tags.get(tag)
        named = named[0] if isinstance(named, tuple) and named else named
        if isinstance(named, int | float) and 255 <= named < 2**32 and most <= named:
            return float(named)
    # 16 bits are in 32 often enough; what stays below 256 was 8-bit all along.
    for white in (255.0, 65535.0):
        if most <= white:
            return white
    raise UnreadableImageError(
        f"its numbers reach {most:,.0f}, and it does not say which is white; save it with 8 or 16 "
        "bits"
    )


def _white_of_floats(values: np.ndarray) -> float:
    """Say which number is white: 1, or 255 or 65535 where numbers come near to that.

    Filters overshoot a little; between 1 and the dark part of 0 to 255 nothing can be known.
    """
    least, most = float(values.min()), float(values.max())
    for white in (1.0, 255.0, 65535.0):
        if least >= -white / 8 and (white == 1.0 or most >= white / 8) and most <= white * 1.125:
            return white
    raise UnreadableImageError(
        f"its numbers run from {least:.4g} to {most:.4g}, and it does not say which is white; save "
        "it with 8 or 16 bits"
    )
