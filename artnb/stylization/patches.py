"""Style without any weights: a photo put together from a painting's own patches.

In turns, each small patch of the picture is replaced by the patch of the painting that is most like
it, or by one that is nearly so and continues its neighbour's as it lies in the painting; patches
that overlap agree on their pixels, and the photo is mixed in again: where it has edges, and
everywhere in what is light and dark at large. What is left is paint: every stroke has been copied.

Sources: Elad and Milanfar 2017, arXiv 1609.03057, "Style transfer via texture synthesis",
    algorithm 1; Hertzmann et al. 2001, "Image analogies", section 3.2, for what continues.
    Deviations: the photo is held by its edges and its large tones rather than by a segmentation;
    patches count less towards their rims, whose squares are seen otherwise; colours are matched by
    mean and covariance rather than by histograms; nothing is denoised in between.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import ndimage

from artnb.stylization.colours import match_colours
from artnb.stylization.regions import Region

# As of optimisers: called after each step with its loss and with what gives the picture then.
Watch = Callable[[float, Callable[[], np.ndarray]], None]
# Edges of patches and how far apart they are taken: whorls and clouds first, strokes last.
_PATCHES = ((33, 18), (21, 11), (13, 7))
# In pictures longer than this, patches grow with the root of the length: strokes are larger there,
# and small patches of them are so much alike that one is copied again and again.
_USUAL_PX = 256
# Values of the patches that are chosen from; of a painting with more, a sample is.
_VALUES = 10_000_000
# Principal components that patches are compared by, at most: 95 % of the variance.
_COMPONENTS, _VARIANCE = 60, 0.95
_SAMPLE = 256
# Pixels whose colours a picture is given.
_COLOURS = 65_536
# Patches agree by reweighted least squares with this power of their distances.
_ROBUST_POWER = 0.8
_AGREEMENTS = 4
_NOISE = 0.05
# So much farther than the nearest may be what continues a neighbour's patch. Without it a flat sky
# is one patch again and again; with 0.4, what is painted moves in with its paint: a crane, a boat.
_COHERENCE = 0.15
# Distances, and pixels of patches, in memory at a time.
_AT_ONCE, _PIXELS_AT_ONCE = 10_000_000, 1_000_000
# The photo's weight where it has a strong edge; the patches' is 1.
_HELD = 1.0
# Edges are looked at this much blurred, and count up to twice those of which a tenth is stronger.
_EDGE_SIGMA_PX = 0.7
_STRONG_EDGES = 0.9
# What is flatter than this hardly counts: a blank sky would thin out the paint that lies there.
_FLAT = 0.1
# How much of the photo's large tones comes back with each step, and what large is. Without it a sky
# that grows darker by and by falls into slabs, each of one tone that the painting has.
_TONES, _TONES_SIGMA_PX = 0.5, 16


class PatchSynthesis:
    """Puts pictures together from paintings' patches; stands where an optimiser does.

    Args:
        strength: of the style against what the photo shows.
        seed: of which patches are looked at and of the noise that they start from.
    """

    def __init__(self, strength: float = 1.0, seed: int = 0) -> None:
        self.strength, self.seed = strength, seed

    def targets(self, photo: np.ndarray, regions: list[Region]) -> dict[str, Any]:
        """Keep what a picture is put together from; see `Objective.targets`."""
        photo = photo[0]
        return {
            "photo": photo,
            "held": _HELD / self.strength * edges(photo),
            "colours": _colours(regions),
            "regions": regions,
        }

    def minimise(
        self, picture: np.ndarray, targets: dict[str, Any], steps: int, watch: Watch
    ) -> tuple[np.ndarray, bool]:
        """Take steps; give the picture then, and whether all were taken or Ctrl-C came before.

        What is watched is the mean distance of patches from those of the painting.
        """
        random = np.random.default_rng(self.seed)
        photo, held = targets["photo"], targets["held"]
        tones = large_tones(photo)
        picture = picture[0] + _NOISE * random.normal(size=picture.shape[1:]).astype(np.float32)
        try:
            for size, gap, count in _schedule(steps, photo, targets["regions"]):
                palettes = palettes_of(targets["regions"], size, random)
                for _ in range(count):
                    grid = Grid(picture.shape, size, gap, random)
                    chosen, distance = grid.chosen(picture, palettes)
                    picture = grid.agreed(picture, chosen)
                    picture = (picture + held * photo) / (1.0 + held)
                    picture += min(1.0, _TONES / self.strength) * (tones - large_tones(picture))
                    picture = match_colours(picture, targets["colours"])
                    watch(distance, lambda now=picture: now[None])
        except KeyboardInterrupt:
            return picture[None], False
        return picture[None], True


def _schedule(
    steps: int, photo: np.ndarray, regions: list[Region]
) -> Iterator[tuple[int, int, int]]:
    """Give edge, gap and number of steps: of large patches first, where they fit."""
    largest = min(*photo.shape[:2], *(min(r.painting.shape[1:3]) for r in regions))
    scale = _scale(photo)
    for number, (size, gap) in enumerate(_PATCHES):
        if count := (steps + number) // len(_PATCHES):
            yield min(round(scale * size), largest), round(scale * gap), count


def _colours(regions: list[Region]) -> np.ndarray:
    """Give pixels of the regions' paintings, `(pixels, 3)`, of each as many as its share says."""
    total = sum(region.share for region in regions)
    found = []
    for region in regions:
        pixels = region.painting[0].reshape(-1, 3)
        if region.of_painting is not None:
            pixels = pixels[_inside(region.of_painting, region.painting.shape[1:3]).ravel()]
        count = max(1, round(_COLOURS * region.share / total))
        found.append(pixels[np.linspace(0, len(pixels) - 1, count).round().astype(int)])
    return np.concatenate(found)


def _scale(picture: np.ndarray) -> float:
    """Say how much larger than at the usual size patches are in a picture."""
    return max(1.0, max(picture.shape) / _USUAL_PX) ** 0.5


def large_tones(picture: np.ndarray) -> np.ndarray:
    """Give what is light and dark in `(height, width, 3)`, and of which colour, without detail."""
    sigma = _scale(picture) * _TONES_SIGMA_PX
    return ndimage.gaussian_filter(picture, (sigma, sigma, 0), mode="nearest")


def edges(picture: np.ndarray) -> np.ndarray:
    """Give how much of an edge is at each pixel of `(height, width, 3)`: 0.02 to 2, `(…, 1)`."""
    grey = ndimage.gaussian_filter(picture.mean(axis=-1), _EDGE_SIGMA_PX)
    slope = np.hypot(ndimage.sobel(grey, 0), ndimage.sobel(grey, 1))
    slope = ndimage.gaussian_filter(slope, max(picture.shape) / 128)
    strong = max(np.quantile(slope, _STRONG_EDGES), 1e-6)
    return np.clip(slope / strong - _FLAT, 0.02, 2.0)[..., None].astype(np.float32)


@dataclass
class Chosen:
    """For each patch of a grid the place in a painting that it takes its pixels from.

    Args:
        painting: `(height, width, 3)`.
        rows, columns: `(rows, columns)` of the grid; where the patch begins.
        distances: squared, of the painting's patch from the picture's.
    """

    painting: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    distances: np.ndarray


class Palette:
    """Patches of a region's painting.

    Args:
        region: the painting, and which part of it and of the photo belong together.
        size: edge of a patch, pixels.
        random: chooses which patches, where there are too many.
    """

    def __init__(self, region: Region, size: int, random: np.random.Generator) -> None:
        self.painting, self.of_photo = region.painting[0], region.of_photo
        self.size, self.share = size, region.share
        centred, touching = _places(region.of_painting, self.painting.shape[:2], size)
        self.allowed = centred if centred.any() else touching
        places = np.flatnonzero(self.allowed)
        count = max(1, round(min(1.0, region.share) * _VALUES / (3 * size**2)))
        if len(places) > count:
            places = np.sort(random.choice(places, count, replace=False))
        self.rows, self.columns = np.unravel_index(places, self.allowed.shape)

    def some(self, count: int, random: np.random.Generator) -> np.ndarray:
        """Draw patches, `(count or fewer, 3 * size²)`."""
        drawn = random.choice(len(self.rows), min(count, len(self.rows)), replace=False)
        return _patches(self.painting, self.size, self.rows[drawn], self.columns[drawn])

    def compare_along(self, mean: np.ndarray, components: np.ndarray) -> None:
        """Set what patches are compared by: where they lie along directions from a mean."""
        self.mean, self.components = mean, components
        self.coordinates = self.compared(
            _patches(self.painting, self.size, self.rows, self.columns)
        )
        self.norms = np.square(self.coordinates).sum(axis=1)

    def compared(self, patches: np.ndarray) -> np.ndarray:
        """Give what patches `(…, 3 * size²)` are compared by, `(…, components)`."""
        return patches @ self.components - self.mean @ self.components

    def nearest(self, asked: np.ndarray) -> Chosen:
        """Choose for each of `(rows, columns, components)` the nearest patch."""
        shape, asked = asked.shape[:2], asked.reshape(-1, asked.shape[-1])
        found = np.empty(len(asked), np.int64)
        distances = np.empty(len(asked), np.float32)
        step = max(1, _AT_ONCE // len(self.norms))
        for start in range(0, len(asked), step):
            part = slice(start, start + step)
            along = self.norms - 2 * asked[part] @ self.coordinates.T
            found[part] = along.argmin(axis=1)
            distances[part] = along[np.arange(len(along)), found[part]]
        distances = np.maximum(distances + np.square(asked).sum(axis=1), 0)
        grids = (x.reshape(shape) for x in (self.rows[found], self.columns[found], distances))
        return Chosen(self.painting, *grids)

    def distances(self, asked: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Give the squared distances of `(n, components)` from the patches at n places.

        Infinite where there is none, or none that may be taken.
        """
        inside = (rows >= 0) & (rows < self.allowed.shape[0])
        inside &= (columns >= 0) & (columns < self.allowed.shape[1])
        rows, columns = np.where(inside, rows, 0), np.where(inside, columns, 0)
        apart = asked - self.compared(_patches(self.painting, self.size, rows, columns))
        return np.where(inside & self.allowed[rows, columns], np.square(apart).sum(axis=-1), np.inf)


def palettes_of(regions: list[Region], size: int, random: np.random.Generator) -> list[Palette]:
    """Take the patches of all regions, compared with a picture's along the same directions."""
    palettes = [Palette(region, size, random) for region in regions]
    total = sum(region.share for region in regions)
    drawn = [p.some(max(2, round(_SAMPLE * p.share / total)), random) for p in palettes]
    mean, components = _principal(np.concatenate(drawn))
    for palette in palettes:
        palette.compare_along(mean, components)
    return palettes


class Grid:
    """Overlapping patches that cover a picture.

    Args:
        shape: of the picture, `(height, width, 3)`.
        size, gap: edge of a patch and how far apart they are, pixels.
        random: where the first one lies.
    """

    def __init__(
        self, shape: tuple[int, ...], size: int, gap: int, random: np.random.Generator
    ) -> None:
        self.size = size
        self.rows, self.columns = (_starts(length, size, gap, random) for length in shape[:2])
        self.tops, self.lefts = np.meshgrid(self.rows, self.columns, indexing="ij")

    def chosen(self, picture: np.ndarray, palettes: list[Palette]) -> tuple[list[Chosen], float]:
        """Choose for each patch the most alike of those that its place may take.

        Returns:
            what is chosen of each palette, and the mean distance. A place that takes nothing of
            a palette has an infinite distance there. Of several that a place may take, distances
            count the less, the larger a palette's share is.
        """
        rows, columns = self.tops, self.lefts
        found = []
        for palette in palettes:
            asked = np.concatenate(
                [
                    palette.compared(_patches(picture, self.size, rows[some], columns[some]))
                    for some in self._some_rows()
                ]
            )
            chosen = self._continued(palette, asked, palette.nearest(asked))
            centred, touching = _places(palette.of_photo, picture.shape[:2], self.size)
            allowed = centred[rows, columns]
            chosen.distances[~(allowed if allowed.any() else touching[rows, columns])] = np.inf
            found.append(chosen)
        weighted = [c.distances / p.share for c, p in zip(found, palettes, strict=True)]
        whose = np.argmin(weighted, axis=0)
        for number, chosen in enumerate(found):
            chosen.distances[whose != number] = np.inf
        best = np.min([chosen.distances for chosen in found], axis=0)
        return found, float(np.sqrt(best[np.isfinite(best)]).mean())

    def _continued(self, palette: Palette, asked: np.ndarray, chosen: Chosen) -> Chosen:
        """Take what continues a neighbour's patch wherever it is nearly as near as the nearest."""
        rows, columns = self.tops, self.lefts
        limits = (1 + _COHERENCE) ** 2 * chosen.distances
        for here, there in _neighbours(*rows.shape):
            further_rows = chosen.rows[there] + rows[here] - rows[there]
            further_columns = chosen.columns[there] + columns[here] - columns[there]
            distances = palette.distances(asked[here], further_rows, further_columns)
            near = distances <= limits[here]
            chosen.rows[here] = np.where(near, further_rows, chosen.rows[here])
            chosen.columns[here] = np.where(near, further_columns, chosen.columns[here])
            chosen.distances[here] = np.where(near, distances, chosen.distances[here])
        return chosen

    def agreed(self, picture: np.ndarray, chosen: list[Chosen]) -> np.ndarray:
        """Give the picture that its patches agree on: those that fit badly count less.

        So do all of them towards their rims.
        """
        rim = np.sin(np.pi * (np.arange(self.size, dtype=np.float32) + 0.5) / self.size) ** 2
        rim = np.outer(rim, rim).ravel()
        for _ in range(_AGREEMENTS):
            now = picture.reshape(-1, 3)
            total = np.zeros((len(now), 4), np.float32)
            for rows in self._some_rows():
                here, colours, taken = self._pixels(picture.shape[1], chosen, rows)
                apart = np.square(now[here] - colours).sum(axis=(1, 2))
                weights = ((np.sqrt(apart) + 1e-4) ** (_ROBUST_POWER - 2))[:, None] * rim
                weights[~taken] = 0
                first = here.min()
                places = (here - first).ravel()
                shares = [*np.moveaxis(weights[..., None] * colours, -1, 0), weights]
                for channel, share in enumerate(shares):
                    added = np.bincount(places, share.ravel())
                    total[first : first + len(added), channel] += added
            covered = total[:, 3] > 0
            now = now.copy()
            now[covered] = total[covered, :3] / total[covered, 3:]
            picture = now.reshape(picture.shape)
        return picture

    def _pixels(
        self, width: int, chosen: list[Chosen], rows: slice
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give where the pixels of some rows of patches are in the picture, and their colours.

        Returns:
            the number of each pixel, `(patches, size²)`, `(patches, size², 3)`, and which patches
            there are at all: those of no region are none.
        """
        tops, lefts = self.tops[rows], self.lefts[rows]
        within = np.add.outer(np.arange(self.size) * width, np.arange(self.size)).ravel()
        here = (tops * width + lefts).reshape(-1, 1) + within
        colours = np.zeros((*tops.shape, 3, self.size**2), np.float32)
        any_taken = np.zeros(tops.shape, bool)
        for c in chosen:
            taken = np.isfinite(c.distances[rows])
            any_taken |= taken
            patches = _patches(c.painting, self.size, c.rows[rows][taken], c.columns[rows][taken])
            colours[taken] = patches.reshape(len(patches), 3, self.size**2)
        return here, np.moveaxis(colours, 2, 3).reshape(*here.shape, 3), any_taken.ravel()

    def _some_rows(self) -> Iterator[slice]:
        """Part the rows of patches so that few enough pixels are in memory at a time."""
        step = max(1, _PIXELS_AT_ONCE // (len(self.columns) * self.size**2))
        for start in range(0, len(self.rows), step):
            yield slice(start, start + step)


def _starts(length: int, size: int, gap: int, random: np.random.Generator) -> np.ndarray:
    """Give where patches begin, both ends included."""
    last = length - size
    between = np.arange(random.integers(1, gap + 1), last, gap)
    return np.unique([0, *between, last])


def _neighbours(rows: int, columns: int) -> Iterator[tuple[tuple, tuple]]:
    """Give, one after the other, columns and rows of a grid, and what lies before each of them.

    From left to right, from top to bottom, and back.
    """
    for step in (1, -1):
        for column in range(columns)[::step][1:]:
            yield (slice(None), column), (slice(None), column - step)
        for row in range(rows)[::step][1:]:
            yield (row, slice(None)), (row - step, slice(None))


def _patches(picture: np.ndarray, size: int, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Give the patches that begin at places, `(…, 3 * size²)`, of places `(…)`."""
    windows = np.lib.stride_tricks.sliding_window_view(picture, (size, size), axis=(0, 1))
    return windows[rows, columns].reshape(*rows.shape, 3 * size**2)


def _places(
    mask: np.ndarray | None, shape: tuple[int, int], size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Say of each place where a patch may begin whether it has its middle within a mask.

    Returns:
        that, and whether any of it is there, for a mask that is smaller than a patch.
    """
    places = tuple(length - size + 1 for length in shape)
    if mask is None:
        return np.ones(places, bool), np.ones(places, bool)
    within = _inside(mask, shape)
    before = size // 2
    # The filter's window begins where the patch does.
    touching = ndimage.maximum_filter(within, size, mode="constant", origin=(-before, -before))
    return within[before:, before:][: places[0], : places[1]], touching[: places[0], : places[1]]


def _inside(mask: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Say which pixels of a picture are within a mask, to the nearest; some always are."""
    rows, columns = ((np.arange(to) * of) // to for to, of in zip(shape, mask.shape, strict=True))
    stretched = mask[np.ix_(rows, columns)]
    if not stretched.max() > 0:
        middle = np.argwhere(mask > 0).mean(axis=0) / mask.shape * shape
        stretched[tuple(middle.astype(int))] = mask.max()
    return stretched >= min(0.5, stretched.max())


def _principal(patches: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the mean of patches and the directions in which they differ most, `(…, components)`."""
    mean = patches.mean(axis=0)
    apart = patches - mean
    # Of few long patches, what they have in common with each other is the smaller matrix.
    variances, mixtures = np.linalg.eigh(apart @ apart.T)
    variances, mixtures = np.maximum(variances[::-1], 1e-12), mixtures[:, ::-1]
    explained = np.cumsum(variances)
    count = int(np.searchsorted(explained, _VARIANCE * explained[-1])) + 1
    count = min(count, _COMPONENTS, len(patches))
    return mean, apart.T @ (mixtures[:, :count] / np.sqrt(variances[:count]))
