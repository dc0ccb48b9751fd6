"""The same loss and gradient, tile by tile: pictures that do not fit into memory in one piece.

Style is compared over the whole picture. First each tile adds its share to the statistics; where
they stand, and so where they shall go, is then known, and the second pass gives each tile the
gradient of its share. That is the whole picture's gradient, so no tile can be told from another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops

from artnb.errors import InputError
from artnb.stylization.differentiation import compiled, value_and_gradients
from artnb.stylization.features import KINDS, FeatureNetwork
from artnb.stylization.objective import Objective
from artnb.stylization.regions import Region

TILE_PX = 512


@dataclass(frozen=True)
class Tile:
    """A part of a picture, and what is around it as far as features look.

    Args:
        own: rows and columns of the pixels that it stands for.
        seen: of those that are looked at.
    """

    own: tuple[slice, slice]
    seen: tuple[slice, slice]

    @property
    def pixels(self) -> tuple:
        """Where in `(1, height, width, 3)` what it looks at is."""
        return slice(None), *self.seen


def tiles_of(size: tuple[int, int], tile_px: int, reach_px: int, stride: int) -> list[Tile]:
    """Cover a picture with tiles; what they see begins at multiples of the stride, as features do.

    All but the last of a row or column see as many pixels: what is compiled for one serves many.
    """
    sides = [_along(length, tile_px, -(-reach_px // stride) * stride, stride) for length in size]
    return [
        Tile((rows, columns), (seen_rows, seen_columns))
        for rows, seen_rows in sides[0]
        for columns, seen_columns in sides[1]
    ]


def _along(length: int, tile_px: int, reach_px: int, stride: int) -> list[tuple[slice, slice]]:
    window = tile_px + 2 * reach_px
    latest = max(0, length - window) // stride * stride
    sides = []
    for start in range(0, length, tile_px):
        stop = min(start + tile_px, length)
        begins = min(max(0, start - reach_px), latest)
        ends = length if begins == latest else begins + window
        sides.append((slice(start, stop), slice(begins, ends)))
    return sides


@dataclass(eq=False)
class TiledObjective(Objective):
    """An `Objective` that looks at one tile of a large picture at a time.

    Its `targets` and `gradient` give what those of `Objective` give, to rounding.

    Args:
        features, loss, strength, smoothness: as `Objective` takes them.
        tile_px: edge of a tile, a multiple of the features' largest stride.

    Raises:
        InputError: the loss is `"sliced"`, whose statistics do not add up.
    """

    tile_px: int = TILE_PX

    def __post_init__(self) -> None:
        super().__post_init__()
        features = self.features
        self.reach_px = KINDS[features.kind].reach_px
        self.strides = {tap: features.stride(tap) for tap in features.taps}
        if not self.style.adds_up:
            raise InputError(
                "pictures larger than memory need statistics that add up, and those of loss=sliced "
                "do not; use loss=moments or loss=gram, or a smaller picture"
            )
        to_content = FeatureNetwork(features.kind, features.network, (self.content_tap,))
        self._content = compiled(lambda pixels: to_content(pixels)[self.content_tap])
        self._part = compiled(lambda pixels, where: self.statistics(self.features(pixels), where))
        self._slope = compiled(
            lambda found, targets: value_and_gradients(lambda x: self.style_loss(x, targets), found)
        )
        self._part_gradient = compiled(
            lambda pixels, part: value_and_gradients(lambda x: self._share(x, part), pixels)
        )

    def tiles(self, picture: Any) -> list[Tile]:
        """Cover a picture."""
        stride = max(self.strides.values())
        return tiles_of(picture.shape[1:3], self.tile_px, self.reach_px, stride)

    def of_photo(self, photo: np.ndarray, regions: list[Region]) -> dict[str, Any]:
        """Keep the photo, whose features would be larger, and what a difference of them counts."""
        size, energy = self.features.size(photo, self.content_tap), 0.0
        for tile in self.tiles(photo):
            found = ops.convert_to_numpy(self._content(photo[tile.pixels]))
            _, within = self._places(tile, size, found.shape[1:3], self.content_tap)
            own = found[:, *within]
            energy += self.style.content_energy(own)
        return {
            "photo": photo,
            "where": [self.where(photo, region.of_photo) for region in regions],
            "content_scale": np.float32(self.content_weight / energy),
        }

    def statistics_of(self, picture: np.ndarray, where: dict[str, Any]) -> dict[str, Any]:
        """Give the statistics of a picture by tap, added up over its tiles."""
        return _summed(
            self._part(picture[tile.pixels], self._windows(picture, tile, where))
            for tile in self.tiles(picture)
        )

    def gradient(self, picture: Any, targets: dict[str, Any], step: int = 0) -> tuple[Any, Any]:
        """Give the loss and its gradient by the picture; `step` makes no difference here."""
        picture = ops.convert_to_numpy(picture)
        found = [self.statistics_of(picture, where) for where in targets["where"]]
        style, slope = self._slope(found, {key: targets[key] for key in ("wanted", "shares")})
        loss, gradient = _variation(picture, self.smoothness)
        loss += float(style)
        for tile in self.tiles(picture):
            part = self._part_of(picture, tile, targets, slope)
            value, here = self._part_gradient(ops.convert_to_tensor(picture[tile.pixels]), part)
            gradient[tile.pixels] += ops.convert_to_numpy(here)
            loss += float(value)
        return loss - _product(found, slope), gradient

    def _part_of(self, picture: Any, tile: Tile, targets: dict[str, Any], slope: Any) -> dict:
        """Gather what the loss of a tile needs: slopes, places, and the photo's features there."""
        wanted = self._content(targets["photo"][tile.pixels])
        size = self.features.size(picture, self.content_tap)
        _, within = self._places(tile, size, wanted.shape[1:3], self.content_tap)
        counts = np.zeros((1, *wanted.shape[1:3], 1), np.float32)
        counts[:, *within] = 1.0
        return {
            "where": [self._windows(picture, tile, where) for where in targets["where"]],
            "slope": slope,
            "content": wanted,
            "counts": counts * targets["content_scale"],
        }

    def _share(self, pixels: Any, part: dict[str, Any]) -> Any:
        """Give a tile's share of the loss, style along its slope."""
        features = self.features(pixels)
        found = [self.statistics(features, where) for where in part["where"]]
        style = sum(
            ops.sum(slope[tap] * here[tap])
            for slope, here in zip(part["slope"], found, strict=True)
            for tap in self.style_taps
        )
        difference = ops.square(features[self.content_tap] - part["content"])
        return style + ops.sum(part["counts"] * difference)

    def _windows(self, picture: Any, tile: Tile, where: dict[str, Any]) -> dict[str, np.ndarray]:
        """Cut each tap's shares to a tile's view; only what is its own counts."""
        windows = {}
        for tap, shares in where.items():
            whole = shares.reshape(self.features.size(picture, tap))
            size = self.features.size(picture[tile.pixels], tap)
            own, within = self._places(tile, whole.shape, size, tap)
            window = np.zeros(size, np.float32)
            window[within] = whole[own]
            windows[tap] = window.reshape(-1, 1)
        return windows

    def _places(
        self, tile: Tile, whole: tuple[int, int], seen: tuple[int, int], tap: str
    ) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
        """Give where a tile's own features are in those of the picture, and in what it sees."""
        stride = self.strides[tap]
        own, within = [], []
        for side in range(2):
            first = tile.own[side].start // stride
            begins = tile.seen[side].start // stride
            last = tile.own[side].stop == tile.seen[side].stop
            stop = whole[side] if last else tile.own[side].stop // stride
            stop = min(stop, begins + seen[side])
            own.append(slice(first, stop))
            within.append(slice(first - begins, stop - begins))
        return tuple(own), tuple(within)


def _variation(picture: np.ndarray, weight: float) -> tuple[float, np.ndarray]:
    """Give `weight * total_variation(picture)` and its gradient; little more than it in memory."""
    loss, gradient = 0.0, np.zeros_like(picture)
    for axis in (1, 2):
        difference = np.diff(picture, axis=axis)
        scale = weight / difference.size
        loss += scale * float(np.vdot(difference, difference))
        difference *= 2 * scale
        moved = np.moveaxis(gradient, axis, 0)
        moved[:-1] -= np.moveaxis(difference, axis, 0)
        moved[1:] += np.moveaxis(difference, axis, 0)
    return loss, gradient


def _summed(parts: Iterable[dict[str, Any]]) -> dict[str, Any]:
    total: dict[str, Any] = {}
    for part in parts:
        total = {tap: total.get(tap, 0.0) + found for tap, found in part.items()}
    return total


def _product(found: list[dict[str, Any]], slope: list[dict[str, Any]]) -> float:
    return sum(
        float(ops.sum(here[tap] * along[tap]))
        for here, along in zip(found, slope, strict=True)
        for tap in here
    )
