"""The memorisation view of a Run: each translation beside the nearest real painting."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from artnb.data.dataset import Dataset
from artnb.drawing.nearest import draw_nearest
from artnb.evaluation.evaluator import Evaluator
from artnb.evaluation.metrics.neighbours import (
    Nearest,
    nearest_real,
    real_to_real,
    suspicious_distance,
)
from artnb.evaluation.pictures import PaintedPictures, Pictures, Seen
from artnb.evaluation.sets import Choice, RunSets
from artnb.runs.run import Run


@dataclass(frozen=True)
class NearestView:
    """The picture, and what it says in a sentence."""

    picture: Image.Image
    sentence: str
    nearest: Nearest


def view_nearest(
    run: Run,
    evaluator: Evaluator,
    epoch: int,
    to: str = "y",
    choice: Choice | None = None,
    dataset: Dataset | None = None,
    most: int = 6,
) -> NearestView:
    """Show the translations that lie nearest to real paintings, the most suspicious first.

    Args:
        run: the Run.
        evaluator: its extractor gives the features.
        epoch: of the generator.
        to: `"y"`, `"x"` or a domain's name.
        choice: other data, reference or photos than the Run's own.
        dataset: the Run's Dataset where it is open already.
        most: how many are shown.

    Raises:
        InputError: as for `evaluate`.
    """
    painter = run.painter(epoch, to)
    sets = RunSets(run, choice or Choice(), painter.to, dataset, evaluator.progress)
    held_out = sets.held_out()
    fakes = PaintedPictures(painter, held_out.photos)
    real, fake = evaluator.measure(held_out.reference), evaluator.measure(fakes)
    key = evaluator.extractor.key
    nearest = nearest_real(real.numbers[key], fake.numbers[key])
    among_real = real_to_real(real.numbers[key])
    shown = nearest.order()[:most]
    places = [fake.places[number] for number in shown]
    picture = draw_nearest(
        _pixels(held_out.photos, places),
        _pixels(fakes, places),
        _pixels(held_out.reference, [real.places[nearest.indices[number]] for number in shown]),
        nearest.distances[shown],
        limit=suspicious_distance(among_real),
        most=most,
        names=("photo", f"epoch {epoch}", "nearest real"),
        total=len(nearest.distances),
    )
    return NearestView(picture, nearest.describe(among_real), nearest)


def _pixels(pictures: Pictures, places: Sequence[int]) -> list[np.ndarray]:
    return [seen.picture for seen in pictures.read(places) if isinstance(seen, Seen)]
