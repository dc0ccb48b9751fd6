"""What is known of a generator that somebody has trained."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np


@dataclass(frozen=True)
class TrainedGenerator:
    """A generator from a file, recognised.

    Args:
        description: what it is, in a few words.
        settings: what of the method's settings differs from the defaults.
        weights: in the order of the Keras model's.
        architecture: Keras' description of a network that the settings do not describe.
        method: `"imported"`, or the name of one that can train on from it.
    """

    description: str
    settings: Mapping[str, Any]
    weights: list[np.ndarray] = field(repr=False)
    architecture: dict[str, Any] | None = field(default=None, repr=False)
    method: str = "imported"

    def replace(self, **changes: Any) -> "TrainedGenerator":
        """Give the same with some fields changed."""
        return replace(self, **changes)


def describe_resnet(settings: Mapping[str, Any]) -> str:
    """Say what a ResNet of ours is."""
    blocks, filters = settings["generator_blocks"], settings["generator_filters"]
    affine = " with scale and offset" if settings["norm_affine"] else ""
    return f"ResNet, {blocks} blocks, {filters} filters, instance norm{affine}"
