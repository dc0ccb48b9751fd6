"""What the page's upload button hands over."""

from collections.abc import Mapping, Sequence
from typing import Any

from artnb.errors import InputError
from artnb.explorer.photos import Photo, read_photo


def read_upload(value: Mapping[str, Any] | Sequence[Mapping[str, Any]], largest_px: int) -> Photo:
    """Read the one picture that was uploaded.

    Args:
        value: of a `FileUpload`: in ipywidgets 7 a dictionary by file names, in 8 a tuple.
        largest_px: see `read_photo`.

    Raises:
        InputError: it is not one file, or the file is no picture that can be painted.
    """
    files = uploaded_files(value)
    if len(files) != 1:
        raise InputError(f"one picture is painted at a time, got {len(files)} files; choose one")
    return read_photo(*files[0], largest_px)


def uploaded_files(
    value: Mapping[str, Any] | Sequence[Mapping[str, Any]],
) -> list[tuple[str, bytes]]:
    """Give the names and the bytes of uploaded files, whichever ipywidgets hands them over."""
    if isinstance(value, Mapping):
        return [(name, bytes(file["content"])) for name, file in value.items()]
    return [(file["name"], bytes(file["content"])) for file in value]
