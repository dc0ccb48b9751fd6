"""How "same" layers pad in ONNX: by explicit numbers, of which every runtime makes the same.

How many rows and columns a strided layer pads depends on its input's size. Mostly all sizes that a
network takes ask for the same numbers; else they are computed in the graph.
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from artnb.exchange.onnx_nodes import Nodes

# An example has room for a deep network's halvings and mirrored edges.
_EXAMPLE_PX = 256
_STRIDING = (keras.layers.Conv2D, keras.layers.MaxPooling2D, keras.layers.AveragePooling2D)
_NO_PADS = [0, 0, 0, 0]


@dataclass(frozen=True)
class Window:
    """What slides over features.

    Args:
        edges: its height and width, with what lies between the rows of a dilated kernel.
        strides: down and across.
        padding: `"same"` or `"valid"`, as Keras says it.
    """

    edges: tuple[int, int]
    strides: tuple[int, int]
    padding: str

    def pads(self, sides: tuple[int | None, int | None]) -> list[int] | None:
        """Say how much features of a size are padded; None where that takes sides not known.

        Args:
            sides: height and width of the features.

        Returns:
            Rows and columns before, then those after, which get one more of odd ones.
        """
        if self.padding == "valid":
            return _NO_PADS
        if self.strides == (1, 1):
            sides = (1, 1)  # any size is padded alike
        if None in sides:
            return None
        missing = [
            max((-(-side // stride) - 1) * stride + edge - side, 0)
            for side, edge, stride in zip(sides, self.edges, self.strides, strict=True)
        ]
        return [edge // 2 for edge in missing] + [(edge + 1) // 2 for edge in missing]


def continued(nodes: Nodes, features: str, window: Window, fill: float) -> tuple[str, list[int]]:
    """Pad features in the graph where their size decides how much.

    Args:
        nodes: the graph so far.
        features: the name of the features, `(batch, channels, height, width)`.
        window: what will slide over them.
        fill: what they are padded with.

    Returns:
        The name of the features, and the `pads` that are left to the node that follows.
    """
    pads = window.pads(nodes.sides.get(features, (None, None)))
    if pads is not None:
        return features, pads
    sides = nodes.add("Shape", [features], start=2)
    before_last = nodes.add("Sub", [sides, nodes.integers(1, 1)])
    left_over = nodes.add("Mod", [before_last, nodes.integers(*window.strides)])
    reach = nodes.integers(*(edge - 1 for edge in window.edges))
    missing = nodes.add("Max", [nodes.add("Sub", [reach, left_over]), nodes.integers(0, 0)])
    before = nodes.add("Div", [missing, nodes.integers(2, 2)])
    after = nodes.add("Sub", [missing, before])
    none = nodes.integers(0, 0)
    edges = nodes.add("Concat", [none, before, none, after], axis=0)
    value = nodes.constant(f"fill_{fill:g}", np.float32(fill))
    return nodes.add("Pad", [features, edges, value], mode="constant"), _NO_PADS


def example_edge(network: keras.Model, multiple_px: int) -> int | None:
    """Find a picture's edge whose padding is that of every size a network takes.

    Sides of features grow evenly with the picture's as long as strides divide that growth. Then
    each stride leaves over the same of every size. Where one does not, there is no such edge.

    Args:
        network: from pictures of any size to pictures.
        multiple_px: what both sides of a picture are multiples of.
    """
    edge = -(-_EXAMPLE_PX // multiple_px) * multiple_px
    smaller, larger = (_sides_and_strides(network, px) for px in (edge, edge + multiple_px))
    fits = all(
        (after - before) % stride == 0
        for (before, stride), (after, _) in zip(smaller, larger, strict=True)
    )
    return edge if fits else None


def _sides_and_strides(network: keras.Model, edge: int) -> list[tuple[int, int]]:
    """List the sides of whatever a window slides over, each with its stride."""
    found: list[tuple[int, int]] = []

    def look(layer: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(layer, _STRIDING):
            found.extend(zip(args[0].shape[1:3], layer.strides, strict=True))
        return layer(*args, **kwargs)

    keras.models.clone_model(
        network,
        keras.Input((edge, edge, 3)),
        clone_function=lambda layer: layer,
        call_function=look,
    )
    return found
