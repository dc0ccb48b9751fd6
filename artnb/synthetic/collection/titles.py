"""What a catalogue says of invented paintings: artists, titles, and dates in many forms."""

import numpy as np

from artnb.synthetic.landscapes.catalogue import COUNTRIES, LIGHTS
from artnb.synthetic.landscapes.plan import make_plan

# All of them invented.
ARTISTS = {
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


def artist(epoch: str, generator: np.random.Generator) -> str:
    """Name an artist of an epoch."""
    return str(generator.choice(ARTISTS[epoch]))


def title(kind: str, epoch: str, scene_seed: int, generator: np.random.Generator) -> str:
    """Give a picture its title.

    Args:
        kind: what it shows.
        epoch: its style.
        scene_seed: of the scene, where it is a landscape.
        generator: of the choice.
    """
    name = f"{_one_of(_FIRST[epoch], generator)} {_one_of(_LAST[epoch], generator)}"
    if kind == "landscape":
        return _of_landscape(scene_seed, _one_of(_PLACES[epoch], generator))
    if kind == "still life":
        return f"Still life for {name}"
    if kind == "statue":
        return f"Bust of {name}"
    if kind == "page":
        return f"Treatise on painting, sheet {generator.integers(1, 240)}"
    return f"Portrait of {name}" if kind == "portrait" else "Canvas, not begun"


def _of_landscape(scene_seed: int, place: str) -> str:
    plan = make_plan(scene_seed)
    country = next(name for name, known in COUNTRIES.items() if known is plan.country)
    light = next(name for name, known in LIGHTS.items() if known is plan.light)
    winter = " in winter" if plan.snowy else ""
    return f"{_COUNTRY_NAMES[country]} near {place}{winter}, {_LIGHT_NAMES[light]}"


def _one_of(words: str, generator: np.random.Generator) -> str:
    return str(generator.choice(words.split()))


def date(first: int, last: int, generator: np.random.Generator) -> str:
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
