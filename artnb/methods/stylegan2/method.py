"""StyleGAN2-ADA as a Method: what the rest of the package must know of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from artnb.method import Curve, Method, Panel
from artnb.methods.stylegan2.config import ALL_FOLDERS, StyleGAN2Config

if TYPE_CHECKING:
    import keras
    from PIL import Image

    from artnb.data.dataset import Dataset
    from artnb.methods.stylegan2.model import StyleGAN2
    from artnb.runs.run import Run

# The loss of a discriminator that cannot tell real from fake: ln 2, of both kinds or of a pair.
_UNDECIDED = {"logistic": 2 * 0.6931, "relativistic": 0.6931}


class StyleGAN2Method(Method):
    """Pictures out of latents, like those of one domain."""

    name: ClassVar[str] = "stylegan2"
    title: ClassVar[str] = "StyleGAN2-ADA"
    domains: ClassVar[int] = 1
    # Few real pictures: the Fréchet distance's bias is of the size of what it shall tell apart.
    ranked_by: ClassVar[tuple[str, ...]] = ("KID", "kernel distance", "FID", "Fréchet distance")
    config_class: ClassVar[type[StyleGAN2Config]] = StyleGAN2Config
    summary: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "G": ("generator",),
        "D": ("discriminator",),
        "p": ("augmentation",),
    }
    when_diverging: ClassVar[str] = "Raise r1_gamma, lower learning_rate, or set precision=float32"

    def latent_generator(self, run: "Run") -> str:
        """Name the averaged generator."""
        return "generator"

    def latent_size(self, config: StyleGAN2Config) -> int:
        """Give how many numbers a z has."""
        return config.latent_size

    def judges(self, run: "Run") -> Mapping[str, str]:
        """Name the discriminator; with classes it judges by them, and nobody asks for one."""
        return {} if run.config().class_names else {"y": "discriminator"}

    def real_from(self, config: StyleGAN2Config) -> float:
        """Give the logit above which a picture is called real."""
        return 0.0

    def resolved(self, config: StyleGAN2Config, dataset: "Dataset") -> StyleGAN2Config:
        """Name the classes where all folders are to be told apart."""
        if config.classes != ALL_FOLDERS:
            return config
        return config.replace(classes=",".join(dataset.with_classes(dataset.folders()).classes))

    def seen(self, config: StyleGAN2Config, dataset: "Dataset") -> "Dataset":
        """Tell apart what is to be told apart."""
        return dataset.with_classes(config.class_names) if config.classes else dataset

    def sources(self, config: StyleGAN2Config, begins: bool) -> Mapping[str, str]:
        """Give the hash of the networks that a training begins from."""
        if not (begins and config.begin_from):
            return {}
        from artnb.files import sha256_of
        from artnb.methods.stylegan2.transfer import find_begun_from

        run, epoch = find_begun_from(config.begin_from)
        return {"the Run begun from": sha256_of(run.snapshot(epoch))}

    def build_model(self, config: StyleGAN2Config, dataset: "Dataset") -> "StyleGAN2":
        """Build networks, optimizers and what a step needs."""
        from artnb.methods.stylegan2.model import StyleGAN2

        return StyleGAN2(config, dataset.size_px)

    def build_network(self, run: "Run", name: str) -> "keras.Model":
        """Build the generator or the discriminator as the Run's settings describe it."""
        from artnb.methods.stylegan2 import model

        if name == "discriminator":
            return model.build_discriminator_of(run.config())
        return model.build_generator(run.config(), name)

    def warnings(
        self, config: StyleGAN2Config, losses: Mapping[str, float], distances: Sequence[float]
    ) -> Mapping[str, str]:
        """Say what looks like a collapse."""
        from artnb.methods.stylegan2.collapse import signs_of_collapse

        return signs_of_collapse(losses, distances, config)

    def sample_grid(
        self, dataset: "Dataset", config: StyleGAN2Config
    ) -> Callable[["StyleGAN2", str], "Image.Image"]:
        """Choose seeds, to be painted again and again."""
        from artnb.methods.stylegan2.samples import SampleGrid

        return SampleGrid(config)

    def loss_panels(self, config: StyleGAN2Config, domains: tuple[str, ...]) -> tuple[Panel, ...]:
        """Put losses apart from what the augmentation goes by, and from what regularises."""
        return (
            Panel(
                "Losses",
                (Curve("generator", "generator"), Curve("discriminator", "discriminator", 1)),
                undecided=_UNDECIDED[config.loss],
            ),
            Panel(
                "Augmentation",
                (
                    Curve("real_sign", "mean sign of D(real)", 1),
                    Curve("augmentation", "p", 2),
                ),
                undecided=config.ada_target if config.augmentation == "ada" else None,
            ),
            Panel(
                "Regularisers",
                (Curve("r1", "R1", 1), Curve("path_length", "path length", 0, ":")),
            ),
        )


STYLEGAN2 = StyleGAN2Method()
