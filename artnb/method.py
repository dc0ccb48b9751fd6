"""The Method: one way of making pictures, and all that training and looking must know of it.

A Method lives in a folder of its own below `artnb.methods`; a line in `METHODS` makes it known.
Nothing else in the package names one: `train`, Runs, galleries, scores and the command line ask
the Method of the Run before them.
"""

from abc import ABC
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from artnb.errors import InputError, nearest
from artnb.settings import Settings, one_of

if TYPE_CHECKING:
    import keras
    import numpy as np
    from PIL import Image

    from artnb.data.dataset import Dataset
    from artnb.runs.run import Run
    from artnb.training.config import TrainingConfig
    from artnb.training.engine import AdversarialModel

# Where each Method is: a module, and the name in it. Modules are loaded when they are asked for.
METHODS = {
    "cyclegan": "artnb.methods.cyclegan.method:CYCLEGAN",
    "fast_style": "artnb.methods.fast_style.method:FAST_STYLE",
    "imported": "artnb.methods.imported.method:IMPORTED",
    "stylegan2": "artnb.methods.stylegan2.method:STYLEGAN2",
}
DEFAULT_METHOD = "cyclegan"


@dataclass(frozen=True)
class Curve:
    """A loss as it is drawn.

    Args:
        loss: its name in `losses.csv`.
        label: what the legend calls it.
        colour: number of one of the few colours that all figures share.
        style: of the line, in matplotlib's words.
    """

    loss: str
    label: str
    colour: int = 0
    style: str = "-"


@dataclass(frozen=True)
class Panel:
    """Loss curves that belong together.

    Args:
        title: over them.
        curves: in the order of the legend.
        undecided: the loss of a discriminator that cannot tell real from fake, drawn as a line;
            None draws none.
    """

    title: str
    curves: tuple[Curve, ...]
    undecided: float | None = None


class Method(ABC):
    """One way of making pictures; a subclass says what is particular to it.

    Domains are named by their roles: `"x"` is what comes in, `"y"` what shall come out.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    config_class: ClassVar[type[Settings]]
    can_train: ClassVar[bool] = True
    # Kinds of pictures that it learns from: 2 where one is turned into the other.
    domains: ClassVar[int] = 2
    # Whether snapshots hold networks that tell real pictures from made ones, which scores may ask.
    has_judges: ClassVar[bool] = False
    # By which distance to real pictures epochs are ranked: the first of these that was measured.
    # Fréchet before kernel distance: on the same few pictures its bias is the same in every epoch,
    # and it wavers less from one draw of pictures to the next.
    ranked_by: ClassVar[tuple[str, ...]] = ("FID", "Fréchet distance", "KID", "kernel distance")
    # Losses that are summed up in a progress bar and in the table of Runs, under a short name.
    summary: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    # What to change where losses become NaN again and again.
    when_diverging: ClassVar[str] = "Lower learning_rate, or set precision=float32"

    def generators(self, run: "Run") -> Mapping[str, str]:
        """Name the network that paints each domain, by the domain's role; the first is usual."""
        return {}

    def styles(self, run: "Run") -> Mapping[str, str]:
        """Name the network that paints Y in each of several styles, by style, the usual one first.

        None where a Run paints Y in one style only: that is called as Y is.
        """
        return {}

    def judges(self, run: "Run") -> Mapping[str, str]:
        """Name the network that tells real pictures of a domain from painted ones, by role."""
        return {}

    def real_from(self, config: Any) -> float:
        """Give the verdict from which a judge takes a picture for real."""
        raise InputError(f"{self.title} has no discriminators; leave out what needs them")

    def latent_generator(self, run: "Run") -> str | None:
        """Name the network that makes pictures out of latent vectors; None where none does."""
        return None

    def latent_size(self, config: Any) -> int:
        """Give how many numbers a latent vector has."""
        raise NotImplementedError

    def multiple_px(self, config: Any) -> int:
        """Give what both sides of a picture must be a multiple of."""
        return 1

    def resolved(self, config: Any, dataset: "Dataset") -> Any:
        """Give settings in which nothing is left to the Dataset, as a new Run keeps them."""
        return config

    def seen(self, config: Any, dataset: "Dataset") -> "Dataset":
        """Give the Dataset as batches are taken from it."""
        return dataset

    def build_model(self, config: "TrainingConfig", dataset: "Dataset") -> "AdversarialModel":
        """Build what is trained."""
        raise InputError(f"{self.title} cannot be trained; choose another --method")

    def build_network(self, run: "Run", name: str) -> "keras.Model":
        """Build one of the networks that a Run's snapshots hold, with random weights."""
        raise NotImplementedError

    def weights(
        self, run: "Run", network: str, read: Callable[[str], list["np.ndarray"]]
    ) -> list["np.ndarray"]:
        """Give the weights of a network; `read` gives those that a snapshot keeps under a name."""
        return read(network)

    def sources(self, config: "TrainingConfig", begins: bool) -> Mapping[str, str]:
        """Give hashes of what is trained on beside the Dataset, by words for it.

        Args:
            config: its settings.
            begins: whether a training begins. One that goes on may need none of it: what is no
                longer here is left out then.

        Raises:
            InputError: something that is needed is not here.
        """
        return {}

    def sample_grid(
        self, dataset: "Dataset", config: "TrainingConfig"
    ) -> Callable[["AdversarialModel", str], "Image.Image"]:
        """Choose pictures to look at; gives what draws them as a model sees them, with a title."""
        raise NotImplementedError

    def loss_panels(self, config: "TrainingConfig", domains: tuple[str, ...]) -> tuple[Panel, ...]:
        """Say which loss curves belong together."""
        raise NotImplementedError

    def warnings(
        self, config: Any, losses: Mapping[str, float], distances: Sequence[float]
    ) -> Mapping[str, str]:
        """Say what goes wrong in a training, and what to do, by a name for each kind.

        Args:
            config: its settings.
            losses: means over the epoch that ends.
            distances: to real pictures, of the epochs scored so far, oldest first.
        """
        return {}

    def config(self, preset: str, **changes: Any) -> Any:
        """Give a preset's settings with some of them changed; see `preset_config`."""
        one_of("preset", preset, self.config_class.PRESETS)
        for name in changes:
            self.config_class.known(name)
        settings = {"preset": preset, **self.config_class.PRESETS[preset], **changes}
        if "epochs" in changes and "minutes" not in changes:
            settings["minutes"] = None
        return self.config_class(**settings)


def find_method(name: str) -> Method:
    """Find a Method by its name, loading its module.

    Raises:
        InputError: there is none of that name.
    """
    if name not in METHODS:
        raise InputError(f"there is no method {name!r}; {nearest(name, METHODS)}")
    module, _, attribute = METHODS[name].partition(":")
    return getattr(import_module(module), attribute)


def preset_config(preset: str, method: str = DEFAULT_METHOD, **changes: Any) -> Any:
    """Give a preset's settings with some of them changed.

    Setting `epochs` without `minutes` asks for just that many epochs: a preset's own
    `minutes` then no longer counts.

    Args:
        preset: `"smoke"` (seconds, for tests), `"preview"` (minutes on a CPU), `"night"` (a
            laptop overnight), `"session"` (one session on a free GPU)
            or `"paper"` (the original: days on a free GPU).
        method: whose settings.
        **changes: settings by name.

    Raises:
        InputError: no such preset or setting, or a value that does not fit.
    """
    return find_method(method).config(preset, **changes)
