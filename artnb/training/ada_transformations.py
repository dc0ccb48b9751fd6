"""What adaptive discriminator augmentation draws and does: places, and colours.

However many changes of place are drawn for a picture, they are one affine map, by which it is
resampled once; all changes of colour are one matrix.

Source: Karras et al. 2020, arXiv 2006.06676, appendix B.

Coordinates are in pixels from the picture's middle, x to the right and y down.
"""

from typing import Any, NamedTuple

import numpy as np
from keras import ops

# The paper's ranges and deviations; shifts as shares of the edge, scales as powers of two.
_WHOLE_SHIFT = 0.125
_SHIFT_DEVIATION = 0.125
_SCALE_DEVIATION = 0.2
_BRIGHTNESS_DEVIATION = 0.2
_CONTRAST_DEVIATION = 0.5
_SATURATION_DEVIATION = 1.0
# How many numbers `draw_placement` and `draw_colours` take of each kind.
PLACEMENT_UNIFORMS, PLACEMENT_NORMALS = 14, 4
COLOUR_UNIFORMS, COLOUR_NORMALS = 7, 3


class Placement(NamedTuple):
    """Where pictures go, float32 `(count,)` each, in the order in which it is done.

    Attributes:
        mirrored: 1 where left and right change places, else 0.
        quarter_turns: 0 to 3, counter-clockwise.
        whole_right, whole_down: shift by whole pixels.
        scale: factor of both edges.
        turn_before: radians, counter-clockwise.
        stretch: factor of the width; the height is divided by it.
        turn_after: radians, counter-clockwise.
        right, down: shift in pixels.
    """

    mirrored: Any
    quarter_turns: Any
    whole_right: Any
    whole_down: Any
    scale: Any
    turn_before: Any
    stretch: Any
    turn_after: Any
    right: Any
    down: Any


class Colours(NamedTuple):
    """What happens to colours, float32 `(count,)` each, in the order in which it is done.

    Attributes:
        brightness: added to colours in [-1, 1].
        contrast: their factor.
        inverted: 1 where light and dark change places and hues stay, else 0.
        hue: radians, from red to green.
        saturation: factor of the distance to grey.
    """

    brightness: Any
    contrast: Any
    inverted: Any
    hue: Any
    saturation: Any


def draw_placement(uniform: Any, normal: Any, blit: Any, geometry: Any, size_px: int) -> Placement:
    """Make random numbers into what happens to pictures.

    Args:
        uniform: float32 `(PLACEMENT_UNIFORMS, count)` in [0, 1).
        normal: float32 `(PLACEMENT_NORMALS, count)`, standard normal.
        blit: scalar, the probability of mirroring, of quarter turns and of whole shifts.
        geometry: scalar, the probability of all else.
        size_px: edge of the pictures.
    """
    chance, value = uniform[:8], uniform[8:]
    # Two turns are as frequent together as one of another kind.
    turning = 1.0 - ops.sqrt(1.0 - geometry)
    shifts = ops.round((2.0 * value[2:4] - 1.0) * _WHOLE_SHIFT * size_px)
    angles = (2.0 * value[4:6] - 1.0) * np.pi
    scales = ops.power(2.0, _SCALE_DEVIATION * normal[:2])
    moves = _SHIFT_DEVIATION * size_px * normal[2:4]
    return Placement(
        mirrored=_where(chance[0] < blit, ops.floor(2.0 * value[0])),
        quarter_turns=_where(chance[1] < blit, ops.floor(4.0 * value[1])),
        whole_right=_where(chance[2] < blit, shifts[0]),
        whole_down=_where(chance[2] < blit, shifts[1]),
        scale=_where(chance[3] < geometry, scales[0], 1.0),
        turn_before=_where(chance[4] < turning, angles[0]),
        stretch=_where(chance[5] < geometry, scales[1], 1.0),
        turn_after=_where(chance[6] < turning, angles[1]),
        right=_where(chance[7] < geometry, moves[0]),
        down=_where(chance[7] < geometry, moves[1]),
    )


def draw_colours(uniform: Any, normal: Any, probability: Any) -> Colours:
    """Make random numbers into what happens to colours.

    Args:
        uniform: float32 `(COLOUR_UNIFORMS, count)` in [0, 1).
        normal: float32 `(COLOUR_NORMALS, count)`, standard normal.
        probability: scalar, of each change.
    """
    happens, value = uniform[:5] < probability, uniform[5:]
    return Colours(
        brightness=_where(happens[0], _BRIGHTNESS_DEVIATION * normal[0]),
        contrast=_where(happens[1], ops.power(2.0, _CONTRAST_DEVIATION * normal[1]), 1.0),
        inverted=_where(happens[2], ops.floor(2.0 * value[0])),
        hue=_where(happens[3], (2.0 * value[1] - 1.0) * np.pi),
        saturation=_where(happens[4], ops.power(2.0, _SATURATION_DEVIATION * normal[2]), 1.0),
    )


def _where(condition: Any, drawn: Any, otherwise: float = 0.0) -> Any:
    return ops.where(condition, drawn, otherwise)


def affine_inverse_matrix(placement: Placement) -> Any:
    """Say where each pixel of the placed pictures comes from.

    Returns:
        float32 `(count, 3, 3)`, of homogeneous coordinates `(x, y, 1)`.
    """
    p = placement
    return _product(
        _map(1.0 - 2.0 * p.mirrored, 0.0, 0.0, 1.0),
        # Sines and cosines of quarter turns as whole numbers: these must move pixels exactly.
        _turned_back(ops.abs(p.quarter_turns - 2.0) - 1.0, 1.0 - ops.abs(p.quarter_turns - 1.0)),
        _moved_back(p.whole_right, p.whole_down),
        _map(1.0 / p.scale, 0.0, 0.0, 1.0 / p.scale),
        _turned_back(ops.cos(p.turn_before), ops.sin(p.turn_before)),
        _map(1.0 / p.stretch, 0.0, 0.0, p.stretch),
        _turned_back(ops.cos(p.turn_after), ops.sin(p.turn_after)),
        _moved_back(p.right, p.down),
    )


def _map(a: Any, b: Any, d: Any, e: Any, c: Any = 0.0, f: Any = 0.0) -> Any:
    """Give x = a·u + b·v + c and y = d·u + e·v + f as matrices."""
    return _stack([[a, b, c], [d, e, f], [0.0, 0.0, 1.0]])


def _turned_back(cosine: Any, sine: Any) -> Any:
    return _map(cosine, -sine, sine, cosine)


def _moved_back(right: Any, down: Any) -> Any:
    one = ops.ones_like(right)
    return _map(one, 0.0, 0.0, one, -right, -down)


def _stack(entries: list[list[Any]]) -> Any:
    """Make matrices `(count, rows, columns)` of their entries: numbers, or `(count,)`."""
    like = next(entry for row in entries for entry in row if not isinstance(entry, float))
    rows = [ops.stack([entry + ops.zeros_like(like) for entry in row], axis=-1) for row in entries]
    return ops.stack(rows, axis=-2)


def _product(*matrices: Any) -> Any:
    """Multiply small matrices from left to right.

    Not by `matmul`, for which accelerators round to ten bits or fewer: half a pixel at the border.
    """
    result = matrices[0]
    for matrix in matrices[1:]:
        result = ops.sum(result[..., None] * matrix[..., None, :, :], axis=-2)
    return result


def colour_matrix(colours: Colours) -> Any:
    """Give all changes of colour as one.

    Returns:
        float32 `(count, 3, 4)`, of homogeneous colours `(red, green, blue, 1)`.
    """
    c = colours
    grey = np.full((3, 3), 1.0 / 3.0)
    coloured = np.eye(3) - grey
    # The hue turns colours about the axis of greys: forth by its cosine, aside by its sine.
    aside = np.array([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]]) / np.sqrt(3.0)
    turned = _times(ops.cos(c.hue), coloured) + _times(ops.sin(c.hue), aside)
    linear = _times(c.contrast * (1.0 - 2.0 * c.inverted), grey) + (
        (c.contrast * c.saturation)[:, None, None] * turned
    )
    offset = c.brightness * c.contrast * (1.0 - 2.0 * c.inverted)
    return ops.concatenate([linear, _times(offset, np.ones((3, 1)))], axis=-1)


def _times(factors: Any, matrix: np.ndarray) -> Any:
    return factors[:, None, None] * ops.convert_to_tensor(matrix, factors.dtype)


def recolour(pictures: Any, matrices: Any) -> Any:
    """Change the colours of `(batch, height, width, 3)` by matrices `(batch, 3, 4)`."""
    matrices = ops.cast(matrices, pictures.dtype)
    changed = ops.einsum("bhwi,boi->bhwo", pictures, matrices[:, :, :3])
    return changed + matrices[:, None, None, :, 3]
