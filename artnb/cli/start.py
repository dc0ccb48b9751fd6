"""Commands to begin with: doctor and demo."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import artnb
from artnb.cli import options


def doctor(*, backend: options.Backend = None) -> None:
    """Look at this machine: backend, devices, versions, disk and memory, data, weights."""
    from artnb.doctor import examine

    print(examine(backend))


def demo(
    *,
    out: Annotated[Path | None, "new folder (default: outputs/demo-DATE)"] = None,
    data: Annotated[Path | None, "train on this instead of the embedded data"] = None,
    backend: options.Backend = None,
) -> None:
    """Make data, train for some minutes, paint held-out photos: see that all works."""
    options.say_backend(backend, small_networks=True)
    out = out or artnb.outputs_folder() / f"demo-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    result = artnb.run_demo(out, data, progress=artnb.bar)
    if result.check:
        print(result.check.describe())
    print(f"Look at the paintings:  {result.contact_sheet}")
    print(f"Strokes of a painting:  {result.strokes_sheet}")
    print(f"Grids while training:   {result.run.samples}")
    print(f"Loss curves:            {result.run.losses_picture}")
    print(f"A page that paints:     artnb publish --run {result.run.path} --out FOLDER")
    print(f"Your own photos:        artnb translate --run {result.run.path} --photos FOLDER "
          f"--out {out / 'mine'}")  # fmt: skip
