"""A way through latents that ends where it began."""

from collections.abc import Iterator, Sequence

import numpy as np

from artnb.errors import InputError
from artnb.models.stylegan2.networks import Generator
from artnb.sampling.generating import AT_A_TIME, latents_of, pictures_of

FRAMES = 20


def way_through(w: np.ndarray, frames: int) -> np.ndarray:
    """Go from each w to the next in straight lines, and from the last one back to the first.

    Args:
        w: `(count, w_size)`.
        frames: steps from one to the next.

    Returns:
        `(count · frames, w_size)`; the first follows upon the last.
    """
    share = np.linspace(0, 1, frames, endpoint=False, dtype=np.float32)[:, None]
    legs = [here + share * (there - here) for here, there in zip(w, np.roll(w, -1, 0), strict=True)]
    return np.concatenate(legs)


def interpolate(
    generator: Generator, seeds: Sequence[int], truncation: float = 1.0, frames: int = FRAMES
) -> Iterator[np.ndarray]:
    """Let the pictures of seeds turn into each other, the last one into the first.

    The way is straight in w. There training has made equal steps change pictures equally (path
    length regularisation), so that things move at an even speed; z is a sphere, on which a step may
    change everything or nothing. A straight way also comes nearer to the average, where pictures
    are good.

    Args:
        generator: of a Run.
        seeds: at least two.
        truncation: as for `generate`.
        frames: from one seed's picture to the next.

    Yields:
        uint8 `(size_px, size_px, 3)`, `len(seeds) · frames` of them.

    Raises:
        InputError: there are fewer than two seeds, or no frames between them.

    Source: Karras et al. 2020, arXiv 1912.04958, section 3.2, of steps in w.
    """
    if len(seeds) < 2 or frames < 1:
        raise InputError(
            "a way through pictures needs at least two seeds and a frame from each, got "
            f"{len(seeds)} seeds and {frames} frames; give more"
        )
    way = way_through(latents_of(generator, seeds, truncation), frames)
    for start in range(0, len(way), AT_A_TIME):
        yield from pictures_of(generator, way[start : start + AT_A_TIME])
