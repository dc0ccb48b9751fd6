"""Projection: which latent paints this picture."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from artnb.data.images import to_float, to_uint8
from artnb.errors import InputError
from artnb.files import disk, unfinished_file
from artnb.models.stylegan2.networks import Generator, build_synthesis
from artnb.progress import Progress, silent
from artnb.sampling.choice import STEPS, check_steps
from artnb.sampling.distance import Look, distance
from artnb.sampling.generating import latents
from artnb.stylization.differentiation import compiled, value_and_gradients

# Karras et al. 2020, arXiv 1912.04958, appendix D.
_LEARNING_RATE = 0.1
_WARM_UP, _RAMP_DOWN = 0.05, 0.25
_W_NOISE, _W_NOISE_UNTIL = 0.05, 0.75
_NOISE_WEIGHT = 1e5
_SMALLEST_NOISE_PX = 8
_DRAWN_W = 10_000
_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-8


@dataclass(frozen=True)
class Projection:
    """What was found.

    Args:
        w: float32 `(w_size,)`.
        noises: float32 `(px, px, 1)` each, for the generator's places.
        picture: what they paint, uint8 `(size_px, size_px, 3)`.
        start: how far the average picture is from the target.
        distance: how far this one is.
        steps: that were taken.
        whole: whether these were all; after Ctrl-C they were not.
    """

    w: np.ndarray
    noises: tuple[np.ndarray, ...]
    picture: np.ndarray
    start: float
    distance: float
    steps: int
    whole: bool

    def save(self, path: Path) -> None:
        """Write w and noises as an .npz: `w`, `noise_0`, `noise_1` …, `start`, `distance`."""
        noises = {f"noise_{place}": noise for place, noise in enumerate(self.noises)}
        with disk(path), unfinished_file(path) as unfinished, unfinished.open("wb") as file:
            np.savez(file, w=self.w, start=self.start, distance=self.distance, **noises)


def project(
    generator: Generator,
    picture: np.ndarray,
    look: Look,
    steps: int = STEPS,
    seed: int = 0,
    progress: Progress = silent,
) -> Projection:
    """Find w and noises that paint a picture, beginning with the average w.

    Ctrl-C ends it early, with what was found until then.

    Args:
        generator: of a Run.
        picture: uint8 `(size_px, size_px, 3)`, of the generator's size.
        look: what the distance looks at; see `load_look`.
        steps: of Adam.
        seed: of what is drawn.
        progress: shows how far it has got.

    Raises:
        InputError: the picture is of another size, or there are no steps.

    Source: Karras et al. 2020, arXiv 1912.04958, section 5 and appendix D. Deviation: the distance
        (see `distance`).
    """
    size_px = generator.sizes.size_px
    if picture.shape != (size_px, size_px, 3):
        raise InputError(
            f"a picture to be projected must be as large as the generator's, {size_px}×{size_px}, "
            f"got {picture.shape[1]}×{picture.shape[0]}; scale it"
        )
    check_steps(steps)
    search = _Search(generator, picture, look, steps, seed)
    return search.run(progress("projecting", steps))


def learning_rate(step: int, steps: int) -> float:
    """Give the rate of a step: it rises linearly at first, and falls as a cosine at last."""
    time = step / steps
    ramp = 0.5 - 0.5 * math.cos(math.pi * min(1.0, (1.0 - time) / _RAMP_DOWN))
    return _LEARNING_RATE * ramp * min(1.0, (step + 1) / steps / _WARM_UP)


def w_noise_strength(step: int, steps: int) -> float:
    """Give how much of w's standard deviation is added to it as noise at a step."""
    return _W_NOISE * max(0.0, 1.0 - step / steps / _W_NOISE_UNTIL) ** 2


def noise_regulariser(noises: list[Any]) -> Any:
    """Give how much neighbours in noise have in common, on all scales; white noise has nothing.

    Args:
        noises: `(1, px, px, 1)` each.

    Source: Karras et al. 2020, appendix D: products with the neighbours to the left and above,
        around the edge, of each noise and of it halved as long as it is larger than 8 px.
    """
    return sum(_correlation(scale) for noise in noises for scale in _halved(noise))


def _correlation(noise: Any) -> Any:
    means = [ops.mean(noise * ops.roll(noise, 1, axis)) for axis in (1, 2)]
    return ops.square(means[0]) + ops.square(means[1])


def _halved(noise: Any) -> Iterator[Any]:
    """Give noise and what is left of it, halved again and again."""
    yield noise
    while noise.shape[1] > _SMALLEST_NOISE_PX:
        # The sum of four, over their number's root, keeps the variance.
        noise = 2.0 * ops.average_pool(noise, 2, 2, data_format="channels_last")
        yield noise


def normalised(noise: Any) -> Any:
    """Bring noise to mean 0 and variance 1."""
    centred = noise - ops.mean(noise)
    return centred * ops.rsqrt(ops.mean(ops.square(centred)) + _EPSILON)


class _Search:
    """Adam on w and noises; one compiled step serves all."""

    def __init__(
        self,
        generator: Generator,
        picture: np.ndarray,
        look: Look,
        steps: int,
        seed: int,
    ) -> None:
        self.sizes, self.look, self.steps = generator.sizes, look, steps
        self.synthesis = _in_float32(generator)
        self.random = np.random.RandomState(seed)
        drawn = self.random.randn(_DRAWN_W, self.sizes.z_size).astype(np.float32)
        w = latents(generator, drawn, np.arange(_DRAWN_W))
        self.average = w.mean(axis=0, keepdims=True)
        self.deviation = float(np.sqrt(np.square(w - self.average).sum(axis=1).mean()))
        self.wanted = compiled(look)(ops.convert_to_tensor(to_float(picture[None])))
        self._step, self._measure = compiled(self._stepped), compiled(self._measured)

    def run(self, advance: Callable[[], None]) -> Projection:
        """Take the steps."""
        shapes = [(1, px, px, 1) for px in self.sizes.noise_px]
        values = [self.average, *(self._normal(shape) for shape in shapes)]
        values = [ops.convert_to_tensor(value) for value in values]
        start = float(self._measure(values, self.wanted)[0])
        means, squares = ([ops.zeros_like(value) for value in values] for _ in range(2))
        taken, whole = 0, True
        try:
            for step in range(self.steps):
                strength = self.deviation * w_noise_strength(step, self.steps)
                w_noise = np.float32(strength) * self._normal(self.average.shape)
                rate = ops.convert_to_tensor(self._rate(step))
                values, means, squares = self._step(
                    values, means, squares, self.wanted, ops.convert_to_tensor(w_noise), rate
                )
                taken = step + 1
                advance()
        except KeyboardInterrupt:
            whole = False
        found, painted = self._measure(values, self.wanted)
        w, *noises = (ops.convert_to_numpy(value)[0] for value in values)
        picture = to_uint8(ops.convert_to_numpy(painted))[0]
        return Projection(w, tuple(noises), picture, start, float(found), taken, whole)

    def _normal(self, shape: tuple[int, ...]) -> np.ndarray:
        return self.random.randn(*shape).astype(np.float32)

    def _rate(self, step: int) -> np.float32:
        """Give the learning rate, the averages' beginning at 0 accounted for."""
        corrected = (1 - _BETA_2 ** (step + 1)) ** 0.5 / (1 - _BETA_1 ** (step + 1))
        return np.float32(learning_rate(step, self.steps) * corrected)

    def _painted(self, w: Any, noises: list[Any]) -> Any:
        shape = (1, self.sizes.w_count, self.sizes.w_size)
        return self.synthesis([ops.broadcast_to(w[:, None], shape), *noises], training=False)

    def _measured(self, values: list[Any], wanted: list[Any]) -> tuple[Any, Any]:
        """Give how far the picture is from the target, and the picture."""
        picture = self._painted(values[0], values[1:])
        return distance(self.look(picture), wanted), picture

    def _stepped(
        self,
        values: list[Any],
        means: list[Any],
        squares: list[Any],
        wanted: list[Any],
        w_noise: Any,
        rate: Any,
    ) -> tuple[list[Any], list[Any], list[Any]]:
        """Take a step of Adam (Kingma and Ba 2015, algorithm 1), and bring noises to variance 1."""

        def loss(values: list[Any]) -> Any:
            w, *noises = values
            return self._measured([w + w_noise, *noises], wanted)[0] + (
                _NOISE_WEIGHT * noise_regulariser(noises)
            )

        _, gradients = value_and_gradients(loss, values)
        means = [_BETA_1 * m + (1 - _BETA_1) * g for m, g in zip(means, gradients, strict=True)]
        squares = [
            _BETA_2 * s + (1 - _BETA_2) * ops.square(g)
            for s, g in zip(squares, gradients, strict=True)
        ]
        w, *noises = (
            value - rate * mean / (ops.sqrt(square) + _EPSILON)
            for value, mean, square in zip(values, means, squares, strict=True)
        )
        return [w, *map(normalised, noises)], means, squares


def _in_float32(generator: Generator) -> keras.Model:
    """Give the synthesis, built anew where it computes in half precision: gradients need more."""
    if generator.synthesis.compute_dtype == "float32":
        return generator.synthesis
    synthesis = build_synthesis(generator.sizes)
    synthesis.set_weights(generator.synthesis.get_weights())
    return synthesis
