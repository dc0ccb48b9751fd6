"""The settings of a CycleGAN, and its presets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from artnb.errors import InputError
from artnb.settings import one_of, setting
from artnb.training.config import TrainingConfig

# A CPU and a few minutes: as many steps as they allow of a small network, on small pictures.
# What four-minute trials on two cores gave: without skips all stays blurred; with a learning rate
# of 4e-4 and no R1 red and white blobs appear once the discriminators win (after some 800 steps);
# a cycle weight of 4 leaves more contrast and more of the painter's greens and violets than 10;
# crops of a quarter (64 of 128 px) leave yellow and black blobs where a whole picture is brighter
# or darker than any crop; painting only the change onto the photo keeps the photo's colours.
# Padding by reflection, since zero padding leaves stripes; resize and convolve, since a
# checkerboard has no time to fade.
_PREVIEW = {
    "image_size_px": 64,
    "load_size_px": 72,
    "generator_filters": 24,
    "generator_blocks": 3,
    "skips": True,
    "discriminator_filters": 48,
    "discriminator_downsamplings": 2,
    "upsampling": "resize",
    "padding": "reflect",
    "lambda_cycle": 4.0,
    "r1_gamma": 5.0,
    "learning_rate": 3e-4,
    "ema_decay": 0.99,
    "steps_per_epoch": 200,
    "minutes": 5.0,
}
_SMOKE = _PREVIEW | {
    "image_size_px": 32,
    "load_size_px": 36,
    "batch_size": 2,
    "generator_filters": 4,
    "generator_blocks": 1,
    "discriminator_filters": 4,
    "pool_size": 4,
    "epochs": 2,
    "steps_per_epoch": 4,
    "minutes": None,
    "samples_every_steps": 3,
    "sample_count": 2,
    "log_every_steps": 2,
}
# A laptop overnight: crops at the size at which pictures are painted. What trials at half the scale
# gave after 1,000 steps: crops of a quarter of the picture look as whole pictures scaled down do,
# and show strokes as large as they are; without skips all is a blur with stripes at 250 steps. R1
# and averaged generators come from `preview`, and the cycle weight was raised to 5; a discriminator
# that judges 70 px sees more than a stroke. DiffAugment was not tried.
_NIGHT = {
    "image_size_px": 128,
    "load_size_px": 256,
    "generator_filters": 32,
    "generator_blocks": 6,
    "skips": True,
    "upsampling": "resize",
    "padding": "reflect",
    "lambda_cycle": 5.0,
    "r1_gamma": 1.0,
    "ema_decay": 0.999,
    "steps_per_epoch": 500,
    "minutes": 480.0,
}
# One session on a free GPU: what the better Kaggle notebooks for gan-getting-started do beside
# the paper, with a batch that fits into the 16 GB of a T4.
_SESSION = {
    "batch_size": 8,
    "lambda_cycle": 9.0,
    "diffaugment": "color,translation,cutout",
    "ema_decay": 0.999,
    "precision": "auto",
    "minutes": 150.0,
}
_PRESETS: dict[str, dict[str, Any]] = {
    "smoke": _SMOKE,
    "preview": _PREVIEW,
    "night": _NIGHT,
    "session": _SESSION,
    "paper": {},
}
_DIFFAUGMENT_POLICIES = ("color", "translation", "cutout")
_USUAL = "usual are 0.5 to 0.9999"


@dataclass(frozen=True)
class CycleGANConfig(TrainingConfig):
    """All settings of a CycleGAN; the defaults are the paper's (Zhu et al. 2017, section 4).

    Each says what it does, what is usual and where that is from; without a source it is the
    paper's own.
    """

    METHOD: ClassVar[str] = "cyclegan"
    PRESETS: ClassVar[Mapping[str, Mapping[str, Any]]] = _PRESETS

    preset: str = setting("paper", "which preset these settings began as", choices=tuple(_PRESETS))

    # Pictures
    image_size_px: int = setting(
        256, "what the networks see while training; 256, or 128; multiples of 4"
    )
    load_size_px: int = setting(
        286, "scaled to this, then cropped at random; 286 for 256", source="authors' code"
    )
    flip: bool = setting(True, "mirror half of the pictures", source="authors' code")

    # Networks
    generator: str = setting(
        "resnet",
        "unet is sharper early and changes forms less",
        source="unet: Isola et al. 2017",
        choices=("resnet", "unet"),
    )
    generator_filters: int = setting(
        64, "channels after the first convolution; fewer are faster", at_least=1
    )
    generator_blocks: int = setting(
        9, 'residual blocks of "resnet": 9 for 256 px, 6 for 128 px', at_least=1
    )
    generator_depth: int = setting(
        7,
        'downsamplings of "unet", 7 or 8; 2^depth may not exceed the size',
        source="Isola et al. 2017",
        at_least=1,
    )
    skips: bool = setting(
        False, '"resnet" only: hand fine detail past the middle, as a U-Net does', source="ours"
    )
    discriminator_filters: int = setting(64, "channels after the first convolution", at_least=1)
    discriminator_downsamplings: int = setting(
        3, "3 judges 70×70 px (the paper's), 2 34×34, 1 16×16", at_least=1
    )
    upsampling: str = setting(
        "transposed",
        "resize leaves no checkerboard",
        source="Odena et al. 2016",
        choices=("transposed", "resize"),
    )
    padding: str = setting(
        "zero",
        "reflect leaves no stripes along the borders of small networks",
        choices=("zero", "reflect"),
    )
    norm: str = setting(
        "instance",
        "of both networks",
        source="group: Wu and He 2018",
        choices=("instance", "group", "none"),
    )
    norm_affine: bool = setting(
        False, "norms learn a scale around 1 and an offset; the paper's do not"
    )
    norm_epsilon: float = setting(
        1e-5, "added to the variance; tensorflow-addons had 1e-3", at_least=0
    )

    # Losses
    adversarial_loss: str = setting(
        "lsgan",
        "how generators and discriminators are set against each other",
        source="bce: Goodfellow et al. 2014; hinge: Lim and Ye 2017",
        choices=("lsgan", "bce", "hinge"),
    )
    lambda_cycle: float = setting(
        10.0, "weight of the cycle loss, L1; Kaggle's best entries take about 9", at_least=0
    )
    lambda_identity: float = setting(
        0.5,
        "identity loss, times lambda_cycle; 0 turns it off",
        source="section 5.2",
        at_least=0,
    )
    r1_gamma: float = setting(
        0.0,
        "R1 on the discriminators; usual are 1 to 10",
        source="Mescheder et al. 2018",
        at_least=0,
    )
    pool_size: int = setting(
        50,
        "earlier fakes per discriminator; 0: the newest alone",
        source="Shrivastava et al. 2017",
        at_least=0,
    )
    diffaugment: str = setting(
        "",
        'for small data: "color,translation,cutout", or some of them',
        source="Zhao et al. 2020",
    )

    # Optimisation
    batch_size: int = setting(
        1, "pictures of each domain in a step; Kaggle's best entries take 32", at_least=1
    )
    adam_beta_1: float = setting(
        0.5,
        "decay of the mean gradient; 0 with R1 elsewhere",
        source="Radford et al. 2016",
        at_least=0,
        at_most=1,
        below=1,
        usual=_USUAL,
    )
    adam_beta_2: float = setting(
        0.999, "decay of the mean squared gradient", at_least=0, at_most=1, below=1, usual=_USUAL
    )
    adam_epsilon: float = setting(
        1e-8, "PyTorch's and so the authors'; Keras' own would be 1e-7", at_least=0
    )
    ema_decay: float = setting(
        0.0,
        "averaged generators to look at; usual is 0.999",
        source="Yazıcı et al. 2019",
        at_least=0,
        at_most=1,
        below=1,
        usual=_USUAL,
    )

    @property
    def diffaugment_policies(self) -> tuple[str, ...]:
        """The parts of DiffAugment that are on."""
        return tuple(policy.strip() for policy in self.diffaugment.split(",") if policy.strip())

    @property
    def multiple_px(self) -> int:
        """What both sides of a picture must be a multiple of for the generators."""
        return 2**self.generator_depth if self.generator == "unet" else 4

    @property
    def patch_px(self) -> int:
        """The edge of the patches that a discriminator's verdicts see: 70 in the paper."""
        edge = 4 + 3  # the last two convolutions have stride 1 and 4×4 kernels
        for _ in range(self.discriminator_downsamplings):
            edge = 2 * edge + 2
        return edge

    def check_together(self) -> None:
        """Check DiffAugment's parts, and sizes against each other.

        Raises:
            InputError: settings do not go together.
        """
        for policy in self.diffaugment_policies:
            one_of("diffaugment", policy, _DIFFAUGMENT_POLICIES)
        size, multiple = self.image_size_px, self.multiple_px
        smallest = max(32, multiple)
        if size < smallest or size % multiple:
            proposal = max(smallest, size - size % multiple)
            raise InputError(
                f"image_size_px must be a multiple of {multiple} and at least {smallest}, "
                f"got {size}; use {proposal} or {proposal + multiple}"
            )
        if self.load_size_px < size:
            raise InputError(
                f"load_size_px must be at least image_size_px ({size}), "
                f"got {self.load_size_px}; the paper crops 256 from 286"
            )
        if 0 < self.pool_size < self.batch_size:
            raise InputError(
                f"pool_size must be 0 or at least batch_size ({self.batch_size}), "
                f"got {self.pool_size}"
            )
