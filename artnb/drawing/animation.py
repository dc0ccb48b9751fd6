"""Animated pictures that play again and again."""

from collections.abc import Sequence
from pathlib import Path

from PIL import ExifTags, Image

from artnb.errors import InputError
from artnb.files import unfinished_file

# Moving pictures forgive more than still ones.
_QUALITY = 75
_FORMATS = {".webp": "WEBP", ".gif": "GIF"}


def check_animation(out: Path) -> None:
    """Check that a file's name is that of an animation.

    Raises:
        InputError: it is not.
    """
    if out.suffix.lower() not in _FORMATS:
        raise InputError(f"an animation is a {' or '.join(_FORMATS)}, got {out.name}; rename it")


def save_animation(
    frames: Sequence[Image.Image], durations_ms: Sequence[int] | int, out: Path, comment: str = ""
) -> Path:
    """Write an animation, whole or not at all, making its folder.

    Args:
        frames: RGB, all of one size.
        durations_ms: of each frame, or of all.
        out: the file, `.webp` or `.gif`; a WebP is a fraction of the size.
        comment: kept in the file beside the pictures.

    Raises:
        InputError: `out` is of another kind.
    """
    check_animation(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with unfinished_file(out) as unfinished:
        frames[0].save(
            unfinished,
            _FORMATS[out.suffix.lower()],
            save_all=True,
            append_images=frames[1:],
            duration=durations_ms,
            loop=0,
            **_options(out, comment),
        )
    return out


def _options(out: Path, comment: str) -> dict:
    if out.suffix.lower() == ".gif":
        return {"comment": comment.encode()} if comment else {}
    exif = Image.Exif()
    if comment:
        exif[ExifTags.Base.ImageDescription] = comment
    return {"quality": _QUALITY, "method": 4, "exif": exif}
