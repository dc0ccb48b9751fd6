"""Round bodies under one light: what invented heads, jugs and apples are made of."""

import numpy as np

from artnb.synthetic.landscapes.noise import sample_smoothly

# A shadow is looked for at so many steps towards the light, each this share of the width long.
_STEPS, _STEP = 14, 0.011
# Heights, in shares of the width, within which a shadow goes from none to full.
_SOFT = 0.02
_FAR = -1.0


class Relief:
    """Bodies in front of a ground; lengths are shares of the square picture's width.

    Args:
        ground: float32 `(n, n, 3)` in [0, 1], what is seen behind them.
        origin: where places are counted from, from the left and from the top.
        zoom: by which all lengths grow.
    """

    def __init__(
        self, ground: np.ndarray, origin: tuple[float, float] = (0.0, 0.0), zoom: float = 1.0
    ) -> None:
        self.origin, self.zoom = origin, zoom
        self.colour = np.array(ground, np.float32)
        self.size_px = len(ground)
        shape = self.colour.shape[:2]
        self.height = np.full(shape, _FAR, np.float32)
        self.normal = np.zeros((*shape, 3), np.float32)
        self.shine = np.zeros(shape, np.float32)

    def ball(
        self,
        across: float,
        down: float,
        wide: float,
        high: float,
        colour: tuple[float, float, float],
        *,
        deep: float | None = None,
        before: float = 0.0,
        lean: float = 0.0,
        shine: float = 0.0,
        folds: float = 0.0,
    ) -> None:
        """Add an ellipsoid where nothing stands before it.

        Args:
            across: its middle, from the left.
            down: its middle, from the top.
            wide: half its width.
            high: half its height.
            colour: of its surface, in [0, 1].
            deep: half its depth; None takes half its width.
            before: how far its middle stands before the plane of the others.
            lean: turned clockwise, radians.
            shine: of its highlight, 0 to 1.
            folds: how much its surface is crumpled, as cloth is.
        """
        deep = wide if deep is None else deep
        cos, sin = float(np.cos(lean)), float(np.sin(lean))
        reach = (float(np.hypot(wide * cos, high * sin)), float(np.hypot(wide * sin, high * cos)))
        rows, columns, x, y = self._window(across, down, reach)
        along, over = x * cos + y * sin, y * cos - x * sin
        left = 1.0 - (along / wide) ** 2 - (over / high) ** 2
        rise = np.sqrt(np.maximum(left, 0.0))
        right, lower = along / wide**2, over / high**2
        normal = (right * cos - lower * sin, right * sin + lower * cos, rise / deep)
        height = np.where(left > 0.0, before + deep * rise, _FAR)
        self._add((rows, columns), height, normal, colour, shine, folds)

    def turned(
        self,
        across: float,
        top: float,
        bottom: float,
        radii: tuple[float, ...],
        colour: tuple[float, float, float],
        *,
        before: float = 0.0,
        shine: float = 0.0,
    ) -> None:
        """Add a body as a potter turns it.

        Args:
            across: its axis, from the left.
            top: its upper end, from the top.
            bottom: its lower end.
            radii: evenly from top to bottom.
            colour: as of `ball`, and so are the others.
        """
        reach = (max(radii), 0.5 * (bottom - top))
        rows, columns, x, y = self._window(across, 0.5 * (top + bottom), reach)
        place = (y / (bottom - top) + 0.5) * (len(radii) - 1)
        radius = np.interp(place, range(len(radii)), radii).astype(np.float32)
        slope = np.gradient(radius, axis=0) * self.size_px * self.zoom
        inside = (np.abs(x) < radius) & (place >= 0) & (place <= len(radii) - 1)
        depth = np.sqrt(np.maximum(radius**2 - x**2, 0.0))
        normal = (x / np.maximum(radius, 1e-4), -slope, depth / np.maximum(radius, 1e-4))
        self._add((rows, columns), np.where(inside, before + depth, _FAR), normal, colour, shine, 0)

    def stain(
        self, across: float, down: float, wide: float, high: float, colour: tuple, much: float
    ) -> None:
        """Tint a soft spot of what is there: lips, eyes, a shadow on a table."""
        rows, columns, x, y = self._window(across, down, (3.0 * wide, 3.0 * high))
        share = much * np.exp(-0.5 * ((x / wide) ** 2 + (y / high) ** 2))
        spot = self.colour[rows, columns]
        spot += (np.array(colour, np.float32) - spot) * share[..., None]

    def lit(self, light: tuple[float, float, float], ambient: float) -> np.ndarray:
        """Shine a light on everything but the ground, with the shadows that bodies cast.

        Args:
            light: where it comes from: right, down, towards the viewer.
            ambient: share of the light that comes from all around.

        Returns:
            float32 `(n, n, 3)`.
        """
        towards = np.array(light, np.float32) / np.linalg.norm(light)
        facing = np.maximum(self.normal @ towards, 0.0)
        facing *= 1.0 - 0.85 * self._shadow(towards)
        half = towards + np.array((0.0, 0.0, 1.0), np.float32)
        mirror = np.maximum(self.normal @ (half / np.linalg.norm(half)), 0.0)
        shade = ambient + (1.15 - ambient) * facing
        bodies = self.colour * shade[..., None] + (self.shine * mirror**40)[..., None]
        return np.where(self.seen, bodies, self.colour)

    @property
    def seen(self) -> np.ndarray:
        """Where there is a body: bool `(n, n, 1)`."""
        return (self.height > _FAR)[..., None]

    def _shadow(self, towards: np.ndarray) -> np.ndarray:
        """Say how far each place lies in the shadow of something nearer to the light."""
        shadow = np.zeros_like(self.height)
        flat = max(float(np.hypot(towards[0], towards[1])), 1e-6)
        for step in range(1, _STEPS + 1):
            away = step * _STEP
            shift = [round(-away * self.size_px * towards[axis] / flat) for axis in (1, 0)]
            above = _moved(self.height, *shift) - self.height - away * towards[2] / flat
            shadow = np.maximum(shadow, np.clip(above / _SOFT, 0.0, 1.0))
        return shadow

    def _window(
        self, across: float, down: float, reach: tuple[float, float]
    ) -> tuple[slice, slice, np.ndarray, np.ndarray]:
        """Give the rows and columns around a middle, and places in them relative to it."""
        columns, x = self._axis(0, across, reach[0])
        rows, y = self._axis(1, down, reach[1])
        return rows, columns, x[None, :], y[:, None]

    def _axis(self, axis: int, middle: float, reach: float) -> tuple[slice, np.ndarray]:
        size, middle = self.size_px, self.origin[axis] + self.zoom * middle
        low, high = (
            min(max(int((middle + side * self.zoom * reach) * size), 0), size) for side in (-1, 1)
        )
        span = slice(low, min(high + 1, size))
        places = (np.arange(low, span.stop, dtype=np.float32) + 0.5) / size
        return span, (places - middle) / self.zoom

    def _add(
        self,
        window: tuple[slice, slice],
        height: np.ndarray,
        normal: tuple[np.ndarray, np.ndarray, np.ndarray],
        colour: tuple[float, float, float],
        shine: float,
        folds: float,
    ) -> None:
        """Put a body where it is nearer than what is there."""
        right, down, front = normal
        length = np.sqrt(right**2 + down**2 + front**2)
        right, down, front = (part / np.maximum(length, 1e-6) for part in (right, down, front))
        if folds:
            bent = folds * self._folds(window)
            right, down = right + bent, down + 0.3 * bent
        nearer = height > self.height[window]
        self.height[window][nearer] = height[nearer]
        self.normal[window][nearer] = np.stack(np.broadcast_arrays(right, down, front), -1)[nearer]
        self.colour[window][nearer] = colour
        self.shine[window][nearer] = shine

    def _folds(self, window: tuple[slice, slice]) -> np.ndarray:
        """Give how far cloth leans to the right in a window."""
        rows, columns = (np.arange(part.start, part.stop, dtype=np.float32) for part in window)
        scale = 1.6 / self.size_px
        return sample_smoothly("cloud", columns[None, :] * scale, rows[:, None] * 0.35 * scale)


def _moved(plane: np.ndarray, down: int, right: int) -> np.ndarray:
    """Move a plane by some pixels; what comes in is far away."""
    moved = np.full_like(plane, _FAR)
    height, width = plane.shape
    to = (slice(max(down, 0), height + min(down, 0)), slice(max(right, 0), width + min(right, 0)))
    of = (slice(max(-down, 0), height - max(down, 0)), slice(max(-right, 0), width - max(right, 0)))
    moved[to] = plane[of]
    return moved
