"""StyleGAN2-ADA: a generator from latents, and a discriminator that is shown changed pictures.

Source: Karras et al. 2020, arXiv 1912.04958 (losses, regularisers) and arXiv 2006.06676 (adaptive
augmentation, settings).
"""

import math
from typing import Any

import keras
from keras import ops

from artnb.data.dataset import Dataset
from artnb.methods.stylegan2.config import StyleGAN2Config
from artnb.methods.stylegan2.draws import Draw, StepDraws
from artnb.methods.stylegan2.losses import LOSSES, path_lengths
from artnb.methods.stylegan2.transfer import begin_from
from artnb.models.stylegan2.networks import Generator, Sizes, build_discriminator
from artnb.training.ada import AdaptiveAugmentation
from artnb.training.augmentation import ScaleCropFlip
from artnb.training.engine import AdversarialModel, Player
from artnb.training.losses import r1_penalty
from artnb.training.precision import precision, with_loss_scale
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
        w_size=config.w_size or config.latent_size,
        mapping_layers=config.mapping_layers,
        channel_base=config.channel_base,
        channel_max=config.channel_max,
        classes=len(config.class_names),
    )


def build_generator(config: StyleGAN2Config, name: str) -> Generator:
    """Build a generator as a Run's settings describe it."""
    with precision(config.precision):
        return Generator(sizes_of(config), name)


def build_discriminator_of(config: StyleGAN2Config) -> keras.Model:
    """Build a discriminator as a Run's settings describe it."""
    with precision(config.precision):
        return build_discriminator(sizes_of(config))


class PathLengthMean(keras.layers.Layer):
    """Remembers how long paths are on average."""

    def __init__(self) -> None:
        super().__init__(name="path_length_mean", dtype="float32")
        self.mean = self.add_weight((), "zeros", trainable=False, name="mean")
        self.built = True


class StyleGAN2(AdversarialModel):
    """A generator of pictures, its average, and a discriminator.

    Args:
        config: all settings.
        from_px: edge of the pictures in the Dataset, pixels.
    """

    is_averaged = True

    def __init__(self, config: StyleGAN2Config, from_px: int) -> None:
        keras.utils.set_random_seed(config.seed)
        generator = build_generator(config, "generator")
        discriminator = build_discriminator_of(config)
        players = {
            "generator": Player((generator,), adam(config, "generator")),
            "discriminator": Player((discriminator,), adam(config, "discriminator")),
        }
        super().__init__(players, LOSS_NAMES, config.jit_compile)
        self.config, self.sizes = config, sizes_of(config)
        self.generator, self.discriminator = generator, discriminator
        self.average = build_generator(config, "average")
        self.average.trainable = False
        self.average.set_weights(generator.get_weights())
        edge = config.image_size_px
        self.prepare = ScaleCropFlip(from_px, edge, edge, config.flip, config.seed + 1)
        self.draws = StepDraws(self.sizes, config.style_mixing, config.seed + 2)
        self.augment = augmentation_of(config)
        self.path_length_mean = PathLengthMean()

    def parts(self) -> dict[str, Any]:
        """Name everything that holds state: networks, optimizers, average, seeds, p, means."""
        own = ("average", "prepare", "draws", "augment", "path_length_mean")
        return {**super().parts(), **{name: getattr(self, name) for name in own}}

    def begin(self, dataset: Dataset) -> str:
        """Take what fits of another Run's networks, where one is named."""
        if not self.config.begin_from:
            return ""
        return begin_from(self, self.config.begin_from)

    @property
    def kept_networks(self) -> dict[str, keras.Model]:
        """The averaged generator, to look at, and the discriminator, to begin another Run from."""
        return {"generator": self.average, "discriminator": self.discriminator}

    @property
    def steps_of_a_round(self) -> int:
        """After how many steps both lazy regularisers have come: what a step costs is the mean."""
        return math.lcm(self.config.r1_every, self.config.path_length_every)

    def describe(self) -> str:
        """Say how large the networks are, and what R1 weighs and why."""
        c, why = self.config, "as set"
        if c.r1_gamma is None:
            why = f"0.0002 · {c.image_size_px}² / {c.batch_size}: by size and batch"
        return (
            f"Networks: generator of {self.generator.count_params():,} parameters, discriminator "
            f"of {self.discriminator.count_params():,}, {c.image_size_px} px in {c.precision}. "
            f"R1 weighs {c.gamma:.4g} ({why})"
        )

    @property
    def count(self) -> int:
        """The pictures that a step sees, or a replica's share of them."""
        return self.config.batch_size // replicas_of_step()

    @property
    def steps_taken(self) -> Any:
        """The steps taken so far, an int32 scalar."""
        return ops.cast(self.players["generator"].optimizer.iterations, "int32")

    def step(self, batch: Any) -> dict[str, Any]:
        """Train both networks once.

        Args:
            batch: pictures, uint8 `(batch, size_px, size_px, 3)`, and with classes their numbers,
                int32 `(batch,)`. Each generated picture is of the class of the real one beside it.
        """
        real, draw, steps = self.prepare(batch[0]), self.draws.draw(self.count), self.steps_taken
        kind = ops.one_hot(batch[1], self.sizes.classes) if self.sizes.classes else None
        of_real, of_fake = (self.augment.draw(self.count) for _ in range(2))
        gradients, (losses, w, sureness, fake) = self.differentiate_together(
            lambda: self.losses(real, kind, draw, of_real, of_fake)
        )
        of_generator, path_length = self.with_path_length(gradients["generator"], kind, draw, steps)
        of_discriminator, r1 = self.with_gradient_penalty(
            gradients["discriminator"], real, fake, kind, of_real, of_fake, steps
        )
        self.move("generator", of_generator)
        self.move("discriminator", of_discriminator)
        self.generator.average_w.follow(whole_batch(w), _AVERAGE_W_BETA)
        self.augment.observe(sureness)
        self.move_average()
        observed = {
            "real_sign": ops.mean(ops.sign(sureness)),
            "augmentation": ops.convert_to_tensor(self.augment.probability),
        }
        return {**losses, "r1": r1, "path_length": path_length, **observed}

    def losses(
        self, real: Any, kind: Any, draw: Draw, of_real: Any, of_fake: Any
    ) -> tuple[dict[str, Any], Any]:
        """Give each network's loss, and `(losses, w, sureness, fakes)`; see `sureness_of_real`.

        Args:
            real: float32 `(batch, size_px, size_px, 3)` in [-1, 1].
            kind: their classes, one-hot, float32 `(batch, classes)`, or None.
            draw: what the generator is given.
            of_real: how real pictures are changed before they are judged.
            of_fake: how generated ones are.
        """
        w, ws = self.latents(draw.z, kind, draw.mixed_from)
        fake = self.generator.paint(ws, draw.noises)
        fake_logits = self.judge(fake, kind, of_fake)
        real_logits = self.judge(real, kind, of_real)
        of_generator, of_discriminator = LOSSES[self.config.loss]
        losses = {
            "generator": of_generator(real_logits, fake_logits),
            "discriminator": of_discriminator(real_logits, fake_logits),
        }
        sureness = self.sureness_of_real(real_logits, fake_logits)
        return losses, (losses, w, sureness, ops.stop_gradient(fake))

    def sureness_of_real(self, real_logits: Any, fake_logits: Any) -> Any:
        """Give what is above 0 where a real picture is taken for real: the logits.

        The relativistic loss leaves open where 0 is; there it is what they are above a fake's.
        """
        relativistic = self.config.loss == "relativistic"
        return real_logits - fake_logits if relativistic else real_logits

    def judge(self, pictures: Any, kind: Any, changes: Any) -> Any:
        """Give the logits of pictures, changed before they are looked at."""
        pictures = self.augment(pictures, changes)
        return self.discriminator(pictures if kind is None else [pictures, kind])

    def latents(self, z: Any, kind: Any, mixed_from: Any) -> tuple[Any, Any]:
        """Turn z, `(batch, 2, z_size)`, into w of the first, and w for each place, mixed."""
        first = self.generator.w(z[:, 0], kind)
        second = self.generator.w(z[:, 1], kind) if self.config.style_mixing else first
        places = ops.arange(self.sizes.w_count, dtype="int32")[None, :, None]
        return first, ops.where(places < mixed_from, first[:, None], second[:, None])

    def with_path_length(
        self, gradients: list, kind: Any, draw: Draw, steps: Any
    ) -> tuple[list, Any]:
        """Add the path length's gradients every so many steps, and remember the mean length."""
        if not self.config.path_length_weight:
            return gradients, ops.zeros(())
        every = self.config.path_length_every
        mean = ops.convert_to_tensor(self.path_length_mean.mean)
        gradients, (loss, mean) = self.with_gradients_if(
            steps % every == 0,
            lambda: self.path_length(kind, draw, mean),
            "generator",
            gradients,
            otherwise=(ops.zeros(()), mean),
        )
        # Within a branch replicas cannot tell each other anything.
        self.path_length_mean.mean.assign(ops.mean(whole_batch(mean[None])))
        return gradients, loss

    def path_length(self, kind: Any, draw: Draw, mean: Any) -> tuple[Any, Any]:
        """Give how much paths of half of the pictures differ from the mean, and `(it, new mean)`.

        Source: Karras et al. 2020, arXiv 1912.04958, section 3.2 and appendix B.
        """
        half = max(1, self.count // 2)
        noises = [noise[:half] for noise in draw.noises]
        direction = draw.direction[:half] / self.sizes.size_px
        kind = kind if kind is None else kind[:half]
        _, ws = self.latents(draw.z[:half], kind, draw.mixed_from)

        def along(ws: Any) -> Any:
            return ops.sum(self.generator.paint(ws, noises) * direction)

        lengths = path_lengths(self.input_gradients(along, ws))
        new_mean = mean + _PATH_LENGTH_DECAY * (ops.mean(lengths) - mean)
        weight = self.config.path_length_weight * self.config.path_length_every
        loss = weight * ops.mean(ops.square(lengths - new_mean))
        return loss, (loss, new_mean)

    def with_gradient_penalty(
        self,
        gradients: list,
        real: Any,
        fake: Any,
        kind: Any,
        of_real: Any,
        of_fake: Any,
        steps: Any,
    ) -> tuple[list, Any]:
        """Add the gradients of R1, and with the relativistic loss of R2, every so many steps."""
        if not self.config.gamma:
            return gradients, ops.zeros(())

        def penalty() -> tuple[Any, Any]:
            loss = self.gradient_penalty(real, kind, of_real)
            if self.config.loss == "relativistic":
                loss = loss + self.gradient_penalty(fake, kind, of_fake)
            return loss, loss

        due = steps % self.config.r1_every == 0
        return self.with_gradients_if(
            due, penalty, "discriminator", gradients, otherwise=ops.zeros(())
        )

    def gradient_penalty(self, pictures: Any, kind: Any, changes: Any) -> Any:
        """Give the penalty on the discriminator's gradients by pictures: R1's of real ones.

        Source: Mescheder et al. 2018, arXiv 1801.04406, section 4.1.
        """

        def verdict(pictures: Any) -> Any:
            return ops.sum(self.judge(pictures, kind, changes))

        gradients = self.input_gradients(verdict, pictures)
        return self.config.r1_every * r1_penalty(gradients, self.config.gamma)

    def move(self, name: str, gradients: list) -> None:
        """Let a network's optimizer step, by gradients that are numbers.

        In float16 the optimizer sees them as they are: those that are none tell it to skip the step
        and to scale losses by less.
        """
        player = self.players[name]
        if not isinstance(player.optimizer, keras.optimizers.LossScaleOptimizer):
            gradients = list(map(bounded, gradients))
        self.apply_gradients(gradients, player)

    def move_average(self) -> None:
        """Move the averaged generator towards the trained one.

        Source: Karras et al. 2020, arXiv 2006.06676, its code: a half-life in pictures, which is
        shorter at first.
        """
        c = self.config
        seen = ops.cast(self.steps_taken, "float32") * c.batch_size
        half_life = (
            c.ema_images if c.ema_ramp is None else ops.minimum(c.ema_images, seen * c.ema_ramp)
        )
        decay = ops.power(0.5, c.batch_size / ops.maximum(half_life, 1e-8))
        for mean, weight in zip(self.average.weights, self.generator.weights, strict=True):
            mean.assign(weight + decay * (mean - weight))


def bounded(gradient: Any) -> Any:
    """Keep a gradient among the numbers: what is none is 0, and nothing is infinite."""
    if gradient is None:
        return None
    return ops.nan_to_num(gradient, 0.0, _LARGEST_GRADIENT, -_LARGEST_GRADIENT)


def adam(config: StyleGAN2Config, name: str) -> keras.optimizers.Optimizer:
    """Make the optimizer of one player; in float16 its loss is scaled."""
    optimizer = keras.optimizers.Adam(
        config.learning_rate, beta_1=0.0, beta_2=0.99, epsilon=1e-8, name=f"adam_{name}"
    )
    return with_loss_scale(optimizer, config.precision, name)


def augmentation_of(config: StyleGAN2Config) -> AdaptiveAugmentation:
    """Make what changes pictures before they are judged."""
    return AdaptiveAugmentation(
        config.policies,
        config.image_size_px,
        config.seed + 3,
        "augmentation",
        batch_size=config.batch_size,
        target=config.ada_target,
        interval_steps=config.ada_every,
        speed_images=config.ada_kimg * 1000,
        initial_probability=config.augmentation_p,
        fixed=config.augmentation != "ada",
    )
