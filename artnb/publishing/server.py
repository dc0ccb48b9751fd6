"""A page's folder on this machine's own address, with the headers that threads need."""

import json
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from artnb.errors import InputError
from artnb.publishing.headers import HEADERS, MANIFEST

_LOOPBACK = "127.0.0.1"
_KINDS = {".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm"}
_OTHERS = {".onnx": "application/octet-stream", ".json": "application/json"}


class _Handler(SimpleHTTPRequestHandler):
    """Serves a folder's files; folders are not listed."""

    extensions_map: ClassVar[dict[str, str]] = {
        **SimpleHTTPRequestHandler.extensions_map,
        **_KINDS,
        **_OTHERS,
    }
    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        """Answer until the visitor leaves, be it in the midst of a file."""
        with suppress(ConnectionError):
            super().handle()

    def end_headers(self) -> None:
        """Send the headers of pages after all others."""
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def list_directory(self, path: str) -> None:
        """Refuse to list a folder."""
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of requests."""


def serve(site: str | Path, port: int = 0) -> ThreadingHTTPServer:
    """Make a server of a page, for this machine alone; it answers while `serve_forever` runs.

    Args:
        site: a folder of `publish`.
        port: 0 takes one that is free.

    Returns:
        The server; `address_of` gives the page's address.

    Raises:
        InputError: the folder holds no page, or the port is taken.
    """
    site = Path(site)
    check_is_site(site)
    try:
        return ThreadingHTTPServer((_LOOPBACK, port), partial(_Handler, directory=str(site)))
    except (OSError, OverflowError) as error:
        raise InputError(
            f"the port {port} cannot be used here ({error}); choose another --port, or leave it out"
        ) from error


def address_of(server: ThreadingHTTPServer) -> str:
    """Give the address at which a server has its page."""
    return f"http://{_LOOPBACK}:{server.server_address[1]}/"


def check_is_site(site: Path) -> None:
    """Check that a folder holds a page.

    Raises:
        InputError: it does not.
    """
    try:
        is_site = "format" in json.loads((site / MANIFEST).read_bytes())
    except (OSError, ValueError, TypeError):
        is_site = False
    if not is_site:
        raise InputError(
            f"{site} must be a folder of artnb publish, and it has no {MANIFEST} or a damaged one; "
            "make it by artnb publish --run NAME --out FOLDER"
        )
