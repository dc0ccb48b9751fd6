"""The page as visitors have it: painting, saving, refusing, offline, and asking nobody."""

import io
import json
import re
import zlib

import numpy as np
import pytest
from PIL import Image

from artnb import translation
from artnb.data.images import is_marked_as_painted
from artnb.sampling.generating import generate
from tests.gallery.browser import opened_browser
from tests.publishing.conftest import HOSTILE
from tests.publishing.sites import copied, package, served
from tests.publishing.visiting import (
    DESK,
    PHONE,
    Visit,
    apart,
    as_png,
    by_keras,
    drawn_photo,
    pixels_of,
    save_button,
)


@pytest.fixture(scope="module")
def browser():
    with opened_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(site):
    with served(site) as (address, _):
        yield address


@pytest.fixture
def visit(browser, address):
    visits = []

    def go(address=address, **settings):
        visits.append(Visit(browser, address, **settings))
        return visits[-1]

    yield go
    for each in visits:
        each.close()


def by_onnxruntime(site, number, photo):
    onnxruntime = pytest.importorskip("onnxruntime")
    network = json.loads((site / "site.json").read_bytes())["painters"][number]
    session = onnxruntime.InferenceSession(site / network["file"])
    padded = translation.pad_to_multiple(photo, network["multiple_px"])
    feeds = {"picture": padded[None] / np.float32(127.5) - np.float32(1)}
    if count := network["statistics"]:
        feeds |= {"statistics": np.zeros(count, np.float32), "shared": np.array(False)}
    painted = session.run(["painting"], feeds)[0][0, : photo.shape[0], : photo.shape[1]]
    return np.clip(np.rint((painted + 1) * 127.5), 0, 255)


def test_two_styles_are_saved_as_keras_and_onnxruntime_paint_them(visit, site, runs):
    seen, photo = visit(), drawn_photo()
    seen.take("holiday.png", as_png(photo))
    seen.painted(2)
    for number, run in enumerate(runs[:2]):
        name, data = seen.saved(save_button(number + 1))
        assert re.fullmatch(r"holiday-monet_.*\.png", name)
        assert is_marked_as_painted(data)
        assert apart(pixels_of(data), by_onnxruntime(site, number, photo)) <= 1
        assert apart(pixels_of(data), by_keras(run, photo)) <= 2


def test_a_jpeg_and_half_the_strength(visit, runs):
    seen, photo = visit(), drawn_photo()
    seen.take("holiday.png", as_png(photo))
    seen.painted(2)
    seen.page.fill("#strength", "50")
    half = (by_keras(runs[0], photo).astype(int) + photo) / 2
    assert apart(pixels_of(seen.saved(save_button())[1]), half) <= 2
    name, data = seen.saved(save_button(ending="JPG"))
    assert name.endswith(".jpg")
    assert is_marked_as_painted(data)
    # Noise is the worst for JPEG; with colours at half the resolution it would be 11.
    assert np.abs(pixels_of(data) - half).mean() < 2


def test_large_photos_go_in_tiles_as_translate_does(browser, site, runs, tmp_path, monkeypatch):
    numbers = {"whole_pixels": 64 * 64, "tile_px": 48, "overlap_px": 16}
    for name, value in numbers.items():
        monkeypatch.setattr(translation, name.upper(), value)
    photo = drawn_photo(101, 150)
    with served(copied(site, tmp_path / "site", **numbers)) as (address, _):
        seen = Visit(browser, address)
        seen.take("large.png", as_png(photo))
        seen.painted(2)
        paintings = [pixels_of(seen.saved(save_button(number))[1]) for number in (1, 2)]
        seen.close()
    for painting, run in zip(paintings, runs, strict=False):
        assert apart(painting, by_keras(run, photo)) <= 2


def test_seeds_are_those_of_artnb(visit, runs):
    seen = visit()
    seen.page.fill("#truncation", "0.5")
    seen.page.select_option("#class", label="two")
    seen.page.wait_for_selector("#samples figure:nth-child(12)")
    seen.page.wait_for_selector("#cancel", state="hidden")
    generator = runs[2].sampler(class_name="two").load()
    (expected,) = generate(generator, [7], 0.5)
    name, data = seen.saved("#samples figure:nth-child(8) button:text-is('PNG')")
    assert name.endswith("seed7-truncation-0.5.png")
    assert apart(pixels_of(data), expected) <= 2


@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**32 - 1])
def test_latents_are_numpys(visit, seed):
    script = f"import('./latents.js').then((m) => [...m.drawLatent({seed}, 701)])"
    drawn = np.random.RandomState(seed).randn(701).astype(np.float32)
    np.testing.assert_array_equal(np.float32(visit().page.evaluate(script)), drawn)


def grey(photo):
    return Image.fromarray(photo).convert("L"), np.asarray(
        Image.fromarray(photo).convert("L").convert("RGB")
    )


def clear(photo):
    image = Image.fromarray(photo).convert("RGBA")
    image.putalpha(Image.new("L", image.size, 0))
    return image, np.full_like(photo, 255)


def one_pixel(photo):
    return Image.fromarray(photo[:1, :1]), photo[:1, :1]


@pytest.mark.parametrize("kind", [grey, clear, one_pixel])
def test_what_photos_may_be(visit, runs, kind):
    image, meant = kind(drawn_photo())
    seen = visit()
    seen.take("photo.png", as_png(image))
    seen.painted(2)
    _, data = seen.saved(save_button())
    assert apart(pixels_of(data), by_keras(runs[0], meant)) <= 2


def test_a_photo_on_its_side_is_upright(visit):
    exif = Image.Exif()
    exif[0x0112] = 6
    seen = visit()
    seen.take("photo.png", as_png(drawn_photo(40, 70), exif=exif.tobytes()))
    seen.painted(2)
    assert pixels_of(seen.saved(save_button())[1]).shape == (70, 40, 3)


def test_a_jpeg_of_inks_is_painted(visit):
    buffer = io.BytesIO()
    Image.fromarray(drawn_photo()).convert("CMYK").save(buffer, "JPEG")
    seen = visit()
    seen.take("print.jpg", buffer.getvalue(), "image/jpeg")
    seen.painted(2)
    assert pixels_of(seen.saved(save_button())[1]).shape == (47, 66, 3)


def enormous():
    """A PNG of 200 megapixels, all of them black, in a few hundred kilobytes."""
    width, height = 20_000, 10_000
    packed = zlib.compressobj(1)
    row = b"\0" * (1 + width // 8)
    data = b"".join(packed.compress(row) for _ in range(height)) + packed.flush()

    def chunk(name, body):
        sum_of_it = zlib.crc32(name + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + name + body + sum_of_it

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([1, 0, 0, 0, 0])
    chunks = chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("notes.txt", b"no picture at all", "notes.txt is no picture that this browser can show"),
        ("empty.png", b"", "empty.png is empty"),
        ("huge.png", enormous, "20000 × 10000 pixels are more than 100 million"),
        ("cut.png", lambda: as_png(drawn_photo())[:60], "cut.png is"),
        (HOSTILE, b"no picture", HOSTILE.split("{")[0].strip()),
    ],
)
def test_what_is_no_photo_is_refused_in_a_sentence(visit, name, data, sentence):
    seen = visit()
    seen.take(name, data() if callable(data) else data)
    assert sentence in seen.refused()
    # And the page goes on.
    seen.take("photo.png", as_png(drawn_photo()))
    seen.painted(2)


def test_what_is_being_painted_can_be_cancelled(visit):
    seen = visit()
    seen.page.select_option("#size", "0")
    seen.take("photo.png", as_png(drawn_photo(700, 900)))
    seen.page.click("#cancel")
    assert seen.status() == "Cancelled."
    seen.take("photo.png", as_png(drawn_photo()))
    seen.painted(2)


def test_it_asks_for_its_own_files_alone_and_works_offline(browser, site):
    with served(site) as (address, asked):
        seen = Visit(browser, address)
        seen.take("photo.png", as_png(drawn_photo()))
        seen.painted(2)
        _, online = seen.saved(save_button())
        names = set(json.loads((site / "site.json").read_bytes())["files"])
        names |= {"site.json", ""}
        assert {path.partition("?")[0].lstrip("/") for path in asked} <= names
        seen.page.wait_for_selector("html[data-offline=ready]")
        seen.context.set_offline(True)
    # The server is gone as well.
    seen.page.reload()
    seen.page.wait_for_selector("[data-scripted]:not([hidden])")
    seen.take("photo.png", as_png(drawn_photo()))
    seen.painted(2)
    _, offline = seen.saved(save_button())
    assert apart(pixels_of(online), pixels_of(offline)) == 0
    seen.close()


def test_without_a_graphics_card_the_processor_paints(visit, runs):
    seen, photo = visit(), drawn_photo()
    seen.page.evaluate("document.querySelector('#cards').hidden = false")
    seen.page.check("#card")
    seen.take("photo.png", as_png(photo))
    seen.painted(2)
    assert "not on the graphics card" in seen.page.text_content("#paintings")
    _, data = seen.saved(save_button())
    assert apart(pixels_of(data), by_keras(runs[0], photo)) <= 2


def test_names_that_mean_no_good_are_text(visit):
    seen = visit()
    assert seen.page.text_content("h1") == HOSTILE
    assert seen.page.title() == HOSTILE
    assert seen.page.locator("h1 img").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_nothing_serious_hinders_anybody(browser, address, size, scheme):
    seen = Visit(browser, address, size, color_scheme=scheme, bypass_csp=True)
    seen.take("photo.png", as_png(drawn_photo()))
    seen.painted(2)
    seen.page.add_script_tag(path=package("axe-core") / "axe.min.js")
    found = seen.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    serious = [(each["id"], each["nodes"][0]["html"]) for each in found]
    assert serious == []
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert seen.page.evaluate(overflow) <= 0
    seen.close()


def test_it_works_by_keyboard(visit):
    seen = visit()
    seen.take("photo.png", as_png(drawn_photo()))
    seen.painted(2)
    divide = seen.page.locator(".divide >> nth=0")
    divide.focus()
    before = divide.input_value()
    seen.page.keyboard.press("ArrowRight")
    assert int(divide.input_value()) == int(before) + 1
    seen.page.locator("[name=painter] >> nth=1").focus()
    seen.page.keyboard.press("Space")
    seen.page.wait_for_selector("#paintings figure:nth-child(2)", state="detached")


def test_it_speaks_the_visitors_language(visit):
    seen = visit(path="?lang=de")
    assert seen.page.text_content(".button.main").strip() == "Foto auswählen"
    assert seen.page.get_attribute("html", "lang") == "de"


def test_the_first_load_is_small(site):
    files = [*site.glob("*.js"), *site.glob("*.html"), *site.glob("*.css"), *site.glob("*.json")]
    files += site.glob("words/*.json")
    assert 10_000 < sum(file.stat().st_size for file in files) <= 150_000
