"""A gallery's pictures as they are asked for by those who draw them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np

from artnb.data.images import decode_rgb
from artnb.errors import InputError, nearest
from artnb.gallery.manifest import Exhibit, Gallery, ShownRun, View, read_gallery

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Walls:
    """A gallery to be looked at.

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

    def photos(self, count: int | None = None) -> list[Exhibit]:
        """Give what is translated, so many spread evenly."""
        first = self.gallery.exhibits[0]
        return spread([e for e in self.gallery.exhibits if _way(e) == _way(first)], count)

    def paintings(self, run: ShownRun, count: int | None = None) -> list[Exhibit]:
        """Give what a Run translates the other way, so many spread evenly."""
        first = self.gallery.exhibits[0]
        others = (e for e in self.gallery.exhibits if _way(e) != _way(first))
        return spread([e for e in others if any(v.run == run.name for v in e.views)], count)

    def target(self, run: ShownRun) -> str:
        """Name what a Run translates photos to."""
        source = self.gallery.exhibits[0].source_domain
        return {run.x: run.y, run.y: run.x}.get(source, run.y)

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

    def read(self, view: View) -> np.ndarray:
        """Read a picture."""
        return decode_rgb((self.folder / view.file).read_bytes())


def shown_epoch(run: ShownRun) -> int:
    """Choose the epoch that stands for a Run: the best where it is shown, else the last."""
    return run.best if run.best in run.epochs else run.epochs[-1]


def spread(things: Sequence[Thing], count: int | None) -> list[Thing]:
    """Give so many of them, spread evenly, the first and the last among them; None gives all."""
    if count is None or count >= len(things):
        return list(things)
    return [things[place] for place in np.linspace(0, len(things) - 1, count).round().astype(int)]


def _way(exhibit: Exhibit) -> tuple[str, str]:
    return exhibit.source_domain, exhibit.target_domain
