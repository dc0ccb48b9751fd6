"""How a picture is changed until its loss is low: Adam on a pyramid, or L-BFGS on its pixels."""

from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops

from artnb.stylization.differentiation import compiled, value_and_gradients
from artnb.stylization.pyramid import join, split

_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-8
# Corrections that L-BFGS keeps; SciPy's own is 10, PyTorch's 100.
_CORRECTIONS = 20

# `(picture, targets, step) -> (loss, gradient by the picture)`.
Gradient = Callable[[Any, Any, int], tuple[Any, Any]]
# Called after each step with its loss and with what gives the picture as it is then.
Watch = Callable[[float, Callable[[], np.ndarray]], None]


class Adam:
    """Adam on the levels of a Laplacian pyramid.

    Args:
        gradient: of what is minimised.
        learning_rate: in units of [-1, 1] a step.
        levels: of the pyramid; 1 stands for plain pixels.

    Source: Kingma and Ba 2015, arXiv 1412.6980, algorithm 1.
    """

    def __init__(self, gradient: Gradient, learning_rate: float = 0.02, levels: int = 6) -> None:
        self.gradient, self.learning_rate, self.levels = gradient, learning_rate, levels
        self._join, self._slopes, self._step = map(compiled, (join, _slopes, self._stepped))

    def minimise(
        self, picture: np.ndarray, targets: Any, steps: int, watch: Watch
    ) -> tuple[np.ndarray, bool]:
        """Take steps; give the picture then, and whether all were taken or Ctrl-C came before."""
        levels = split(ops.convert_to_tensor(picture), self.levels)
        means, squares = ([ops.zeros_like(level) for level in levels] for _ in range(2))
        picture, whole = self._join(levels), True
        try:
            for step in range(steps):
                loss, gradient = self.gradient(picture, targets, step)
                gradients = self._slopes(levels, gradient)
                rate = ops.convert_to_tensor(self._rate(step + 1))
                # One level after the other: a large picture's old and new ones are never all there.
                for i in range(len(levels)):
                    levels[i], means[i], squares[i] = self._step(
                        levels[i], means[i], squares[i], gradients.pop(0), rate
                    )
                picture = self._join(levels)
                watch(float(loss), lambda now=picture: ops.convert_to_numpy(now))
        except KeyboardInterrupt:
            whole = False
        return ops.convert_to_numpy(picture), whole

    def _rate(self, taken: int) -> np.float32:
        """Give the learning rate, the averages' beginning at 0 accounted for."""
        return np.float32(self.learning_rate * (1 - _BETA_2**taken) ** 0.5 / (1 - _BETA_1**taken))

    @staticmethod
    def _stepped(level: Any, mean: Any, square: Any, gradient: Any, rate: Any) -> tuple:
        mean = _BETA_1 * mean + (1 - _BETA_1) * gradient
        square = _BETA_2 * square + (1 - _BETA_2) * ops.square(gradient)
        return level - rate * mean / (ops.sqrt(square) + _EPSILON), mean, square


class AdamOfLarge(Adam):
    """`Adam` for pictures of tens of megapixels: in place, in NumPy, one channel after the other.

    A backend's pool of memory keeps what it once held, so that little of a large picture may be
    in it at a time.
    """

    def minimise(
        self, picture: np.ndarray, targets: Any, steps: int, watch: Watch
    ) -> tuple[np.ndarray, bool]:
        """Take steps; see `Adam.minimise`."""
        picture = picture.copy()
        channels = np.split(picture, picture.shape[-1], axis=-1)
        levels = [
            [np.array(level) for level in split(ops.convert_to_tensor(channel), self.levels)]
            for channel in channels
        ]
        means, squares = ([[np.zeros_like(x) for x in of] for of in levels] for _ in range(2))
        try:
            for step in range(steps):
                loss, gradient = self.gradient(picture, targets, step)
                by_channel = np.split(ops.convert_to_numpy(gradient), len(channels), axis=-1)
                rate = self._rate(step + 1)
                for channel, *state, slope in zip(
                    channels, levels, means, squares, by_channel, strict=True
                ):
                    slopes = map(np.array, self._slopes(state[0], slope))
                    for level_state in zip(*state, slopes, strict=True):
                        _step_in_place(*level_state, rate)
                    channel[...] = ops.convert_to_numpy(self._join(state[0]))
                watch(float(loss), lambda: picture)
        except KeyboardInterrupt:
            return picture, False
        return picture, True


def _step_in_place(
    level: np.ndarray, mean: np.ndarray, square: np.ndarray, slope: np.ndarray, rate: np.float32
) -> None:
    """Take a step of Adam on a level; the slope's memory is used up."""
    mean *= _BETA_1
    mean += (1 - _BETA_1) * slope
    square *= _BETA_2
    slope *= slope
    slope *= 1 - _BETA_2
    square += slope
    np.sqrt(square, out=slope)
    slope += _EPSILON
    np.divide(mean, slope, out=slope)
    slope *= rate
    level -= slope


def _slopes(levels: list[Any], gradient: Any) -> list[Any]:
    """Give the gradients by the levels, of which `join` makes the picture that this one is by."""
    # `join` is linear: its gradient is that of a product.
    return value_and_gradients(lambda x: ops.sum(join(x) * gradient), levels)[1]


class LBFGS:
    """SciPy's L-BFGS on the pixels, as Gatys et al. did it; a step is an evaluation.

    Args:
        gradient: of what is minimised; it may not depend on the step.
    """

    def __init__(self, gradient: Gradient) -> None:
        self.gradient = gradient

    def minimise(
        self, picture: np.ndarray, targets: Any, steps: int, watch: Watch
    ) -> tuple[np.ndarray, bool]:
        """Evaluate so many times; give the best picture, and whether Ctrl-C came before."""
        from scipy.optimize import minimize

        best = (np.inf, picture)

        def evaluate(pixels: np.ndarray) -> tuple[float, np.ndarray]:
            nonlocal best
            here = pixels.reshape(picture.shape).astype(np.float32)
            value, gradient = self.gradient(ops.convert_to_tensor(here), targets, 0)
            best = min(best, (float(value), here), key=lambda pair: pair[0])
            watch(float(value), lambda: best[1])
            return float(value), ops.convert_to_numpy(gradient).reshape(-1).astype(np.float64)

        limits = {"maxfun": steps, "maxiter": steps, "maxcor": _CORRECTIONS, "ftol": 0, "gtol": 0}
        start = picture.reshape(-1).astype(np.float64)
        try:
            minimize(evaluate, start, jac=True, method="L-BFGS-B", options=limits)
        except KeyboardInterrupt:
            return best[1], False
        return best[1], True
