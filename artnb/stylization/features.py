"""What style transfer looks at: layers of networks that were trained to know pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import keras
import numpy as np

from artnb.errors import InputError, nearest
from artnb.pretrained.h5_networks import (
    build_squeezenet,
    build_vgg19,
    load_squeezenet,
    load_vgg19,
)
from artnb.pretrained.preparation import caffe


@dataclass(frozen=True)
class Kind:
    """What is known of a network before it is loaded.

    Args:
        style: layers whose statistics are the style.
        content: the layer that holds what is shown.
        reach_px: how far to either side a value there looks, pixels.
    """

    style: tuple[str, ...]
    content: str
    reach_px: int


KINDS = {
    "squeezenet": Kind(
        ("conv1", *(f"fire{number}" for number in range(2, 10))),
        "fire4",
        reach_px=128,
    ),
    # Gatys et al. 2015, figure 2.
    "vgg19": Kind(
        tuple(f"relu{block}_1" for block in range(1, 6)),
        "relu4_2",
        reach_px=128,
    ),
}


class FeatureNetwork:
    """A network and which of its layers are looked at.

    Args:
        kind: `"squeezenet"` or `"vgg19"`.
        network: with all its layers.
        taps: names of layers; those of VGG19 may be called as in the papers, `relu4_2`.

    Raises:
        InputError: there is no such layer.
    """

    def __init__(self, kind: str, network: keras.Model, taps: Sequence[str]) -> None:
        self.kind, self.taps = kind, tuple(taps)
        outputs = [_layer(network, tap).output for tap in self.taps]
        self.network = keras.Model(network.input, outputs, name=f"{network.name}_taps")
        self.network.trainable = False
        self._sizes = cache(lambda size: self.network.compute_output_shape((1, *size, 3)))

    def __call__(self, pictures: Any) -> dict[str, Any]:
        """Give features by the names of the taps.

        Args:
            pictures: float32 `(batch, height, width, 3)`, red, green and blue in [-1, 1].
        """
        features = self.network(caffe((pictures + 1.0) * 127.5), training=False)
        features = features if isinstance(features, list | tuple) else [features]
        return dict(zip(self.taps, features, strict=True))

    def size(self, picture: Any, tap: str) -> tuple[int, int]:
        """Give height and width of the features of a picture at a tap."""
        shapes = self._sizes(tuple(picture.shape[1:3]))
        shapes = shapes if isinstance(shapes, list) else [shapes]
        return shapes[self.taps.index(tap)][1:3]

    def stride(self, tap: str) -> int:
        """Give how many pixels lie between neighbours at a tap."""
        large = np.empty((1, 1024, 1024, 0))
        return 2 ** round(np.log2(1024 / self.size(large, tap)[0]))


def _layer(network: keras.Model, tap: str) -> keras.Layer:
    name = tap
    if tap.startswith("relu") and "_" in tap:
        block, _, number = tap.removeprefix("relu").partition("_")
        name = f"block{block}_conv{number}"
    known = {layer.name for layer in network.layers}
    if name not in known:
        raise InputError(f"{network.name} has no layer {tap!r}; {nearest(name, known)}")
    return network.get_layer(name)


def load_features(
    kind: str, path: Path | None, taps: Sequence[str] = (), pooling: str = "average"
) -> FeatureNetwork:
    """Load a network to look at pictures with.

    Args:
        kind: `"squeezenet"` or `"vgg19"`.
        path: the file of its weights; None leaves random ones, for tests and timings.
        taps: which layers; none stands for those of its `Kind`.
        pooling: `"average"`, which Gatys et al. found to give better pictures, or `"max"`, which
            the network was trained with.

    Raises:
        InputError: the file is damaged or another one, or there is no such layer.
    """
    build = {"squeezenet": build_squeezenet, "vgg19": build_vgg19}[kind]
    load = {"squeezenet": load_squeezenet, "vgg19": load_vgg19}[kind]
    network = build(pooling) if path is None else load(path, pooling)
    known = KINDS[kind]
    return FeatureNetwork(kind, network, taps or (*known.style, known.content))
