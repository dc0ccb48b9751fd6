"""A generated collection of paintings of two epochs, with what spoils such collections.

No picture is read from anywhere: portraits, landscapes and still lifes are invented, painted as an
epoch of an invented art history would, and catalogued in a table with the columns that tables of
paintings have. Portraits make up most of Baroque, landscapes most of Realism. Some pictures have
margins and frames; there are copies, details, blank and grey pictures, pages and statues, a file
that is broken, and rows that are.
"""

import csv
import io
import unicodedata
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from artnb.data.prepare import new_folder
from artnb.errors import InputError
from artnb.parallel import in_parallel
from artnb.progress import Progress, silent
from artnb.synthetic.collection import people, subjects, titles
from artnb.synthetic.collection.epochs import EPOCHS, Epoch, as_image, paint
from artnb.synthetic.collection.spoilt import CHANGES
from artnb.synthetic.landscapes.noise import part_generator

if TYPE_CHECKING:
    from pandas import DataFrame

TABLE = "paintings.csv"
HEADER = ("Id", "File", "Author", "Style", "Title", "Date", "Genre")
DEMO_PICTURES = 200
# Fewer could not hold one of everything on either side.
FEWEST_PICTURES = 24
# Of each epoch's paintings.
_GENRES = {
    "Baroque": {"portrait": 0.64, "landscape": 0.20, "still life": 0.16},
    "Realism": {"portrait": 0.10, "landscape": 0.78, "still life": 0.12},
}
# Of each epoch's pictures, at least one: what comes beside its paintings.
_BESIDE = {
    **{"page": 0.06, "statue": 0.06, "blank": 0.01},
    **{"repeat": 0.05, "detail": 0.04, "grey": 0.02},
}
_BORDERS, _BORDERED = ("margin", "frame"), 0.14  # of the paintings
# How the titles of what is no painting begin.
BESIDE_TITLES = "Treatise|Bust"
_NO_GENRE = 0.1  # of the paintings
# Width by height, from and to.
_FORMATS = {
    "portrait": (0.74, 0.9),
    "landscape": (1.2, 1.4),
    "still life": (0.95, 1.3),
    "statue": (0.72, 0.86),
    "page": (0.70, 0.80),
    "blank": (0.8, 1.25),
}
# Scenes of different collections never coincide, nor with those of the embedded data.
_SEEDS_PER_COLLECTION, _FIRST_SEED = 1_000_000, 10**12
_BROKEN = "Realism/torn-off.jpg"


@dataclass(frozen=True)
class Work:
    """A picture of the collection before it is made.

    Args:
        number: in the catalogue.
        epoch: that it is of.
        kind: what it shows, a key of `_FORMATS`.
        change: what was done to it, or nothing: margin, frame, repeat, detail, grey.
        of: the number of the painting that it repeats or is a detail of; its own otherwise.
    """

    number: int
    epoch: Epoch
    kind: str
    change: str
    of: int


def make_demo_collection(
    out: Path, pictures: int = DEMO_PICTURES, seed: int = 0, progress: Progress = silent
) -> Path:
    """Invent a collection of two epochs, Baroque and Realism: a table and folders of pictures.

    Args:
        out: the folder to make; it must not exist or be empty.
        pictures: how many can be decoded, 24 or more, half of them of each epoch. Beside them
            there are a file that is broken, a row without a file, a row that repeats another's
            id, and one that is cut short.
        seed: another seed gives another collection; the same gives the same bytes.
        progress: shows how far it has got.

    Returns:
        The table, `paintings.csv` in `out`; `artnb.collection.read.read_collection` reads it.

    Raises:
        InputError: `pictures`, `seed` or `out` will not do.
    """
    _check(pictures, seed)
    works = _catalogue(pictures, seed)
    rows = [_row(work, seed) for work in works]
    advance = progress("inventing paintings", len(works))
    with new_folder(out) as folder:
        for epoch in EPOCHS:
            (folder / epoch.name).mkdir()
        jpegs = in_parallel(lambda work: make_picture(work, seed), works)
        for row, jpeg in zip(rows, jpegs, strict=True):
            (folder / row["File"]).write_bytes(jpeg)
            advance()
        (folder / _BROKEN).write_bytes(jpeg[: len(jpeg) // 3])
        (folder / TABLE).write_text(_table(rows), encoding="utf-8", newline="")
    return out / TABLE


def _check(pictures: int, seed: int) -> None:
    if pictures < FEWEST_PICTURES:
        raise InputError(
            f"a collection with one of everything has {FEWEST_PICTURES} pictures or more, got "
            f"{pictures}; name a larger number"
        )
    if seed < 0:
        raise InputError(f"the seed must be 0 or more, got {seed}; use a whole number from 0 on")


def clusters_beside(table: "DataFrame") -> tuple[int, ...]:
    """Name the clusters of a generated collection that are of pages or statues.

    Args:
        table: of the Collection, after clustering.

    Returns:
        The clusters in which more than half of the titles say so. In other collections nobody but
        a person who looks at the clusters knows.
    """
    rows = table[table["cluster"].notna()]
    shares = rows["title"].str.match(BESIDE_TITLES).groupby(rows["cluster"].astype(int)).mean()
    return tuple(shares.index[shares > 0.5].tolist())


def _catalogue(pictures: int, seed: int) -> list[Work]:
    """Decide what there is, in the order of the catalogue."""
    works: list[Work] = []
    for epoch, count in zip(EPOCHS, (pictures // 2, pictures - pictures // 2), strict=True):
        works += _of_epoch(epoch, count, len(works))
    order = part_generator(seed, "catalogue").permutation(len(works))
    numbers = {int(place): number for number, place in enumerate(order, 1)}
    return [
        replace(works[place], number=numbers[int(place)], of=numbers[works[place].of])
        for place in order
    ]


def _of_epoch(epoch: Epoch, count: int, first: int) -> list[Work]:
    """Decide what there is of one epoch; `number` and `of` are places from `first` on."""
    beside = {what: max(1, round(share * count)) for what, share in _BESIDE.items()}
    paintings = _paintings(epoch, count - sum(beside.values()), first)
    works = [*paintings]
    for what, some in beside.items():
        for model in _evenly(paintings, some):
            works.append(_beside(what, model, first + len(works)))
    return works


def _paintings(epoch: Epoch, count: int, first: int) -> list[Work]:
    """Give each genre its share, and some paintings of each a border."""
    genres = _GENRES[epoch.name]
    ends = np.round(np.cumsum(list(genres.values())) * count).astype(int)
    kinds = np.repeat(list(genres), np.diff(ends, prepend=0)).tolist()
    works = [Work(place, epoch, kind, "", place) for place, kind in enumerate(kinds, first)]
    bordered = _evenly(works, max(len(_BORDERS), round(_BORDERED * count)))
    for border, work in zip(cycle(_BORDERS), bordered, strict=False):
        works[work.number - first] = replace(work, change=border)
    return works


def _beside(what: str, model: Work, place: int) -> Work:
    """Add a page and the like, or what somebody made of a painting."""
    if what in _FORMATS:
        return Work(place, model.epoch, what, "", place)
    # Old photographs show paintings that are not here in colour.
    return Work(place, model.epoch, model.kind, what, place if what == "grey" else model.number)


def _evenly(works: list[Work], some: int) -> list[Work]:
    places = (np.arange(some) + 0.5) * len(works) / some
    return [works[int(place)] for place in places]


def make_picture(work: Work, seed: int) -> bytes:
    """Make one picture of a collection.

    Args:
        work: what it is.
        seed: of the collection.

    Returns:
        A JPEG.
    """
    image = _bare(work.kind, work.epoch, work.of, seed)
    hand = _generator(work.number, seed, "change")
    if work.change:
        image = CHANGES[work.change](image, hand)
    quality = 62 if work.change == "repeat" else int(hand.integers(86, 96))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, subsampling=0)
    return buffer.getvalue()


def _bare(kind: str, epoch: Epoch, number: int, seed: int) -> Image.Image:
    """Make a picture before anything spoils it, and cut it to its format."""
    generator = _generator(number, seed, "picture")
    square = as_image(_seen(kind, epoch, number, seed, generator))
    ratio, scale = generator.uniform(*_FORMATS[kind]), generator.uniform(0.84, 0.98)
    size = (min(1.0, ratio) * square.width, min(1.0, 1 / ratio) * square.height)
    left, top = 0.5 * (square.width - size[0]), 0.45 * (square.height - size[1])
    return square.resize(
        tuple(round(scale * side) for side in size),
        Image.Resampling.LANCZOS,
        (left, top, left + size[0], top + size[1]),
    )


def _seen(
    kind: str, epoch: Epoch, number: int, seed: int, generator: np.random.Generator
) -> np.ndarray:
    if kind == "page":
        return subjects.page(generator)
    if kind == "statue":
        return people.statue(generator)
    if kind == "blank":
        return subjects.blank(generator)
    if kind == "landscape":
        seen = subjects.landscape(_scene_seed(number, seed))
    elif kind == "portrait":
        seen = people.portrait(epoch, generator)
    else:
        seen = subjects.still_life(epoch, generator)
    return paint(seen, epoch, generator)


def _scene_seed(number: int, seed: int) -> int:
    return _FIRST_SEED + _SEEDS_PER_COLLECTION * seed + number


def _generator(number: int, seed: int, part: str) -> np.random.Generator:
    return part_generator(_scene_seed(number, seed), f"collection {part}")


def _row(work: Work, seed: int) -> dict[str, str]:
    """Describe a work as the catalogue does."""
    epoch, kind = work.epoch, work.kind
    # What a picture repeats, it repeats in the catalogue.
    model, own = (_generator(number, seed, "words") for number in (work.of, work.number))
    artist = titles.artist(epoch.name, model)
    title = titles.title(kind, epoch.name, _scene_seed(work.of, seed), model)
    title += " (detail)" if work.change == "detail" else ""
    in_genre = kind in _GENRES[epoch.name] and own.random() >= _NO_GENRE
    return {
        "Id": f"{work.number:04d}",
        "File": f"{epoch.name}/{_slug(artist)}_{_slug(title)}-{work.number:04d}.jpg",
        "Author": artist,
        "Style": epoch.name,
        "Title": title,
        "Date": titles.date(*epoch.years, own),
        "Genre": kind if in_genre else "",
    }


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())


def _table(rows: list[dict[str, str]]) -> str:
    """Write the table, with the rows that spoil it."""
    broken, absent = (
        rows[0] | {"Id": f"{number:04d}", "File": file, "Style": file.partition("/")[0]}
        for number, file in enumerate((_BROKEN, "Baroque/lost.jpg"), len(rows) + 1)
    )
    broken["Title"] = "Only a third of it arrived"
    absent |= {"Title": "Lost in the fire", "Date": "in his last summer"}
    doubled = rows[1] | {"Title": "Entered twice"}
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows([*rows, broken, absent, doubled])
    return f"{text.getvalue()}{len(rows) + 3:04d},Realism/unfinished\n"
