"""Photos turning into paintings, epoch by epoch, as an animated picture."""

from pathlib import Path

from PIL import Image

from artnb.drawing.animation import check_animation, save_animation
from artnb.drawing.grids import picture_grid
from artnb.gallery.manifest import LATENTS, GalleryReader, spread

# Long enough to look at photo and result, short enough to see what changes in between.
PHOTO_MS, EPOCH_MS, LAST_MS = 1500, 600, 2500
_MOST_EPOCHS = 24


def animate_epochs(
    folder: Path,
    out: Path,
    run: str | None = None,
    count: int = 4,
    columns: int = 2,
    edge_px: int = 256,
) -> Path:
    """Animate photos through the epochs of a Run: the photos first, then what each epoch made.

    Args:
        folder: of the gallery.
        out: the file to write, `.webp` or `.gif`; a WebP is a fraction of the size.
        run: name of the Run; None takes the first.
        count: how many photos, spread evenly.
        columns: how many of them side by side.
        edge_px: of the square that each picture is fitted into.

    Returns:
        The file. It plays again and again; every frame says which epoch it is, and of more than
        24 epochs as many are shown, spread evenly.

    Raises:
        InputError: the folder is no gallery, shows no such Run, or `out` is of another kind.
    """
    check_animation(out)
    frames = draw_frames(folder, run, count, columns, edge_px)
    durations = [PHOTO_MS, *[EPOCH_MS] * (len(frames) - 2), LAST_MS][-len(frames) :]
    return save_animation(frames, durations, out)


def write_animations(folder: Path) -> list[Path]:
    """Animate every Run of a gallery that is shown with several epochs, into its folder.

    Args:
        folder: of the gallery.

    Returns:
        The files, WebP.

    Raises:
        InputError: the folder is no gallery, or one without photos.
    """
    reader = GalleryReader(folder)
    return [
        animate_epochs(folder, folder / f"animation{reader.file_suffix(run)}.webp", run.name)
        for run in reader.gallery.runs
        if len(run.epochs) > 1
    ]


def draw_frames(
    folder: Path, run: str | None = None, count: int = 4, columns: int = 2, edge_px: int = 256
) -> list[Image.Image]:
    """Draw the frames of `animate_epochs`, all of one size."""
    reader = GalleryReader(folder)
    shown = reader.run(run)
    photos = reader.photos(count)
    columns = min(columns, len(photos))
    pictures = [reader.picture(photo, "source") for photo in photos]
    title = f"{reader.source} → {reader.target(shown)}"
    has_photos = reader.source != LATENTS
    frames = [picture_grid(pictures, columns, title, edge_px)] if has_photos else []
    for epoch in spread(shown.epochs, _MOST_EPOCHS):
        painted = [reader.picture(photo, "painting", shown.name, epoch) for photo in photos]
        # Where one is missing, the picture before it stays.
        pictures = [old if new is None else new for new, old in zip(painted, pictures, strict=True)]
        title = f"{reader.target(shown)}, epoch {epoch}"
        frames.append(picture_grid(pictures, columns, title, edge_px))
    return frames
