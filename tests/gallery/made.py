"""Invented galleries for tests of what is drawn of them."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from artnb.evaluation.metrics.score import Score
from artnb.evaluation.rows import Row, as_dictionaries, row_of
from artnb.gallery.manifest import Exhibit, Gallery, ShownRun, View

MADE = "2026-11-21T10:00:00+00:00"
REAL = ("source", "truth")
COLOURS = {
    "source": (120, 160, 200),
    "painting": (200, 120, 60),
    "reconstruction": (110, 150, 190),
    "identity": (130, 170, 190),
    "nearest": (180, 110, 110),
    "truth": (190, 130, 40),
}
# Draws what a view shows: kind, Run, epoch, number of the photo, size.
Painter = Callable[[str, str, int | None, int, tuple[int, int]], Image.Image]


def plain(kind: str, run: str, epoch: int | None, photo: int, size: tuple[int, int]) -> Image.Image:
    """Paint one colour that tells kinds, epochs and photos apart."""
    red, green, blue = COLOURS[kind]
    return Image.new("RGB", size, ((red + 5 * (epoch or 0)) % 256, green, (blue + photo) % 256))


def invent_run(
    name: str = "monet",
    epochs: Sequence[int] = (1, 10, 20),
    best: int | None = None,
    y: str = "",
    is_scored: bool = True,
) -> ShownRun:
    """Give a Run that turns photos into `y`, with scores of two metrics."""
    rows = [row for epoch in epochs for row in _scored(epoch, y or name)] if is_scored else []
    return ShownRun(name, "photo", y or name, tuple(epochs), best, tuple(as_dictionaries(rows)))


def _scored(epoch: int, style: str) -> list[Row]:
    facts = {"direction": f"photo → {style}", "epoch": str(epoch), "split": "test"}
    distance = 200 - 3 * epoch
    scores = {
        "FID": Score(distance, distance - 10, distance + 12, warnings=("only <b>few</b>",)),
        "SSIM to the photo": Score(0.5 + epoch / 100),
    }
    return [row_of(metric, score, reference=style, **facts) for metric, score in scores.items()]


def invent_gallery(
    folder: Path,
    names: Sequence[str] = ("a.jpg", "b.jpg", "c.jpg"),
    runs: Sequence[ShownRun] | None = None,
    kinds: Sequence[str] = ("source", "painting", "reconstruction", "identity"),
    sizes: Sequence[tuple[int, int]] = ((48, 48), (64, 40), (40, 64)),
    title: str = "Photos as paintings",
    paint: Painter | None = plain,
) -> Gallery:
    """Write a gallery of invented pictures; without `paint` they are only spoken of."""
    runs = (invent_run(),) if runs is None else tuple(runs)
    exhibits = [
        invent_exhibit(number, name, runs, kinds, sizes[number % len(sizes)])
        for number, name in enumerate(names)
    ]
    gallery = Gallery(title, tuple(runs), tuple(exhibits), MADE)
    folder.mkdir(parents=True, exist_ok=True)
    gallery.save(folder)
    if paint:
        _paint(folder, exhibits, paint)
    return gallery


def invent_exhibit(
    number: int,
    name: str,
    runs: Sequence[ShownRun],
    kinds: Sequence[str],
    size: tuple[int, int] = (48, 48),
    domains: tuple[str, str] | None = None,
) -> Exhibit:
    """Give a photo with views of all kinds, Runs and epochs, the source first."""
    views = []
    for kind in kinds:
        made = [("", None)] if kind in REAL else [(r.name, e) for r in runs for e in r.epochs]
        for run, epoch in made:
            # What has a meaning in addresses is in them too.
            file = f"pictures/{number:04} 100%/{kind}#{run}-{epoch or 0}.webp"
            views.append(View(kind, file, file, run, epoch))
    source, target = domains or ("photo", runs[0].y)
    return Exhibit(name, source, target, *size, tuple(views))


def _paint(folder: Path, exhibits: Sequence[Exhibit], paint: Painter) -> None:
    for number, exhibit in enumerate(exhibits):
        for view in exhibit.views:
            path = folder / view.file
            path.parent.mkdir(parents=True, exist_ok=True)
            size = (exhibit.width, exhibit.height)
            paint(view.kind, view.run, view.epoch, number, size).save(path)
