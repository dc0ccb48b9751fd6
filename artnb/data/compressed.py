"""GZIP and ZLIB files, unpacked within a limit: TensorFlow can compress the shards it writes."""

import zlib
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from artnb.errors import InputError
from artnb.files import stamp_of

# Encoded pictures hardly shrink, so a shard of this size unpacked would be as large packed.
LARGEST_UNPACKED_BYTES = 1 << 30
_GZIP = b"\x1f\x8b\x08"
_PIECE_BYTES = 1 << 18
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS  # zlib's manual, inflateInit2: find out which it is


def is_compressed(head: bytes) -> bool:
    """Say whether a file begins as GZIP (RFC 1952) or ZLIB (RFC 1950) does.

    Args:
        head: its first bytes, eight or more.
    """
    if head.startswith(_GZIP):
        return True
    starts_as_zlib = head[:1] == b"\x78" and int.from_bytes(head[:2], "big") % 31 == 0
    # A record's length may begin so too; but no record is so long that these bytes are needed.
    return starts_as_zlib and any(head[4:8])


class Unpacked:
    """What a compressed file holds, read from the front.

    Args:
        path: of the file, for messages.
        file: opened at its beginning.
    """

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path, self._file = path, file
        self._inflate = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._packed, self._ready, self._total = b"", bytearray(), 0

    def read(self, count: int | None = None) -> bytes:
        """Give the next `count` bytes, fewer at the end; None gives all that is left.

        Raises:
            EOFError: the file is cut off.
            zlib.error: it is damaged.
            InputError: it unpacks to more than a gigabyte.
        """
        while (count is None or len(self._ready) < count) and self._unpack_some():
            pass
        count = len(self._ready) if count is None else count
        given = bytes(self._ready[:count])
        del self._ready[:count]
        return given

    def _unpack_some(self) -> bool:
        """Unpack a piece more; False at the end."""
        if self._inflate.eof:
            self._packed = (self._inflate.unused_data or self._read_packed()).lstrip(b"\0")
            if not self._packed:
                return False
            self._inflate = zlib.decompressobj(_GZIP_OR_ZLIB)
        packed = self._packed or self._read_packed()
        piece = self._inflate.decompress(packed, _PIECE_BYTES)
        if not (packed or piece or self._inflate.eof):
            raise EOFError
        self._packed = self._inflate.unconsumed_tail
        self._ready += piece
        self._total += len(piece)
        if self._total > LARGEST_UNPACKED_BYTES:
            raise InputError(
                f"{self._path} unpacks to more than {LARGEST_UNPACKED_BYTES / 1e9:.2g} GB; "
                "unpack it first, with gunzip or tf.data.TFRecordDataset"
            )
        return True

    def _read_packed(self) -> bytes:
        return self._file.read(_PIECE_BYTES)


_ONE_AT_A_TIME = Lock()


def unpacked(path: Path) -> bytes:
    """Give all that a compressed file holds; the last one asked for stays in memory.

    Raises:
        EOFError, zlib.error, InputError: as for `Unpacked.read`.
    """
    with _ONE_AT_A_TIME:
        return _unpacked(path, tuple(stamp_of(path)))


@lru_cache(maxsize=1)
def _unpacked(path: Path, stamp: tuple[int, ...]) -> bytes:
    with path.open("rb") as file:
        return Unpacked(path, file).read()
