"""CycleGAN as a Method: what the rest of the package must know of it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from artnb.errors import InputError
from artnb.method import Curve, Method, Panel
from artnb.methods.cyclegan.config import CycleGANConfig

if TYPE_CHECKING:
    import keras
    from PIL import Image

    from artnb.data.dataset import Dataset
    from artnb.methods.cyclegan.model import CycleGAN
    from artnb.runs.run import Run


class CycleGANMethod(Method):
    """Two generators, G from X to Y and F back, and a discriminator for each domain."""

    name: ClassVar[str] = "cyclegan"
    title: ClassVar[str] = "CycleGAN"
    config_class: ClassVar[type[CycleGANConfig]] = CycleGANConfig
    summary: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "G": ("generator_g", "generator_f"),
        "D": ("discriminator_x", "discriminator_y"),
    }
    has_judges: ClassVar[bool] = True
    when_diverging: ClassVar[str] = "Lower learning_rate, set r1_gamma=5 or precision=float32"

    def config(self, preset: str, **changes: Any) -> CycleGANConfig:
        """Give a preset's settings with some of them changed; see `preset_config`."""
        if changes.get("generator") == "imported":
            raise InputError("generator must be resnet or unet for training, got imported, which "
                             "is what artnb import writes; choose one of the two")  # fmt: skip
        return super().config(preset, **changes)

    def generators(self, run: "Run") -> Mapping[str, str]:
        """Name the generators: G paints Y, F paints X."""
        return {"y": "generator_g", "x": "generator_f"}

    def judges(self, run: "Run") -> Mapping[str, str]:
        """Name the discriminators."""
        return {"y": "discriminator_y", "x": "discriminator_x"}

    def real_from(self, config: CycleGANConfig) -> float:
        """Give the logit above which the adversarial loss calls a picture real."""
        from artnb.training.losses import ADVERSARIAL_LOSSES

        return ADVERSARIAL_LOSSES[config.adversarial_loss].threshold

    def multiple_px(self, config: CycleGANConfig) -> int:
        """Give what the generators' downsamplings divide pictures by."""
        return config.multiple_px

    def build_model(self, config: CycleGANConfig, dataset: "Dataset") -> "CycleGAN":
        """Build networks, optimizers and what a step needs."""
        from artnb.methods.cyclegan.model import CycleGAN

        return CycleGAN(config, dataset.size_px)

    def build_network(self, run: "Run", name: str) -> "keras.Model":
        """Build a generator or a discriminator as the Run's settings describe it."""
        from artnb.methods.cyclegan.model import build_discriminator, build_generator

        build = build_generator if name.startswith("generator") else build_discriminator
        return build(run.config(), name)

    def sample_grid(
        self, dataset: "Dataset", config: CycleGANConfig
    ) -> Callable[["CycleGAN", str], "Image.Image"]:
        """Choose held-out pictures of both domains, to go both ways."""
        from artnb.methods.cyclegan.samples import SampleGrid

        return SampleGrid(dataset, config)

    def loss_panels(self, config: CycleGANConfig, domains: tuple[str, ...]) -> tuple[Panel, ...]:
        """Put what generators minimise apart from what discriminators do."""
        from artnb.training.losses import ADVERSARIAL_LOSSES

        x, y = domains
        names = {"g": f"{x} → {y}", "f": f"{y} → {x}", "x": x, "y": y}
        colours = {"g": 0, "f": 1, "y": 0, "x": 1}
        styles = {"generator": "-", "cycle": "--", "identity": ":", "discriminator": "-"}

        def curve(loss: str) -> Curve:
            kind, letter = loss.rsplit("_", 1)
            return Curve(loss, f"{kind}: {names[letter]}", colours[letter], styles[kind])

        generators = ("generator_g", "generator_f", "cycle_x", "cycle_y", "identity_x",
                      "identity_y")  # fmt: skip
        undecided = ADVERSARIAL_LOSSES[config.adversarial_loss].undecided
        return (
            Panel("Generators", tuple(map(curve, generators))),
            Panel(
                "Discriminators",
                (curve("discriminator_x"), curve("discriminator_y")),
                undecided=undecided,
            ),
        )


CYCLEGAN = CycleGANMethod()
