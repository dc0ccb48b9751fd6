"""Textures: noise is changed until layers of a network find a painting's statistics in it.

There is no photo, so a texture shows what the statistics hold, and what they do not.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PIL import Image

from artnb.data.images import to_float, to_uint8
from artnb.pretrained.weights import find_weights
from artnb.progress import Progress, silent
from artnb.stylization.features import KINDS, load_features
from artnb.stylization.inputs import open_picture
from artnb.stylization.losses import total_variation
from artnb.stylization.objective import Objective
from artnb.stylization.optimisation import Adam
from artnb.stylization.regions import Region
from artnb.stylization.settings import StylizeSettings
from artnb.stylization.shifts import ShiftedObjective
from artnb.stylization.stylize import (
    Anything,
    enough_memory,
    painting_at,
    with_margin,
    without_margin,
)

# Of SqueezeNet: each texture has the statistics of all layers up to one of them.
LAYERS = ("conv1", "fire3", "fire5", "fire9")
_NOISE = 0.25


class StyleObjective(Objective):
    """The loss of a picture that shows nothing: style and smoothness."""

    def of_photo(self, photo: np.ndarray, regions: list[Region]) -> dict[str, Any]:
        """Find which features of a picture each region has; see `Objective.targets`."""
        return {"where": [self.where(photo, region.of_photo) for region in regions]}

    def __call__(self, picture: Any, targets: dict[str, Any]) -> Any:
        """Give the loss, a scalar; see `Objective`."""
        features = self.features(picture)
        found = [self.statistics(features, where) for where in targets["where"]]
        return self.style_loss(found, targets) + self.smoothness * total_variation(picture)


def make_textures(
    painting: Anything,
    layers: Sequence[str] = LAYERS,
    settings: StylizeSettings | None = None,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
) -> dict[str, np.ndarray]:
    """Make a texture of a painting for each of several layers.

    Args:
        painting: a file, a Pillow image, or uint8 `(height, width, 3)`.
        layers: of the network that `settings` names; the statistics of each and of all before it
            are those of the painting.
        settings: None takes SqueezeNet. Features, loss, `largest_px`, steps, smoothness and seed
            count.
        progress: shows how far it has got.
        say: gets a sentence where there is no network to look with.

    Returns:
        uint8 `(largest_px, largest_px, 3)` by layer; none with `features="patches"`, which have no
        layers.

    Raises:
        InputError: the painting cannot be used, there is no such layer, or weights cannot be had.

    Source: Gatys et al. 2015, arXiv 1505.07376, "Texture synthesis using convolutional neural
        networks". Deviations: Adam on a pyramid, and losses as of style transfer.
    """
    settings = settings or StylizeSettings("squeezenet")
    if settings.features == "patches":
        say("Patches have no layers: there is nothing to show without a network's weights.")
        return {}
    kind = settings.features
    path = find_weights(kind, progress=progress, say=say)
    painting = painting_at(open_picture(painting, "a style"), settings.largest_px)
    advance = progress("making textures", len(layers) * settings.steps)
    taps = KINDS[kind].style
    made = {}
    for layer in layers:
        upto = taps[: taps.index(layer) + 1] if layer in taps else (layer,)
        objective = StyleObjective(
            load_features(kind, path, upto), settings.loss, smoothness=settings.smoothness
        )
        made[layer] = make_texture(objective, painting, settings, advance)
    return made


def make_texture(
    objective: StyleObjective,
    painting: Image.Image,
    settings: StylizeSettings,
    advance: Callable[[], None] = lambda: None,
) -> np.ndarray:
    """Make one texture, uint8 `(largest_px, largest_px, 3)`; Ctrl-C ends it early."""
    size = (1, settings.largest_px, settings.largest_px, 3)
    style = to_float(np.asarray(painting))[None]
    noise = np.random.default_rng(settings.seed).normal(size=size).astype(np.float32)
    start = with_margin(style.mean(axis=(1, 2), keepdims=True) + _NOISE * noise)
    shifted = ShiftedObjective(objective)
    with enough_memory():
        targets = shifted.targets(start, [Region(style)])
        made, _ = Adam(shifted.gradient).minimise(
            start, targets, settings.steps, lambda _loss, _picture: advance()
        )
    return to_uint8(without_margin(made))[0]
