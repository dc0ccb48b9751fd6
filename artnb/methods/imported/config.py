"""The settings of a Run whose generators others have trained."""

from dataclasses import dataclass
from typing import ClassVar

from artnb.methods.cyclegan.config import CycleGANConfig
from artnb.settings import setting

# The network is described in the Run, in a file of its own.
DESCRIBED = "imported"


@dataclass(frozen=True)
class ImportedConfig(CycleGANConfig):
    """What a CycleGAN is described by, as far as it is known, or a network of any other kind."""

    METHOD: ClassVar[str] = "imported"

    generator: str = setting(
        "resnet",
        "imported: the network is described in the Run, and halves pictures generator_depth times",
        choices=("resnet", "unet", DESCRIBED),
    )

    @property
    def multiple_px(self) -> int:
        """What both sides of a picture must be a multiple of for the generators."""
        return 2**self.generator_depth if self.generator != "resnet" else 4
