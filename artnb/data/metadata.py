"""Pictures without what stands beside their pixels, for files in which only that is damaged."""

import struct
import zlib
from collections.abc import Iterator

_PNG_START = b"\x89PNG\r\n\x1a\n"
_JPEG_START = b"\xff\xd8"
# The lengths of what says how a PNG's pixels are meant; None stands for any.
_KEPT_CHUNKS = {b"tRNS": None, b"eXIf": None, b"gAMA": 4, b"sRGB": 1, b"cHRM": 32}
_APP1, _APP2, _APP14, _COMMENT, _SCAN = 0xE1, 0xE2, 0xEE, 0xFE, 0xDA
_ADOBE_BYTES = 12


def without_metadata(data: bytes) -> bytes:
    """Give a PNG or JPEG with its pixels, colours and EXIF, but without anything else.

    Returns:
        Another file; nothing where there is nothing to leave out, or it is of another kind.
    """
    if data.startswith(_PNG_START):
        bare = _PNG_START + b"".join(_chunks(data))
    elif data.startswith(_JPEG_START):
        bare = _JPEG_START + b"".join(_segments(data))
    else:
        return b""
    return bare if bare != data else b""


def _chunks(data: bytes) -> Iterator[bytes]:
    place = len(_PNG_START)
    while place + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        whole = data[place : place + 12 + length]
        place += len(whole)
        # A capital says that no picture can be shown without the chunk.
        if name[:1].isupper() or _is_usable(name, whole):
            yield whole
        elif name == b"eXIf":  # Pillow reads it no further than it can
            yield whole[:-4] + struct.pack(">I", zlib.crc32(whole[4:-4]))


def _is_usable(name: bytes, chunk: bytes) -> bool:
    value, checksum = chunk[8:-4], chunk[-4:]
    if checksum != struct.pack(">I", zlib.crc32(chunk[4:-4])):
        return False
    if name == b"iCCP":
        return value.partition(b"\0")[2][:1] == b"\0"  # the one way to pack it
    return name in _KEPT_CHUNKS and _KEPT_CHUNKS[name] in (None, len(value))


def _segments(data: bytes) -> Iterator[bytes]:
    place = len(_JPEG_START)
    while place + 4 <= len(data) and data[place] == 0xFF and data[place + 1] != _SCAN:
        marker, length = struct.unpack_from(">xBH", data, place)
        whole = data[place : place + 2 + length]
        place += len(whole)
        if _is_needed(marker, whole[4:]):
            yield whole
    yield data[place:]


def _is_needed(marker: int, value: bytes) -> bool:
    if marker == _APP1:
        return value.startswith(b"Exif\0\0")
    if marker == _APP2:
        return value.startswith(b"ICC_PROFILE\0")
    if marker == _APP14:
        return value.startswith(b"Adobe") and len(value) >= _ADOBE_BYTES
    return not (marker == _COMMENT or 0xE0 <= marker <= 0xEF)
