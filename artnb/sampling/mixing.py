"""Pictures that share styles, and pictures on the way to the average one."""

from collections.abc import Sequence

import numpy as np

from artnb.errors import InputError
from artnb.models.stylegan2.networks import Generator, Sizes
from artnb.sampling.generating import latents_of, pictures_of

# Up to this resolution styles are coarse: pose, layout, the shapes of things.
COARSE_PX = 8


def truncated(
    generator: Generator, seeds: Sequence[int], truncations: Sequence[float]
) -> list[list[np.ndarray]]:
    """Make each seed's picture with each truncation.

    Args:
        generator: of a Run.
        seeds: a row for each.
        truncations: a column for each, from -2 to 2.

    Returns:
        Rows of uint8 `(size_px, size_px, 3)`.

    Source: Karras et al. 2019, arXiv 1812.04948, figure 8.
    """
    columns = [pictures_of(generator, latents_of(generator, seeds, t)) for t in truncations]
    return [list(row) for row in zip(*columns, strict=True)]


def mixed(
    generator: Generator,
    coarse: Sequence[int],
    fine: Sequence[int],
    truncation: float = 1.0,
    coarse_px: int = COARSE_PX,
) -> list[list[np.ndarray | None]]:
    """Let pictures take their coarse styles from one seed and their fine ones from another.

    Args:
        generator: of a Run.
        coarse: seeds, a row for each: its w goes to the blocks up to `coarse_px`.
        fine: seeds, a column for each: its w goes to all later blocks.
        truncation: as for `generate`.
        coarse_px: a resolution of the generator.

    Returns:
        Rows of uint8 `(size_px, size_px, 3)`: above all columns and left of all rows the seeds' own
        pictures, and None in the corner.

    Raises:
        InputError: one of the two has no seeds, or the resolution leaves nothing to mix.

    Source: Karras et al. 2019, arXiv 1812.04948, section 3.1 and figure 3.
    """
    if not (coarse and fine):
        raise InputError(
            f"styles are mixed from two sides, got {len(coarse)} seeds for the coarse and "
            f"{len(fine)} for the fine ones; give at least one of each"
        )
    places = _coarse_places(generator.sizes, coarse_px)
    of_rows, of_columns = (
        _for_all_places(generator, latents_of(generator, seeds, truncation))
        for seeds in (coarse, fine)
    )
    rows = [[None, *pictures_of(generator, of_columns)]]
    for w, own in zip(of_rows, pictures_of(generator, of_rows), strict=True):
        mixture = of_columns.copy()
        mixture[:, :places] = w[:places]
        rows.append([own, *pictures_of(generator, mixture)])
    return rows


def _coarse_places(sizes: Sizes, coarse_px: int) -> int:
    """Count the w that the blocks up to a resolution take."""
    if coarse_px not in sizes.resolutions[:-1]:
        between = ", ".join(map(str, sizes.resolutions[:-1]))
        raise InputError(
            f"coarse styles go up to a resolution below that of the pictures, {sizes.size_px} px, "
            f"got {coarse_px}; choose one of {between}"
        )
    return sum(px <= coarse_px for px in sizes.noise_px)


def _for_all_places(generator: Generator, w: np.ndarray) -> np.ndarray:
    return np.repeat(w[:, None], generator.sizes.w_count, axis=1)
