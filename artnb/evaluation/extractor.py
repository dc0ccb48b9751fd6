"""Feature extractors: networks that were trained to know pictures, and what they look at."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from artnb.errors import InputError, nearest
from artnb.files import sha256_of
from artnb.pretrained.preparation import caffe
from artnb.pretrained.weights import find_weights, weights_at_hand
from artnb.progress import Progress, silent

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Kind:
    """What is known of an extractor before it is loaded.

    Args:
        title: for people; it stands in the name of every score but Inception's.
        size_px: edge that pictures are resized to.
        prepare: brings resized values of [0, 255] to what the network was trained with.
    """

    title: str
    size_px: int
    prepare: Callable[[np.ndarray], np.ndarray]


def _centred(pictures: np.ndarray) -> np.ndarray:
    return (pictures - 128.0) / 128.0


def _load(name: str, path: Path) -> "keras.Model":
    from artnb.pretrained.h5_networks import load_squeezenet, load_vgg16
    from artnb.pretrained.inception import load_inception

    load = {"inception": load_inception, "squeezenet": load_squeezenet, "vgg16": load_vgg16}
    return load[name](path)


KINDS = {
    "inception": Kind("Inception", 299, _centred),
    "squeezenet": Kind("SqueezeNet", 227, caffe),
    "vgg16": Kind("VGG16", 224, caffe),
}
# "auto" takes the first whose weights are here.
_PREFERRED = ("inception", "squeezenet")


class Extractor:
    """A network with its weights: turns pictures of any one size into features.

    Args:
        name: `"inception"`, `"squeezenet"` or `"vgg16"`.
        path: the file of its weights.
        begin: is called before the network is loaded, and not where all was measured before.
    """

    def __init__(self, name: str, path: Path, begin: Callable[[], None] = lambda: None) -> None:
        self.name, self.kind = name, KINDS[name]
        self.path, self.begin = path, begin
        self.weights_sha256 = sha256_of(path)

    @property
    def title(self) -> str:
        """The name for people."""
        return self.kind.title

    @property
    def key(self) -> str:
        """A name for everything that its features depend on."""
        return f"{self.name} {self.weights_sha256[:16]} {self.kind.size_px} px"

    @cached_property
    def network(self) -> "keras.Model":
        """The network; it is loaded when it is first needed."""
        self.begin()
        return _load(self.name, self.path)

    def __call__(self, pictures: np.ndarray, sources: np.ndarray | None = None) -> np.ndarray:
        """Give features.

        Args:
            pictures: uint8 `(batch, height, width, 3)`.
            sources: not looked at.

        Returns:
            float32 `(batch, d)`; 2,048 of Inception's pool_3, 512 of SqueezeNet's average over
            the last layer, 4,096 of VGG16's fc2 after ReLU.

        Source: resizing is TensorFlow 1's bilinear, as torch-fidelity does it for FID.
        """
        network, size_px = self.network, self.kind.size_px
        import keras

        resized = tensorflow1_resize(pictures.astype(np.float32), size_px)
        prepared = self.kind.prepare(keras.ops.convert_to_numpy(resized))
        features = network.predict_on_batch(prepared)
        return features["pool_3"] if isinstance(features, dict) else features

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Give the classes' probabilities from features, for the Inception Score.

        Args:
            features: `(n, 2048)` of Inception's pool_3.

        Returns:
            float64 `(n, 1008)`, rows that sum to 1. As in torch-fidelity and the original code,
            the last layer's bias is left out.

        Raises:
            InputError: this network's classes are not at hand.
        """
        from scipy.special import softmax

        if self.name != "inception":
            raise InputError(
                f"the Inception Score is defined on Inception's classes, and the extractor is "
                f"{self.title}; use --extractor inception"
            )
        kernel = self.network.get_layer("logits_unbiased").kernel
        return softmax(features.astype(np.float64) @ np.asarray(kernel, np.float64), axis=1)


def load_extractor(
    name: str = "auto",
    progress: Progress = silent,
    say: Callable[[str], None] = print,
    begin: Callable[[], None] = lambda: None,
) -> Extractor:
    """Find an extractor's weights, fetching them where they are not at hand.

    Args:
        name: `"inception"`, `"squeezenet"`, `"vgg16"`; `"auto"` takes Inception where its weights
            are here already, and else SqueezeNet, whose 3 MB are soon there.
        progress: shows how far a download has got.
        say: gets the sentence about what was chosen.
        begin: see `Extractor`.

    Raises:
        InputError: there is no such extractor, or its weights cannot be had.
    """
    if name == "auto":
        at_hand = [kind for kind in _PREFERRED if weights_at_hand(kind)]
        name = at_hand[0] if at_hand else _PREFERRED[-1]
        if name != _PREFERRED[0]:
            say(
                "Extractor: SqueezeNet, since Inception's weights are not here; "
                "--extractor inception fetches them, for scores to be published."
            )
    elif name not in KINDS:
        raise InputError(f"there is no extractor {name!r}; {nearest(name, KINDS)}")
    return Extractor(name, find_weights(name, progress=progress, say=say), begin)


def tensorflow1_resize(pictures: Any, size_px: int) -> Any:
    """Resize pictures bilinearly as TensorFlow 1 did, which every published FID rests on.

    Target pixel i takes its value from the source position i · in / out: the corners are not
    aligned, there is no shift by half a pixel, and nothing is smoothed when pictures shrink.

    Args:
        pictures: float32 `(batch, height, width, channels)` of any size and range.
        size_px: edge of the square that comes out, pixels.

    Returns:
        float32 `(batch, size_px, size_px, channels)`.

    Source: torch-fidelity's `interpolate_bilinear_2d_like_tensorflow1x`, after TensorFlow 1's
        `ResizeBilinear`; with float32 arithmetic in the same order, so that the bits agree.
    """
    _, height, width, _ = pictures.shape
    pictures = _interpolate(pictures, _positions(width, size_px), axis=2)
    return _interpolate(pictures, _positions(height, size_px), axis=1)


@cache
def _positions(length: int, target: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give each target pixel's two neighbours and how far it lies from the first."""
    position = np.arange(target, dtype=np.float32) * np.float32(length / target)
    before = position.astype(np.int32)
    after = np.minimum(before + 1, length - 1)
    return before, after, position - before.astype(np.float32)


def _interpolate(pictures: Any, positions: tuple[np.ndarray, ...], axis: int) -> Any:
    from keras import ops

    # Gathered rather than multiplied by a matrix: accelerators round the factors of products.
    before, after, distance = positions
    near, far = (ops.take(pictures, index, axis=axis) for index in (before, after))
    shape = [-1 if along == axis else 1 for along in range(4)]
    return near + (far - near) * distance.reshape(shape)
