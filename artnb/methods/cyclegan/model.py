"""CycleGAN: two generators and two discriminators, trained on unpaired pictures.

Source: Zhu et al. 2017, arXiv 1703.10593, sections 3 and 4, and the authors' PyTorch code.
Deviation: Keras' Adam adds epsilon before its bias correction is undone, PyTorch's after; with
1e-8 the difference is far below what float32 resolves in practice.
"""

from typing import Any

import keras
from keras import ops

from artnb.methods.cyclegan.config import CycleGANConfig
from artnb.models.networks import (
    Style,
    patch_discriminator,
    resnet_generator,
    unet_generator,
)
from artnb.training.augmentation import ScaleCropFlip
from artnb.training.diffaugment import DiffAugment
from artnb.training.engine import AdversarialModel, Player, compiles
from artnb.training.losses import ADVERSARIAL_LOSSES, mean_absolute_error, r1_penalty
from artnb.training.pool import ReplayPool
from artnb.training.precision import precision, with_loss_scale

LOSS_NAMES = (
    "generator_g",
    "generator_f",
    "cycle_x",
    "cycle_y",
    "identity_x",
    "identity_y",
    "discriminator_x",
    "discriminator_y",
)


def _style(config: CycleGANConfig) -> Style:
    return Style(config.padding, config.norm, config.norm_affine, config.norm_epsilon)


def build_generator(config: CycleGANConfig, name: str) -> keras.Model:
    """Build a generator as a Run's settings describe it."""
    with precision(config.precision):
        if config.generator == "unet":
            generator = unet_generator(
                name,
                filters=config.generator_filters,
                depth=config.generator_depth,
                upsampling=config.upsampling,
                style=_style(config),
            )
        else:
            generator = resnet_generator(
                name,
                filters=config.generator_filters,
                blocks=config.generator_blocks,
                upsampling=config.upsampling,
                skips=config.skips,
                style=_style(config),
            )
    generator.compile(optimizer=None, jit_compile=compiles(config.jit_compile))
    return generator


def build_discriminator(config: CycleGANConfig, name: str) -> keras.Model:
    """Build a discriminator as a Run's settings describe it."""
    with precision(config.precision):
        return patch_discriminator(
            name,
            filters=config.discriminator_filters,
            downsamplings=config.discriminator_downsamplings,
            style=_style(config),
        )


def adam(config: CycleGANConfig, name: str) -> keras.optimizers.Optimizer:
    """Make the optimizer of one player; in float16 its loss is scaled."""
    optimizer = keras.optimizers.Adam(
        learning_rate=config.learning_rate,
        beta_1=config.adam_beta_1,
        beta_2=config.adam_beta_2,
        epsilon=config.adam_epsilon,
        name=f"adam_{name}",
    )
    return with_loss_scale(optimizer, config.precision, name)


class CycleGAN(AdversarialModel):
    """`generator_g` turns X into Y, `generator_f` turns Y into X.

    Args:
        config: all settings.
        from_px: edge of the pictures in the Dataset, pixels.
    """

    def __init__(self, config: CycleGANConfig, from_px: int) -> None:
        keras.utils.set_random_seed(config.seed)
        generator_g = build_generator(config, "generator_g")
        generator_f = build_generator(config, "generator_f")
        discriminator_x = build_discriminator(config, "discriminator_x")
        discriminator_y = build_discriminator(config, "discriminator_y")
        players = {
            "generators": Player((generator_g, generator_f), adam(config, "generators")),
            "discriminators": Player(
                (discriminator_x, discriminator_y), adam(config, "discriminators")
            ),
        }
        super().__init__(players, LOSS_NAMES, config.jit_compile)
        self.config = config
        self.adversarial = ADVERSARIAL_LOSSES[config.adversarial_loss]
        self.generator_g, self.generator_f = generator_g, generator_f
        self.discriminator_x, self.discriminator_y = discriminator_x, discriminator_y
        self._make_augmenters(from_px)
        self._make_pools()
        self._make_averages()

    def _make_augmenters(self, from_px: int) -> None:
        c = self.config
        self.augment_x, self.augment_y = (
            ScaleCropFlip(from_px, c.load_size_px, c.image_size_px, c.flip, c.seed + number)
            for number in (1, 2)
        )
        self.diffaugment = DiffAugment(c.diffaugment_policies, c.seed + 5, "diffaugment")

    def _make_pools(self) -> None:
        c = self.config
        self.pool_x = self.pool_y = None
        if c.pool_size:
            self.pool_x = ReplayPool(c.pool_size, c.image_size_px, c.seed + 3, "pool_x")
            self.pool_y = ReplayPool(c.pool_size, c.image_size_px, c.seed + 4, "pool_y")

    def _make_averages(self) -> None:
        """Make the averaged generators, equal to the trained ones at the start."""
        self.average_g = self.average_f = None
        if not self.config.ema_decay:
            return
        self.average_g = build_generator(self.config, "average_g")
        self.average_f = build_generator(self.config, "average_f")
        for average, generator in self._averages():
            average.trainable = False
            average.set_weights(generator.get_weights())

    def _averages(self) -> list[tuple[keras.Model, keras.Model]]:
        if self.average_g is None:
            return []
        return [(self.average_g, self.generator_g), (self.average_f, self.generator_f)]

    def parts(self) -> dict[str, Any]:
        """Name everything that holds state: networks, optimizers, averages, pools, seeds, means."""
        own = (
            "average_g",
            "average_f",
            "pool_x",
            "pool_y",
            "augment_x",
            "augment_y",
            "diffaugment",
        )
        found = {name: getattr(self, name) for name in own}
        return {**super().parts(), **{name: p for name, p in found.items() if p is not None}}

    @property
    def is_averaged(self) -> bool:
        """Whether the generators to look at are the averaged ones."""
        return self.average_g is not None

    @property
    def shown_generators(self) -> tuple[keras.Model, keras.Model]:
        """The generators to look at, X→Y and Y→X: the averaged ones where there are any."""
        if self.average_g is None:
            return self.generator_g, self.generator_f
        return self.average_g, self.average_f

    @property
    def kept_networks(self) -> dict[str, keras.Model]:
        """The networks that snapshots hold: generators to look at, discriminators to be scored."""
        generator_g, generator_f = self.shown_generators
        return {
            "generator_g": generator_g,
            "generator_f": generator_f,
            "discriminator_x": self.discriminator_x,
            "discriminator_y": self.discriminator_y,
        }

    def describe(self) -> str:
        """Say how large the networks are."""
        return (
            f"Networks: generators of {self.generator_g.count_params():,} parameters, "
            f"discriminators of {self.discriminator_y.count_params():,}, "
            f"trained at {self.config.image_size_px} px in {self.config.precision}"
        )

    def step(self, batch: Any) -> dict[str, Any]:
        """Train on `(real_x, real_y)`, uint8: generators first, then discriminators."""
        real_x, real_y = self.augment_x(batch[0]), self.augment_y(batch[1])
        draw = self.diffaugment.draw(ops.shape(real_x)[0])
        fake_x, fake_y, generator_losses = self.minimize(
            lambda: self.generator_losses(real_x, real_y, draw), "generators"
        )
        if self.pool_x is not None:
            fake_x, fake_y = self.pool_x(fake_x), self.pool_y(fake_y)
        discriminator_losses = self.minimize(
            lambda: self.discriminator_losses(real_x, real_y, fake_x, fake_y, draw),
            "discriminators",
        )
        self.update_averages()
        return {**generator_losses, **discriminator_losses}

    def generator_losses(self, real_x: Any, real_y: Any, draw: Any) -> tuple[Any, Any]:
        """Give the generators' joint loss, and `(fake_x, fake_y, losses)`.

        Both cycles go into both generators: G also learns from F(G(x)) ≈ x.
        """
        identity = self.config.lambda_identity * self.config.lambda_cycle
        if identity:
            fake_y, same_y = in_one_call(self.generator_g, real_x, real_y)
            fake_x, same_x = in_one_call(self.generator_f, real_y, real_x)
        else:
            fake_y, same_y = self.generator_g(real_x), real_y
            fake_x, same_x = self.generator_f(real_y), real_x
        cycle = self.config.lambda_cycle
        fooled_y = self.discriminator_y(self.diffaugment(fake_y, draw))
        fooled_x = self.discriminator_x(self.diffaugment(fake_x, draw))
        losses = {
            "generator_g": self.adversarial.generator(fooled_y),
            "generator_f": self.adversarial.generator(fooled_x),
            "cycle_x": cycle * mean_absolute_error(self.generator_f(fake_y), real_x),
            "cycle_y": cycle * mean_absolute_error(self.generator_g(fake_x), real_y),
            "identity_x": identity * mean_absolute_error(same_x, real_x),
            "identity_y": identity * mean_absolute_error(same_y, real_y),
        }
        fakes = ops.stop_gradient(fake_x), ops.stop_gradient(fake_y)
        return sum(losses.values()), (*fakes, losses)

    def discriminator_losses(
        self, real_x: Any, real_y: Any, fake_x: Any, fake_y: Any, draw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Give the discriminators' joint loss, and the losses by name."""
        losses = {
            "discriminator_x": self.discriminator_loss(self.discriminator_x, real_x, fake_x, draw),
            "discriminator_y": self.discriminator_loss(self.discriminator_y, real_y, fake_y, draw),
        }
        return sum(losses.values()), losses

    def discriminator_loss(self, discriminator: Any, real: Any, fake: Any, draw: Any) -> Any:
        """Give one discriminator's loss, R1 included."""
        real, fake = self.diffaugment(real, draw), self.diffaugment(fake, draw)
        loss = self.adversarial.discriminator(*in_one_call(discriminator, real, fake))
        if not self.config.r1_gamma:
            return loss

        def summed_logits(pictures: Any) -> Any:
            return ops.sum(ops.mean(discriminator(pictures), axis=(1, 2, 3)))

        gradients = self.input_gradients(summed_logits, real)
        return loss + r1_penalty(gradients, self.config.r1_gamma)

    def update_averages(self) -> None:
        """Move the averaged generators towards the trained ones.

        The decay grows from 0.1 to its setting within the first steps, since the weights of
        the very beginning are of no use.
        """
        if self.average_g is None:
            return
        taken = ops.cast(self.players["generators"].optimizer.iterations, "float32")
        decay = ops.minimum(self.config.ema_decay, (1.0 + taken) / (10.0 + taken))
        for average, generator in self._averages():
            for mean, weight in zip(average.weights, generator.weights, strict=True):
                mean.assign(weight + decay * (mean - weight))


def in_one_call(network: keras.Model, first: Any, second: Any) -> tuple[Any, Any]:
    """Show two batches to a network in one call: fewer, larger operations.

    Instance normalisation looks at each picture alone, so the results are the same.
    """
    first, second = ops.split(network(ops.concatenate([first, second], axis=0)), 2, axis=0)
    return first, second
