"""Commands that show painters to others: a web page, and a server of it for this machine."""

from pathlib import Path
from typing import Annotated, Literal

import artnb
from artnb.cli import options
from artnb.cli.maker import Option
from artnb.errors import InputError
from artnb.publishing.runtime import find_runtime

_NEXT = {
    "page": """\
Look at it:  artnb serve {out}
Publish it:  put the folder on any web server; docs/web-page.md says how on GitHub Pages""",
    "space": """\
Try it:      pip install -r {out}/requirements.txt in an environment of its own; python {out}/app.py
Publish it:  push the folder's files to the repository of a Gradio Space""",
}


def publish(
    *,
    run: options.RunNames,
    out: Annotated[Path, "folder for it; what was published there before is replaced"],
    kind: Annotated[
        Literal["page", "space"],
        "page: static files that paint in the visitor's browser; space: the folder of a Gradio "
        "Space at Hugging Face",
        Option(("--as",)),
    ] = "page",
    epoch: options.Epoch = "latest",
    to: Annotated[
        str | None, "x, y or a domain's name: what is painted (default: all styles)"
    ] = None,
    title: Annotated[str | None, "of the page (default: by the styles)"] = None,
    licence: Annotated[
        str | None, "of the networks (default: what is known of their data; of a Space: other)"
    ] = None,
    examples: Annotated[
        Path | None, "photos to try a page with (default: sample photos and an invented one)"
    ] = None,
    runtime: Annotated[
        Path | None,
        "dist of the npm package onnxruntime-web, for a page (default: fetched once)",
        Option(metavar="DIR"),
    ] = None,
    backend: options.Backend = None,
) -> None:
    """Make a web page that paints in the visitor's browser: no server, and no photo leaves it.

    The folder can be put on GitHub Pages, a static Space or any web server; artnb serve opens it
    here. Runs that make pictures out of latents are there with a seed and a truncation.
    """
    runs, is_space = [artnb.open_run(name) for name in run], kind == "space"
    if is_space:
        _refuse_of_a_space(examples=examples, runtime=runtime)
    else:
        find_runtime(runtime, artnb.bar)
    options.say_backend(backend)
    if is_space:
        licence = "other" if licence is None else licence
        made = artnb.publish_space(runs, out, epoch, to, title, licence, artnb.bar, print)
    else:
        of_page = (licence or "", examples, runtime, artnb.bar, print)
        made = artnb.publish(runs, out, epoch, to, title, *of_page)
    sizes = (file.stat().st_size for file in out.rglob("*") if file.is_file())
    print(f"{made}: {sum(sizes) / 1e6:,.0f} MB in the folder")
    print(_NEXT[kind].format(out=out))


def _refuse_of_a_space(**given: Path | None) -> None:
    for name, value in given.items():
        if value is not None:
            raise InputError(f"--{name} is for a page, and this is a Space; leave it out")


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
