"""The app's way in: it is made, and opened on this machine alone."""

import os
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.errors import InputError
from artnb.explorer.choices import SomeRuns, no_runs, run_choices, usable_runs
from artnb.explorer.photos import Albums
from artnb.platform.backend import choose_backend
from artnb.platform.where import platform_name
from artnb.web_app.painting import PaintingService

if TYPE_CHECKING:
    import gradio

# Two seconds' work for a small generator on two processor cores.
LARGEST_PX = 768
_SMALLEST_PX = 32
_LOOPBACK = "127.0.0.1"
_LARGEST_FILE = "100mb"
# So many wait in line; whoever comes then is told that there are too many.
_MOST_WAITING = 32
# Read when Gradio is imported. It would tell its makers of every start.
_QUIET = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_DISABLE_TELEMETRY": "1"}


@dataclass(frozen=True)
class OpenedApp:
    """An app that visitors can come to.

    Args:
        page: of Gradio.
        folder: of visitors' pictures; it goes when the app is closed.
        url: where it is on this machine.
        share_url: where others find it; None where nothing is shared.
    """

    page: "gradio.Blocks"
    folder: tempfile.TemporaryDirectory
    url: str
    share_url: str | None

    def __repr__(self) -> str:
        """Say where it is and how it ends."""
        shared = f", and for others at {self.share_url}" if self.share_url else ""
        return f"The app is at {self.url}{shared}. Its close() ends it."

    def wait(self) -> None:
        """Wait until the server ends, as with Ctrl-C, and close the app."""
        try:
            while self.page.is_running:
                self.page.server.thread.join(timeout=1)
        except KeyboardInterrupt:
            pass
        finally:
            self.close()

    def close(self) -> None:
        """End the server, and delete visitors' pictures."""
        self.page.close(verbose=False)
        self.folder.cleanup()


def app(
    runs: SomeRuns | None = None,
    photos: str | Path | None = None,
    share: bool = False,
    port: int | None = None,
    largest_px: int = LARGEST_PX,
    backend: str | None = None,
) -> OpenedApp:
    """Open an app of Gradio in which visitors choose styles, epochs and photos.

    In a notebook it is shown below the cell, and the next cell can run. It is open to this
    machine alone unless it is shared, asks nobody else for anything, and keeps visitors' pictures
    for an hour at most.

    Args:
        runs: names, paths or Runs, one or several; None takes all in the outputs folder.
        photos: a file or a folder of pictures to choose from; None takes each Run's held-out ones.
        share: also open it under a public address of gradio.live, through which pictures then go.
        port: where; None takes the first that is free from 7860.
        largest_px: pictures are scaled down until their longer side has this many pixels.
        backend: see `start_keras`; Keras is loaded for the first painting.

    Raises:
        InputError: Gradio is not installed or too old, no Run can paint, one that was named does
            not exist, or the photos do not, or the port is taken.
    """
    _require_gradio()
    if largest_px < _SMALLEST_PX:
        raise InputError(f"pictures have at least {_SMALLEST_PX} px, got {largest_px}; usual are "
                         f"{LARGEST_PX}")  # fmt: skip
    choose_backend(backend)
    usable, remarks = usable_runs(runs)
    if not usable:
        raise InputError(no_runs(remarks))
    albums = Albums(Path(photos) if photos else None)
    folder = tempfile.TemporaryDirectory(prefix="artnb-app-", ignore_cleanup_errors=True)
    os.environ["GRADIO_TEMP_DIR"] = folder.name
    place = Path(folder.name) / "paintings"
    service = PaintingService(dict(run_choices(usable)), albums, place, largest_px, backend)
    return _open(service, remarks, folder, share, port)


def _require_gradio() -> None:
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        version = metadata.version("gradio")
    except metadata.PackageNotFoundError:
        version = ""
    if not version or int(version.partition(".")[0]) < 6:
        found = f"and this is {version}" if version else "and it is not installed"
        raise InputError(
            f"the app needs Gradio 6, {found}; Gradio wants an older Pillow than artnb has "
            "elsewhere, so make an environment of its own: python3 -m venv .venv-app, then "
            ".venv-app/bin/pip install --constraint constraints/app.txt '.[tensorflow,app]'"
        )


def _open(
    service: PaintingService,
    remarks: list[str],
    folder: tempfile.TemporaryDirectory,
    share: bool,
    port: int | None,
) -> OpenedApp:
    from artnb.web_app.page import STYLE, make_page, theme

    page = make_page(service, remarks)
    page.queue(max_size=_MOST_WAITING)
    try:
        _, url, share_url = page.launch(
            share=share,
            server_name=_LOOPBACK,
            server_port=port,
            prevent_thread_lock=True,
            quiet=True,
            height=760,
            max_file_size=_LARGEST_FILE,
            theme=theme(),
            css=STYLE,
            footer_links=[],
            run_history=False,
            ssr_mode=False,
            enable_monitoring=False,
        )
    except OSError as error:
        folder.cleanup()
        raise InputError(
            f"the port {port or '7860 or one of the next hundred'} must be free, and it is not; "
            "choose another one"
        ) from error
    if platform_name() == "kaggle" and not share:
        print("Kaggle shows no page of its own machine; share=True gives a public address.")
    return OpenedApp(page, folder, url, share_url)
