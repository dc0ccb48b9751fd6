"""A local MiFID of a submission: a proxy for the leaderboard's, whose features are not public."""

from collections.abc import Callable
from pathlib import Path

from artnb.errors import InputError
from artnb.evaluation.extractors.weights import PUBLISHED, weights_at_hand
from artnb.progress import Progress, silent
from artnb.submission.check import pictures_of_zip
from artnb.submission.photos import find_photos

NOT_COMPUTED = "MiFID: not computed"


def local_mifid(
    path: Path,
    real: Path | None,
    extractor: str = "auto",
    progress: Progress = silent,
    say: Callable[[str], None] = print,
) -> list[str]:
    """Measure a submission against real paintings.

    Args:
        path: the zip, checked.
        real: the competition's folder, or a folder of real paintings; None computes nothing.
        extractor: `"auto"` is Inception where its weights are here already, and otherwise none;
            `"inception"` fetches them. Another one, such as `"squeezenet"`, gives a distance
            under its own name, and no MiFID.
        progress: shows how far measuring has got.
        say: gets a sentence about what happens.

    Returns:
        Lines to print: a score, or why there is none.
    """
    if real is None:
        return [f"{NOT_COMPUTED}, since there are no real paintings to compare with: --real DIR"]
    if extractor == "auto" and not weights_at_hand("inception"):
        file = PUBLISHED["inception"].files[0]
        return [
            f"{NOT_COMPUTED}, since it is defined on Inception, whose weights are not here; "
            f"the extractor inception fetches them ({file.size_bytes / 1e6:.0f} MB), squeezenet "
            "gives a distance of its own"
        ]
    extractor = "inception" if extractor == "auto" else extractor
    try:
        lines = _measured(path, real, extractor, progress, say)
    except InputError as error:
        return [f"{NOT_COMPUTED}: {error}"]
    named = extractor == "inception"
    return lines if named else [f"{NOT_COMPUTED}: it is defined on Inception alone", *lines]


def _measured(
    path: Path, real: Path, extractor: str, progress: Progress, say: Callable[[str], None]
) -> list[str]:
    from artnb.evaluation.evaluator import Evaluator
    from artnb.evaluation.extractors import load_extractor

    network = load_extractor(extractor, progress, say)
    evaluator = Evaluator(network, ["memorised-frechet"], progress=progress, say=say)
    sets = find_photos(real, "y", progress), pictures_of_zip(path, progress)
    rows = evaluator.rows(*(evaluator.measure(pictures) for pictures in sets))
    warnings = dict.fromkeys(warning for row in rows for warning in row.score.warnings)
    return [
        *(f"{row.metric}: {row.score}" for row in rows),
        *(f"  warning: {warning}" for warning in warnings),
    ]
