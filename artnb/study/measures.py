"""All that is measured of a picture, and where each quantity stands."""

import numpy as np

from artnb.evaluation.measure import Measured
from artnb.study.artefacts import ARTEFACTS
from artnb.study.haze import HAZE
from artnb.study.palette import COLOUR_SAMPLES, PALETTE
from artnb.study.quantity import Quantity
from artnb.study.saturation import SATURATION
from artnb.study.sky import SKY, SKY_TEXTURE
from artnb.study.strokes import STROKES

# Of every picture, and of translations beside their photos.
MEASURES = (PALETTE, SATURATION, SKY_TEXTURE, SKY, HAZE, STROKES, COLOUR_SAMPLES)
MEASURES_OF_PAIRS = (ARTEFACTS,)

_PLACES = {
    quantity.name: (measure, place)
    for measure in (*MEASURES, *MEASURES_OF_PAIRS)
    for place, quantity in enumerate(measure.quantities)
}
QUANTITIES: dict[str, Quantity] = {
    name: measure.quantities[place] for name, (measure, place) in _PLACES.items()
}
# What photos and paintings both have, and translations may move between.
COMPARED = tuple(name for name, q in QUANTITIES.items() if q.question != "artefacts")


def values_of(measured: Measured, quantity: str) -> np.ndarray:
    """Give a quantity of every picture of a set, float64 `(n,)`; NaN where one has none.

    Args:
        measured: a set that was measured with the measure in question.
        quantity: its name.
    """
    measure, place = _PLACES[quantity]
    return measured.numbers[measure.key][:, place].astype(np.float64)
