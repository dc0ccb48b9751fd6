"""What an invented collection holds, and what its catalogue says: titles, dates in many forms."""

import unicodedata
from dataclasses import dataclass, replace
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator

from artnb.synthetic.collection.epochs import EPOCHS, Epoch
from artnb.synthetic.landscapes.noise import part_generator
from artnb.synthetic.landscapes.plan import COUNTRIES, LIGHTS, make_plan

if TYPE_CHECKING:
    from pandas import DataFrame

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
_BESIDE_TITLES = "Treatise|Bust"
_NO_GENRE = 0.1  # of the paintings
# Width by height, from and to.
FORMATS = {
    "portrait": (0.74, 0.9),
    "landscape": (1.2, 1.4),
    "still life": (0.95, 1.3),
    "statue": (0.72, 0.86),
    "page": (0.70, 0.80),
    "blank": (0.8, 1.25),
}
# Scenes of different collections never coincide, nor with those of the embedded data.
_SEEDS_PER_COLLECTION, _FIRST_SEED = 1_000_000, 10**12
BROKEN = "Realism/torn-off.jpg"
# All of them invented.
_ARTISTS = {
    "Baroque": (
        *("Cornelis van Aldermaas", "Pieter Hollanck", "Judith Vermoolen", "Lucas de Wynterman"),
        *("Giovanni Terrasco", "Ignacio de Valdemora", "Étienne Reverchel"),
    ),
    "Realism": (
        *("Auguste Lambriand", "Jules Faverolle", "Rosalie Delcourtois", "Wilhelm Brandtauer"),
        *("Ilya Petrovinsky", "Anton Mauwersen", "Edward Hartwellow"),
    ),
}
_FIRST = {
    "Baroque": "Hendrick Aletta Jacob Margriet Balthasar Isabella Lorenzo Beatriz Nicolaes Sara",
    "Realism": "Louise Théodore Clara Mathilde Gustav Emilie Arthur Henriette Pavel Charlotte",
}
_LAST = {
    "Baroque": "Aalders Bickerman Coymansz Dellafiore Ruysbeek Santorelli Vosmeer Zuylenaar",
    "Realism": "Auberlin Corbinet Dorfmann Ferranday Hollister Lindqvarn Moreauville Sokolnin",
}
_PLACES = {
    "Baroque": "Oudewaal Haarmond Scheveldam Montefosca Valdorro Egmonde Rhenenburg Terracosta",
    "Realism": "Barbignon Orvanne Fontclair Étrevaux Kallwitz Wexborough Zaandorf Saint-Aurel",
}
_COUNTRY_NAMES = {
    "alpine_lake": "Mountain lake",
    "meadow": "Meadow",
    "farmland": "Fields",
    "coast": "The coast",
    "dunes": "Dunes",
    "river": "River",
    "woods": "Clearing in the woods",
}
_LIGHT_NAMES = {
    "morning": "in the morning",
    "noon": "at noon",
    "golden": "late in the day",
    "sunset": "at sunset",
    "overcast": "under clouds",
}


@dataclass(frozen=True)
class Work:
    """A picture of the collection before it is made.

    Args:
        number: in the catalogue.
        epoch: that it is of.
        kind: what it shows, a key of `FORMATS`.
        change: what was done to it, or nothing: margin, frame, repeat, detail, grey.
        of: the number of the painting that it repeats or is a detail of; its own otherwise.
    """

    number: int
    epoch: Epoch
    kind: str
    change: str
    of: int


def make_catalogue(pictures: int, seed: int) -> list[Work]:
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
    if what in FORMATS:
        return Work(place, model.epoch, what, "", place)
    # Old photographs show paintings that are not here in colour.
    return Work(place, model.epoch, model.kind, what, place if what == "grey" else model.number)


def _evenly(works: list[Work], some: int) -> list[Work]:
    places = (np.arange(some) + 0.5) * len(works) / some
    return [works[int(place)] for place in places]


def scene_seed(number: int, seed: int) -> int:
    """Give the seed of a picture's scene."""
    return _FIRST_SEED + _SEEDS_PER_COLLECTION * seed + number


def generator_of(number: int, seed: int, part: str) -> Generator:
    """Give one part of a picture's making its own random stream."""
    return part_generator(scene_seed(number, seed), f"collection {part}")


def catalogue_row(work: Work, seed: int) -> dict[str, str]:
    """Describe a work as the catalogue does."""
    epoch, kind = work.epoch, work.kind
    # What a picture repeats, it repeats in the catalogue.
    model, own = (generator_of(number, seed, "words") for number in (work.of, work.number))
    artist = str(model.choice(_ARTISTS[epoch.name]))
    title = _title(kind, epoch.name, scene_seed(work.of, seed), model)
    title += " (detail)" if work.change == "detail" else ""
    in_genre = kind in _GENRES[epoch.name] and own.random() >= _NO_GENRE
    return {
        "Id": f"{work.number:04d}",
        "File": f"{epoch.name}/{_slug(artist)}_{_slug(title)}-{work.number:04d}.jpg",
        "Author": artist,
        "Style": epoch.name,
        "Title": title,
        "Date": _date(*epoch.years, own),
        "Genre": kind if in_genre else "",
    }


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())


def _title(kind: str, epoch: str, scene: int, generator: Generator) -> str:
    """Give a picture its title; `scene` is its seed, where it is a landscape."""
    name = f"{_one_of(_FIRST[epoch], generator)} {_one_of(_LAST[epoch], generator)}"
    if kind == "landscape":
        return _of_landscape(scene, _one_of(_PLACES[epoch], generator))
    if kind == "still life":
        return f"Still life for {name}"
    if kind == "statue":
        return f"Bust of {name}"
    if kind == "page":
        return f"Treatise on painting, sheet {generator.integers(1, 240)}"
    return f"Portrait of {name}" if kind == "portrait" else "Canvas, not begun"


def _of_landscape(scene: int, place: str) -> str:
    plan = make_plan(scene)
    country = next(name for name, known in COUNTRIES.items() if known is plan.country)
    light = next(name for name, known in LIGHTS.items() if known is plan.light)
    winter = " in winter" if plan.snowy else ""
    return f"{_COUNTRY_NAMES[country]} near {place}{winter}, {_LIGHT_NAMES[light]}"


def _one_of(words: str, generator: Generator) -> str:
    return str(generator.choice(words.split()))


def _date(first: int, last: int, generator: Generator) -> str:
    """Write a year between two others in one of the forms that catalogues use."""
    year = int(generator.integers(first, last + 1))
    century, decade = year // 100 + 1, year // 10 * 10
    part = ("early", "mid", "late")[min(2, year % 100 // 34)]
    forms = (
        f"{year}",
        f"c. {year}",
        f"{year}-{(year + 3) % 100:02d}",
        f"{year}/{(year + 1) % 100:02d}",
        f"{decade}s" if decade % 100 else f"about {year}",
        f"{part} {century}th century",
        f"{century}th century",
        f"before {year}",
        f"[{year}?]",
        f"May {year}",
        "n.d.",
    )
    often = np.array([8, 5, 3, 2, 3, 2, 2, 1, 1, 1, 1])
    return str(generator.choice(forms, p=often / often.sum()))


def catalogue_text(rows: list[dict[str, str]]) -> str:
    """Write the table as CSV, with the rows that spoil it."""
    from pandas import DataFrame

    broken, absent = (
        rows[0] | {"Id": f"{number:04d}", "File": file, "Style": file.partition("/")[0]}
        for number, file in enumerate((BROKEN, "Baroque/lost.jpg"), len(rows) + 1)
    )
    broken["Title"] = "Only a third of it arrived"
    absent |= {"Title": "Lost in the fire", "Date": "in his last summer"}
    doubled = rows[1] | {"Title": "Entered twice"}
    table = DataFrame([*rows, broken, absent, doubled])
    text = table.to_csv(index=False, lineterminator="\n")
    return f"{text}{len(rows) + 3:04d},Realism/unfinished\n"


def clusters_beside(table: "DataFrame") -> tuple[int, ...]:
    """Name the clusters of a generated collection that are of pages or statues.

    Args:
        table: of the Collection, after clustering.

    Returns:
        The clusters in which more than half of the titles say so. In other collections nobody but
        a person who looks at the clusters knows.
    """
    rows = table[table["cluster"].notna()]
    shares = rows["title"].str.match(_BESIDE_TITLES).groupby(rows["cluster"].astype(int)).mean()
    return tuple(shares.index[shares > 0.5].tolist())
