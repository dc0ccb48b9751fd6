"""Commands that show painters to others: a web page, and a server of it for this machine."""

from pathlib import Path
from typing import Annotated

import artnb
from artnb.cli import options
from artnb.cli.maker import Option


def publish(
    *,
    run: options.RunNames,
    out: Annotated[Path, "folder for the page; one that artnb made there is replaced"],
    epoch: options.Epoch = "latest",
    to: Annotated[
        str | None, "x, y or a domain's name: what is painted (default: all styles)"
    ] = None,
    title: Annotated[str | None, "of the page (default: by the styles)"] = None,
    licence: Annotated[str, "of the networks (default: what is known of their data)"] = "",
    examples: Annotated[
        Path | None, "photos to try it with (default: sample photos and an invented one)"
    ] = None,
    runtime: Annotated[
        Path | None,
        "dist of the npm package onnxruntime-web (default: fetched once)",
        Option(metavar="DIR"),
    ] = None,
    backend: options.Backend = None,
) -> None:
    """Make a web page that paints in the visitor's browser: no server, and no photo leaves it.

    The folder can be put on GitHub Pages, a static Space or any web server; artnb serve opens it
    here. Runs that make pictures out of latents are there with a seed and a truncation.
    """
    from artnb.publishing.runtime import find_runtime

    runs = [artnb.open_run(name) for name in run]
    find_runtime(runtime, artnb.bar)
    options.say_backend(backend)
    page = artnb.publish(runs, out, epoch, to, title, licence, examples, runtime, artnb.bar, print)
    bytes_of_all = sum(file.stat().st_size for file in page.parent.rglob("*") if file.is_file())
    print(f"Page:      {page}, {bytes_of_all / 1e6:,.0f} MB in all")
    print(f"Look:      artnb serve {out}")
    print("Publish:   put the folder on any web server; docs/web-page.md says how on GitHub Pages")


def serve(
    site: Annotated[Path, "a folder of artnb publish"],
    *,
    port: Annotated[int, "0 takes one that is free"] = 8000,
) -> None:
    """Open a page of artnb publish on this machine, for this machine alone, until Ctrl-C."""
    from artnb.publishing.server import address_of
    from artnb.publishing.server import serve as make_server

    with make_server(site, port) as server:
        print(f"{address_of(server)}   (Ctrl-C ends it)", flush=True)
        server.serve_forever()
