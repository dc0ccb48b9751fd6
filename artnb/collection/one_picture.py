"""One picture asked for once: what came of it, and whether it is a picture at all."""

import io
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PIL import Image, UnidentifiedImageError

import artnb
from artnb.data.decoding import UnreadableImageError, check_whole, formats_here
from artnb.errors import InputError
from artnb.files import disk, write_whole
from artnb.web.client import (
    LONGEST_WAIT_S,
    TIMEOUTS_S,
    TRIES,
    TRIES_UNREACHED,
    CertificateError,
    InterruptedTryError,
    asked,
    host_of,
    length_of,
    meaning_of,
    moved_to,
    wait_asked_for,
)

if TYPE_CHECKING:
    from requests import Response, Session

# What museums and libraries publish; Pillow's other plugins, such as that which runs
# Ghostscript, never see a byte from the network.
FORMATS = {
    **{"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif"},
    **{"BMP": ".bmp", "TIFF": ".tif", "AVIF": ".avif", "HEIF": ".heif"},
}
_CHUNK_BYTES = 1 << 16
_DECODED_AT_ONCE = threading.BoundedSemaphore(2)  # each takes some bytes for every pixel


@dataclass(frozen=True)
class FetchLimits:
    """How servers are asked, and what is taken from them."""

    per_host: int = 2  # requests to one server at the same time
    at_once: int = 16  # requests to all of them
    tries: int = TRIES  # of one address
    tries_unreached: int = TRIES_UNREACHED  # of one whose server was never reached
    first_wait_s: float = 1.0  # twice as long each time
    longest_wait_s: float = LONGEST_WAIT_S  # who asks for more is left for another day
    timeouts_s: tuple[float, float] = TIMEOUTS_S  # to connect, and for the next bytes
    longest_s: float = 300.0  # for one picture to arrive
    largest_bytes: int = 50_000_000  # of a file
    largest_pixels: int = 100_000_000  # of a picture

    def __post_init__(self) -> None:
        for name in ("per_host", "at_once", "tries", "largest_bytes", "largest_pixels"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} must be at least 1, got {getattr(self, name)}")


class MovedError(Exception):
    """The server names another address, which is the message."""


class RefusedError(Exception):
    """This address brings no picture; the message is a clause that says why.

    Args:
        reason: why.
        lasting: whether it would not bring one in the next run either.
    """

    def __init__(self, reason: str, lasting: bool = True) -> None:
        super().__init__(reason)
        self.lasting = lasting


@cache
def user_agent() -> str:
    """Name the project and where it is to be found, so that servers' owners know who asks."""
    try:
        urls = metadata.metadata("artnb").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        urls = []
    pages = [url.partition(",")[2].strip() for url in urls]
    return f"artnb/{artnb.__version__}" + (f" (+{pages[0]})" if pages else "")


def is_address(url: str) -> bool:
    """Say whether an address is one of http or https and names a server."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def fetch_once(
    url: str, stem: Path, session: "Session", limits: FetchLimits, stop: threading.Event
) -> str:
    """Ask for one picture, check it, and keep it as it came.

    Args:
        url: http or https.
        stem: the file to make, without the ending, which the picture's format decides.
        session: of this thread.
        limits: of what is taken.
        stop: where it is set, the rest is not waited for.

    Returns:
        The name of the file.

    Raises:
        MovedError: it is at another address.
        InterruptedTryError: another try may succeed.
        RefusedError: none will.
        InputError: the file cannot be written.
    """
    if not is_address(url):
        raise RefusedError("with an address that is none of http or https")
    data = _ask(url, session, limits, stop)
    try:
        with _DECODED_AT_ONCE:
            suffix = check_picture(data, limits.largest_pixels)
    except UnreadableImageError as error:
        raise RefusedError(f"no usable picture: {error}") from error
    path = stem.with_name(stem.name + suffix)
    with disk(path):
        write_whole(path, data)
    return path.name


def check_picture(data: bytes, largest_pixels: int) -> str:
    """Decode a picture to see whether it is whole.

    Args:
        data: as it came.
        largest_pixels: what has more is not decoded.

    Returns:
        The ending that its format has.

    Raises:
        UnreadableImageError: it is none, damaged, or too large.
    """
    try:
        with Image.open(io.BytesIO(data), formats=list(_formats_here())) as image:
            size, kind = image.size, image.format or ""
    except UnidentifiedImageError as error:
        raise UnreadableImageError("it is not a picture in a known format") from error
    except Image.DecompressionBombError as error:
        raise UnreadableImageError("it has far too many pixels") from error
    except Exception as error:  # damaged files make Pillow's plugins raise almost anything
        raise UnreadableImageError("it cannot be decoded") from error
    if size[0] * size[1] > largest_pixels:
        raise UnreadableImageError(
            f"its {size[0]}×{size[1]} pixels are more than {largest_pixels / 1e6:g} million"
        )
    check_whole(data)
    return FORMATS[kind]


def _formats_here() -> list[str]:
    """Give those of the formats that can be decoded here."""
    return [name for name in FORMATS if name in formats_here()]


def _ask(url: str, session: "Session", limits: FetchLimits, stop: threading.Event) -> bytes:
    headers = {"User-Agent": user_agent(), "Accept": "image/*"}
    try:
        with asked(url, headers, limits.timeouts_s, session, follow=False) as response:
            _check_status(url, response)
            return _body(response, limits, stop)
    except CertificateError:
        reason = f"the certificate of {host_of(url)} was not accepted"
        raise InterruptedTryError(reason, reached=False) from None
    except InputError as error:
        raise RefusedError(str(error)) from None


def _check_status(url: str, response: "Response") -> None:
    if response.status_code == 200:
        return
    if response.is_redirect:
        raise MovedError(moved_to(url, response))
    status = meaning_of(response.status_code)
    if status.again:
        raise InterruptedTryError(f"{host_of(url)} {status.short}", wait_asked_for(response))
    raise RefusedError(status.short)


def _chunks(response: "Response") -> Iterator[bytes]:
    """Give the bytes as they come in, few as they may be, so that nobody waits for a trickle."""
    # urllib3 before 2.2 has no read1 and waits for a whole chunk.
    read = getattr(response.raw, "read1", response.raw.read)
    while chunk := read(_CHUNK_BYTES, decode_content=True):
        yield chunk


def _body(response: "Response", limits: FetchLimits, stop: threading.Event) -> bytes:
    """Read what a server sends, as long as it keeps within the limits."""
    promised = length_of(response) or 0
    start, data = time.monotonic(), bytearray()
    for chunk in _chunks(response) if promised <= limits.largest_bytes else ():
        data += chunk
        if len(data) > limits.largest_bytes:
            break
        if stop.is_set():
            raise InterruptedTryError("interrupted")
        if time.monotonic() - start > limits.longest_s:
            raise InterruptedTryError(f"not whole within {limits.longest_s:g} s")
    if max(promised, len(data)) > limits.largest_bytes:
        raise RefusedError(f"larger than {limits.largest_bytes / 1e6:,.1f} MB")
    if len(data) < promised and "Content-Encoding" not in response.headers:
        raise InterruptedTryError("broken off before it was whole")
    if not data:
        raise RefusedError("empty")
    return bytes(data)
