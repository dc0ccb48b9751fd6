"""The picture files of a gallery, under names of its own, in full size and as thumbnails."""

import hashlib
import io
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image

from artnb.data.colour import SRGB_PROFILE
from artnb.data.images import PAINTED_MARK
from artnb.errors import InputError
from artnb.files import require_writable, write_whole
from artnb.gallery.manifest import MANIFEST, View

# Of 24 photos of 256 px, WebP at quality 90 keeps a structural similarity of 0.984 (0.973 at 85)
# in 18 KB each; the remaining loss is below what the eye tells apart.
PICTURE_QUALITY = 90
THUMBNAIL_QUALITY = 80
# Smaller pictures are their own thumbnails.
THUMBNAIL_PX = 320
_PICTURES, _THUMBNAILS = "pictures", "thumbnails"


def name_of(key: str, kind: str, maker: str = "") -> str:
    """Name a picture by what it shows, so that one made before is known again.

    Args:
        key: of the photo, which stands for its content.
        kind: of picture, such as `"painting"`.
        maker: key of the generator; empty for real pictures.

    Returns:
        Lower-case letters, digits and dashes, whatever the photo is called.
    """
    parts = [_digest(key)[:16], kind, *([_digest(maker)[:12]] if maker else [])]
    return "-".join(parts)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def check_folder(out: Path, photos: Path | None = None) -> None:
    """Protect what is there.

    Args:
        out: where a gallery shall go.
        photos: what shall be shown in it.

    Raises:
        InputError: `out` is a file, is read-only, holds something that is no gallery, or lies in
            the photos.
    """
    require_writable(out, "choose another folder with --out")
    if out.is_file():
        raise InputError(f"{out} is a file, and a gallery is a folder; choose another --out")
    if out.is_dir() and any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise InputError(
            f"{out} holds something that is no gallery, and nothing in it will be overwritten; "
            "choose another --out"
        )
    if photos and photos.is_dir() and out.resolve().is_relative_to(photos.resolve()):
        raise InputError(
            f"{out} lies among the photos, so that its pictures would be photos the next time; "
            "choose an --out elsewhere"
        )


class PictureStore:
    """A gallery's picture files.

    Args:
        folder: the gallery's.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """Say where a picture lies, or will."""
        return self.folder / _place(_PICTURES, name)

    def has(self, name: str) -> bool:
        """Say whether a picture is there, with its thumbnail."""
        return self.path(name).is_file()

    def put(self, name: str, picture: np.ndarray, is_painted: bool = False) -> None:
        """Write a picture, and a thumbnail where it is large.

        The thumbnail comes first: where the picture is there, everything is.

        Args:
            name: see `name_of`.
            picture: uint8 `(height, width, 3)`.
            is_painted: note in the file that a generator made it.
        """
        image = Image.fromarray(picture)
        if max(image.size) > THUMBNAIL_PX:
            small = image.copy()
            small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.LANCZOS)
            self._write(_place(_THUMBNAILS, name), small, THUMBNAIL_QUALITY, is_painted)
        self._write(_place(_PICTURES, name), image, PICTURE_QUALITY, is_painted)

    def _write(self, place: str, image: Image.Image, quality: int, is_painted: bool) -> None:
        path = self.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, encode_webp(image, quality, PAINTED_MARK if is_painted else ""))

    def size(self, name: str) -> tuple[int, int]:
        """Give a picture's width and height."""
        with Image.open(self.path(name)) as image:
            return image.size

    def view(self, name: str, kind: str, size: tuple[int, int], **facts: object) -> View:
        """Describe a picture that is there; `facts` are the rest of the view."""
        file = _place(_PICTURES, name)
        thumbnail = _place(_THUMBNAILS, name) if max(size) > THUMBNAIL_PX else file
        return View(kind, file, thumbnail, **facts)


def _place(folder: str, name: str) -> str:
    # Folders of many thousand files are slow on network drives.
    return f"{folder}/{name[:2]}/{name}.webp"


def encode_webp(image: Image.Image, quality: int, comment: str = "") -> bytes:
    """Encode sRGB as lossy WebP, with a comment in its Exif data."""
    buffer = io.BytesIO()
    exif = Image.Exif()
    if comment:
        exif[ExifTags.Base.ImageDescription] = comment
    image.save(buffer, "WEBP", quality=quality, method=4, exif=exif, icc_profile=SRGB_PROFILE)
    return buffer.getvalue()
