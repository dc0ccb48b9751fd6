"""Pictures at the edge of the house: squares of uint8 RGB, JPEG and PNG, marks and hashes.

The only conversions between uint8 [0, 255] and float32 [-1, 1] are here too.
"""

import hashlib
import io
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from artnb.data.colour import SRGB_PROFILE
from artnb.data.decoding import decode_image, exif_of, is_plain, open_image

# Kept from what the eye can tell apart; 4:4:4 keeps the colour edges of brush strokes.
JPEG_QUALITY = 95
_DESCRIPTION_TAG = 0x010E
# Translations say in a comment what they are, so that none is taken for a real painting later.
PAINTED_MARK = "painted by artnb"


def fit_square(image: Image.Image, size_px: int) -> Image.Image:
    """Scale the shorter side to `size_px`, antialiased, and crop the middle square."""
    if image.size == (size_px, size_px):
        return image
    return ImageOps.fit(image, (size_px, size_px), method=Image.Resampling.LANCZOS)


def scaled_down(photo: Image.Image, largest_px: int | None) -> Image.Image:
    """Bring a picture's longer side down to `largest_px`, antialiased; None leaves it."""
    if largest_px and max(photo.size) > largest_px:
        photo = photo.copy()
        photo.thumbnail((largest_px, largest_px), Image.Resampling.LANCZOS)
    return photo


def encode_jpeg(image: Image.Image | np.ndarray, comment: str = "") -> bytes:
    """Encode RGB as JPEG, quality 95, colours at full resolution.

    Args:
        image: a Pillow image in mode RGB, or uint8 `(height, width, 3)`.
        comment: kept in the file beside the picture, as is then that its colours are sRGB.
    """
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    buffer = io.BytesIO()
    options = {"comment": comment.encode(), "icc_profile": SRGB_PROFILE} if comment else {}
    image.save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0, **options)
    return buffer.getvalue()


def encode_png(image: np.ndarray, comment: str = "") -> bytes:
    """Encode uint8 `(height, width, 3)` as PNG; see `encode_jpeg` for the comment."""
    buffer = io.BytesIO()
    texts, profile = PngInfo(), None
    if comment:
        texts.add_text("Comment", comment)
        profile = SRGB_PROFILE
    Image.fromarray(image).save(buffer, "PNG", pnginfo=texts, icc_profile=profile)
    return buffer.getvalue()


def is_marked_as_painted(data: bytes | BinaryIO) -> bool:
    """Say whether a picture, or a file of one, carries the comment of generated ones.

    That is `PAINTED_MARK`; of a file no more is read than it takes to see.
    """
    try:
        with open_image(data) as image:
            comment = image.info.get("comment") or image.info.get("Comment")
            comment = comment or exif_of(image).get(_DESCRIPTION_TAG, "")
    except Exception:  # damaged files make Pillow's plugins raise almost anything
        return False
    text = comment.decode(errors="replace") if isinstance(comment, bytes) else str(comment)
    return text.startswith(PAINTED_MARK)


def prepare_image(data: bytes, size_px: int) -> tuple[bytes, str]:
    """Bring one encoded picture into the form that shards hold.

    A file that already is an upright JPEG in sRGB of the right size keeps its bytes, so that
    preparing twice loses nothing.

    Args:
        data: an encoded picture, as for `decode_image`.
        size_px: edge of the square that comes out, pixels.

    Returns:
        JPEG bytes of an RGB square, and the sha256 of the decoded original's pixels.

    Raises:
        UnreadableImageError: as for `decode_image`.
    """
    image = decode_image(data)
    pixel_hash = hash_pixels(image)
    if is_prepared(data, size_px):
        return data, pixel_hash
    return encode_jpeg(fit_square(image, size_px)), pixel_hash


def is_prepared(data: bytes, size_px: int) -> bool:
    """Say whether a picture that can be decoded already has the form that shards hold."""
    try:
        with open_image(data) as image:
            right_form = image.format == "JPEG" and image.mode == "RGB"
            return right_form and image.size == (size_px, size_px) and is_plain(image)
    except Exception:  # it was decoded only without what stands beside its pixels
        return False


def hash_pixels(image: Image.Image) -> str:
    """Give the sha256 of a picture's size and RGB values, whatever its file format."""
    digest = hashlib.sha256(f"{image.width}x{image.height}".encode())
    digest.update(image.tobytes())
    return digest.hexdigest()


def decode_rgb(data: bytes) -> np.ndarray:
    """Decode a prepared JPEG into uint8 `(height, width, 3)`."""
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def to_float(images: np.ndarray) -> np.ndarray:
    """Map uint8 [0, 255] to float32 [-1, 1]."""
    values = np.array(images, np.float32)
    values /= 127.5
    values -= 1.0
    return values


def to_uint8(images: np.ndarray) -> np.ndarray:
    """Map float [-1, 1] to uint8 [0, 255], rounding to nearest and clipping."""
    levels = np.array(images, np.float32)
    levels += 1.0
    levels *= 127.5
    return np.clip(np.rint(levels, out=levels), 0, 255, out=levels).astype(np.uint8)
