"""What style transfer minimises: style, content and smoothness of one picture, in one number."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from PIL import Image

from artnb.stylization.differentiation import compiled, value_and_gradients
from artnb.stylization.features import KINDS, FeatureNetwork
from artnb.stylization.losses import STYLE_LOSSES, total_variation
from artnb.stylization.regions import Region


@dataclass(eq=False)
class Objective:
    """The loss of a picture against targets, which are arguments: one compiled step serves many.

    Args:
        features: what is looked at.
        loss: `"gram"`, `"moments"` or `"sliced"`.
        strength: of the style against what the photo shows.
        smoothness: weight of differences between neighbours.
    """

    features: FeatureNetwork
    loss: str = "moments"
    strength: float = 1.0
    smoothness: float = 1.0

    def __post_init__(self) -> None:
        self.style = STYLE_LOSSES[self.loss]
        self.content_weight = self.style.content / self.strength
        kind = KINDS[self.features.kind]
        self.style_taps = tuple(tap for tap in kind.style if tap in self.features.taps)
        self.content_tap = kind.content

    def targets(self, photo: np.ndarray, regions: list[Region]) -> dict[str, Any]:
        """Measure what a picture shall come close to.

        Args:
            photo: float32 `(1, height, width, 3)` in [-1, 1].
            regions: which style goes where.
        """
        return self.of_styles(regions) | self.of_photo(photo, regions)

    def of_styles(self, regions: list[Region]) -> dict[str, Any]:
        """Measure the styles; see `targets`."""
        return {
            "wanted": [
                self.statistics_of(r.painting, self.where(r.painting, r.of_painting))
                for r in regions
            ],
            "shares": [np.float32(r.share) for r in regions],
        }

    def of_photo(self, photo: np.ndarray, regions: list[Region]) -> dict[str, Any]:
        """Measure what a photo shows, and find which of its features each region has."""
        return {
            "content": self.content_of(photo),
            "where": [self.where(photo, r.of_photo) for r in regions],
        }

    def where(self, picture: np.ndarray, mask: np.ndarray | None) -> dict[str, np.ndarray]:
        """Say for each tap which features of a picture count: those within a mask, or all."""
        return {
            tap: self.style.where(_scaled(mask, self.features.size(picture, tap)))
            for tap in self.style_taps
        }

    def content_of(self, picture: np.ndarray) -> Any:
        """Give the features that hold what a picture shows."""
        return self._measure(picture)[self.content_tap]

    def statistics_of(self, picture: np.ndarray, where: dict[str, Any]) -> dict[str, Any]:
        """Give the statistics of a picture by tap."""
        return self.statistics(self._measure(picture), where)

    @cached_property
    def _measure(self) -> Any:
        return compiled(self.features)

    def statistics(self, features: dict[str, Any], where: dict[str, Any]) -> dict[str, Any]:
        """Give the statistics of features by tap."""
        return {t: self.style.statistics(features[t], where[t]) for t in self.style_taps}

    def style_loss(self, found: list[dict[str, Any]], targets: dict[str, Any]) -> Any:
        """Give how far the statistics of each region are from those wanted there, a scalar."""
        return sum(
            share
            * self.style.weight(wanted[tap].shape[-1], len(self.style_taps))
            * self.style.loss(here[tap], wanted[tap])
            for here, wanted, share in zip(found, targets["wanted"], targets["shares"], strict=True)
            for tap in self.style_taps
        )

    def __call__(self, picture: Any, targets: dict[str, Any]) -> Any:
        """Give the loss, a scalar.

        Args:
            picture: float32 `(1, height, width, 3)` in [-1, 1].
            targets: as `targets` gives them.
        """
        return sum(self.parts(self.features(picture), picture, targets).values())

    def parts(
        self, features: dict[str, Any], picture: Any, targets: dict[str, Any]
    ) -> dict[str, Any]:
        """Give what the loss is the sum of, by name: style, content and smoothness, weighted.

        Args:
            features: of the picture, by tap.
            picture, targets: as for the loss.
        """
        found = [self.statistics(features, where) for where in targets["where"]]
        content = self.style.content_error(features[self.content_tap], targets["content"])
        return {
            "style": self.style_loss(found, targets),
            "content": self.content_weight * content,
            "smoothness": self.smoothness * total_variation(picture),
        }

    def gradient(self, picture: Any, targets: dict[str, Any], step: int = 0) -> tuple[Any, Any]:
        """Give the loss and its gradient by the picture; `step` makes no difference here."""
        return self._compiled_gradient(picture, targets)

    @cached_property
    def _compiled_gradient(self) -> Any:
        return compiled(lambda picture, t: value_and_gradients(lambda x: self(x, t), picture))


def _scaled(mask: np.ndarray | None, size: tuple[int, int]) -> np.ndarray:
    """Bring a mask `(height, width)` to the size of features; None stands for all of them."""
    if mask is None:
        return np.ones(size, np.float32)
    small = Image.fromarray(mask.astype(np.float32)).resize(size[::-1], Image.Resampling.BOX)
    # A region too small to be seen there: all counts alike, rather than nothing.
    return np.maximum(np.asarray(small), 1e-6)
