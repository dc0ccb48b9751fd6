"""How far pictures are apart, to the eye of a network, or in their pixels."""

from collections.abc import Callable
from typing import Any

from keras import ops

from artnb.errors import InputError, nearest
from artnb.pretrained.weights import find_weights, weights_at_hand
from artnb.progress import Progress, silent
from artnb.stylization.features import FeatureNetwork, load_features

# What the distance looks at, `(batch, height, width, channels)` each, of pictures in [-1, 1].
Look = Callable[[Any], list[Any]]

# The layers of Zhang et al. 2018: after each kind of block, before its pooling.
_TAPS = {
    "squeezenet": ("conv1", "fire3", "fire5", "fire6", "fire7", "fire8", "fire9"),
    "vgg19": ("relu1_2", "relu2_2", "relu3_3", "relu4_3", "relu5_3"),
}
_TITLES = {"squeezenet": "features of SqueezeNet", "vgg19": "features of VGG19", "pixels": "pixels"}
FEATURES = ("auto", *_TITLES)
# Networks know pictures of some 224 px; smaller ones are enlarged, larger ones made smaller.
_SMALLEST_PX, _LARGEST_PX = 128, 256
_TINY = 1e-10


def distance(found: list[Any], wanted: list[Any]) -> Any:
    """Give the squared difference of what was looked at, over channels, a mean over places.

    Source: Zhang et al. 2018, arXiv 1801.03924, equation 1. Deviation: all channels weigh the same,
        since the weights learnt there belong to other networks' weights.
    """
    apart = zip(found, wanted, strict=True)
    return sum(ops.mean(ops.sum(ops.square(one - other), axis=-1)) for one, other in apart)


def pixels(pictures: Any) -> list[Any]:
    """Look at the pixels themselves."""
    return [pictures]


class UnitFeatures:
    """Looks at layers of a network, each place's channels brought to unit length.

    Args:
        network: with the layers to be looked at.
    """

    def __init__(self, network: FeatureNetwork) -> None:
        self.network = network

    def __call__(self, pictures: Any) -> list[Any]:
        """Give features of float32 `(batch, size_px, size_px, 3)` in [-1, 1]."""
        return [_unit(features) for features in self.network(_suitable(pictures)).values()]


def _unit(features: Any) -> Any:
    power = ops.sum(ops.square(features), axis=-1, keepdims=True)
    return features * ops.rsqrt(power + _TINY)


def _suitable(pictures: Any) -> Any:
    """Bring squares whose edge is a power of two to a size that networks know."""
    size_px = pictures.shape[1]
    if size_px > _LARGEST_PX:
        factor = size_px // _LARGEST_PX
        return ops.average_pool(pictures, factor, factor, data_format="channels_last")
    if size_px < _SMALLEST_PX:
        size = (_SMALLEST_PX, _SMALLEST_PX)
        return ops.image.resize(pictures, size, "bilinear", data_format="channels_last")
    return pictures


def load_look(
    features: str = "auto",
    progress: Progress = silent,
    say: Callable[[str], None] = print,
) -> tuple[Look, str]:
    """Load what a distance looks at.

    Args:
        features: `"squeezenet"`, `"vgg19"`, `"pixels"`; `"auto"` takes SqueezeNet where its weights
            are here already, and else pixels.
        progress: shows how far a download has got.
        say: gets a sentence where pixels are taken since there are no weights.

    Returns:
        What looks, and its name for people.

    Raises:
        InputError: there is no such choice, or weights cannot be had.
    """
    if features not in FEATURES:
        raise InputError(f"there are no features {features!r}; {nearest(features, FEATURES)}")
    if features == "auto":
        features = "squeezenet" if weights_at_hand("squeezenet") else "pixels"
        if features == "pixels":
            say(
                "Compares pixels, since SqueezeNet's weights are not here: strokes count less "
                "then; --features squeezenet fetches them, 3 MB."
            )
    if features == "pixels":
        return pixels, _TITLES[features]
    path = find_weights(features, progress=progress, say=say)
    network = load_features(features, path, _TAPS[features], pooling="max")
    return UnitFeatures(network), _TITLES[features]
