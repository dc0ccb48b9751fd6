"""Pictures are scaled, turned, sheared and moved by two passes along one axis each.

Source: Catmull and Smith 1980, "3-D transformations of images in scanline order"; Keys 1981, "Cubic
convolution interpolation for digital image processing"; what is beyond a border is reflected, as in
Karras et al. 2020, arXiv 2006.06676, appendix B. These double the size by a wavelet's filters and
gather pixels; the gradient of gathering adds up in no fixed order on GPUs. Deviation: both passes
are matrix products with antialiased cubic weights, so that nothing is gathered, and derivatives of
every order are right, and the same on every backend.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops

# As many weights are made at a time, 16 MB in float32; TensorFlow works at up to ten parts at once,
# with several temporaries each.
_WEIGHTS_AT_A_TIME = 2**22


def resample(pictures: Any, inverse: Any) -> Any:
    """Place pictures anew; beyond their borders they are reflected.

    Whole shifts, quarter turns and mirroring move pixels and change none. Computing goes by
    batch × edge³; memory does not, since weights are made for some lines at a time, and again for
    the gradients.

    Args:
        pictures: float `(batch, edge, edge, channels)`.
        inverse: `(batch, 3, 3)`, where each pixel comes from: places `(x, y, 1)` in pixels from
            the middle, x to the right and y down, as of `affine_inverse_matrix`.

    Returns:
        The same shape.
    """
    pictures, rows = _upright(pictures, ops.cast(inverse, pictures.dtype))
    (a, b, c), (d, e, f) = ([row[:, i, None, None] for i in range(3)] for row in rows)
    edge = pictures.shape[1]
    across = _from_middle(edge, pictures.dtype)
    extended = _reflected_rows(pictures, edge // 2)
    along = _from_middle(extended.shape[1], pictures.dtype)
    shear = b / e
    step = a - shear * d
    # Row j of the picture and column u of the result meet at one x; (batch, j, u).
    x = step * across[None, None] + shear * along[None, :, None] + (c - shear * f)
    sheared = _means(
        extended, _folded(x, edge), lambda places: _reflecting_weights(places, step, edge)
    )
    # Each column u then holds, at some y, the pixel of each row v; (batch, u, v).
    columns = ops.transpose(sheared, (0, 2, 1, 3))
    y = d * across[None, :, None] + e * across[None, None] + f
    height = extended.shape[1]
    result = _means(columns, _folded(y, height), lambda places: _weights(places, e, height))
    return ops.transpose(result, (0, 2, 1, 3))


def _upright(pictures: Any, inverse: Any) -> tuple[Any, tuple[Any, Any]]:
    """Transpose the pictures that lie nearer to their side than upright, and the map with them.

    Else the first pass would squeeze them to a line (Catmull and Smith's bottleneck).
    """
    x, y = inverse[:, 0], inverse[:, 1]
    lying = ops.abs(x[:, 1]) > ops.abs(y[:, 1])
    transposed = ops.transpose(pictures, (0, 2, 1, 3))
    chosen = ops.where(lying[:, None, None, None], transposed, pictures)
    lying = lying[:, None]
    return chosen, (ops.where(lying, y, x), ops.where(lying, x, y))


def _from_middle(count: int, dtype: Any) -> Any:
    return ops.convert_to_tensor(np.arange(count) - (count - 1) / 2, dtype)


def _reflected_rows(pictures: Any, count: int) -> Any:
    """Extend pictures by rows reflected at the middle of the first and of the last."""
    above, below = pictures[:, 1 : count + 1], pictures[:, -count - 1 : -1]
    return ops.concatenate([ops.flip(above, axis=1), pictures, ops.flip(below, axis=1)], axis=1)


def _folded(position: Any, count: int) -> Any:
    """Reflect positions that lie beyond the first or the last of `count` pixels back between."""
    half = (count - 1) / 2
    period = ops.floor(position / (4.0 * half) + 0.25) * (4.0 * half)
    return half - ops.abs(position - period - half)


def _weights(position: Any, step: Any, count: int) -> Any:
    """Weigh `count` pixels in a line for each place between them.

    Args:
        position: `(batch, lines, places)`, in pixels from the line's middle.
        step: `(batch, 1, 1)`, from one place to the next; the kernel is as wide, or a pixel.
        count: of the pixels.

    Returns:
        `(batch, lines, places, count)`, not yet normalised.
    """
    pixels = _from_middle(count, position.dtype)
    narrowing = 1.0 / ops.maximum(ops.abs(step), 1.0)
    return _cubic(ops.abs(pixels - position[..., None]) * narrowing[..., None])


def _reflecting_weights(position: Any, step: Any, count: int) -> Any:
    """Do the same where lines are reflected at their ends: a pixel also counts as its reflection.

    At the nearer end, and in kernels of up to half a line.
    """
    end = (2.0 * ops.cast(position > 0, position.dtype) - 1.0) * (count - 1)
    once = np.ones(count)
    once[[0, -1]] = 0.0  # the last pixel is its own reflection
    reflected = _weights(end - position, step, count)
    return _weights(position, step, count) + reflected * ops.convert_to_tensor(once, end.dtype)


def _cubic(distance: Any) -> Any:
    """Keys' cubic with a = −0.5, as a sum of two polynomials that end where their support does."""
    outer = ops.relu(2.0 - distance)
    inner = ops.relu(1.0 - distance)
    return 0.5 * outer * outer * (outer - 1.0) + inner * inner * (1.0 - 2.0 * inner)


def _means(lines: Any, places: Any, weigh: Callable[[Any], Any]) -> Any:
    """Give means of pixels `(batch, lines, pixels, channels)` around places on their lines.

    They are linear in the pixels: the gradient is the transposed product, whose own gradient is the
    product again, so that no weights need be kept for either.

    Args:
        lines: `(batch, lines, pixels, channels)`.
        places: `(batch, lines, places)`.
        weigh: gives some lines' places their pixels' weights, `(batch, lines, places, pixels)`.

    Returns:
        `(batch, lines, places, channels)`.
    """

    def mean(lines: Any, places: Any) -> Any:
        # The sums are divided, not the weights: these are by far the largest tensor.
        weights = weigh(places)
        return ops.matmul(weights, lines) / ops.sum(weights, axis=-1)[..., None]

    def spread(means: Any, places: Any) -> Any:
        weights = weigh(places)
        means = means / ops.sum(weights, axis=-1)[..., None]
        return ops.matmul(ops.transpose(weights, (0, 1, 3, 2)), means)

    count = _parts(lines.shape[0] or 1, lines.shape[1], lines.shape[2] * places.shape[2])
    return _linear(
        lambda lines: _in_parts(mean, count, lines, places),
        lambda means: _in_parts(spread, count, means, places),
    )(lines)


def _linear(product: Callable[[Any], Any], transposed: Callable[[Any], Any]) -> Callable:
    """Give a linear function whose gradients of any order are these two products in turn."""

    @ops.custom_gradient
    def function(values: Any) -> tuple[Any, Callable[[Any], Any]]:
        return product(values), _linear(transposed, product)

    return function


def _parts(batch: int, lines: int, weights_of_a_line: int) -> int:
    """Give into how many equal parts lines are divided, for their weights to find room."""
    wanted = -(-batch * lines * weights_of_a_line // _WEIGHTS_AT_A_TIME)
    return next(parts for parts in range(min(wanted, lines), lines + 1) if lines % parts == 0)


def _in_parts(function: Callable[[Any, Any], Any], count: int, lines: Any, places: Any) -> Any:
    """Apply a function to some of the lines `(batch, lines, …)` at a time."""
    if count == 1:
        return function(lines, places)
    results = ops.map(lambda part: function(*part), (_split(lines, count), _split(places, count)))
    results = ops.transpose(results, (1, 0, 2, 3, 4))
    return ops.reshape(results, (-1, lines.shape[1], *results.shape[3:]))


def _split(values: Any, count: int) -> Any:
    """Turn `(batch, lines, …)` into `(count, batch, lines / count, …)`."""
    lines = values.shape[1]
    apart = ops.reshape(values, (-1, count, lines // count, *values.shape[2:]))
    return ops.transpose(apart, (1, 0, *range(2, len(apart.shape))))
