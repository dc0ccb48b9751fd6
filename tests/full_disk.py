"""A disk without room."""

from contextlib import suppress


def fill(path):
    """Take all the room that the disk of a file has."""
    with path.open("wb", buffering=0) as file:
        for size in (2**16, 1):
            with suppress(OSError):
                while file.write(b"0" * size):
                    pass
