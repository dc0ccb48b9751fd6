"""Translations beside the real paintings they are nearest to."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from artnb.drawing.grids import captioned_grid
from artnb.drawing.titles import headed
from artnb.errors import InputError

_NOTE = "Distance: 1 − |cos| of features; 0 is the same picture."


def draw_nearest(
    photos: Sequence[np.ndarray],
    fakes: Sequence[np.ndarray],
    nearest_reals: Sequence[np.ndarray],
    distances: Sequence[float],
    limit: float | None = None,
    most: int = 6,
    names: tuple[str, str, str] = ("photo", "translation", "nearest painting"),
    edge_px: int = 220,
    total: int | None = None,
) -> Image.Image:
    """Show photo, translation and the nearest real painting in rows, the nearest first.

    Args:
        photos: uint8 `(height, width, 3)` each, of any size.
        fakes: what was made of them.
        nearest_reals: the real painting nearest to each (see `nearest_real`).
        distances: how far it is.
        limit: what is nearer is marked, such as `suspicious_distance` gives; None marks none.
        most: rows that are shown.
        names: of the columns.
        edge_px: of the square that each picture is fitted into.
        total: how many translations there are, where only some of them are given.

    Returns:
        An RGB image.

    Raises:
        InputError: there is nothing to show, or the four differ in length.
    """
    sizes = [len(photos), len(fakes), len(nearest_reals), len(distances)]
    if min(sizes) == 0 or len(set(sizes)) > 1:
        raise InputError(
            "photos, translations, paintings and distances must be as many, and at least one, got "
            f"{', '.join(map(str, sizes))}; give one of each for every translation"
        )
    pictures, captions = [], []
    for place in np.argsort(distances, kind="stable")[:most]:
        row = (photos[place], fakes[place], nearest_reals[place])
        pictures += [Image.fromarray(np.asarray(picture, np.uint8)) for picture in row]
        captions += [*names[:2], f"{names[2]}: {_distance(float(distances[place]), limit)}"]
    sheet = captioned_grid(pictures, captions, columns=3, edge_px=edge_px)
    shown = min(most, len(distances))
    return headed(sheet, _title(shown, total or len(distances)), _notes(limit))


def draw_nearest_samples(
    samples: Sequence[np.ndarray],
    nearest_reals: Sequence[np.ndarray],
    distances: Sequence[float],
    names: Sequence[str],
    limit: float | None = None,
    total: int | None = None,
    edge_px: int = 220,
) -> Image.Image:
    """Show samples and the real picture nearest to each, in pairs, in their order.

    Args:
        samples: uint8 `(height, width, 3)` each; at least one.
        nearest_reals: the real picture nearest to each.
        distances: how far it is.
        names: of the samples.
        limit, total, edge_px: see `draw_nearest`.

    Returns:
        An RGB image.
    """
    pictures, captions = [], []
    for sample, real, name, distance in zip(samples, nearest_reals, names, distances, strict=True):
        pictures += [Image.fromarray(sample), Image.fromarray(real)]
        captions += [name, f"nearest real: {_distance(float(distance), limit)}"]
    columns = min(4, len(pictures))
    sheet = captioned_grid(pictures, captions, columns=columns, edge_px=edge_px)
    title = _title(len(samples), total or len(samples), "samples")
    return headed(sheet, title, _notes(limit))


def _distance(distance: float, limit: float | None) -> str:
    mark = " (!)" if limit is not None and distance < limit else ""
    return f"{distance:.3f}{mark}"


def _title(shown: int, total: int, made: str = "translations") -> str:
    which = f"The {shown} of {total:,} {made}" if shown < total else made.capitalize()
    return f"{which} nearest to real pictures"


def _notes(limit: float | None) -> list[str]:
    if limit is None:
        return [_NOTE]
    return [_NOTE, f"(!) is below {limit:.3f}: as near as hardly any two real paintings are."]
