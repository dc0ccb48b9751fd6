"""A network that paints in a style, as a Method: what the rest of the package must know of it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from artnb.method import Curve, Method, Panel
from artnb.methods.fast_style.config import NETWORK, FastStyleConfig

if TYPE_CHECKING:
    import keras
    import numpy as np
    from PIL import Image

    from artnb.data.dataset import Dataset
    from artnb.methods.fast_style.model import FastStyle
    from artnb.runs.run import Run


class FastStyleMethod(Method):
    """One network from X to Y, in one style or in several."""

    name: ClassVar[str] = "fast_style"
    title: ClassVar[str] = "fast style transfer"
    config_class: ClassVar[type[FastStyleConfig]] = FastStyleConfig
    summary: ClassVar[Mapping[str, tuple[str, ...]]] = {"G": ("style", "content")}

    def generators(self, run: "Run") -> Mapping[str, str]:
        """Name the network that paints Y, in the first style; nothing paints X."""
        return {"y": next(iter(self.styles(run).values()), NETWORK)}

    def styles(self, run: "Run") -> Mapping[str, str]:
        """Name each style's network; a snapshot keeps all of them as one."""
        return {name: f"{NETWORK} in {name}" for name in run.config().style_names}

    def weights(
        self, run: "Run", network: str, read: Callable[[str], list["np.ndarray"]]
    ) -> list["np.ndarray"]:
        """Take the weights of one style from those of all."""
        from artnb.methods.fast_style.model import weights_of_style

        styles = list(self.styles(run).values())
        return weights_of_style(read(NETWORK), styles.index(network) if styles else 0)

    def sources(self, config: FastStyleConfig, begins: bool) -> Mapping[str, str]:
        """Give hashes of the paintings, and of the weights of what they are looked at with."""
        from artnb.files import sha256_of
        from artnb.methods.fast_style.model import find_weights
        from artnb.methods.fast_style.styles import fingerprint

        styles = zip(config.style_names, config.style_paths, strict=True)
        return {
            f"the weights of {config.features}": sha256_of(find_weights(config.features)),
            **{
                f"the style {name}": fingerprint(path, config.paintings)
                for name, path in styles
                if begins or path.exists()
            },
        }

    def multiple_px(self, config: FastStyleConfig) -> int:
        """Give what the network's downsamplings divide pictures by."""
        return config.multiple_px

    def build_model(self, config: FastStyleConfig, dataset: "Dataset") -> "FastStyle":
        """Build the network, its optimizer, and load what paintings are looked at with."""
        from artnb.methods.fast_style.model import FastStyle, load_objective

        return FastStyle(config, dataset.size_px, load_objective(config))

    def build_network(self, run: "Run", name: str) -> "keras.Model":
        """Build the network of one style."""
        from artnb.methods.cyclegan.model import build_generator

        return build_generator(run.config(), name.partition(" ")[0])

    def sample_grid(
        self, dataset: "Dataset", config: FastStyleConfig
    ) -> Callable[["FastStyle", str], "Image.Image"]:
        """Choose held-out photos, to be painted in each style."""
        from artnb.methods.fast_style.samples import SampleGrid

        return SampleGrid(dataset, config)

    def loss_panels(self, config: FastStyleConfig, domains: tuple[str, ...]) -> tuple[Panel, ...]:
        """Put the style's distance from paintings apart from what is to stay of photos."""
        return (
            Panel(
                "Style",
                (
                    Curve("style", "distance from paintings"),
                    Curve("palette", "of their colours", colour=1),
                ),
            ),
            Panel(
                "Photo",
                (
                    Curve("content", "what is shown", colour=1),
                    Curve("smoothness", "differences of neighbours", colour=2, style=":"),
                ),
            ),
        )


FAST_STYLE = FastStyleMethod()
