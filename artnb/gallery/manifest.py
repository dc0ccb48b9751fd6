"""What a gallery holds: photos, and for each the pictures that Runs made of it.

A gallery is a folder: full-size pictures and thumbnails as files, `gallery.json` that says what
they are, and pages that show them. Whatever is drawn of it is made from this.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np

from artnb.data.images import decode_rgb
from artnb.documents import read_document
from artnb.errors import InputError, nearest
from artnb.files import write_whole

Thing = TypeVar("Thing")

MANIFEST = "gallery.json"
FORMAT = 1
# Stands for the domain of what is no picture.
LATENTS = "latents"
# The kinds of picture, in the order in which they are shown.
KINDS = ("source", "painting", "reconstruction", "identity", "nearest", "truth")


@dataclass(frozen=True)
class View:
    """One picture.

    Args:
        kind: `"source"` (the photo, or the painting where paintings are translated), `"painting"`
            (what a generator made of it), `"reconstruction"` (the way back), `"identity"` (the
            source through the other generator), `"nearest"` (the nearest real picture of the
            target domain), `"truth"` (the true painting, of embedded data).
        file: of the picture in full size, relative to the gallery's folder, with `/`.
        thumbnail: likewise.
        run: name of the Run that made it, or that made what it is the nearest to; empty for the
            source and the truth.
        epoch: of that generator, likewise; None for the source and the truth.
        note: a few words beneath, such as a distance.
        distance: of the nearest real picture, 1 − |cos| of features; None for other kinds.
    """

    kind: str
    file: str
    thumbnail: str
    run: str = ""
    epoch: int | None = None
    note: str = ""
    distance: float | None = None


@dataclass(frozen=True)
class Exhibit:
    """One photo with all that was made of it.

    Args:
        name: the photo's file name, as people know it.
        source_domain: such as `"photo"`.
        target_domain: such as `"monet"`.
        width: of its full-size pictures, pixels.
        height: likewise.
        views: all pictures, the source first.
    """

    name: str
    source_domain: str
    target_domain: str
    width: int
    height: int
    views: tuple[View, ...]


@dataclass(frozen=True)
class ShownRun:
    """A Run in a gallery.

    Args:
        name: of the Run.
        x: name of its domain X.
        y: name of its domain Y.
        epochs: that are shown, in order.
        best: the best epoch by its scores, or None.
        scores: rows of its `scores.csv`.
    """

    name: str
    x: str
    y: str
    epochs: tuple[int, ...]
    best: int | None = None
    scores: tuple[dict[str, str], ...] = ()

    @property
    def direction(self) -> str:
        """What it turns into what; photos and paintings into each other."""
        return f"{self.x} {'→' if self.x == LATENTS else '↔'} {self.y}"

    @property
    def shown_epoch(self) -> int:
        """The epoch that stands for it: the best where it is shown, else the last."""
        return self.best if self.best in self.epochs else self.epochs[-1]


@dataclass(frozen=True)
class Gallery:
    """Everything in a gallery's folder.

    Args:
        title: for people.
        runs: whose pictures are shown.
        exhibits: the photos, in the order in which they are shown.
        made: when, UTC, ISO 8601.
    """

    title: str
    runs: tuple[ShownRun, ...]
    exhibits: tuple[Exhibit, ...]
    made: str = ""

    def save(self, folder: Path) -> None:
        """Write `gallery.json`."""
        text = json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1)
        write_whole(folder / MANIFEST, text + "\n")


def read_gallery(folder: Path) -> Gallery:
    """Read a gallery's `gallery.json`.

    Raises:
        InputError: there is none, or it is damaged.
    """
    file = folder / MANIFEST
    if not file.is_file():
        raise InputError(f"{folder} is no gallery: it holds no {MANIFEST}; make one first")
    return read_document(file, Gallery, "make the gallery again", newest=FORMAT)


@dataclass(frozen=True)
class GalleryReader:
    """A gallery's photos and pictures, for those who draw something of them.

    Args:
        folder: of the gallery.
    """

    folder: Path

    @cached_property
    def gallery(self) -> Gallery:
        """What is in the folder.

        Raises:
            InputError: the folder is no gallery, or one without photos.
        """
        gallery = read_gallery(self.folder)
        if not gallery.exhibits:
            raise InputError(f"the gallery {self.folder} holds no photos yet; make it again")
        return gallery

    def run(self, name: str | None = None) -> ShownRun:
        """Find a Run by its name; None gives the first.

        Raises:
            InputError: there is no such Run in the gallery.
        """
        runs = {run.name: run for run in self.gallery.runs}
        if name is None:
            return self.gallery.runs[0]
        if name not in runs:
            raise InputError(f"the gallery shows no Run {name!r}; {nearest(name, runs)}")
        return runs[name]

    @property
    def source(self) -> str:
        """The name of the domain that is translated."""
        return self.gallery.exhibits[0].source_domain

    def photos(self, count: int | None = None) -> list[Exhibit]:
        """Give what is translated, so many spread evenly."""
        first = _direction(self.gallery.exhibits[0])
        return spread([e for e in self.gallery.exhibits if _direction(e) == first], count)

    def paintings(self, run: ShownRun, count: int | None = None) -> list[Exhibit]:
        """Give what a Run translates the other way, so many spread evenly."""
        first = _direction(self.gallery.exhibits[0])
        others = (e for e in self.gallery.exhibits if _direction(e) != first)
        return spread([e for e in others if any(v.run == run.name for v in e.views)], count)

    def target(self, run: ShownRun) -> str:
        """Name what a Run translates photos to."""
        return {run.x: run.y, run.y: run.x}.get(self.source, run.y)

    def file_suffix(self, run: ShownRun) -> str:
        """Tell a Run's files from those of others, in characters that every file system takes."""
        if len(self.gallery.runs) == 1:
            return ""
        number = self.gallery.runs.index(run) + 1
        name = re.sub(r"[^a-z0-9]+", "-", run.name.lower()).strip("-")[:40]
        return f"-{number}-{name}".rstrip("-")

    def view(
        self, exhibit: Exhibit, kind: str, run: str = "", epoch: int | None = None
    ) -> View | None:
        """Find a picture of a photo; None where there is none."""
        wanted = (kind, run, epoch)
        return next((v for v in exhibit.views if (v.kind, v.run, v.epoch) == wanted), None)

    def picture(
        self, exhibit: Exhibit, kind: str, run: str = "", epoch: int | None = None
    ) -> np.ndarray | None:
        """Read a picture of a photo, uint8 `(height, width, 3)`; None where there is none."""
        view = self.view(exhibit, kind, run, epoch)
        return self.read(view) if view else None

    def rows(
        self, exhibits: Sequence[Exhibit], slots: Sequence[tuple]
    ) -> list[list[np.ndarray | None]]:
        """Read the same pictures of each photo, a row for each.

        Args:
            exhibits: the photos.
            slots: what to read of each: kind, and Run and epoch where it has them.
        """
        return [[self.picture(exhibit, *slot) for slot in slots] for exhibit in exhibits]

    def read(self, view: View) -> np.ndarray:
        """Read a picture."""
        return decode_rgb((self.folder / view.file).read_bytes())


def spread(things: Sequence[Thing], count: int | None) -> list[Thing]:
    """Give so many of them, spread evenly, the first and the last among them; None gives all."""
    if count is None or count >= len(things):
        return list(things)
    return [things[place] for place in np.linspace(0, len(things) - 1, count).round().astype(int)]


def _direction(exhibit: Exhibit) -> tuple[str, str]:
    return exhibit.source_domain, exhibit.target_domain
