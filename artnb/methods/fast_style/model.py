"""A network that paints photos in a style, trained towards a painting's or a painter's statistics.

Source: Johnson et al. 2016, arXiv 1603.08155; several styles by conditional instance norm: Dumoulin
et al. 2017, arXiv 1610.07629. The losses are those of `artnb.stylization`.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import keras
import numpy as np
from keras import ops

from artnb.data.dataset import Dataset
from artnb.errors import InputError
from artnb.methods.fast_style.config import NETWORK, FastStyleConfig
from artnb.methods.fast_style.styles import (
    PALETTE,
    PALETTE_SHAPE,
    StyleStatistics,
    mean_palette,
    mean_statistics,
    paintings_of,
    softened,
)
from artnb.models.networks import Style, resnet_generator
from artnb.pretrained.weights import find_weights
from artnb.stylization.features import load_features
from artnb.stylization.losses import palette, sliced_loss
from artnb.stylization.objective import Objective
from artnb.stylization.shifts import SHIFT_PX, SHIFTS_PX
from artnb.training.augmentation import ScaleCropFlip
from artnb.training.engine import AdversarialModel, Player
from artnb.training.precision import precision, with_loss_scale
from artnb.training.replicas import replicas_of_step

LOSS_NAMES = ("style", "palette", "content", "smoothness")


def build_trained(config: FastStyleConfig) -> keras.Model:
    """Build the network of all styles; it takes photos, and the number of a style for each."""
    style = Style(config.padding, styles=config.style_count, epsilon=config.norm_epsilon)
    with precision(config.precision):
        return resnet_generator(
            NETWORK,
            filters=config.generator_filters,
            blocks=config.generator_blocks,
            upsampling=config.upsampling,
            skips=config.skips,
            style=style,
        )


def weights_of_style(weights: Sequence[np.ndarray], style: int) -> list[np.ndarray]:
    """Give the weights with which a network of one style paints: of each norm, one row.

    Args:
        weights: of the network of all styles.
        style: its number.
    """
    return [weight[style] if weight.ndim == 2 else weight for weight in weights]


def load_objective(config: FastStyleConfig) -> Objective:
    """Load what paintings are looked at with.

    Raises:
        InputError: its weights are not here and cannot be fetched.
    """
    features = load_features(config.features, find_weights(config.features))
    return Objective(features, config.loss, config.strength, config.smoothness)


class FastStyle(AdversarialModel):
    """One network, trained to give photos the statistics of paintings.

    Args:
        config: all settings.
        from_px: edge of the pictures in the Dataset, pixels.
        objective: the loss of a picture. It is not trained and no part of the state.
    """

    def __init__(self, config: FastStyleConfig, from_px: int, objective: Objective) -> None:
        keras.utils.set_random_seed(config.seed)
        generator = build_trained(config)
        adam = keras.optimizers.Adam(config.learning_rate, epsilon=1e-8, name="adam_generator")
        adam = with_loss_scale(adam, config.precision, "generator")
        super().__init__({"generator": Player((generator,), adam)}, LOSS_NAMES, config.jit_compile)
        self.config, self.generator_g, self.objective = config, generator, objective
        self.augment = ScaleCropFlip(
            from_px, config.load_size_px, config.image_size_px, config.flip, config.seed + 1
        )
        # What is seen of a crop, and what a style's statistics are by tap.
        seen_px = config.image_size_px - SHIFT_PX
        blank = softened(np.zeros((1, seen_px, seen_px, 3), np.float32))
        try:
            self._where = objective.where(blank, None)
        except ValueError:
            raise InputError(
                f"image_size_px must leave something to see in the last layers of "
                f"{config.features}, and {config.image_size_px} does not; take 48 or more"
            ) from None
        found = objective.statistics_of(blank, self._where)
        self.shapes = {tap: tuple(statistics.shape) for tap, statistics in found.items()}
        kept = {**self.shapes, PALETTE: PALETTE_SHAPE}
        self.statistics = StyleStatistics(kept, config.style_count)

    def parts(self) -> dict[str, Any]:
        """Name everything that holds state."""
        own = {"style_statistics": self.statistics, "augment": self.augment}
        return {**super().parts(), **own}

    def begin(self, dataset: Dataset) -> str:
        """Measure the paintings."""
        for style in range(self.config.style_count):
            paintings = partial(paintings_of, self.config, dataset, style)
            found = mean_statistics(self.objective, paintings(), self.shapes)
            self.statistics.keep(style, {**found, PALETTE: mean_palette(paintings())})
        return ""

    def step(self, batch: Any) -> dict[str, Any]:
        """Train on photos, uint8 `(batch, size_px, size_px, 3)`; paintings are measured already."""
        photos = self.augment(batch[0])
        return self.minimize(lambda: self.losses(photos, self.styles_of_step()), "generator")

    @property
    def steps_taken(self) -> Any:
        """The steps taken so far, an int32 scalar."""
        return ops.cast(self.players["generator"].optimizer.iterations, "int32")

    @property
    def count(self) -> int:
        """The photos that a step sees, or a replica's share of them."""
        return self.config.batch_size // replicas_of_step()

    def styles_of_step(self) -> Any:
        """Say which style each photo of a step gets: all in turn, int32 `(batch,)`."""
        places = self.steps_taken * self.count + ops.arange(self.count, dtype="int32")
        return places % self.config.style_count

    def seen(self, pictures: Any) -> Any:
        """Leave out some of the outermost pixels, other ones at each step; see `SHIFTS_PX`."""
        first = ops.take(np.int32(SHIFTS_PX), self.steps_taken % len(SHIFTS_PX), axis=0)
        seen_px = self.config.image_size_px - SHIFT_PX
        return ops.slice(pictures, (0, first[0], first[1], 0), (self.count, seen_px, seen_px, 3))

    def losses(self, photos: Any, styles: Any) -> tuple[Any, dict[str, Any]]:
        """Give the mean over photos of the objective's losses, and its parts by name.

        Args:
            photos: float32 `(batch, height, width, 3)` in [-1, 1].
            styles: which style each of them gets, int32 `(batch,)`.
        """
        look, tap = self.objective.features, self.objective.content_tap
        content = ops.stop_gradient(look(softened(self.seen(photos)))[tap])
        paintings = self.seen(self.generator_g([photos, styles]))
        features = look(softened(paintings))
        parts = []
        for number in range(self.count):
            one = slice(number, number + 1)
            targets = {
                "content": content[one],
                "wanted": [self.statistics(styles[number])],
                "where": [self._where],
                "shares": [1.0],
            }
            of_one = {tap: values[one] for tap, values in features.items()}
            of_colours = sliced_loss(palette(paintings[one]), targets["wanted"][0][PALETTE])
            parts.append(
                {
                    **self.objective.parts(of_one, paintings[one], targets),
                    "palette": self.config.palette * of_colours,
                }
            )
        losses = {name: sum(part[name] for part in parts) / self.count for name in LOSS_NAMES}
        return sum(losses.values()), losses
