"""Visits to the page, photos to take along, and what others make of these."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from artnb.translation import translate_image

DESK, PHONE = (1280, 900), (390, 800)


class Visit:
    """A visit to the page; whatever goes wrong is a complaint."""

    def __init__(self, browser, address, size=DESK, path="", **settings):
        self.address, self.complaints = address, []
        viewport = {"width": size[0], "height": size[1]}
        self.context = browser.new_context(viewport=viewport, **settings)
        self.context.route(lambda url: not url.startswith((address, "blob:")), self._refuse)
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        complain = self.complaints.append
        self.page.on("console", lambda message: complain(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: complain(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (complain("a dialog"), dialog.dismiss()))
        self.page.goto(address + path)
        self.page.wait_for_selector("[data-scripted]:not([hidden])")

    def _refuse(self, route):
        self.complaints.append(f"asked for {route.request.url}")
        route.abort()

    def take(self, name, data, kind="image/png"):
        file = {"name": name, "mimeType": kind, "buffer": data}
        self.page.set_input_files("input[type=file] >> nth=0", file)

    def painted(self, count):
        """Wait until so many paintings are there, and nothing is being done."""
        self.page.wait_for_selector(f"#paintings figure:nth-child({count}) .saves")
        self.page.wait_for_selector("#cancel", state="hidden")

    def status(self):
        return self.page.text_content("#status")

    def refused(self):
        self.page.wait_for_selector("#status.alarm")
        return self.status()

    def saved(self, selector):
        with self.page.expect_download() as download:
            self.page.click(selector)
        return download.value.suggested_filename, Path(download.value.path()).read_bytes()

    def close(self):
        self.context.close()
        assert self.complaints == []


def as_png(pixels, **options):
    buffer = io.BytesIO()
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(buffer, "PNG", **options)
    return buffer.getvalue()


def drawn_photo(height=47, width=66, seed=1):
    coarse = np.random.default_rng(seed).integers(0, 255, (5, 7, 3), np.uint8)
    image = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(image)


def pixels_of(data):
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def save_button(painting=1, ending="PNG"):
    return f"#paintings figure:nth-child({painting}) .saves button:text-is('{ending}')"


def by_keras(run, photo):
    painter = run.painter()
    return translate_image(painter.load(), photo, painter.multiple_px)


def apart(one, other):
    return np.abs(one.astype(int) - other.astype(int)).max()
