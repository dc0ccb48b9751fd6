"""Sheets drawn from a gallery: epochs, styles, kinds of picture, nearest ones, before and after."""

from pathlib import Path

from PIL import Image

from artnb.drawing.grids import draw_four_kinds, titled_grid
from artnb.drawing.nearest import draw_nearest
from artnb.errors import InputError
from artnb.files import write_whole
from artnb.gallery.manifest import ShownRun
from artnb.gallery.shelf import PICTURE_QUALITY, encode_webp
from artnb.gallery.walls import Walls, shown_epoch, spread

_FOUR_KINDS = ("source", "painting", "reconstruction", "identity")
# More columns than that are too small to be seen on a screen.
_MOST_EPOCHS = 10


def draw_epochs(
    folder: Path, run: str | None = None, count: int = 6, edge_px: int = 224
) -> Image.Image:
    """Show photos in rows and what a Run's epochs made of them in columns.

    Args:
        folder: of the gallery.
        run: name of the Run; None takes the first.
        count: how many photos at most, spread evenly.
        edge_px: of the square that each picture is fitted into.

    Returns:
        An RGB image; of more than ten epochs ten are shown, spread evenly, and the best.

    Raises:
        InputError: the folder is no gallery, or shows no such Run.
    """
    walls = Walls(folder)
    shown = walls.run(run)
    epochs = sorted({*spread(shown.epochs, _MOST_EPOCHS), shown_epoch(shown)})
    photos = walls.photos(count)
    rows = [
        [
            walls.picture(photo, "source"),
            *(walls.picture(photo, "painting", shown.name, epoch) for epoch in epochs),
            walls.picture(photo, "truth"),
        ]
        for photo in photos
    ]
    source, target = photos[0].source_domain, walls.target(shown)
    columns = [source, *(_epoch(shown, epoch) for epoch in epochs), f"true {target}"]
    if all(row[-1] is None for row in rows):
        rows, columns = [row[:-1] for row in rows], columns[:-1]
    sections = (1, 1 + len(epochs))
    return titled_grid(rows, columns, _title(walls, shown), sections, edge_px)


def _epoch(run: ShownRun, epoch: int) -> str:
    return f"epoch {epoch}{', best' * (epoch == run.best)}"


def _title(walls: Walls, run: ShownRun) -> str:
    way = f"{walls.photos(1)[0].source_domain} → {walls.target(run)}"
    return f"{way} ({run.name})" if len(walls.gallery.runs) > 1 else way


def draw_styles(folder: Path, count: int = 6, edge_px: int = 256) -> Image.Image:
    """Show photos in rows and what each Run makes of them in columns.

    Args:
        folder: of the gallery.
        count: how many photos at most, spread evenly.
        edge_px: of the square that each picture is fitted into.

    Returns:
        An RGB image. Of each Run the best epoch is shown, or the last.

    Raises:
        InputError: the folder is no gallery.
    """
    walls = Walls(folder)
    photos, runs = walls.photos(count), walls.gallery.runs
    epochs = [shown_epoch(run) for run in runs]
    rows = [
        [
            walls.picture(photo, "source"),
            *(
                walls.picture(photo, "painting", run.name, epoch)
                for run, epoch in zip(runs, epochs, strict=True)
            ),
        ]
        for photo in photos
    ]
    targets = [walls.target(run) for run in runs]
    names = [
        target if targets.count(target) == 1 or target == run.name else f"{target} ({run.name})"
        for run, target in zip(runs, targets, strict=True)
    ]
    titles = [f"{name}, epoch {epoch}" for name, epoch in zip(names, epochs, strict=True)]
    source = photos[0].source_domain
    return titled_grid(rows, [source, *titles], sections=(1,), edge_px=edge_px)


def draw_kinds(
    folder: Path, run: str | None = None, count: int = 4, edge_px: int = 192
) -> Image.Image:
    """Show photos, paintings, reconstructions and identities, and the same from paintings.

    Args:
        folder: of the gallery.
        run: name of the Run; None takes the first. Its best epoch is shown, or the last.
        count: how many photos at most, and how many paintings.
        edge_px: of the square that each picture is fitted into.

    Returns:
        An RGB image.

    Raises:
        InputError: the folder is no gallery, shows no such Run, or was made without these kinds.
    """
    walls = Walls(folder)
    shown = walls.run(run)
    epoch = shown_epoch(shown)
    made = dict.fromkeys(_FOUR_KINDS[1:], (shown.name, epoch))

    def rows(exhibits: list) -> list:
        return [
            [walls.picture(exhibit, kind, *made.get(kind, ())) for kind in _FOUR_KINDS]
            for exhibit in exhibits
        ]

    photos = rows(walls.photos(count))
    if all(picture is None for row in photos for picture in row[2:]):
        raise InputError(
            f"the gallery {folder} holds no reconstructions or identities; make it again without "
            "--kinds"
        )
    names = (walls.photos(1)[0].source_domain, walls.target(shown))
    title = f"{_title(walls, shown)}, epoch {epoch}"
    return draw_four_kinds(photos, rows(walls.paintings(shown, count)), names, title, edge_px)


def draw_nearest_real(
    folder: Path, run: str | None = None, count: int = 6, edge_px: int = 220
) -> Image.Image:
    """Show paintings beside the real paintings that they are nearest to, the nearest first.

    Args:
        folder: of the gallery.
        run: name of the Run; None takes the first. Its best epoch is shown, or the last.
        count: how many rows at most.
        edge_px: of the square that each picture is fitted into.

    Returns:
        An RGB image.

    Raises:
        InputError: the folder is no gallery, shows no such Run, or was made without this kind.
    """
    walls = Walls(folder)
    shown = walls.run(run)
    made = (shown.name, shown_epoch(shown))
    found = [(photo, walls.view(photo, "nearest", *made)) for photo in walls.photos()]
    found = sorted(((p, v) for p, v in found if v), key=lambda pair: pair[1].distance)
    if not found:
        raise InputError(
            f"the gallery {folder} holds no nearest real pictures; make it again where the Run's "
            "data and an extractor's weights are at hand"
        )
    target = walls.target(shown)
    return draw_nearest(
        [walls.picture(photo, "source") for photo, _ in found[:count]],
        [walls.picture(photo, "painting", *made) for photo, _ in found[:count]],
        [walls.read(view) for _, view in found[:count]],
        [view.distance for _, view in found[:count]],
        most=count,
        names=(found[0][0].source_domain, f"{target}, epoch {made[1]}", f"nearest real {target}"),
        edge_px=edge_px,
    )


def draw_before_and_after(
    folder: Path, run: str | None = None, count: int = 4, edge_px: int = 480
) -> Image.Image:
    """Show photos on the left and their paintings on the right.

    Args:
        folder: of the gallery.
        run: name of the Run; None takes the first. Its best epoch is shown, or the last.
        count: how many photos at most, spread evenly.
        edge_px: of the square that each picture is fitted into.

    Returns:
        An RGB image.

    Raises:
        InputError: the folder is no gallery, or shows no such Run.
    """
    walls = Walls(folder)
    shown = walls.run(run)
    epoch, photos = shown_epoch(shown), walls.photos(count)
    rows = [
        [walls.picture(photo, "source"), walls.picture(photo, "painting", shown.name, epoch)]
        for photo in photos
    ]
    columns = [photos[0].source_domain, f"→ {walls.target(shown)}, epoch {epoch}"]
    return titled_grid(rows, columns, edge_px=edge_px)


def write_sheets(folder: Path) -> list[Path]:
    """Draw every sheet that a gallery has the pictures for into its folder `sheets`.

    Args:
        folder: of the gallery.

    Returns:
        The files, WebP.

    Raises:
        InputError: the folder is no gallery, or one without photos.
    """
    walls = Walls(folder)
    runs, exhibits = walls.gallery.runs, walls.gallery.exhibits
    there = {(view.kind, view.run) for exhibit in exhibits for view in exhibit.views}
    sheets = {"styles": draw_styles(folder)} if len(runs) > 1 else {}
    for run in runs:
        sheets |= {
            f"{name}{walls.file_suffix(run)}": draw(folder, run.name)
            for name, (draw, kind) in _SHEETS.items()
            if (kind, run.name) in there
        }
    return [_write(sheet, folder / "sheets" / f"{name}.webp") for name, sheet in sheets.items()]


def _write(sheet: Image.Image, path: Path) -> Path:
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
