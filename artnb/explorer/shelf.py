"""Paintings that are kept as files: saved ones, and favourites with their thumbnails."""

import re
from itertools import count
from pathlib import Path, PurePosixPath

from PIL import Image

from artnb.data.images import PAINTED_MARK, decode_image, encode_jpeg, encode_png
from artnb.explorer.studio import Painted
from artnb.files import write_whole
from artnb.translation import scaled_down

_LONGEST_PART = 50
_THUMBNAIL_PX = 200


class Shelf:
    """A folder of paintings; nothing in it is ever overwritten.

    Args:
        folder: it is made when the first painting is put into it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, painted: Painted) -> Path:
        """Write a painting as a PNG, marked as painted and with a line that says what it is.

        Returns:
            The file; where it holds this very painting already, nothing is written.
        """
        data = encode_png(painted.painting, f"{PAINTED_MARK}: {painted.describe()}")
        self.folder.mkdir(parents=True, exist_ok=True)
        stem = file_stem(painted)
        for number in count(1):
            path = self.folder / f"{stem}{f'-{number}' if number > 1 else ''}.png"
            if not path.exists():
                write_whole(path, data)
                return path
            if path.is_file() and path.read_bytes() == data:
                return path
        raise AssertionError("numbers do not end")

    def paintings(self) -> list[Path]:
        """List the paintings, the newest first."""
        files = [file for file in self.folder.glob("*.png") if file.is_file()]
        return sorted(files, key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)

    def remove(self, path: Path) -> None:
        """Delete a painting; one that is gone already is no mistake."""
        path.unlink(missing_ok=True)


def file_stem(painted: Painted) -> str:
    """Name a painting's file after photo, Run, epoch and style, as every system allows it."""
    _, target = painted.domains
    photo = PurePosixPath(painted.photo.name).stem
    parts = [photo, painted.run.path.name, f"epoch-{painted.epoch:04d}", target]
    harmless = [re.sub(r"[^\w.-]+", "_", part)[:_LONGEST_PART].strip("._") for part in parts]
    return "-".join(part or "picture" for part in harmless)


def caption_of(path: Path) -> tuple[str, str]:
    """Give a title and a line, which a painting carries in its file; else the file's name."""
    try:
        with Image.open(path) as image:
            comment = str(image.info.get("Comment", ""))
    except OSError:
        return path.name, "cannot be read"
    title, _, line = comment.removeprefix(PAINTED_MARK).lstrip(": ").partition("\n")
    return title or path.name, line


def thumbnail_of(path: Path) -> bytes:
    """Give a small JPEG of a painting, or nothing where the file is damaged."""
    try:
        return encode_jpeg(scaled_down(decode_image(path.read_bytes()), _THUMBNAIL_PX))
    except (ValueError, OSError):
        return b""
