"""Settings: one frozen dataclass per method, presets, validation, JSON and back."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

from artnb.errors import InputError, nearest
from artnb.files import write_whole


@dataclass(frozen=True)
class CycleGANConfig:
    """All settings of a CycleGAN; the defaults are the paper's (Zhu et al. 2017, section 4).

    Each setting's comment says what it does, what is usual and where that is from; without a
    source it is the paper's own. Checked when made: whatever exists can be trained with, but for
    what `artnb import` brought.
    """

    preset: str = "paper"
    seed: int = 0

    # Pictures
    image_size_px: int = 256  # what the networks see while training; 256, or 128; multiples of 4
    load_size_px: int = 286  # scaled to this, then cropped at random; 286 for 256 (authors' code)
    flip: bool = True  # mirror half of the pictures (authors' code)

    # Networks
    generator: str = "resnet"  # or "unet" (Isola et al. 2017): sharper early, fewer changes of form
    generator_filters: int = 64  # channels after the first convolution; fewer are faster
    generator_blocks: int = 9  # residual blocks of "resnet": 9 for 256 px, 6 for 128 px
    generator_depth: int = 7  # downsamplings of "unet", 7 or 8 (Isola et al. 2017); 2^depth ≤ size
    skips: bool = False  # "resnet" only: hand fine detail past the middle, as a U-Net does; ours
    discriminator_filters: int = 64  # channels after the first convolution
    discriminator_downsamplings: int = 3  # 3 judges 70×70 px (the paper's), 2 34×34, 1 16×16
    upsampling: str = "transposed"  # or "resize": no checkerboard (Odena et al. 2016)
    padding: str = "zero"  # or "reflect": no stripes along the borders of small networks
    norm: str = "instance"  # or "group" (Wu and He 2018), or "none"
    norm_affine: bool = False  # norms learn a scale around 1 and an offset; the paper's do not
    norm_epsilon: float = 1e-5  # added to the variance; tensorflow-addons had 1e-3

    # Losses
    adversarial_loss: str = "lsgan"  # or "bce" (Goodfellow et al. 2014), "hinge" (Lim, Ye 2017)
    lambda_cycle: float = 10.0  # weight of the cycle loss, L1; Kaggle's best entries take about 9
    lambda_identity: float = 0.5  # identity loss, times lambda_cycle; 0 turns it off (section 5.2)
    r1_gamma: float = 0.0  # R1 on the discriminators; usual are 1 to 10 (Mescheder et al. 2018)
    pool_size: int = 50  # earlier fakes per discriminator; 0: the newest (Shrivastava et al. 2017)
    diffaugment: str = ""  # for small data: "color,translation,cutout", or some (Zhao et al. 2020)

    # Optimisation
    batch_size: int = 1  # pictures of each domain in a step; Kaggle's best entries take 32
    learning_rate: float = 2e-4  # Adam's (Kingma and Ba 2015), of generators and discriminators
    adam_beta_1: float = (
        0.5  # decay of the mean gradient (Radford et al. 2016); 0 with R1 elsewhere
    )
    adam_beta_2: float = 0.999  # decay of the mean squared gradient
    adam_epsilon: float = 1e-8  # PyTorch's and so the authors'; Keras' own would be 1e-7
    lr_schedule: str = "linear"  # or "constant", "cosine" (Loshchilov and Hutter 2017)
    constant_share: float = 0.5  # of the epochs at full learning rate
    ema_decay: float = 0.0  # averaged generators to look at; usual is 0.999 (Yazıcı et al. 2019)
    precision: str = "float32"  # or "mixed_bfloat16", "mixed_float16" (Micikevicius et al. 2018)
    # with scaled losses, or "auto": what the device computes in
    deterministic: bool = False  # the same bits from the same seed, on one machine; slower on GPUs
    jit_compile: bool = False  # XLA on TensorFlow: slower on CPUs; on JAX it always compiles

    # Length
    epochs: int = 200
    steps_per_epoch: int | None = None  # None: as many as show every photo once
    minutes: float | None = None  # None, or: fit the epochs to this time before training

    # What a Run keeps
    checkpoint_minutes: float = 5.0  # what resuming needs is saved this often, and at epoch ends
    samples_every_steps: int = 250  # grids come this often, and after each epoch
    sample_count: int = 4  # pictures of each domain in a grid
    log_every_steps: int = 10  # steps that one point of the loss curves averages over
    snapshot_budget_gb: float = 4.0  # generator snapshots together stay below this

    def __post_init__(self) -> None:
        """Check every setting.

        Raises:
            InputError: a setting has a wrong type or value; the message says which.
        """
        for name, expected in _kinds().items():
            _check_kind(name, getattr(self, name), expected)
        _one_of("preset", self.preset, PRESET_NAMES)
        for name, known in _CHOICES.items():
            _one_of(name, getattr(self, name), known)
        for policy in self.diffaugment_policies:
            _one_of("diffaugment", policy, DIFFAUGMENT_POLICIES)
        self._check_sizes()
        self._check_numbers()

    @property
    def diffaugment_policies(self) -> tuple[str, ...]:
        """The parts of DiffAugment that are on."""
        return tuple(policy.strip() for policy in self.diffaugment.split(",") if policy.strip())

    @property
    def multiple_px(self) -> int:
        """What both sides of a picture must be a multiple of for the generators."""
        return 2**self.generator_depth if self.generator in ("unet", IMPORTED) else 4

    @property
    def patch_px(self) -> int:
        """The edge of the patches that a discriminator's verdicts see: 70 in the paper."""
        edge = 4 + 3  # the last two convolutions have stride 1 and 4×4 kernels
        for _ in range(self.discriminator_downsamplings):
            edge = 2 * edge + 2
        return edge

    def _check_sizes(self) -> None:
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

    def _check_numbers(self) -> None:
        for name in _AT_LEAST_ONE:
            _in_range(name, getattr(self, name), 1, None)
        for name in _NOT_NEGATIVE:
            _in_range(name, getattr(self, name), 0, None)
        for name in _SHARES:
            _in_range(name, getattr(self, name), 0, 1)
        for name in ("adam_beta_1", "adam_beta_2", "ema_decay"):
            if getattr(self, name) == 1:
                raise InputError(f"{name} must be below 1, got 1; usual are 0.5 to 0.9999")
        if self.learning_rate == 0:
            raise InputError("learning_rate must be above 0, got 0; the paper's is 2e-4")

    def replace(self, **changes: Any) -> "CycleGANConfig":
        """Give a copy with some settings changed, checked again."""
        return dataclasses.replace(self, **changes)

    def save(self, path: Path) -> None:
        """Write all settings as JSON."""
        text = json.dumps(dataclasses.asdict(self), indent=2) + "\n"
        write_whole(path, text)

    @classmethod
    def load(cls, path: Path) -> "CycleGANConfig":
        """Read what `save` wrote.

        Raises:
            InputError: the file is no JSON, or has a setting that does not exist.
        """
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise InputError(f"{path} is damaged ({error}); restore it from a copy") from error
        return cls(**{known_setting(name): value for name, value in values.items()})


# The network is described in the Run, and is one to paint with, not to train.
IMPORTED = "imported"
DIFFAUGMENT_POLICIES = ("color", "translation", "cutout")
_CHOICES = {
    "generator": ("resnet", "unet", IMPORTED),
    "upsampling": ("transposed", "resize"),
    "padding": ("zero", "reflect"),
    "norm": ("instance", "group", "none"),
    "adversarial_loss": ("lsgan", "bce", "hinge"),
    "lr_schedule": ("linear", "cosine", "constant"),
    "precision": ("float32", "mixed_bfloat16", "mixed_float16", "auto"),
}
_AT_LEAST_ONE = (
    "generator_filters",
    "generator_depth",
    "discriminator_downsamplings", "generator_blocks", "discriminator_filters", "batch_size",
    "epochs", "samples_every_steps", "sample_count", "log_every_steps", "steps_per_epoch",
)  # fmt: skip
_NOT_NEGATIVE = (
    "seed", "norm_epsilon", "lambda_cycle", "lambda_identity", "pool_size", "learning_rate",
    "adam_epsilon", "r1_gamma", "minutes", "snapshot_budget_gb", "checkpoint_minutes",
)  # fmt: skip
_SHARES = ("adam_beta_1", "adam_beta_2", "constant_share", "ema_decay")


def _kinds() -> dict[str, Any]:
    return get_type_hints(CycleGANConfig)


def _check_kind(name: str, value: Any, expected: Any) -> None:
    kinds = get_args(expected) or (expected,)
    accepted = tuple(int if kind is float else kind for kind in kinds) + kinds
    if not isinstance(value, accepted) or (isinstance(value, bool) and bool not in kinds):
        raise InputError(f"{name} must be {_in_words(kinds)}, got {value!r}")


def _in_words(kinds: tuple[type, ...]) -> str:
    words = {
        int: "a whole number",
        float: "a number",
        str: "a word",
        bool: "true or false",
        type(None): "none",
    }
    return " or ".join(words[kind] for kind in kinds)


def _in_range(name: str, value: float | None, low: float, high: float | None) -> None:
    if value is None or (value >= low and (high is None or value <= high)):
        return
    bounds = f"at least {low}" if high is None else f"from {low} to {high}"
    raise InputError(f"{name} must be {bounds}, got {value}")


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InputError(f"{name} must be one of {', '.join(known)}, got {value!r}; "
                         f"{nearest(value, known)}")  # fmt: skip


def known_setting(name: str) -> str:
    """Check that a setting exists.

    Raises:
        InputError: it does not; the message has the nearest name.
    """
    if name not in _kinds():
        raise InputError(f"there is no setting {name!r}; {nearest(name, _kinds())}")
    return name


def parse_setting(text: str) -> tuple[str, Any]:
    """Read `name=value` as typed on a command line.

    Args:
        text: such as `steps_per_epoch=200`, `flip=false`, `minutes=none`.

    Returns:
        The name and the value in the setting's own type.

    Raises:
        InputError: there is no `=`, no such setting, or the value does not fit.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise InputError(f"a setting is written name=value, got {text!r}")
    kinds = get_args(_kinds()[known_setting(name)]) or (_kinds()[name],)
    words = {"true": True, "false": False} if bool in kinds else {}
    words |= {"none": None} if type(None) in kinds else {}
    if value.lower() in words:
        return name, words[value.lower()]
    for kind in (kind for kind in kinds if kind in (int, float, str)):
        try:
            return name, kind(value)
        except ValueError:
            continue
    raise InputError(f"{name} must be {_in_words(kinds)}, got {value!r}")


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
PRESETS: dict[str, dict[str, Any]] = {
    "smoke": _SMOKE,
    "preview": _PREVIEW,
    "session": _SESSION,
    "paper": {},
}
PRESET_NAMES = tuple(PRESETS)


def preset_config(preset: str, **changes: Any) -> CycleGANConfig:
    """Give a preset's settings with some of them changed.

    Setting `epochs` without `minutes` asks for just that many epochs: a preset's own
    `minutes` then no longer counts.

    Args:
        preset: `"smoke"` (seconds, for tests), `"preview"` (minutes on a CPU), `"session"` (one
            session on a free GPU) or `"paper"` (the original: days on a free GPU).
        **changes: settings by name.

    Raises:
        InputError: no such preset or setting, or a value that does not fit.
    """
    _one_of("preset", preset, PRESET_NAMES)
    for name in changes:
        known_setting(name)
    if changes.get("generator") == IMPORTED:
        raise InputError("generator must be resnet or unet for training, got imported, which is "
                         "what artnb import writes; choose one of the two")  # fmt: skip
    settings = {"preset": preset, **PRESETS[preset], **changes}
    if "epochs" in changes and "minutes" not in changes:
        settings["minutes"] = None
    return CycleGANConfig(**settings)
