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
from urllib.parse import urljoin, urlsplit

from PIL import Image, UnidentifiedImageError

import artnb
from artnb.data.images import UnreadableImageError, decode_image
from artnb.errors import InputError
from artnb.files import write_whole
from artnb.web.download import TIMEOUTS_S, host_of, network
from artnb.web.part import disk
from artnb.web.retry import (
    LONGEST_WAIT_S,
    TRIES,
    TRIES_UNREACHED,
    InterruptedTryError,
    asked_wait_s,
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
_REFUSALS = {
    401: "only for those who are known there",
    403: "not to be fetched",
    404: "not there",
    410: "not there any more",
    451: "not to be fetched for legal reasons",
}


@dataclass(frozen=True)
class Manners:
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


@dataclass(frozen=True)
class Arrived:
    """The picture is there, under a name in the folder of images."""

    file: str


@dataclass(frozen=True)
class Moved:
    """The server names another address."""

    url: str


@dataclass(frozen=True)
class Later:
    """Another try may succeed, after so many seconds if the server says how many."""

    reason: str
    wait_s: float | None = None
    reached: bool = True


@dataclass(frozen=True)
class Refused:
    """No other try will bring a picture."""

    reason: str


Outcome = Arrived | Moved | Later | Refused


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
    url: str, stem: Path, session: "Session", manners: Manners, stop: threading.Event
) -> Outcome:
    """Ask for one picture, check it, and keep it as it came.

    Args:
        url: http or https.
        stem: the file to make, without the ending, which the picture's format decides.
        session: of this thread.
        manners: what is taken.
        stop: where it is set, the rest is not waited for.

    Returns:
        What came of it.

    Raises:
        InputError: the file cannot be written.
    """
    if not is_address(url):
        return Refused("with an address that is none of http or https")
    try:
        answer = _ask(url, session, manners, stop)
    except InterruptedTryError as interruption:
        return Later(str(interruption), interruption.wait_s, interruption.reached)
    except InputError as error:
        return Refused(str(error))
    if not isinstance(answer, bytes):
        return answer
    try:
        with _DECODED_AT_ONCE:
            suffix = check_picture(answer, manners.largest_pixels)
    except UnreadableImageError as error:
        return Refused(f"no usable picture: {error}")
    path = stem.with_name(stem.name + suffix)
    with disk(path):
        write_whole(path, answer)
    return Arrived(path.name)


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
    decode_image(data)
    return FORMATS[kind]


def _formats_here() -> list[str]:
    """Give those of the formats that this Pillow can decode."""
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def _ask(
    url: str, session: "Session", manners: Manners, stop: threading.Event
) -> bytes | Moved | Later | Refused:
    import requests

    # Encoded once more, as pages are, a picture would only be longer.
    headers = {"User-Agent": user_agent(), "Accept": "image/*", "Accept-Encoding": "identity"}
    options = {"headers": headers, "stream": True, "allow_redirects": False}
    with network(url, manners.timeouts_s):
        try:
            response = session.get(url, timeout=manners.timeouts_s, **options)
        except requests.exceptions.SSLError:
            return Later(f"the certificate of {host_of(url)} was not accepted", reached=False)
        with response:
            return _refusal(url, response) or _body(response, manners, stop)


def _refusal(url: str, response: "Response") -> Moved | Later | Refused | None:
    """Say what speaks against taking what a server sends, going by the status."""
    status, host = response.status_code, host_of(url)
    if status == 200:
        return None
    if status in (301, 302, 303, 307, 308) and response.headers.get("Location"):
        return Moved(urljoin(url, response.headers["Location"]))
    if status in (408, 425, 429) or status >= 500:
        reason = "asks for patience" if status == 429 else "has a problem of its own"
        wait_s = asked_wait_s(response.headers.get("Retry-After"))
        return Later(f"{host} {reason} ({status})", wait_s)
    return Refused(f"{_REFUSALS.get(status, 'not to be had')} ({status})")


def _chunks(response: "Response") -> Iterator[bytes]:
    """Give the bytes as they come in, few as they may be, so that nobody waits for a trickle."""
    # urllib3 before 2.2 has no read1 and waits for a whole chunk.
    read = getattr(response.raw, "read1", response.raw.read)
    while chunk := read(_CHUNK_BYTES, decode_content=True):
        yield chunk


def _body(response: "Response", manners: Manners, stop: threading.Event) -> bytes | Later | Refused:
    """Read what a server sends, as long as it keeps within the limits."""
    too_large = Refused(f"larger than {manners.largest_bytes / 1e6:,.1f} MB")
    length = response.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > manners.largest_bytes:
        return too_large
    start, data = time.monotonic(), bytearray()
    for chunk in _chunks(response):
        data += chunk
        if len(data) > manners.largest_bytes:
            return too_large
        if stop.is_set():
            return Later("interrupted")
        if time.monotonic() - start > manners.longest_s:
            return Later(f"not whole within {manners.longest_s:g} s")
    encoded = "Content-Encoding" in response.headers
    if length.isdigit() and not encoded and len(data) < int(length):
        return Later("broken off before it was whole")
    return bytes(data) if data else Refused("empty")
