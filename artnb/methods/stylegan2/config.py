"""The settings of a StyleGAN2-ADA, and its presets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from artnb.errors import InputError
from artnb.settings import one_of, setting
from artnb.training.config import TrainingConfig

# Of the setting `classes`.
ALL_FOLDERS = "folders"
_SMALLEST_PX, _LARGEST_PX = 8, 1024
AUGMENTATION_POLICIES = ("blit", "geometry", "colour")
# Two cores and five minutes: digits. What trials on 1,797 of them gave: by the logistic loss all
# were 8s and 9s after 32,000 pictures, by the relativistic one, which covers what there is, all ten
# digits; R1 every 4 steps instead of 16 blurred them. At 16 px half of the time buys twice as
# many pictures; 80,000 leave 2 % that no classifier knows.
_PREVIEW = {
    "image_size_px": 16,
    "latent_size": 128,
    "channel_base": 512,
    "channel_max": 64,
    "loss": "relativistic",
    "r1_gamma": 0.3,
    "path_length_weight": 0.0,
    "style_mixing": 0.0,
    "batch_size": 32,
    "steps_per_epoch": 250,
    "minutes": 5.0,
    "sample_count": 32,
}
_SMOKE = _PREVIEW | {
    "image_size_px": 32,
    "loss": "logistic",
    "r1_gamma": None,
    "path_length_weight": 2.0,
    "style_mixing": 0.9,
    "latent_size": 16,
    "channel_base": 128,
    "channel_max": 8,
    "batch_size": 4,
    "epochs": 2,
    "steps_per_epoch": 4,
    "minutes": None,
    "samples_every_steps": 3,
    "sample_count": 8,
    "log_every_steps": 2,
}
# One session on a free GPU: 64 px, where a painter's colours and compositions show.
_SESSION = {
    "image_size_px": 64,
    "precision": "auto",
    "flip": True,
    "steps_per_epoch": 500,
    "minutes": 150.0,
    "sample_count": 32,
}
_PRESETS: dict[str, dict[str, Any]] = {
    "smoke": _SMOKE,
    "preview": _PREVIEW,
    "session": _SESSION,
    "paper256": {},
}


@dataclass(frozen=True)
class StyleGAN2Config(TrainingConfig):
    """All settings; the defaults are those of Karras et al. 2020, arXiv 2006.06676, for one GPU.

    Deviations: the discriminator is shown the generator's pictures of the same step, and lazy
    regularisers are added to the step's gradients every so often instead of taking steps of their
    own.
    """

    METHOD: ClassVar[str] = "stylegan2"
    PRESETS: ClassVar[Mapping[str, Mapping[str, Any]]] = _PRESETS

    preset: str = setting("paper256", "which preset these settings began as",
                          choices=tuple(_PRESETS))  # fmt: skip

    begin_from: str = setting(
        "",
        "another Run, or RUN@EPOCH: what fits of its networks is taken; the command line's --from",
        source="Karras et al. 2020, section 4.2",
    )

    # Pictures
    image_size_px: int = setting(
        256, "edge of what is generated; a power of two", at_least=_SMALLEST_PX, at_most=_LARGEST_PX
    )
    classes: str = setting(
        "",
        "kinds of pictures to be told apart, folders with commas between; folders: all there are",
        source="projection: Miyato and Koyama 2018",
    )
    flip: bool = setting(False, "mirror half of the pictures; not for letters and digits")

    # Networks
    latent_size: int = setting(512, "numbers of a latent z", at_least=1)
    w_size: int | None = setting(None, "numbers of a latent w; none: as of z", at_least=1)
    mapping_layers: int = setting(2, "from z to w; 8 in StyleGAN2", at_least=1)
    channel_base: int = setting(
        16384, "a resolution has this over its edge as channels; fewer are faster", at_least=1
    )
    channel_max: int = setting(512, "but at most so many", at_least=1)

    # Losses
    loss: str = setting(
        "logistic",
        "how generator and discriminator are set against each other; relativistic compares each "
        "generated picture with a real one, and has R2 beside R1",
        source="relativistic: Huang et al. 2024 (R3GAN)",
        choices=("logistic", "relativistic"),
    )
    r1_gamma: float | None = setting(None, "weight of R1; none: 0.0002 · size² / batch", at_least=0)
    r1_every: int = setting(16, "steps between R1's; its weight grows by as much", at_least=1)
    path_length_weight: float = setting(
        2.0, "equal steps in w shall change pictures equally; 0 turns it off", at_least=0
    )
    path_length_every: int = setting(4, "steps between path lengths", at_least=1)
    style_mixing: float = setting(
        0.9, "how often two latents share a picture", at_least=0, at_most=1
    )

    # Augmentation
    augmentation: str = setting(
        "ada",
        "what the discriminator sees is changed at random: ada as strongly as it learns by heart, "
        "fixed always with augmentation_p",
        choices=("ada", "fixed", "none"),
    )
    augmentation_policies: str = setting(
        "blit,geometry,colour", "kinds of changes, with commas between"
    )
    augmentation_p: float = setting(
        0.0, "probability of each change: at first, or always with fixed", at_least=0, at_most=1
    )
    ada_target: float = setting(
        0.6, "ada raises p where the mean sign of D(real) is above", at_least=0, at_most=1
    )
    ada_kimg: float = setting(
        500.0, "thousands of pictures in which p could go from 0 to 1", at_least=0, above=0,
        usual="the paper's is 500",
    )  # fmt: skip
    ada_every: int = setting(4, "steps between changes of p", at_least=1)

    # Optimisation
    batch_size: int = setting(32, "pictures in a step", at_least=1)
    learning_rate: float = setting(
        2.5e-3, "of Adam, whose betas are 0 and 0.99", at_least=0, above=0,
        usual="the paper's is 2.5e-3",
    )  # fmt: skip
    lr_schedule: str = setting(
        "constant", "how the learning rate falls", choices=("linear", "cosine", "constant")
    )
    ema_kimg: float | None = setting(
        None, "half-life of the averaged generator, thousands of pictures; none: batch · 10 / 32",
        at_least=0,
    )  # fmt: skip
    ema_ramp: float | None = setting(
        0.05, "but at most this share of the pictures seen so far; none: always the same",
        at_least=0,
    )  # fmt: skip
    epochs: int = setting(100, "as many times steps_per_epoch", at_least=1)
    steps_per_epoch: int | None = setting(
        500, "none: as many as show every picture once", at_least=1
    )
    sample_count: int = setting(32, "pictures in a grid", at_least=1)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The kinds of pictures that are told apart."""
        return tuple(name.strip() for name in self.classes.split(",") if name.strip())

    @property
    def policies(self) -> tuple[str, ...]:
        """The kinds of changes that the augmentation makes."""
        if self.augmentation == "none":
            return ()
        return tuple(p.strip() for p in self.augmentation_policies.split(",") if p.strip())

    @property
    def gamma(self) -> float:
        """The weight of R1.

        Source: Karras et al. 2020, appendix C: small batches and large pictures need more.
        """
        if self.r1_gamma is not None:
            return self.r1_gamma
        return 2e-4 * self.image_size_px**2 / self.batch_size

    @property
    def ema_images(self) -> float:
        """The half-life of the averaged generator, in pictures."""
        kimg = self.batch_size * 10 / 32 if self.ema_kimg is None else self.ema_kimg
        return kimg * 1000

    def check_together(self) -> None:
        """Check the size and the kinds of augmentation.

        Raises:
            InputError: settings do not go together.
        """
        size = self.image_size_px
        if size & (size - 1):
            lower = 1 << (size.bit_length() - 1)
            raise InputError(
                f"image_size_px must be a power of two, since the generator doubles it block by "
                f"block, got {size}; use {lower} or {2 * lower}"
            )
        for policy in self.policies:
            one_of("augmentation_policies", policy, AUGMENTATION_POLICIES)
        if self.augmentation != "none" and not self.policies:
            raise InputError(
                "augmentation_policies must name at least one of "
                f"{', '.join(AUGMENTATION_POLICIES)}, got none; use augmentation=none to turn it "
                "off"
            )
