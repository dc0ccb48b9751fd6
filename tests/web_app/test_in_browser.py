"""The app as visitors have it, in a browser: `make test-app`."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from artnb.data.images import is_marked_as_painted
from artnb.errors import InputError
from artnb.runs.run import Run
from artnb.translation import translate_image
from tests.evaluation.stand_in import make_run, write_pictures
from tests.gallery.browser import opened_browser
from tests.sampling.latent_run import make_latent_run
from tests.web_app.visiting import choose, downloaded, visit

pytest.importorskip("gradio", reason="needs Gradio: make test-app")
NASTY = "<img src=x onerror=alert(1)>"
# Whom this process has asked for something, since tests run in it as well as the app.
_CONNECTED: list = []
sys.addaudithook(
    lambda event, values: _CONNECTED.append(values[1]) if event == "socket.connect" else None
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("app")
    make_run(folder / "runs" / "monet", folder / "data", discriminators=False)
    shutil.copytree(folder / "runs" / "monet", folder / "runs" / NASTY)
    make_latent_run(folder / "runs" / "latent", folder / "pictures")
    write_pictures(folder / "photos", 2, size_px=48)
    write_pictures(folder / "own", 2, size_px=40, seed=5)
    return folder


@pytest.fixture(scope="module")
def opened(folder):
    from artnb.web_app.opening import app

    names = ("monet", NASTY, "latent")
    opened = app([folder / "runs" / name for name in names], folder / "photos", largest_px=32)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def browser():
    with opened_browser() as browser:
        yield browser


@pytest.fixture
def page(browser, opened):
    with visit(browser, opened.url) as page:
        await_photo(page)
        yield page


def await_photo(page):
    page.locator(".artnb-picture img").first.wait_for()


def paint(page):
    page.get_by_role("button", name="Paint", exact=True).click()
    page.get_by_text("by monet, epoch").wait_for()


def as_pixels(data, tmp_path):
    (tmp_path / "painting.png").write_bytes(data)
    return np.asarray(Image.open(tmp_path / "painting.png")).astype(int)


def bring(page, path):
    page.set_input_files("input[type=file]", path)


def test_a_photo_of_the_list_is_painted_and_downloaded(page, folder, tmp_path):
    paint(page)
    name, data = downloaded(page, "Download the painting")
    assert name == "000-monet-epoch-0002-painting.png"
    assert is_marked_as_painted(data)
    painter = Run(folder / "runs" / "monet").painter(2, "y")
    photo = Image.open(folder / "photos" / "000.png").convert("RGB")
    photo = np.asarray(photo.resize((32, 32), Image.Resampling.LANCZOS))
    wanted = translate_image(painter.load(), photo, painter.multiple_px)
    assert np.abs(as_pixels(data, tmp_path) - wanted).mean() < 2


def test_another_epoch_paints_another_picture(page):
    paint(page)
    _, latest = downloaded(page, "Download the painting")
    choose(page, "Epoch", "epoch 1")
    page.get_by_role("button", name="Paint", exact=True).click()
    page.get_by_text("by monet, epoch 1").wait_for()
    name, first = downloaded(page, "Download the painting")
    assert "epoch-0001" in name
    assert first != latest


def test_a_photo_that_was_brought_takes_the_lists_place(page, folder):
    bring(page, folder / "own" / "001.png")
    page.get_by_text("001.png has 40×40 pixels").wait_for()
    paint(page)
    assert page.get_by_text("001.png: photo → painting by monet").count()


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("notes.txt", b"no picture", "notes.txt cannot be painted: it is not a picture in a known"),
        ("empty.png", b"", "empty.png is empty, and a picture is needed"),
        ("cut.png", None, "cut.png cannot be painted: it cannot be decoded"),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(page, folder, tmp_path, name, data, sentence):
    whole = (folder / "own" / "000.png").read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2] if data is None else data)
    bring(page, tmp_path / name)
    page.get_by_text(sentence).wait_for()
    assert page.get_by_text("Traceback").count() == 0
    paint(page)  # the list's photo is still there
    assert page.get_by_text("000.png: photo → painting").count()


def test_names_are_text(page):
    choose(page, "Style", NASTY)
    await_photo(page)
    page.get_by_role("button", name="Paint", exact=True).click()
    page.get_by_text(f"by {NASTY}, epoch 2").wait_for()
    assert page.locator("img[src=x]").count() == 0


def test_two_visitors_are_painted_for_in_line(browser, opened, folder):
    with visit(browser, opened.url) as one, visit(browser, opened.url) as other:
        for page, name in ((one, "000.png"), (other, "001.png")):
            await_photo(page)
            bring(page, folder / "own" / name)
            page.get_by_text(f"{name} has 40×40").wait_for()
        for page in (one, other):
            page.get_by_role("button", name="Paint", exact=True).click()
        for page, name in ((one, "000"), (other, "001")):
            page.get_by_text(f"{name}.png: photo → painting by monet").wait_for()
            assert downloaded(page, "Download the painting")[0].startswith(name)


def test_seed_and_truncation(page):
    page.get_by_role("tab", name="Invent a picture").click()
    page.get_by_label("number input for Seed").fill("7")
    page.get_by_role("button", name="Make the picture").click()
    page.get_by_text("seed 7, truncation 0.7, by latent, epoch 2").wait_for()
    name, data = downloaded(page, "Download the picture")
    assert name == "seed0007-truncation-0.7-latent-epoch-0002.png"
    assert is_marked_as_painted(data)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_page(browser, opened, scheme):
    size = {"width": 390, "height": 844}
    with visit(browser, opened.url, viewport=size, color_scheme=scheme) as page:
        await_photo(page)
        paint(page)
        page.get_by_text("Download the painting").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_nobody_else_is_asked_for_anything(opened):
    addresses = [address for address in _CONNECTED if isinstance(address, tuple)]
    assert addresses
    assert {host for host, *_ in addresses} <= {"127.0.0.1", "::1"}
    assert opened.share_url is None


def test_it_says_where_it_is(opened):
    assert repr(opened) == f"The app is at {opened.url}. Its close() ends it."
    assert opened.url.startswith("http://127.0.0.1:")


def test_a_port_that_is_taken_is_refused(opened, folder):
    from artnb.web_app.opening import app

    port = int(opened.url.rstrip("/").rpartition(":")[2])
    with pytest.raises(InputError, match=f"the port {port} must be free"):
        app(folder / "runs" / "monet", port=port)


def test_when_it_is_closed_visitors_pictures_are_gone(folder):
    from artnb.web_app.opening import app

    closed = app(folder / "runs" / "monet")
    kept = Path(closed.folder.name)
    assert kept.exists()
    closed.close()
    assert not kept.exists()
    assert not closed.page.is_running


def test_pictures_are_not_too_small(folder):
    from artnb.web_app.opening import app

    with pytest.raises(InputError, match="at least 32 px, got 8"):
        app(folder / "runs" / "monet", largest_px=8)
