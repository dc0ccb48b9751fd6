"""The networks that a Run keeps, each resolved once: what paints, what judges, what samples."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from artnb.errors import InputError
from artnb.files import sha256_of

if TYPE_CHECKING:
    import keras

    from artnb.models.painting import PaintingNetwork
    from artnb.runs.run import Run


@dataclass(frozen=True)
class KeptNetwork:
    """One network of one epoch of a Run.

    Args:
        run: the Run.
        epoch: of the snapshot, counted from 1.
        network: its name in the snapshot.
    """

    run: "Run"
    epoch: int
    network: str

    @cached_property
    def key(self) -> str:
        """Name weights and what computes with them: results differ a little between backends."""
        from artnb.runs.snapshots import MissingSnapshotError

        path = self.run.snapshot(self.epoch)
        try:
            weights = sha256_of(path)
        except FileNotFoundError:
            raise MissingSnapshotError(path) from None
        return f"{self.network} {weights} {self.computed_by}"

    @property
    def computed_by(self) -> str:
        """What computes with the weights."""
        import keras

        return f"on {keras.backend.backend()}"

    def load(self) -> "keras.Model":
        """Build the network with the weights of its epoch.

        Raises:
            InputError: the snapshot is damaged, lacks the network, or its training had diverged.
        """
        network = self.run.method.build_network(self.run, self.network)
        put_weights(network, self)
        return network


@dataclass(frozen=True)
class Painter(KeptNetwork):
    """A generator: it turns pictures of one domain into pictures of another.

    Args:
        to: the role of the domain that it paints, `"y"` or `"x"`.
    """

    to: str

    @property
    def source(self) -> str:
        """The name of the domain that is painted from."""
        x, y = self.run.domains
        return x if self.to == "y" else y

    @property
    def target(self) -> str:
        """The name of the style that it paints in, or of the domain where that has but one."""
        styles = self.run.method.styles(self.run).items()
        in_style = [style for style, network in styles if network == self.network]
        x, y = self.run.domains
        return (in_style or [y if self.to == "y" else x])[0]

    @cached_property
    def multiple_px(self) -> int:
        """What both sides of a picture must be a multiple of."""
        return self.run.method.multiple_px(self.run.config())

    @property
    def computed_by(self) -> str:
        """What computes with the weights: ncnn has a part in it where it is installed."""
        from artnb.models.painting import what_paints

        return what_paints()

    def ready(self) -> "PaintingNetwork":
        """Build the network so that it paints as fast as it can here.

        Raises:
            InputError: as for `load`.
        """
        from artnb.models.painting import PaintingNetwork

        return PaintingNetwork(self.load(), self.multiple_px)

    @property
    def back(self) -> "Painter | None":
        """What leads back from its paintings, of the same epoch; None where nothing does."""
        role = other_role(self.to)
        network = self.run.method.generators(self.run).get(role)
        return Painter(self.run, self.epoch, network, role) if network else None


@dataclass(frozen=True)
class Judge(KeptNetwork):
    """A discriminator: it tells real pictures of a domain from painted ones."""

    @property
    def real_from(self) -> float:
        """The verdict from which it takes a picture for real."""
        return self.run.method.real_from(self.run.config())


@dataclass(frozen=True)
class LatentSampler(KeptNetwork):
    """A generator that makes pictures out of latent vectors, like those of Y.

    Args:
        only_class: the number of the class whose pictures are wanted, where there are classes.
    """

    only_class: int | None = None

    to = "y"
    source = "latents"

    def load(self) -> "keras.Model":
        """Build the generator with the weights of its epoch.

        Raises:
            InputError: as for any network.
        """
        generator = super().load()
        generator.only_class = self.only_class
        return generator

    @property
    def target(self) -> str:
        """The name of the domain whose pictures it makes."""
        return self.run.domains[1]

    @property
    def size_px(self) -> int:
        """The edge of its pictures."""
        return self.run.config().image_size_px

    @property
    def latent_size(self) -> int:
        """How many numbers a latent vector has."""
        return self.run.method.latent_size(self.run.config())


def other_role(role: str) -> str:
    """Give the role of the other domain: what leads to Y is painted from X."""
    return "x" if role == "y" else "y"


def put_weights(network: "keras.Model", kept: KeptNetwork) -> None:
    """Give a network the weights that a snapshot keeps of it.

    Args:
        network: built as the Run's settings describe it.
        kept: which network of which epoch.

    Raises:
        InputError: the snapshot is damaged, lacks the network or does not fit it, or its training
            had diverged.
    """
    import numpy as np

    from artnb.runs.snapshots import read_snapshot

    run, path = kept.run, kept.run.snapshot(kept.epoch)
    weights = run.method.weights(run, kept.network, lambda name: read_snapshot(path, name))
    if not weights:
        raise InputError(
            f"the snapshot {path} holds no {kept.network}: it was made before they were kept, or "
            "imported; leave out what needs it"
        )
    if [w.shape for w in weights] != [tuple(w.shape) for w in network.weights]:
        raise InputError(
            f"the snapshot {path} does not fit {run.config_file}; restore both from one Run"
        )
    # A generator of NaN would paint black, and black has a score too.
    if not all(np.isfinite(array).all() for array in weights):
        raise InputError(
            f"weights must be finite, and those of {kept.network} in {path} are not: the training "
            "had diverged; choose an earlier epoch"
        )
    network.set_weights(weights)


class LoadedNetworks:
    """Networks that are built once and given the weights of one epoch after the other.

    Building and compiling one anew takes longer than painting a few pictures does.

    Args:
        most: how many are kept; the one that was not asked for longest goes first.
        say: gets a line about what paints, once.
    """

    def __init__(self, most: int = 4, say: Callable[[str], None] = lambda _line: None) -> None:
        self.most, self.say = most, say
        self._loaded: OrderedDict[tuple, _Loaded] = OrderedDict()
        self._said: set[str] = set()

    def load(self, kept: KeptNetwork) -> "keras.Model":
        """Give a network; the same network of another epoch is that epoch's no longer."""
        return self._load(kept).network

    def ready(self, painter: Painter) -> "PaintingNetwork":
        """Give a generator so that it paints as fast as it can here."""
        from artnb.models.painting import PaintingNetwork

        loaded = self._load(painter)
        if loaded.painting is None:
            loaded.painting = PaintingNetwork(loaded.network, painter.multiple_px)
            self._say_once(f"Paints with {loaded.painting.engine}.")
        return loaded.painting

    def _load(self, kept: KeptNetwork) -> "_Loaded":
        place = (kept.run, kept.network)
        loaded = self._loaded.pop(place, None)
        if loaded is None:
            loaded = _Loaded(kept.epoch, kept.load())
        elif loaded.epoch != kept.epoch:
            put_weights(loaded.network, kept)
            loaded = _Loaded(kept.epoch, loaded.network)
        self._loaded[place] = loaded
        if len(self._loaded) > self.most:
            self._loaded.popitem(last=False)
        return loaded

    def _say_once(self, line: str) -> None:
        if line not in self._said:
            self._said.add(line)
            self.say(line)


@dataclass
class _Loaded:
    """A network with the weights of an epoch, and what paints with them once it was asked for."""

    epoch: int
    network: "keras.Model"
    painting: "PaintingNetwork | None" = None
