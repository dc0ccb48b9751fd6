"""Files from the network: resumed where they broke off, verified before they get their name."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.errors import InputError
from artnb.files import check_room, disk
from artnb.progress import Progress, silent
from artnb.web.client import (
    InterruptedTryError,
    address_without_secrets,
    asked,
    host_of,
    keep_trying,
    length_of,
    meaning_of,
    wait_asked_for,
)
from artnb.web.partial import PartialFile, hash_problem

if TYPE_CHECKING:
    from requests import Response

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
    progress: Progress = silent,
    say: Callable[[str], None] = print,
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
        headers: sent with every request to this host, such as credentials.
        progress: shows how far it has got, a step for each MiB.
        say: called with a sentence when a try failed and another follows.

    Returns:
        `path`.

    Raises:
        InputError: no network, no permission, no such file, no room on the disk, or the file is
            not the one that was asked for.
    """
    part, show = PartialFile(path), _steps(f"downloading {path.name}", progress)
    sizes = (largest_bytes, size_bytes, bool(sha256 or md5))
    fetching = _Download(url, dict(headers or {}), path, part, *sizes, show)
    with disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    keep_trying(fetching.go_on, path.name, host_of(url), say, lambda: part.size)
    problem = hash_problem(part.path, sha256, md5)
    if problem:
        part.discard()
        raise InputError(f"{path.name} {problem}; fetch it again")
    with disk(path):
        part.rename(path)
    return path


def _steps(title: str, progress: Progress) -> Callable[[int, int | None], None]:
    """Turn bytes into steps of a progress bar; starting over moves none of them back."""
    advance: Callable[[], None] | None = None
    shown = 0

    def show(size: int, total: int | None) -> None:
        nonlocal advance, shown
        if total is None:
            return
        steps = -(-total // _STEP_BYTES)
        advance = advance or progress(title, steps)
        reached = steps if size >= total else size // _STEP_BYTES
        while shown < reached:
            advance()
            shown += 1

    return show


@dataclass(frozen=True)
class _Download:
    """What is wanted, and what has arrived of it."""

    url: str
    headers: dict[str, str]
    path: Path
    part: PartialFile
    largest_bytes: int
    size_bytes: int | None
    has_hash: bool
    show: Callable[[int, int | None], None]

    @property
    def address(self) -> str:
        return address_without_secrets(self.url)

    @property
    def limit_bytes(self) -> int:
        return self.largest_bytes if self.size_bytes is None else self.size_bytes

    def go_on(self) -> None:
        """Ask for what is missing and add it to the part."""
        part = self.part
        if self.has_hash and part.size == self.size_bytes:
            return
        with disk(self.path):
            if part.size > self.limit_bytes or not (part.version or self.has_hash):
                part.discard()  # nothing would say whether the rest belongs to it
        rest = {"Range": f"bytes={part.size}-"} if part.size else {}
        if rest and part.version:
            rest["If-Range"] = part.version
        headers = self.headers | rest
        with asked(self.url, headers) as response, disk(self.path):
            self._check_status(response)
            if self._nothing_is_missing(response):
                return
            if response.status_code != 206:
                part.begin(response)
            total = self._total(response)
            if total is not None:
                check_room(self.path, total - part.size, self.path.name, digits=1)
            self._copy(response, total)
        if total is not None and part.size < total:
            raise InterruptedTryError("the connection was closed too early")

    def _check_status(self, response: "Response") -> None:
        if response.status_code in (200, 206, 416):
            return
        status = meaning_of(response.status_code)
        if status.again:
            reason = f"{host_of(self.url)} {status.clause}"
            raise InterruptedTryError(reason, wait_asked_for(response))
        raise InputError(f"{self.address} {status.clause}")

    def _nothing_is_missing(self, response: "Response") -> bool:
        """Go by the range that comes; start over where it does not continue what is there."""
        size = self.part.size
        asked_from = response.headers.get("Content-Range", "").removeprefix("bytes ")
        if response.status_code == 416 and size and asked_from == f"*/{size}":
            return True
        fits = response.status_code == 206 and asked_from.startswith(f"{size}-")
        if response.status_code == 200 or fits:
            return False
        self.part.discard()
        raise InterruptedTryError("what has arrived does not fit what the server has", wait_s=0)

    def _total(self, response: "Response") -> int | None:
        """Give how long the whole file will be, where the server says so."""
        length = length_of(response)
        total = self.size_bytes if length is None else self.part.size + length
        wanted = total if self.size_bytes is None else self.size_bytes
        if total is not None and (total > self.largest_bytes or total != wanted):
            self._refuse_size(f"{total:,}")
        return total

    def _refuse_size(self, found: str) -> None:
        self.part.discard()
        most = "" if self.size_bytes is not None else "at most "
        raise InputError(
            f"{self.address} must have {most}{self.limit_bytes:,} bytes, and it has {found}: "
            "it is another file now"
        )

    def _copy(self, response: "Response", total: int | None) -> None:
        """Append the bytes as they are on the wire: of an archive, not what is packed in it."""
        size = self.part.size
        with self.part.path.open("ab") as file:
            self.show(size, total)
            for chunk in response.raw.stream(_CHUNK_BYTES, decode_content=False):
                size += len(chunk)
                if size > self.limit_bytes:
                    break
                file.write(chunk)
                self.show(size, total)
            file.flush()
            os.fsync(file.fileno())
        if size > self.limit_bytes:
            self._refuse_size("more")
