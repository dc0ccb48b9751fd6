"""Use the explorer as a person does: in JupyterLab, in a browser.

    python tools/explorer_in_jupyter.py --lab 3 --build
    python tools/explorer_in_jupyter.py --lab 4 --build --pictures screenshots

JupyterLab 3.6 comes with ipywidgets 7.7, as on Colab, JupyterLab 4 with 8.1, as on Kaggle. Each
has an environment of its own with the package on JAX, built once with `--build` (about 1.5 GB). A
small Run is trained, JupyterLab is started on this machine alone, and headless Chromium opens a
notebook, runs it, and chooses, uploads, saves and keeps.
"""

import argparse
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from artnb.platform.where import cache_folder

PROJECT = Path(__file__).parents[1]
PACKAGES = {
    3: ("jupyterlab==3.6.*", "ipywidgets==7.7.1", "jupyterlab-widgets<3", "notebook<7",
        "ipykernel<7", "ipython==7.34.0", "setuptools<81"),
    4: ("jupyterlab==4.*", "ipywidgets==8.1.5"),
}  # fmt: skip
SHOWN_PACKAGES = ("jupyterlab", "ipywidgets", "ipykernel", "jax", "keras")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
NOT_BUILT = 3
# The first painting compiles both generators, on a machine that may be busy.
LONGEST_MS = 240_000
# It would ask whether to fetch news, in front of the panel.
NEWS = "@jupyterlab/apputils-extension:announcements"
EVIL_NAME = "<img src=x onerror=alert(1)> Möwe.jpg"


def main() -> None:
    """Build what is asked for, and look at the explorer."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lab", type=int, choices=sorted(PACKAGES), required=True)
    parser.add_argument("--build", action="store_true", help="build the environment if it is not")
    parser.add_argument("--environments", type=Path, default=cache_folder() / "jupyter")
    parser.add_argument("--outputs", type=Path, help="show these Runs instead of a new small one")
    parser.add_argument("--pictures", type=Path, help="folder for screenshots")
    options = parser.parse_args()
    environment = options.environments / f"lab-{options.lab}"
    if options.build:
        build(environment, PACKAGES[options.lab])
    problem = missing(environment)
    if problem:
        print(problem)
        sys.exit(NOT_BUILT)
    print(versions(environment))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        outputs = options.outputs or make_outputs(place / "outputs")
        write_notebook(place / "explorer.ipynb")
        uploads = make_uploads(place / "uploads")
        with jupyter(environment, place, outputs) as address, browser_page() as page:
            pictures = options.pictures or place
            try:
                visit(page, address, uploads, outputs, pictures)
            except Exception:
                page.screenshot(path=pictures / "failed.png")
                raise
    print("The explorer works.")


def build(environment: Path, packages: tuple[str, ...]) -> None:
    """Make a virtual environment with the package and JupyterLab, if it is not there whole."""
    ready = environment / ".ready"
    if ready.exists() and ready.read_text() == repr(packages):
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment)], check=True)
    python = str(environment / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--editable", f"{PROJECT}[jax]", *packages], check=True)
    ready.write_text(repr(packages))


def missing(environment: Path) -> str:
    """Say what is not there; nothing where all is."""
    if not (environment / ".ready").exists():
        return f"needs the environment {environment}: build it with --build"
    if not find_browser():
        return f"needs a browser: one of {', '.join(BROWSERS)}"
    return ""


def find_browser() -> str | None:
    """Find an installed Chromium."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def versions(environment: Path) -> str:
    """Say which versions an environment has."""
    code = (
        "from importlib.metadata import version; "
        f"print(', '.join(f'{{n}} {{version(n)}}' for n in {SHOWN_PACKAGES!r}))"
    )
    python = environment / "bin" / "python"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout


def make_outputs(outputs: Path) -> Path:
    """Train a Run of three epochs on embedded data, for seconds."""
    from artnb.method import preset_config
    from artnb.synthetic.dataset import make_demo_data
    from artnb.training.train import train

    dataset = make_demo_data(outputs.parent / "data", 64, images=12, pairs=6)
    config = preset_config("smoke", epochs=3, steps_per_epoch=4)
    train(dataset, config, outputs / "small", say=lambda line: None)
    return outputs


def make_uploads(folder: Path) -> dict[str, Path]:
    """Make what is uploaded: a large photo with an evil name, a text, an empty file, a bomb."""
    from PIL import Image

    from artnb.synthetic.dataset import make_demo_photos

    made = make_demo_photos(folder / "made", size_px=1200, count=1)
    photo = next(path for path in made.rglob("*") if path.is_file())
    uploads = {
        "photo": photo.rename(folder / EVIL_NAME),
        "text": folder / "note.txt",
        "empty": folder / "empty.jpg",
        "huge": folder / "huge.png",
    }
    uploads["text"].write_text("This is no picture.", encoding="utf-8")
    uploads["empty"].touch()
    Image.new("1", (20_000, 10_000)).save(uploads["huge"])
    return uploads


def write_notebook(path: Path) -> None:
    """Write a notebook of one cell."""
    code = "from artnb.explorer.explore import explore\n\nexplore()"
    cell = {"cell_type": "code", "source": code, "metadata": {}, "outputs": []}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "cells": [{**cell, "execution_count": None}],
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    path.write_text(json.dumps(notebook), encoding="utf-8")


@contextmanager
def jupyter(environment: Path, place: Path, outputs: Path) -> Iterator[str]:
    """Run JupyterLab on this machine alone; gives the notebook's address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    command = [
        *(str(environment / "bin" / "jupyter"), "lab", "--no-browser", "--allow-root"),
        *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
        *(f"--ServerApp.root_dir={place}", f"--IdentityProvider.token={token}"),
        "--LabApp.extension_manager=readonly",
    ]
    folders = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    surroundings = {f"JUPYTER_{name}": str(place / "jupyter" / name) for name in folders}
    surroundings |= {"JUPYTER_PREFER_ENV_PATH": "1", "IPYTHONDIR": str(place / "ipython")}
    settings = place / "jupyter" / "CONFIG_DIR" / "labconfig" / "page_config.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"disabledExtensions": {NEWS: True}}), encoding="utf-8")
    surroundings |= {"ARTNB_OUTPUTS": str(outputs), "KERAS_BACKEND": "jax"}
    with (place / "jupyter.log").open("wb") as log:
        server = subprocess.Popen(command, env=os.environ | surroundings, stdout=log, stderr=log)
    try:
        wait_for_server(server, f"http://127.0.0.1:{port}/api?token={token}", place)
        yield f"http://127.0.0.1:{port}/doc/tree/explorer.ipynb?token={token}"
    finally:
        stop(server)


def wait_for_server(server: subprocess.Popen, address: str, place: Path) -> None:
    """Wait until the server answers, or show why it does not."""
    until = time.monotonic() + 90
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.5)
    sys.exit((place / "jupyter.log").read_text(errors="replace")[-3000:])


def stop(server: subprocess.Popen) -> None:
    """End the server, which ends its kernels."""
    server.terminate()
    try:
        server.wait(30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@contextmanager
def browser_page() -> Iterator[Any]:
    """Open a page in headless Chromium; a dialog on it is an attack that worked."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1400, "height": 1250})
        page.set_default_timeout(LONGEST_MS)
        dialogs = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        yield page
        browser.close()
        assert not dialogs, f"a name was run as a script: {dialogs}"


def visit(page: Any, address: str, uploads: dict[str, Path], outputs: Path, pictures: Path) -> None:
    """Go through everything that the explorer does."""
    pictures.mkdir(parents=True, exist_ok=True)
    panel = Seen(page)
    panel.open(address)
    domains = panel.choices("Direction")[0].split(" → ")
    page.screenshot(path=pictures / "1-opened.png")

    latest = panel.choices("Epoch")[0].removeprefix("latest (").removesuffix(")")
    for choice, expected in (("epoch 1", "epoch 1"), ("latest", latest)):
        before = panel.pixels("painting")
        panel.choose("Epoch", choice)
        panel.wait_for("painting", expected)
        assert panel.pixels("painting") != before, f"{choice}: the picture is the same"
    print("Another epoch changes the picture.")

    photo = panel.pixels("photo")
    panel.choose("Direction", 1)
    panel.wait_for("back", f"back to {domains[1]}")
    assert panel.pixels("photo") != photo, "the other direction paints the same picture"
    panel.choose("Direction", 0)
    panel.wait_for("back", f"back to {domains[0]}")
    print("The other direction paints the other domain's pictures.")

    panel.upload(uploads["photo"])
    panel.wait_for_status("for speed it is painted at 512×341")
    panel.wait_for("photo", EVIL_NAME)
    page.screenshot(path=pictures / "2-uploaded.png")
    print("An uploaded photo is painted, and its name is only text.")

    for kind, message in (
        ("text", "note.txt cannot be painted: it is not a picture in a known format"),
        ("empty", "empty.jpg is empty"),
        ("huge", "must stay below 200 megapixels"),
    ):
        panel.upload(uploads[kind])
        panel.wait_for_status(message)
        page.screenshot(path=pictures / f"3-{kind}.png")
    print("A text file, an empty file and 200 megapixels are told in a sentence.")

    panel.press("Save the painting")
    panel.wait_for_status("The painting is saved")
    panel.press("Keep as a favourite")
    panel.wait_for_status("Kept as a favourite")
    page.get_by_text("Favourites: 1").wait_for()
    for folder in ("saved", "favourites"):
        assert list((outputs / "explorer" / folder).glob("*Möwe*.png")), f"nothing in {folder}"
    page.screenshot(path=pictures / "4-kept.png")
    panel.choose("Epoch", "epoch 2")
    panel.wait_for("painting", "epoch 2")
    panel.press("Keep as a favourite")
    page.get_by_text("Favourites: 2").wait_for()
    page.set_viewport_size({"width": 560, "height": 1400})
    page.wait_for_timeout(1000)
    page.screenshot(path=pictures / "5-narrow.png")
    for left in ("Favourites: 1", "Favourites: none yet"):
        page.locator(".artnb-explorer").get_by_role("button", name="Remove").first.click()
        page.get_by_text(left).wait_for()
    print("A painting is saved, favourites are kept and removed.")


class Seen:
    """The panel on the page."""

    views = ("photo", "painting", "back", "difference")

    def __init__(self, page: Any) -> None:
        self.page = page
        self.panel = page.locator(".artnb-explorer")

    def open(self, address: str) -> None:
        """Open the notebook, run its cell, and wait for the first painting."""
        self.page.goto(address)
        # Before its kernel is ready, JupyterLab 3 runs nothing and says nothing.
        self.page.get_by_text("| Idle").wait_for()
        self.page.locator(".jp-Notebook .jp-CodeCell .jp-InputArea-editor").first.click()
        self.page.keyboard.press("Shift+Enter")
        self.wait_for_status("Painted in")

    def choose(self, title: str, choice: str | int) -> None:
        """Choose an entry of a list by its number, or by what it begins with."""
        if isinstance(choice, str):
            texts = self.choices(title)
            choice = next(n for n, text in enumerate(texts) if text.startswith(choice))
        self.panel.get_by_label(title).select_option(index=choice)

    def choices(self, title: str) -> list[str]:
        """Give the entries of a list."""
        texts = self.panel.get_by_label(title).locator("option").all_inner_texts()
        return [text.replace("\xa0", " ").strip() for text in texts]

    def upload(self, path: Path) -> None:
        """Upload a file with the button."""
        with self.page.expect_file_chooser() as chooser:
            self.panel.get_by_role("button", name="Upload a picture").click()
        chooser.value.set_files(path)

    def press(self, name: str) -> None:
        """Press a button."""
        self.panel.get_by_role("button", name=name).click()

    def wait_for_status(self, text: str) -> None:
        """Wait until the line above the pictures says something."""
        self.panel.locator(".artnb-status").get_by_text(text).wait_for()

    def wait_for(self, view: str, caption: str) -> None:
        """Wait until a picture's caption says something, and the painting is done."""
        self.panel.locator(".artnb-view").nth(self.views.index(view)).get_by_text(
            caption
        ).wait_for()
        self.wait_for_status("Painted in")

    def pixels(self, view: str) -> str:
        """Give a picture as the browser has it."""
        self.page.wait_for_timeout(500)
        picture = self.panel.locator(".artnb-view img").nth(self.views.index(view))
        return picture.evaluate(
            """picture => {
                const canvas = document.createElement("canvas");
                canvas.width = picture.naturalWidth;
                canvas.height = picture.naturalHeight;
                canvas.getContext("2d").drawImage(picture, 0, 0);
                return canvas.toDataURL();
            }"""
        )


if __name__ == "__main__":
    main()
