"""What clusters are found by where no network's weights are to be had: thumbnails."""

from collections.abc import Callable

import numpy as np

from artnb.errors import InputError
from artnb.evaluation.extractors.weights import weights_at_hand
from artnb.evaluation.measure import Measure
from artnb.progress import Progress, silent

_CELLS, _GREY_LEVELS = 8, 255.0
# What brings colour, vividness and grain to about one scale. Pages are known by their lines, and
# statues by having no colour, so these weigh more than the palette does.
_COLOUR, _VIVIDNESS, _GRAIN = 0.3, 2.0, 30.0


class Thumbnails:
    """Features without a network: colour, vividness and grain of each of 64 parts of a picture.

    They know palette, light and composition, and nothing of things: a portrait is to them a light
    spot before a dark ground.
    """

    name, title = "thumbnails", "thumbnails"
    key = f"thumbnails 1 of {_CELLS} by {_CELLS}"

    def __call__(self, pictures: np.ndarray, sources: np.ndarray | None = None) -> np.ndarray:
        """Give features.

        Args:
            pictures: uint8 `(batch, height, width, 3)`, multiples of 8 pixels high and wide.
            sources: not looked at.

        Returns:
            float32 `(batch, 320)`.
        """
        values = pictures.astype(np.float32) / _GREY_LEVELS
        colours = _parts(values)
        grey = values.mean(axis=-1, keepdims=True)
        steps = np.abs(np.diff(grey, axis=1, append=grey[:, -1:]))
        features = (
            _COLOUR * (colours - 0.5),
            _VIVIDNESS * np.ptp(colours, axis=-1, keepdims=True),
            _GRAIN * _parts(steps),
        )
        return np.concatenate([feature.reshape(len(pictures), -1) for feature in features], axis=1)


def _parts(values: np.ndarray) -> np.ndarray:
    """Average `(batch, height, width, channels)` over each part, `(batch, 8, 8, channels)`."""
    count, height, width, channels = values.shape
    shape = (count, _CELLS, height // _CELLS, _CELLS, width // _CELLS, channels)
    return values.reshape(shape).mean(axis=(2, 4))


def network_or_thumbnails(
    fetch: bool = True, progress: Progress = silent, say: Callable[[str], None] = print
) -> Measure:
    """Take SqueezeNet to find clusters by, or thumbnails where its weights cannot be had.

    Args:
        fetch: fetch the weights where they are not at hand, 3 MB.
        progress: shows how far a download has got.
        say: gets a sentence about what was taken, and why.

    Returns:
        What gives features.
    """
    from artnb.evaluation.extractors import load_extractor

    why = "the weights of SqueezeNet are not here"
    if fetch or weights_at_hand("squeezenet"):
        try:
            return load_extractor("squeezenet", progress, say)
        except InputError as error:
            why = str(error)
    say(f"Clusters are found by thumbnails, which see palette and composition alone: {why}.")
    return Thumbnails()
