"""Pictures at the edge of the house: any file in, square uint8 RGB out, and back to JPEG.

The only conversions between uint8 [0, 255] and float32 [-1, 1] are here too.
"""

import hashlib
import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

# What this Pillow cannot decode (.heic in most builds) is then reported rather than overlooked.
IMAGE_SUFFIXES = (
    *(".jpg", ".jpeg", ".jfif", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"),
    *(".avif", ".heic", ".heif"),
)
# Kept from what the eye can tell apart; 4:4:4 keeps the colour edges of brush strokes.
JPEG_QUALITY = 95
# A decompression bomb is refused; the largest scanned paintings stay below this.
LARGEST_IMAGE_PIXELS = 400_000_000
# Pillow's own limit would warn at 89 million pixels and refuse a phone's 200 million.
Image.MAX_IMAGE_PIXELS = LARGEST_IMAGE_PIXELS
_ORIENTATION_TAG, _DESCRIPTION_TAG = 0x0112, 0x010E
# Translations say in a comment what they are, so that none is taken for a real painting later.
PAINTED_MARK = "painted by artnb"


class UnreadableImageError(ValueError):
    """A file that is no picture Pillow can decode; the message says why."""


def list_images(folder: Path) -> list[Path]:
    """List the picture files of a folder and its subfolders, in a fixed order.

    Hidden files and folders are left out. The order is the same on every operating system.
    """
    found = (
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in IMAGE_SUFFIXES
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def decode_image(data: bytes) -> Image.Image:
    """Decode a picture of any kind into upright RGB.

    Args:
        data: an encoded file: grey, palette, CMYK, 16-bit, with transparency or rotated by
            EXIF; of an animation the first frame counts.

    Returns:
        A Pillow image in mode RGB. Transparency is laid over white.

    Raises:
        UnreadableImageError: the bytes are no picture, are cut short, or hold more than
            400 million pixels.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > LARGEST_IMAGE_PIXELS:
                raise UnreadableImageError(
                    f"{image.width}×{image.height} pixels are too many; scale it down first"
                )
            image.load()
            return _to_rgb(ImageOps.exif_transpose(image))
    except UnreadableImageError:
        raise
    except UnidentifiedImageError as error:
        raise UnreadableImageError("it is not a picture in a known format") from error
    except Exception as error:  # damaged files make Pillow's plugins raise almost anything
        why = str(error) or type(error).__name__
        raise UnreadableImageError(f"it cannot be decoded ({why})") from error


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode in ("I;16", "I;16B", "I;16L", "I", "F"):
        return _scale_to_8_bits(image)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(white, rgba).convert("RGB")
    return image.convert("RGB")


def _scale_to_8_bits(image: Image.Image) -> Image.Image:
    values = np.asarray(image, dtype=np.float64)
    # "I" and "F" carry 16-bit scans in practice; what stays below 256 was 8-bit all along.
    if values.max() > 255:
        values = values / 257.0
    grey = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")


def fit_square(image: Image.Image, size_px: int) -> Image.Image:
    """Scale the shorter side to `size_px`, antialiased, and crop the middle square."""
    if image.size == (size_px, size_px):
        return image
    return ImageOps.fit(image, (size_px, size_px), method=Image.Resampling.LANCZOS)


def encode_jpeg(image: Image.Image | np.ndarray, comment: str = "") -> bytes:
    """Encode RGB as JPEG, quality 95, colours at full resolution.

    Args:
        image: a Pillow image in mode RGB, or uint8 `(height, width, 3)`.
        comment: kept in the file beside the picture.
    """
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    buffer = io.BytesIO()
    options = {"comment": comment.encode()} if comment else {}
    image.save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0, **options)
    return buffer.getvalue()


def encode_png(image: np.ndarray, comment: str = "") -> bytes:
    """Encode uint8 `(height, width, 3)` as PNG, with a comment beside the picture."""
    buffer = io.BytesIO()
    texts = PngInfo()
    if comment:
        texts.add_text("Comment", comment)
    Image.fromarray(image).save(buffer, "PNG", pnginfo=texts)
    return buffer.getvalue()


def is_marked_as_painted(data: bytes) -> bool:
    """Say whether an encoded picture carries the comment of generated ones, `PAINTED_MARK`."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            comment = image.info.get("comment") or image.info.get("Comment")
            comment = comment or image.getexif().get(_DESCRIPTION_TAG, "")
    except OSError:
        return False
    text = comment.decode(errors="replace") if isinstance(comment, bytes) else str(comment)
    return text.startswith(PAINTED_MARK)


def prepare_image(data: bytes, size_px: int) -> tuple[bytes, str]:
    """Bring one encoded picture into the form that shards hold.

    A file that already is an upright RGB JPEG of the right size keeps its bytes, so that
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
    if _is_ready(data, size_px):
        return data, pixel_hash
    return encode_jpeg(fit_square(image, size_px)), pixel_hash


def _is_ready(data: bytes, size_px: int) -> bool:
    with Image.open(io.BytesIO(data)) as image:
        upright = image.getexif().get(_ORIENTATION_TAG, 1) == 1
        right_form = image.format == "JPEG" and image.mode == "RGB"
        return upright and right_form and image.size == (size_px, size_px)


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
    return images.astype(np.float32) / 127.5 - 1.0


def to_uint8(images: np.ndarray) -> np.ndarray:
    """Map float [-1, 1] to uint8 [0, 255], rounding to nearest and clipping."""
    return np.clip(np.rint((np.asarray(images, np.float32) + 1.0) * 127.5), 0, 255).astype(np.uint8)
