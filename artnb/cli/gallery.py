"""The command that shows what Runs make of photos."""

from pathlib import Path
from typing import Annotated

import artnb.gallery
from artnb.cli import options
from artnb.files import can_write


def gallery(
    *,
    run: options.RunNames,
    photos: Annotated[Path | None, "a file or folder (default: held-out ones of the Run)"] = None,
    epochs: options.Epochs = "all",
    count: Annotated[
        int | None, "photos, spread evenly (default: 12; all of --photos; 24 seeds)"
    ] = None,
    to: options.To = "y",
    kinds: Annotated[str | None, "with commas (default: all; painting alone is fastest)"] = None,
    largest_px: options.LargestPx = 1024,
    data: options.RunData = None,
    out: Annotated[Path | None, "(default: gallery in the Run's folder)"] = None,
    painter_page: Annotated[
        str, "address of a page of artnb publish, for visitors to try photos of their own"
    ] = "",
    no_page: Annotated[bool, "pictures, sheets and animation alone"] = False,
    backend: options.Backend = None,
) -> None:
    """Show what Runs make of photos, epoch by epoch: a page to browse, sheets, an animation.

    kinds:  painting, reconstruction (the way back), identity, nearest (real picture),
            truth (of embedded data); nothing is painted twice, and an interrupted gallery
            goes on where it was with the same command
    latents: of Runs that make pictures out of latents seeds are shown in place of photos
    """
    runs = [artnb.open_run(name) for name in run]
    out = out or _default_folder(runs)
    chosen = [kind.strip() for kind in kinds.split(",")] if kinds else None
    options.say_passed_over(photos)
    options.say_backend(backend)
    artnb.make_gallery(
        runs,
        out,
        photos,
        epochs,
        count,
        to,
        chosen,
        largest_px,
        data,
        page=not no_page,
        painter_page=painter_page,
        progress=artnb.bar,
        say=print,
    )
    for sheet in artnb.gallery.write_sheets(out):
        print(f"Sheet:      {sheet}")
    for animation in artnb.gallery.write_animations(out):
        print(f"Animation:  {animation}")
    if not no_page:
        print(f"Gallery:    {out / 'index.html'}")


def _default_folder(runs) -> Path:
    """Say where a gallery goes: into its Run, or beside several that it compares."""
    folders = {run.path.resolve(): run.path for run in runs}
    if len(folders) == 1 and can_write(runs[0].path):
        return runs[0].path / "gallery"
    return artnb.outputs_folder() / "-".join(["gallery", *(path.name for path in folders)])
