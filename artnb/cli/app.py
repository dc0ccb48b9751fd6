"""The command that opens the app."""

import signal
from pathlib import Path
from typing import Annotated

import artnb
from artnb.cli import options


def app(
    *,
    run: options.RunNames = (),
    photos: Annotated[
        Path | None, "a file or folder to choose from (default: held-out ones of each Run)"
    ] = None,
    share: Annotated[
        bool, "also at a public address of gradio.live, through which all pictures then go"
    ] = False,
    port: Annotated[int | None, "(default: the first free one from 7860)"] = None,
    largest_px: Annotated[int, "scale larger pictures down to this longer side"] = 768,
    backend: options.Backend = None,
) -> None:
    """Open an app in the browser: style, epoch and photo; seed and truncation; before and after.

    It is open to this machine alone, and asks nobody else for anything, unless --share is given.
    Ctrl-C ends it. Without --run all Runs in the outputs folder are offered.
    """
    opened = artnb.app(run or None, photos, share, port, largest_px, backend)
    print(f"The app is at {opened.url}; Ctrl-C ends it.", flush=True)
    if share:
        print(f"For others:   {opened.share_url or 'no public address was to be had'}", flush=True)
    # Whoever ends the process means it as Ctrl-C, and visitors' pictures go then too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    opened.wait()
