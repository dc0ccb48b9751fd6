"""The command that shows what Runs make of photos."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.cli.command import add_backend, add_command, add_epochs, say_backend
from artnb.progress import bar

if TYPE_CHECKING:
    from artnb.runs.run import Run


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    text = "Show what Runs make of photos, epoch by epoch: a page to browse, sheets, an animation."
    parser = add_command(commands, "gallery", _gallery, text)
    parser.epilog = (
        "kinds:  painting, reconstruction (the way back), identity, nearest (real picture),\n"
        "        truth (of embedded data); nothing is painted twice, and an interrupted gallery\n"
        "        goes on where it was with the same command"
    )
    parser.add_argument(
        "--run", action="append", required=True, metavar="RUN", help="name or path; may be repeated"
    )
    parser.add_argument(
        "--photos", type=Path, help="a file or a folder (default: held-out ones of the first Run)"
    )
    add_epochs(parser)
    parser.add_argument(
        "--count", type=int, help="photos, spread evenly (default: 12, or all of --photos)"
    )
    parser.add_argument("--to", default="y", help="x, y or a domain's name")
    parser.add_argument("--kinds", help="comma-separated (default: all; painting alone is fastest)")
    parser.add_argument(
        "--largest-px", type=int, default=1024, help="scale larger photos down to this longer side"
    )
    parser.add_argument("--data", type=Path, help="the Runs' data, where it has moved")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="(default: gallery in the Run's folder)"
    )
    parser.add_argument(
        "--no-page", action="store_true", help="pictures, sheets and animation alone"
    )
    add_backend(parser)


def _gallery(options: argparse.Namespace) -> None:
    from artnb.runs.run import open_run

    runs = [open_run(name) for name in options.run]
    out = options.out or default_folder(runs)
    kinds = [kind.strip() for kind in options.kinds.split(",")] if options.kinds else None
    say_backend(options)
    from artnb.gallery.make import make_gallery

    gallery = make_gallery(
        runs,
        out,
        options.photos,
        options.epochs,
        options.count,
        options.to,
        kinds,
        options.largest_px,
        options.data,
        page=not options.no_page,
        progress=bar,
        say=print,
    )
    _draw(out, [run.name for run in gallery.runs])
    if not options.no_page:
        print(f"Gallery:    {out / 'index.html'}")


def default_folder(runs: Sequence["Run"]) -> Path:
    """Say where a gallery goes: into its Run, or beside several that it compares."""
    from artnb.platform.where import outputs_folder

    folders = {run.path.resolve(): run.path for run in runs}
    if len(folders) == 1:
        return runs[0].path / "gallery"
    return outputs_folder() / "-".join(["gallery", *(path.name for path in folders)])


def _draw(folder: Path, runs: Sequence[str]) -> None:
    """Draw sheets and animations, and say where they are."""
    from artnb.gallery.animation import write_animations
    from artnb.gallery.sheets import write_sheets

    for sheet in write_sheets(folder):
        print(f"Sheet:      {sheet}")
    for animation in write_animations(folder):
        print(f"Animation:  {animation}")
