"""A browser that sees pages as people do, and hears every complaint."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def opened_browser(*flags: str) -> Iterator:
    """Open a browser that is installed; without one the test is skipped."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"needs a browser: none of {', '.join(BROWSERS)} is found")
    with playwright.sync_playwright() as started:
        # Containers run tests as root, where Chromium's sandbox does not start.
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox", *flags])
        yield browser
        browser.close()


class Visit:
    """One look at a page, with the network off.

    Args:
        browser: to open it in.
        file: the page.
        width: of the window, pixels.
        settings: of the browser's context, such as `color_scheme`.
    """

    def __init__(self, browser, file: Path, width: int = 1280, **settings) -> None:
        self.complaints: list[str] = []
        self.context = browser.new_context(viewport={"width": width, "height": 800}, **settings)
        self.context.set_offline(True)
        self.context.route(re.compile(r"^(?!file:)"), self._refuse)
        self.page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self._listen()
        self.page.goto(file.as_uri())

    def _listen(self) -> None:
        complain = self.complaints.append
        self.page.on("console", lambda message: complain(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: complain(f"error: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("dialog", lambda dialog: (complain("a dialog"), dialog.dismiss()))

    def _failed(self, request) -> None:
        # Whoever goes to another page leaves pictures behind that were still to come.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed: {request.url}, {request.failure}")

    def _refuse(self, route) -> None:
        self.complaints.append(f"asked for {route.request.url}")
        route.abort()

    def close(self) -> None:
        """Leave; nothing must have gone wrong."""
        self.page.wait_for_load_state()
        self.context.close()
        assert self.complaints == []
