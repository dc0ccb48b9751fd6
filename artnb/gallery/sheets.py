"""Sheets drawn from a gallery: epochs, styles, kinds of picture, nearest ones, before and after.

All of them take the same, and give an RGB image:

    folder: of the gallery.
    run: name of the Run; None takes the first. Its best epoch is shown where it is among those of
        the gallery, or else the last.
    count: how many photos at most, spread evenly.
    edge_px: of the square that each picture is fitted into.

They raise `InputError` where the folder is no gallery, shows no such Run, or was made without the
kinds of picture that are needed.
"""

from pathlib import Path

from PIL import Image

from artnb.drawing.grids import draw_four_kinds, titled_grid
from artnb.drawing.nearest import draw_nearest, draw_nearest_samples
from artnb.errors import InputError
from artnb.files import write_whole
from artnb.gallery.manifest import LATENTS, GalleryReader, ShownRun, spread
from artnb.gallery.store import PICTURE_QUALITY, encode_webp

_MADE_KINDS = ("painting", "reconstruction", "identity")
# More columns than that are too small to be seen on a screen.
_MOST_EPOCHS = 10


def draw_epochs(
    folder: Path, run: str | None = None, count: int = 6, edge_px: int = 224
) -> Image.Image:
    """Show photos in rows and what a Run's epochs made of them in columns.

    Of more than ten epochs ten are shown, spread evenly, and the best.
    """
    reader = GalleryReader(folder)
    shown = reader.run(run)
    epochs = sorted({*spread(shown.epochs, _MOST_EPOCHS), shown.shown_epoch})
    paintings = [("painting", shown.name, epoch) for epoch in epochs]
    rows = reader.rows(reader.photos(count), [("source",), *paintings, ("truth",)])
    names = [f"epoch {epoch}{', best' * (epoch == shown.best)}" for epoch in epochs]
    columns = [reader.source, *names, f"true {reader.target(shown)}"]
    sections = (1, 1 + len(epochs))
    if all(row[-1] is None for row in rows):
        rows, columns = [row[:-1] for row in rows], columns[:-1]
    if reader.source == LATENTS:
        rows, columns, sections = [row[1:] for row in rows], columns[1:], ()
    return titled_grid(rows, columns, _title(reader, shown), sections, edge_px)


def _title(reader: GalleryReader, run: ShownRun) -> str:
    direction = f"{reader.source} → {reader.target(run)}"
    return f"{direction} ({run.name})" if len(reader.gallery.runs) > 1 else direction


def draw_styles(folder: Path, count: int = 6, edge_px: int = 256) -> Image.Image:
    """Show photos in rows and what each Run makes of them in columns.

    Of each Run the best epoch is shown, or the last.
    """
    reader = GalleryReader(folder)
    runs = reader.gallery.runs
    paintings = [("painting", run.name, run.shown_epoch) for run in runs]
    rows = reader.rows(reader.photos(count), [("source",), *paintings])
    targets = [reader.target(run) for run in runs]
    titles = []
    for run, target in zip(runs, targets, strict=True):
        clear = targets.count(target) == 1 or target == run.name
        name = target if clear else f"{target} ({run.name})"
        titles.append(f"{name}, epoch {run.shown_epoch}")
    if reader.source == LATENTS:
        return titled_grid([row[1:] for row in rows], titles, edge_px=edge_px)
    return titled_grid(rows, [reader.source, *titles], sections=(1,), edge_px=edge_px)


def draw_kinds(
    folder: Path, run: str | None = None, count: int = 4, edge_px: int = 192
) -> Image.Image:
    """Show photos, paintings, reconstructions and identities, and the same from paintings."""
    reader = GalleryReader(folder)
    shown = reader.run(run)
    made = (shown.name, shown.shown_epoch)
    slots = [("source",), *((kind, *made) for kind in _MADE_KINDS)]
    photos = reader.rows(reader.photos(count), slots)
    if all(picture is None for row in photos for picture in row[2:]):
        raise InputError(
            f"the gallery {folder} holds no reconstructions or identities; make it again without "
            "--kinds"
        )
    paintings = reader.rows(reader.paintings(shown, count), slots)
    names = (reader.source, reader.target(shown))
    title = f"{_title(reader, shown)}, epoch {shown.shown_epoch}"
    return draw_four_kinds(photos, paintings, names, title, edge_px)


def draw_nearest_real(
    folder: Path, run: str | None = None, count: int = 6, edge_px: int = 220
) -> Image.Image:
    """Show paintings beside the real paintings that they are nearest to, the nearest first."""
    reader = GalleryReader(folder)
    shown = reader.run(run)
    made = (shown.name, shown.shown_epoch)
    found = [(photo, reader.view(photo, "nearest", *made)) for photo in reader.photos()]
    found = sorted(((p, v) for p, v in found if v), key=lambda pair: pair[1].distance)
    if not found:
        raise InputError(
            f"the gallery {folder} holds no nearest real pictures; make it again where the Run's "
            "data and an extractor's weights are at hand"
        )
    target, found = reader.target(shown), found[:count]
    slots = [("source",), ("painting", *made), ("nearest", *made)]
    rows = reader.rows([photo for photo, _ in found], slots)
    if reader.source == LATENTS:
        _, samples, reals = zip(*rows, strict=True)
        distances, names = [v.distance for _, v in found], [photo.name for photo, _ in found]
        return draw_nearest_samples(samples, reals, distances, names, edge_px=edge_px)
    return draw_nearest(
        *zip(*rows, strict=True),
        [view.distance for _, view in found],
        most=count,
        names=(reader.source, f"{target}, epoch {made[1]}", f"nearest real {target}"),
        edge_px=edge_px,
    )


def draw_before_and_after(
    folder: Path, run: str | None = None, count: int = 4, edge_px: int = 480
) -> Image.Image:
    """Show photos on the left and their paintings on the right."""
    reader = GalleryReader(folder)
    shown = reader.run(run)
    slots = [("source",), ("painting", shown.name, shown.shown_epoch)]
    rows = reader.rows(reader.photos(count), slots)
    columns = [reader.source, f"→ {reader.target(shown)}, epoch {shown.shown_epoch}"]
    return titled_grid(rows, columns, edge_px=edge_px)


def write_sheets(folder: Path) -> list[Path]:
    """Draw every sheet that a gallery has the pictures for into its folder `sheets`.

    Args:
        folder: of the gallery.

    Returns:
        The files, WebP.

    Raises:
        InputError: the folder is no gallery, or one without photos."""
    reader = GalleryReader(folder)
    runs, exhibits = reader.gallery.runs, reader.gallery.exhibits
    there = {(view.kind, view.run) for exhibit in exhibits for view in exhibit.views}
    sheets = {"styles": draw_styles(folder)} if len(runs) > 1 else {}
    for run in runs:
        sheets |= {
            f"{name}{reader.file_suffix(run)}": draw(folder, run.name)
            for name, (draw, kind) in _SHEETS.items()
            if (kind, run.name) in there
            and not (name == "before-and-after" and reader.source == LATENTS)
        }
    return [
        write_sheet(sheet, folder / "sheets" / f"{name}.webp") for name, sheet in sheets.items()
    ]


def write_sheet(sheet: Image.Image, path: Path) -> Path:
    """Write a sheet as a WebP, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, encode_webp(sheet, PICTURE_QUALITY))
    return path


# Each sheet of a Run, and the kind of picture that it cannot do without.
_SHEETS = {
    "epochs": (draw_epochs, "painting"),
    "kinds": (draw_kinds, "reconstruction"),
    "nearest": (draw_nearest_real, "nearest"),
    "before-and-after": (draw_before_and_after, "painting"),
}
