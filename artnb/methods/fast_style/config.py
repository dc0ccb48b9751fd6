"""The settings of a network that paints in a style, and its presets."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from artnb.data.listing import picture_stem
from artnb.errors import InputError
from artnb.settings import setting
from artnb.stylization.settings import StylizeSettings
from artnb.training.config import TrainingConfig

# What snapshots keep.
NETWORK = "generator_g"
_STYLIZE = StylizeSettings.rules()
# A CPU and a quarter of an hour. What trials of some minutes on two cores gave: without skips there
# is a grid of fine dots, and with them hardly any after 100 steps; photos of 144 px, where 256 px
# are painted, leave black blobs on dark areas that are larger than any crop (at twice the learning
# rate); a single photo in a step leaves more of the grid than four. A smoothness of 4 takes away
# more than a painter's grain. Without the palette photos stay as dark as they were, with blacks
# that Monet has not; comparing means and deviations of colours instead makes them duller.
_PREVIEW = {
    "image_size_px": 192,
    "load_size_px": 224,
    "generator_filters": 16,
    "generator_blocks": 3,
    "skips": True,
    "batch_size": 2,
    "palette": 2.0,
    "paintings": 100,
    "steps_per_epoch": 250,
    "minutes": 15.0,
}
_SMOKE = _PREVIEW | {
    "image_size_px": 48,
    "load_size_px": 56,
    "generator_filters": 4,
    "generator_blocks": 1,
    "paintings": 2,
    "epochs": 2,
    "steps_per_epoch": 4,
    "minutes": None,
    "samples_every_steps": 3,
    "sample_count": 2,
    "log_every_steps": 2,
}
_SESSION = {
    "batch_size": 8,
    "precision": "auto",
    "palette": 2.0,
    "minutes": 60.0,
}
_PRESETS: dict[str, dict[str, Any]] = {
    "smoke": _SMOKE,
    "preview": _PREVIEW,
    "session": _SESSION,
    "paper": {},
}


@dataclass(frozen=True)
class FastStyleConfig(TrainingConfig):
    """All settings; the defaults are those of Johnson et al. 2016, arXiv 1603.08155, appendix.

    Deviations: 7×7 instead of 9×9 convolutions at both ends, convolutions after resizing, instance
    norm, and what style is compared by.
    """

    METHOD: ClassVar[str] = "fast_style"
    PRESETS: ClassVar[Mapping[str, Mapping[str, Any]]] = _PRESETS

    preset: str = setting("paper", "which preset these settings began as", choices=tuple(_PRESETS))

    # Styles
    styles: str = setting(
        "",
        "pictures, and folders of a painter's, with commas between: each is a style, called as its "
        "file or folder; empty: all paintings of the Dataset are one",
        source="several in one network: Dumoulin et al. 2017",
    )
    paintings: int = setting(
        300, "of each painter so many are looked at, spread evenly", at_least=1
    )
    stroke_scale: float = setting(
        1.0,
        "a painting's longer side over the Dataset's pictures; 2 makes strokes twice as large",
        at_least=0.25,
        at_most=4,
    )
    features: str = setting(
        "squeezenet", "what pictures are looked at with", choices=("squeezenet", "vgg19")
    )
    loss: str = setting(
        "moments",
        _STYLIZE["loss"].help,
        source=_STYLIZE["loss"].source,
        choices=_STYLIZE["loss"].choices,
    )
    strength: float = setting(
        1.0, _STYLIZE["strength"].help, at_least=0, above=0, usual=_STYLIZE["strength"].usual
    )
    palette: float = setting(
        0.0,
        "weight of the colours: how often each is there, compared with the style's paintings",
        at_least=0,
        source="ours; the distance is Heitz et al.'s, 2021",
    )
    smoothness: float = setting(1.0, _STYLIZE["smoothness"].help, at_least=0)

    # Pictures
    image_size_px: int = setting(
        256, "what the networks see while training; multiples of 4", at_least=32
    )
    load_size_px: int = setting(256, "photos are scaled to this, then cropped at random")
    flip: bool = setting(True, "mirror half of the photos")

    # Network
    generator_filters: int = setting(
        32, "channels after the first convolution, four times as many in the blocks", at_least=1
    )
    generator_blocks: int = setting(5, "residual blocks", at_least=1)
    skips: bool = setting(False, "hand fine detail of the photo past the middle", source="ours")
    upsampling: str = setting(
        "resize",
        "transposed leaves a checkerboard",
        source="Odena et al. 2016",
        choices=("resize", "transposed"),
    )
    padding: str = setting(
        "reflect", "zero leaves stripes along the borders", choices=("reflect", "zero")
    )

    # Optimisation
    batch_size: int = setting(4, "photos in a step", at_least=1)
    learning_rate: float = setting(
        1e-3, "of Adam", at_least=0, above=0, usual="the paper's is 1e-3"
    )
    epochs: int = setting(40, "as many times steps_per_epoch", at_least=1)
    steps_per_epoch: int | None = setting(
        1000, "none: as many as show every photo once", at_least=1
    )

    @property
    def style_names(self) -> tuple[str, ...]:
        """What the styles are called that are named here; none where the Dataset's is the one."""
        return tuple(map(style_name, self.style_paths))

    @property
    def style_paths(self) -> tuple[Path, ...]:
        """Where the styles are that are named here."""
        return tuple(Path(part.strip()) for part in self.styles.split(",") if part.strip())

    @property
    def style_count(self) -> int:
        """How many styles the network can paint in."""
        return max(1, len(self.style_paths))

    # What a generator of a CycleGAN is built and described by.
    generator: ClassVar[str] = "resnet"
    norm: ClassVar[str] = "instance"
    norm_affine: ClassVar[bool] = True
    norm_epsilon: ClassVar[float] = 1e-5
    multiple_px: ClassVar[int] = 4

    def check_together(self) -> None:
        """Check sizes against each other, and names of styles.

        Raises:
            InputError: settings do not go together.
        """
        size = self.image_size_px
        if size % self.multiple_px:
            lower = size // self.multiple_px * self.multiple_px
            raise InputError(
                f"image_size_px must be a multiple of {self.multiple_px}, got {size}; "
                f"use {lower} or {lower + self.multiple_px}"
            )
        if self.load_size_px < size:
            raise InputError(
                f"load_size_px must be at least image_size_px, {size}, since crops of that size "
                f"are taken from it, got {self.load_size_px}; raise it"
            )
        names = self.style_names
        if self.styles and not names:
            raise InputError(
                f"styles must name pictures or folders with commas between, got {self.styles!r}; "
                "leave it out to take the paintings of the Dataset"
            )
        if twice := [name for name in names if names.count(name) > 1]:
            raise InputError(
                f"styles must have names of their own, and several are called {twice[0]}; rename "
                "a file or folder"
            )


def style_name(path: Path) -> str:
    """Name a style by its file without the ending, or its folder."""
    return picture_stem(path.name)
