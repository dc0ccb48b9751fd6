"""The Space's app as visitors have it, in a browser: `make test-app`."""

import importlib.util
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from artnb.data.images import is_marked_as_painted
from artnb.publishing.networks import write_networks
from artnb.publishing.space import write_space
from tests.evaluation.stand_in import write_pictures
from tests.gallery.browser import opened_browser
from tests.sampling.latent_run import make_latent_run
from tests.web_app.visiting import choose, downloaded, visit

NASTY = "<img src=x onerror=alert(1)>"
with_gradio = pytest.mark.skipif(
    importlib.util.find_spec("gradio") is None, reason="needs Gradio: make test-app"
)


@pytest.fixture(scope="module")
def space(made, tmp_path_factory):
    """A Space of two painters, whose names mean no good, and a sampler."""
    folder = tmp_path_factory.mktemp("space")
    latents = make_latent_run(folder / "run", folder / "pictures")
    makers = [made.painter(2, "y"), made.painter(2, "x"), latents.sampler(2)]
    (folder / "space").mkdir()
    networks = write_networks(makers, folder / "space", say=lambda _line: None)
    titles = (NASTY, "Back", "New")
    networks = [replace(each, title=t) for each, t in zip(networks, titles, strict=True)]
    write_space(folder / "space", networks, NASTY)
    return folder / "space"


@contextmanager
def served(python: str | Path, folder: Path):
    """Run a Space's app as Spaces do; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "GRADIO"))}
    environment["GRADIO_SERVER_PORT"] = str(port)
    url = f"http://127.0.0.1:{port}/"
    process = subprocess.Popen([python, "app.py"], cwd=folder, env=environment)
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(url, timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, "the app has ended"
                time.sleep(0.5)
        yield url
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def url(space):
    with served(sys.executable, space) as url:
        yield url


@pytest.fixture(scope="module")
def browser():
    with opened_browser() as browser:
        yield browser


def paint(page, photo):
    page.set_input_files("input[type=file]", photo)
    page.get_by_text(photo.name).first.wait_for()
    page.get_by_role("button", name="Paint", exact=True).click()
    page.get_by_text(f"photo → {NASTY} by run, epoch 2 (CycleGAN), at 48×48 pixels.").wait_for()
    return downloaded(page, "Download the painting")


@with_gradio
def test_a_photo_is_painted_and_names_are_text(browser, url, tmp_path):
    photo = write_pictures(tmp_path / "photos", 1, size_px=48) / "000.png"
    with visit(browser, url) as page:
        name, data = paint(page, photo)
        assert page.locator("img[src=x]").count() == 0
        assert name.startswith("000-")
        assert is_marked_as_painted(data)
        choose(page, "Style", "Back")
        page.get_by_role("button", name="Paint", exact=True).click()


@with_gradio
def test_what_is_no_picture_is_refused_in_a_sentence(browser, url, tmp_path):
    (tmp_path / "notes.txt").write_text("no picture", encoding="utf-8")
    with visit(browser, url) as page:
        page.set_input_files("input[type=file]", tmp_path / "notes.txt")
        page.get_by_text("notes.txt").first.wait_for()
        page.get_by_role("button", name="Paint", exact=True).click()
        page.get_by_text("notes.txt is no picture that can be read").wait_for()


@with_gradio
def test_two_visitors_are_painted_for_in_line(browser, url, tmp_path):
    photos = write_pictures(tmp_path / "photos", 2, size_px=48)
    with visit(browser, url) as one, visit(browser, url) as other:
        for page, name in ((one, "000.png"), (other, "001.png")):
            page.set_input_files("input[type=file]", photos / name)
            page.get_by_text(name).first.wait_for()
        for page in (one, other):
            page.get_by_role("button", name="Paint", exact=True).click()
        for page, name in ((one, "000"), (other, "001")):
            page.get_by_text("at 48×48 pixels").wait_for()
            assert downloaded(page, "Download the painting")[0].startswith(name)


@with_gradio
def test_seeds(browser, url):
    with visit(browser, url, viewport={"width": 390, "height": 844}) as page:
        page.get_by_role("tab", name="Invent a picture").click()
        page.get_by_label("number input for Seed").fill("7")
        page.get_by_role("button", name="Make the picture").click()
        page.get_by_text("seed 7, truncation 0.7, by run, epoch 2 (StyleGAN2-ADA)").wait_for()
        assert is_marked_as_painted(downloaded(page, "Download the picture")[1])
        page.get_by_role("button", name="Another seed").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.slow
def test_its_own_requirements_are_all_it_needs(browser, space, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "--requirement", space / "requirements.txt"], check=True)
    photo = write_pictures(tmp_path / "photos", 1, size_px=48) / "000.png"
    with served(python, space) as url, visit(browser, url) as page:
        assert is_marked_as_painted(paint(page, photo)[1])
