"""Imported networks as a Method: they paint, and cannot be trained on."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from artnb.method import Method
from artnb.methods.imported.config import DESCRIBED, ImportedConfig

if TYPE_CHECKING:
    import keras

    from artnb.runs.run import Run


class ImportedMethod(Method):
    """One generator from X to Y, and perhaps one for the way back; no discriminators."""

    name: ClassVar[str] = "imported"
    title: ClassVar[str] = "imported generator"
    config_class: ClassVar[type[ImportedConfig]] = ImportedConfig
    can_train: ClassVar[bool] = False

    def generators(self, run: "Run") -> Mapping[str, str]:
        """Name the generators that were imported."""
        has_one = len(run.facts().get("imported", ())) == 1
        return {"y": "generator_g"} if has_one else {"y": "generator_g", "x": "generator_f"}

    def multiple_px(self, config: ImportedConfig) -> int:
        """Give what the network's halvings divide pictures by."""
        return config.multiple_px

    def build_network(self, run: "Run", name: str) -> "keras.Model":
        """Build a generator as the Run's settings, or its description of the network, say.

        Raises:
            InputError: it is no generator, or its description is damaged.
        """
        from artnb.methods.cyclegan.model import build_generator
        from artnb.methods.imported.network import build_network, read_description
        from artnb.training.engine import compiles

        config = run.config()
        if config.generator != DESCRIBED:
            return build_generator(config, name)
        network = build_network(read_description(run.architecture_file(name)), name)
        network.compile(optimizer=None, jit_compile=compiles(config.jit_compile))
        return network


IMPORTED = ImportedMethod()
