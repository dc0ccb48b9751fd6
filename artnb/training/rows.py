"""Logs that grow by a row at a time and hold whole rows, whatever the disk does."""

import csv
import io
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from artnb.files import stamp_of, write_whole


class Rows:
    """A CSV that rows are added to. What could not be written is owed, and written with the next.

    All of it is in memory too, a few MB for the longest training: that is what a checkpoint keeps,
    and what mends a file that somebody else has changed.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = b""
        self._on_disk = 0

    @property
    def is_owed(self) -> bool:
        """Whether the file lacks something."""
        return self._on_disk != len(self.data)

    def go_on(self, data: bytes) -> None:
        """Bring the file to what it was at some moment; nothing is no file.

        Raises:
            OSError: it could not be written; that is owed now.
        """
        self.data, self._on_disk = data, -1
        if not data:
            self.path.unlink(missing_ok=True)
            self._on_disk = 0
        elif self._read() == data:
            self._on_disk = len(data)
        else:
            self.write()

    def append(self, row: Mapping[str, Any]) -> None:
        """Add a row, after a header where it is the first.

        Raises:
            OSError: it could not be written; it is owed now, and the file is as it was.
        """
        text = io.StringIO()
        lines = csv.writer(text, lineterminator="\r\n")
        if not self.data:
            lines.writerow(row)
        lines.writerow(row.values())
        self.data += text.getvalue().encode()
        self.write()

    def write(self) -> None:
        """Write what is owed, whole or not at all.

        Raises:
            OSError: it could not be written.
        """
        if self._on_disk > 0 and stamp_of(self.path)[:1] == [self._on_disk]:
            self._add(self.data[self._on_disk :])
        elif self.data:
            write_whole(self.path, self.data)
        self._on_disk = len(self.data)

    def _add(self, data: bytes) -> None:
        try:
            with self.path.open("ab", buffering=0) as file:
                left = memoryview(data)
                while left:  # on a disk that is nearly full a part may be taken
                    left = left[file.write(left) :]
        except OSError as error:
            with suppress(OSError):
                os.truncate(self.path, self._on_disk)
            error.filename = str(self.path)
            raise

    def _read(self) -> bytes | None:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
