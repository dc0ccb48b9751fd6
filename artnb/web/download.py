"""Files from the network: resumed where they broke off, verified before they get their name."""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from artnb.errors import InputError
from artnb.web.part import Part, disk, hash_problem
from artnb.web.retry import InterruptedTryError, Patience, asked_wait_s

if TYPE_CHECKING:
    from requests import Response

    from artnb.progress import Progress

# For connecting, and for the next bytes to arrive.
TIMEOUTS_S = (10.0, 60.0)
_CHUNK_BYTES = 1 << 16
_STEP_BYTES = 1 << 20  # of the progress bar


def download(
    url: str,
    path: Path,
    *,
    largest_bytes: int,
    sha256: str | None = None,
    md5: str | None = None,
    size_bytes: int | None = None,
    headers: Mapping[str, str] | None = None,
    progress: "Progress | None" = None,
    say: Callable[[str], None] = print,
    timeouts_s: tuple[float, float] = TIMEOUTS_S,
    sleep: Callable[[float], None] = time.sleep,
) -> Path:
    """Download a file; one that broke off goes on where it was, in a later call too.

    Until it is whole and verified it is called `path` with `.part` added. Neither the headers
    nor what follows a "?" in the address appear in any message.

    Args:
        url: http or https.
        path: the file to make; one that is there already is replaced.
        largest_bytes: what is longer is refused.
        sha256: what the file's hash must be, in hex.
        md5: the same for publishers who give only that.
        size_bytes: how long the file must be.
        headers: sent with every request, such as credentials.
        progress: shows how far it has got, a step for each MiB.
        say: called with a sentence when a try failed and another follows.
        timeouts_s: for connecting, and for a server that falls silent.
        sleep: waits so many seconds between tries.

    Returns:
        `path`.

    Raises:
        InputError: no network, no permission, no such file, no room on the disk, or the file is
            not the one that was asked for.
    """
    order = _Order(url, path, largest_bytes, size_bytes, bool(sha256 or md5), timeouts_s)
    part, meter = Part(path), _Meter(f"downloading {path.name}", progress)
    patience = Patience(path.name, order.host, say, sleep)
    with disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        try:
            _fetch(order, part, dict(headers or {}), meter)
            break
        except InterruptedTryError as interruption:
            patience.wait(interruption, part.size)
    problem = hash_problem(part.path, sha256=sha256, md5=md5)
    if problem:
        part.discard()
        raise InputError(f"{path.name} {problem}; fetch it again")
    with disk(path):
        part.rename(path)
    return path


@dataclass(frozen=True)
class _Order:
    """What is wanted."""

    url: str
    path: Path
    largest_bytes: int
    size_bytes: int | None
    has_hash: bool
    timeouts_s: tuple[float, float]

    @property
    def host(self) -> str:
        return host_of(self.url)

    @property
    def address(self) -> str:
        return address_without_secrets(self.url)

    @property
    def limit_bytes(self) -> int:
        return self.largest_bytes if self.size_bytes is None else self.size_bytes


def host_of(url: str) -> str:
    """Give the name of the server that an address is on."""
    try:
        return urlsplit(url).hostname or "the server"
    except ValueError:  # "http://[": what asks for it will say so
        return "the server"


def address_without_secrets(url: str) -> str:
    """Give an address without user, password and what follows a "?"."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


class _Meter:
    """Turns bytes into steps of a progress bar; starting over moves none of them back."""

    def __init__(self, title: str, progress: "Progress | None") -> None:
        self._title, self._progress = title, progress
        self._advance: Callable[[], None] | None = None
        self._steps = 0

    def show(self, size: int, total: int | None) -> None:
        if self._progress is None or total is None:
            return
        if self._advance is None:
            self._advance = self._progress(self._title, -(-total // _STEP_BYTES))
        reached = -(-total // _STEP_BYTES) if size >= total else size // _STEP_BYTES
        while self._steps < reached:
            self._advance()
            self._steps += 1


def _fetch(order: _Order, part: Part, headers: dict[str, str], meter: _Meter) -> None:
    """Ask for what is missing and add it to the part."""
    if order.has_hash and part.size == order.size_bytes:
        return
    if part.size > order.limit_bytes or not (part.version or order.has_hash):
        with disk(order.path):
            part.discard()  # nothing would say whether the rest belongs to it
    with _asked(order, part, headers) as response:
        _check_status(order, response)
        if _is_whole(response, part):
            return
        with disk(order.path):
            if response.status_code != 206:
                part.begin(response)
            total = _total(order, response, part)
            _check_room(order, part, total)
            _copy(order, part, response, total, meter)
    if total is not None and part.size < total:
        raise InterruptedTryError("the connection was closed too early")


@contextmanager
def _asked(order: _Order, part: Part, headers: dict[str, str]) -> "Iterator[Response]":
    """Send the request, for the rest of the file where there is a beginning."""
    import requests

    if part.size:
        headers |= {"Range": f"bytes={part.size}-"}
        headers |= {"If-Range": part.version} if part.version else {}
    headers |= {"Accept-Encoding": "identity"}  # a file of so many bytes, not a page
    with network(order.url, order.timeouts_s):
        response = requests.get(order.url, headers=headers, stream=True, timeout=order.timeouts_s)
    with response:
        yield response


@contextmanager
def network(url: str, timeouts_s: tuple[float, float]) -> Iterator[None]:
    """Say in our own words what requests has to say: its messages show whole addresses.

    Args:
        url: that is asked for.
        timeouts_s: for connecting, and for a server that falls silent.

    Raises:
        InterruptedTryError: another try may succeed.
        InputError: none will before something is changed.
    """
    import requests
    import urllib3

    host = host_of(url)
    silent = f"{host} sent nothing for {timeouts_s[1]:.0f} s"
    try:
        yield
    except requests.exceptions.SSLError:
        raise InputError(
            f"the certificate of {host} was not accepted; check this machine's clock and "
            "whether something stands between it and the network"
        ) from None
    except requests.ConnectTimeout:
        reason = f"{host} did not answer within {timeouts_s[0]:.0f} s"
        raise InterruptedTryError(reason, reached=False) from None
    except (requests.Timeout, urllib3.exceptions.ReadTimeoutError):
        raise InterruptedTryError(silent) from None
    except requests.ConnectionError as error:
        if error.args and isinstance(error.args[0], urllib3.exceptions.ProtocolError):
            raise InterruptedTryError(f"{host} hung up") from None
        reason = f"no connection to {host} could be made"
        raise InterruptedTryError(reason, reached=False) from None
    except urllib3.exceptions.HTTPError:
        raise InterruptedTryError("the connection broke off") from None
    except requests.RequestException as error:
        raise InputError(
            f"{address_without_secrets(url)} cannot be asked for ({type(error).__name__}); check "
            "the address and that no header, such as a token, ends in a line break"
        ) from None


def _check_status(order: _Order, response: "Response") -> None:
    status = response.status_code
    if status in (200, 206, 416):
        return
    if status in (408, 429) or status >= 500:
        wait_s = asked_wait_s(response.headers.get("Retry-After"))
        reason = "asked for patience" if status == 429 else "has a problem of its own"
        raise InterruptedTryError(f"{order.host} {reason} ({status})", wait_s)
    reasons = {
        401: "wants to know who asks (401); check the token or the user name and key",
        403: "may not be fetched (403); open its page in a browser, accept its terms where it has "
        "any, and check that the token belongs to that account",
        404: "is not there (404); check the address, or look whether it has moved",
        410: "is not there any more (410); look where it has moved",
    }
    raise InputError(
        f"{order.address} {reasons.get(status, f'answered {status}; check the address')}"
    )


def _is_whole(response: "Response", part: Part) -> bool:
    """Say whether nothing is missing; start over where the answer does not continue the part."""
    asked_from = response.headers.get("Content-Range", "").removeprefix("bytes ")
    if response.status_code == 416 and part.size and asked_from == f"*/{part.size}":
        return True
    fits = response.status_code == 206 and asked_from.startswith(f"{part.size}-")
    if response.status_code == 200 or fits:
        return False
    part.discard()
    raise InterruptedTryError("what has arrived does not fit what the server has", wait_s=0)


def _total(order: _Order, response: "Response", part: Part) -> int | None:
    """Give how long the whole file will be, where the server says so."""
    length = response.headers.get("Content-Length", "")
    total = part.size + int(length) if length.isdigit() else order.size_bytes
    if total is not None and (total > order.largest_bytes or total != (order.size_bytes or total)):
        part.discard()
        raise InputError(_wrong_size(order, f"{total:,}"))
    return total


def _wrong_size(order: _Order, found: str) -> str:
    exact = order.size_bytes is not None
    must = f"{order.limit_bytes:,} bytes" if exact else f"at most {order.limit_bytes:,} bytes"
    return f"{order.address} must have {must}, and it has {found}: it is another file now"


def _check_room(order: _Order, part: Part, total: int | None) -> None:
    free = shutil.disk_usage(order.path.parent).free
    if total is not None and free < total - part.size:
        raise InputError(
            f"{order.path.name} needs {(total - part.size) / 1e6:,.1f} MB in {order.path.parent}, "
            f"and {free / 1e6:,.1f} MB are free; free space there or choose another folder"
        )


def _copy(
    order: _Order, part: Part, response: "Response", total: int | None, meter: _Meter
) -> None:
    size = part.size
    with part.path.open("ab") as file:
        meter.show(size, total)
        for chunk in _chunks(order, response):
            size += len(chunk)
            if size > order.limit_bytes:
                break
            file.write(chunk)
            meter.show(size, total)
        file.flush()
        os.fsync(file.fileno())
    if size > order.limit_bytes:
        part.discard()
        raise InputError(_wrong_size(order, "more"))


def _chunks(order: _Order, response: "Response") -> Iterator[bytes]:
    """Give the bytes as they are on the wire: of an archive, not of what is compressed in it."""
    with network(order.url, order.timeouts_s):
        yield from response.raw.stream(_CHUNK_BYTES, decode_content=False)
