"""StyleGAN2-ADA: a generator from latents, and a discriminator that is shown changed pictures.

Source: Karras et al. 2020, arXiv 1912.04958 (losses, regularisers) and arXiv 2006.06676 (adaptive
augmentation, settings).
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from artnb.methods.cyclegan.model import precision
from artnb.methods.stylegan2.config import StyleGAN2Config
from artnb.methods.stylegan2.draws import Draw, StepDraws
from artnb.methods.stylegan2.losses import LOSSES, path_lengths
from artnb.models.stylegan2.networks import Generator, Sizes, build_discriminator
from artnb.training.ada import AdaptiveAugmentation
from artnb.training.augmentation import ScaleCropFlip
from artnb.training.engine import AdversarialModel, Player
from artnb.training.losses import r1_penalty
from artnb.training.replicas import replicas_of_step, whole_batch

LOSS_NAMES = (
    "generator",
    "discriminator",
    "r1",
    "path_length",
    "real_sign",
    "augmentation",
)
# Karras et al. 2020, arXiv 1912.04958, appendix B, and its code.
_PATH_LENGTH_DECAY = 0.01
_AVERAGE_W_BETA = 0.995
# A gradient that is no number moves nothing, and one without bounds a little.
_LARGEST_GRADIENT = 1e5


def sizes_of(config: StyleGAN2Config) -> Sizes:
    """Give how large the networks of a Run are."""
    return Sizes(
        config.image_size_px,
        z_size=config.latent_size,
        w_size=config.latent_size,
        mapping_layers=config.mapping_layers,
        channel_base=config.channel_base,
        channel_max=config.channel_max,
    )


def build_generator(config: StyleGAN2Config, name: str) -> Generator:
    """Build a generator as a Run's settings describe it."""
    with precision(config.precision):
        return Generator(sizes_of(config), name)


class PathLengthMean(keras.layers.Layer):
    """Remembers how long paths are on average."""

    def __init__(self) -> None:
        super().__init__(name="path_length_mean", dtype="float32")
        self.mean = self.add_weight((), "zeros", trainable=False, name="mean")
        self.built = True


class StyleGAN2(AdversarialModel):
    """A generator and a discriminator.

    Args:
        config: all settings.
        from_px: edge of the pictures in the Dataset, pixels.
    """

    is_averaged = True

    def __init__(self, config: StyleGAN2Config, from_px: int) -> None:
        keras.utils.set_random_seed(config.seed)
        self.config, self.sizes = config, sizes_of(config)
        generator = build_generator(config, "generator")
        with precision(config.precision):
            discriminator = build_discriminator(self.sizes)
        networks = {"generator": generator, "discriminator": discriminator}
        players = {name: Player((net,), self._adam(name)) for name, net in networks.items()}
        super().__init__(players, LOSS_NAMES, config.jit_compile)
        self.config, self.sizes = config, sizes_of(config)
        self.generator, self.discriminator = generator, discriminator
        self.average = build_generator(config, "average")
        self.average.trainable = False
        self.average.set_weights(generator.get_weights())
        edge = config.image_size_px
        self.prepare = ScaleCropFlip(from_px, edge, edge, config.flip, config.seed + 1)
        self.draws = StepDraws(self.sizes, config.style_mixing, config.seed + 2)
        self.augment = self._augmentation()
        self.path_length_mean = PathLengthMean()

    @staticmethod
    def _adam_of(config: StyleGAN2Config, name: str) -> keras.optimizers.Optimizer:
        adam = keras.optimizers.Adam(
            config.learning_rate, beta_1=0.0, beta_2=0.99, epsilon=1e-8, name=f"adam_{name}"
        )
        if config.precision == "mixed_float16":
            return keras.optimizers.LossScaleOptimizer(adam, name=f"loss_scale_{name}")
        return adam

    def step(self, batch: Any) -> dict[str, Any]:
        """Train both networks once on pictures, uint8 `(batch, size_px, size_px, 3)`, the last."""
        real = self.prepare(batch[-1])
        draw = self.draws.draw(self.count)
        changes = [self.augment.draw(self.count) for _ in range(2)]
        gradients, (losses, w, real_logits) = self.differentiate_together(
            lambda: self.losses(real, draw, *changes)
        )
        gradients["generator"], path_length = self._with_path_length(gradients["generator"], draw)
        gradients["discriminator"], r1 = self._with_r1(
            gradients["discriminator"], real, draw, changes
        )
        for name, player in self.players.items():
            self.apply_gradients([_finite(g) for g in gradients[name]], player)
        self.generator.average_w.follow(whole_batch(w), _AVERAGE_W_BETA)
        self.augment.observe(real_logits)
        self._move_average()
        return {**losses, "r1": r1, "path_length": path_length, **self._observed(real_logits)}
