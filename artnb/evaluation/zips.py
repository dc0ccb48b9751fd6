"""Pictures of a zip, read within limits and without what operating systems add to zips."""

import zipfile
import zlib
from pathlib import Path, PurePosixPath

from artnb.data.decoding import UnreadableImageError
from artnb.data.listing import IMAGE_SUFFIXES, is_rubbish
from artnb.errors import InputError
from artnb.evaluation.pictures import EncodedPictures, encoded_pictures
from artnb.files import refuse_pointer
from artnb.progress import Progress, silent

# A generated picture of 4,096 px stays below it, also where nothing is lost.
LARGEST_ENTRY_BYTES = 64_000_000
# A place outside the file, a wrong checksum, a method that nobody reads, a password.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)


def pictures_of_zip(
    path: Path, resize_px: int | None = None, progress: Progress = silent
) -> EncodedPictures:
    """Take the pictures of a zip as a set to be measured.

    Args:
        path: the zip.
        resize_px: bring every picture to a square of this edge.
        progress: shows how far hashing has got.

    Raises:
        InputError: it is no zip, is damaged or holds no picture; or as for `encoded_pictures`.
    """
    try:
        refuse_pointer(path)
        archive = zipfile.ZipFile(path)
    except InputError:
        raise
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InputError(
            f"{path} must be a folder of pictures or a zip of them, and it is no zip, or is "
            f"damaged ({error}); make it or copy it again"
        ) from error
    entries = [entry for entry in archive.infolist() if _is_picture(entry.filename)]
    if not entries:
        raise InputError(f"{path} holds no pictures (.jpg, .png, .webp, .tif …); check the path")
    names = [entry.filename for entry in entries]
    return encoded_pictures(
        str(path), names, lambda place: _read(archive, entries[place]), resize_px, progress
    )


def _is_picture(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in IMAGE_SUFFIXES and not is_rubbish(name)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    if entry.file_size > LARGEST_ENTRY_BYTES:
        raise UnreadableImageError(
            f"it unpacks to {entry.file_size / 1e6:.0f} MB, and at most "
            f"{LARGEST_ENTRY_BYTES / 1e6:.0f} are read"
        )
    try:
        return archive.read(entry)
    except _DAMAGE as error:
        raise UnreadableImageError(f"the zip is damaged there ({error})") from error
