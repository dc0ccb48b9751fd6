"""What a gallery holds: photos, and for each the pictures that Runs made of it.

A gallery is a folder: full-size pictures and thumbnails as files, `gallery.json` that says what
they are, and pages that show them. Whatever is drawn of it is made from this.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from artnb.errors import InputError
from artnb.files import write_whole

MANIFEST = "gallery.json"
FORMAT = 1
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
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        if values.pop("format") > FORMAT:
            raise InputError(f"{file} is from a later artnb; update artnb")
        runs = tuple(
            ShownRun(**{**r, "epochs": tuple(r["epochs"]), "scores": tuple(r["scores"])})
            for r in values.pop("runs")
        )
        exhibits = tuple(
            Exhibit(**{**e, "views": tuple(View(**view) for view in e["views"])})
            for e in values.pop("exhibits")
        )
        return Gallery(runs=runs, exhibits=exhibits, **values)
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{file} is damaged ({error}); make the gallery again") from error
