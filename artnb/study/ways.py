"""Several ways of painting the same photos, measured beside each other."""

from collections.abc import Mapping, Sequence

import numpy as np

from artnb.evaluation.measure import Cache, Measured, measure
from artnb.evaluation.metrics.pixels import SSIM
from artnb.evaluation.metrics.score import mean_score
from artnb.evaluation.pictures import GivenPictures
from artnb.progress import Progress, silent
from artnb.study.quantities import MEASURES, MEASURES_OF_PAIRS, QUANTITIES
from artnb.study.rows import OVERVIEW
from artnb.study.sets import StudySets, Translation
from artnb.study.study import Study, study

# Progress from here on counts as having moved towards the paintings, and no farther away than
# photos are on the other side.
_TOWARDS, _TOO_FAR = 0.25, 2.0


def study_ways(
    photos: Sequence[np.ndarray],
    paintings: Sequence[np.ndarray],
    painted: Mapping[str, Sequence[np.ndarray]],
    style: str = "painting",
    seed: int = 0,
    progress: Progress = silent,
) -> Study:
    """Study what several ways make of the same photos.

    Args:
        photos: uint8 `(height, width, 3)`, all of one size.
        paintings: what all ways strive for, likewise.
        painted: by way, what became of each photo.
        style: what the paintings are called.
        seed: of the bootstraps.
        progress: shows how far it has got.

    Returns:
        A study whose translations are the ways; they have no epochs.

    Raises:
        InputError: pictures differ in size or number, or paintings are among what was painted.
    """
    cache = Cache(None)

    def measured(name: str, pictures: Sequence[np.ndarray], of_pairs: bool = False) -> Measured:
        given = GivenPictures(name, pictures, photos if of_pairs else ())
        further = (*MEASURES_OF_PAIRS, SSIM) if of_pairs else ()
        return measure(given, (*MEASURES, *further), cache, progress)

    sets = StudySets(
        measured("photo", photos),
        {style: measured(style, paintings)},
        [Translation(way, None, style, measured(way, of, True)) for way, of in painted.items()],
    )
    return study(sets, seed=seed)


def table_of_ways(found: Study, quantities: int = 5) -> list[dict[str, str]]:
    """Lay a study of ways out in rows, one for each.

    Args:
        found: as `study_ways` gives it.
        quantities: how many of those that tell paintings from photos best have a column.

    Returns:
        By column: the way, its mean SSIM to the photos, in how many of the quantities that tell
        paintings from photos it moved a quarter of the way or more (and not as far beyond),
        and its progress in the strongest: 0 % is the photo, 100 % the painting.
    """
    strongest = [name for name in found.strongest if name in OVERVIEW][:quantities]
    return [_row(found, translation, strongest) for translation in found.sets.translations]


def _row(found: Study, way: Translation, strongest: Sequence[str]) -> dict[str, str]:
    moved = {
        row.quantity: row.progress.value
        for row in found.find("translation")
        if row.run == way.run and row.progress and row.quantity in OVERVIEW
    }
    near = sum(_TOWARDS <= value <= _TOO_FAR for value in moved.values())
    alike = mean_score(way.measured.numbers[SSIM.key][:, 0], 0, 0, of="pairs")
    return {
        "way": way.run,
        "SSIM to the photo": f"{alike.value:.2f}",
        "moved towards the paintings": f"in {near} of {len(moved)}",
        **{QUANTITIES[name].name: _percent(moved.get(name)) for name in strongest},
    }


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"
