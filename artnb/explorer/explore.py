"""The explorer's way in."""

from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.errors import InputError
from artnb.explorer.choices import SomeRuns, no_runs, usable_runs
from artnb.platform.where import outputs_folder
from artnb.progress import Progress, bar

if TYPE_CHECKING:
    import ipywidgets

# Two generators paint this in about two seconds on two processor cores, if they are small.
LARGEST_PX = 512


def explore(
    runs: SomeRuns | None = None,
    photos: str | Path | None = None,
    paintings: str | Path | None = None,
    largest_px: int = LARGEST_PX,
    progress: Progress = bar,
) -> "ipywidgets.VBox":
    """Make a panel to try styles, epochs and photos with; a notebook shows it below the cell.

    Of Runs that make pictures out of latents seed and truncation are chosen in place of a photo;
    they have a panel of their own.

    Saved paintings and favourites lie in the outputs folder under `explorer/`.

    Args:
        runs: names, paths or Runs, one or several; None takes all in the outputs folder.
        photos: a file or a folder of pictures of X; None takes each Run's held-out ones.
        paintings: likewise of Y, for the way from Y to X.
        largest_px: pictures are scaled down until their longer side has this many pixels.
        progress: shows how far reading the first Run's pictures has got.

    Returns:
        The panel, or a sentence where there is no Run to show.

    Raises:
        InputError: ipywidgets is not installed, a Run that was named does not exist, or the
            photos do not.
    """
    if util.find_spec("ipywidgets") is None:
        raise InputError(
            "the explorer needs ipywidgets 7.7 or newer, and it is not installed; install it with "
            "pip install ipywidgets, or the package with its extra notebooks"
        )
    import ipywidgets

    from artnb.explorer.latents import LatentPanel
    from artnb.explorer.panel import Panel
    from artnb.explorer.photos import Albums
    from artnb.explorer.widgets import message_box

    usable, remarks = usable_runs(runs)
    if not usable:
        return message_box(no_runs(remarks))
    of_latents = [run for run in usable if run.is_latent]
    of_photos = [run for run in usable if not run.is_latent]
    folder, panels = outputs_folder() / "explorer", []
    if of_photos:
        albums = Albums(*(Path(path) if path else None for path in (photos, paintings)), progress)
        panels.append(Panel(of_photos, albums, folder, largest_px, remarks))
    if of_latents:
        panels.append(LatentPanel(of_latents, folder, [] if of_photos else remarks))
    return panels[0] if len(panels) == 1 else ipywidgets.VBox(panels)
