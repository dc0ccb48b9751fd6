"""The page on a graphics card; Chromium has one of software, which takes a minute."""

import pytest

from tests.gallery.browser import opened_browser
from tests.publishing.sites import served
from tests.publishing.visiting import (
    Visit,
    apart,
    as_png,
    by_keras,
    drawn_photo,
    pixels_of,
    save_button,
)

SOFTWARE = (
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--use-vulkan=swiftshader",
    "--enable-features=Vulkan",
)


@pytest.mark.slow
def test_a_graphics_card_paints_the_same(site, runs):
    photo = drawn_photo()
    with opened_browser(*SOFTWARE) as browser, served(site) as (address, _):
        seen = Visit(browser, address)
        seen.page.set_default_timeout(400_000)
        seen.page.check("#card")
        seen.page.uncheck("[name=painter] >> nth=1")
        seen.take("photo.png", as_png(photo))
        seen.painted(1)
        told = seen.page.text_content("#paintings")
        assert "on the graphics card" in told
        assert "not on" not in told
        assert apart(pixels_of(seen.saved(save_button())[1]), by_keras(runs[0], photo)) <= 2
        seen.close()
