"""Norms in ONNX whose statistics come out of the graph, and go into it again.

So one file paints small pictures whole and large ones in tiles, as Keras does with
`SharedStatistics`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
from onnx import helper

from artnb.exchange.onnx_layers import normed_channels, per_channel
from artnb.exchange.onnx_nodes import Nodes
from artnb.models.layers import ROUNDING

STATISTICS, SHARED, FOUND = "statistics", "shared", "found"
_FLOAT = onnx.TensorProto.FLOAT


class SharedNorms:
    """What converts norms over pictures; by the input `shared` each takes or finds its statistics.

    Those of a norm are the means of its channels, or groups, then the factors that bring them to
    variance 1: taken over the whole batch, height and width, or slices of the input `statistics`.

    Attributes:
        count: how many numbers the statistics of all norms so far are.
    """

    def __init__(self) -> None:
        self.count = 0
        self._found: list[str] = []

    def convert(self, nodes: Nodes, layer: Any, features: str) -> str:
        """Normalise features, and learned scale and offset of each channel."""
        channels = normed_channels(layer)
        norm = _Norm(layer.groups, channels, layer.epsilon)
        mean = self._statistics(nodes, norm.groups, lambda own: norm.mean(own, features))
        centred = nodes.add("Sub", [features, norm.by_channel(nodes, mean)])
        factor = self._statistics(nodes, norm.groups, lambda own: norm.factor(own, centred))
        scale = norm.by_channel(nodes, factor)
        if layer.scale:
            scale = nodes.add("Mul", [scale, per_channel(nodes, layer.gamma)])
        normalised = nodes.add("Mul", [centred, scale])
        if layer.center:
            normalised = nodes.add("Add", [normalised, per_channel(nodes, layer.beta)])
        return normalised

    def inputs(self) -> list[onnx.ValueInfoProto]:
        """Describe what a graph with norms is given beside pictures."""
        return [
            helper.make_tensor_value_info(STATISTICS, _FLOAT, [self.count]),
            helper.make_tensor_value_info(SHARED, onnx.TensorProto.BOOL, []),
        ]

    def output(self, nodes: Nodes) -> onnx.ValueInfoProto:
        """Join the statistics of all norms, and describe them."""
        nodes.add("Concat", self._found, FOUND, axis=0)
        return helper.make_tensor_value_info(FOUND, _FLOAT, [self.count])

    def _statistics(self, nodes: Nodes, groups: int, find: Callable[[Nodes], str]) -> str:
        """Choose between a slice of what is given and what is found, a number for each group."""
        given, own = nodes.branch(), nodes.branch()
        ends = nodes.integers(self.count), nodes.integers(self.count + groups)
        branches = {
            "then_branch": _graph_of(given, given.add("Slice", [STATISTICS, *ends]), groups),
            "else_branch": _graph_of(own, find(own), groups),
        }
        self.count += groups
        self._found.append(nodes.add("If", [SHARED], **branches))
        return self._found[-1]


def _graph_of(nodes: Nodes, result: str, groups: int) -> onnx.GraphProto:
    end = helper.make_tensor_value_info(result, _FLOAT, [groups])
    return helper.make_graph(nodes.nodes, f"branch_{result}", [], [end])


class _Norm:
    """The statistics of groups of channels, one vector for all pictures of a batch."""

    def __init__(self, groups: int, channels: int, epsilon: float) -> None:
        self.groups, self._channels, self._epsilon = groups, channels, epsilon
        self._of_group = channels // groups

    def mean(self, nodes: Nodes, features: str) -> str:
        """Take means of what is left by the first pixel: of plain features exactly their value."""
        axes, steps = nodes.integers(0, 1, 2, 3), nodes.integers(1, self._of_group, 1, 1)
        ends = nodes.integers(1, self._channels, 1, 1)
        pixel = nodes.add("Slice", [features, nodes.integers(0, 0, 0, 0), ends, axes, steps])
        first = nodes.add("Reshape", [pixel, nodes.integers(-1)])
        shifted = nodes.add("Sub", [features, self.by_channel(nodes, first)])
        return nodes.add("Add", [first, self._averaged(nodes, shifted)])

    def factor(self, nodes: Nodes, centred: str) -> str:
        """Give what to multiply by for variance 1, and 0 where nothing but rounding is left."""
        variance = self._averaged(nodes, nodes.add("Mul", [centred, centred]))
        epsilon = nodes.constant(f"epsilon_{self._epsilon:g}", np.float32(self._epsilon))
        deviation = nodes.add("Sqrt", [nodes.add("Add", [variance, epsilon])])
        rounding = nodes.constant("variance_of_rounding", np.float32(ROUNDING**2))
        is_plain = nodes.add("LessOrEqual", [variance, rounding])
        zero = nodes.constant("zero", np.float32(0))
        return nodes.add("Where", [is_plain, zero, nodes.add("Reciprocal", [deviation])])

    def by_channel(self, nodes: Nodes, numbers: str) -> str:
        """Spread a number for each group over its channels, and these over pictures."""
        if self._of_group > 1:
            rows = nodes.add("Reshape", [numbers, nodes.integers(self.groups, 1)])
            numbers = nodes.add("Expand", [rows, nodes.integers(self.groups, self._of_group)])
        return nodes.add("Reshape", [numbers, nodes.integers(1, self._channels, 1, 1)])

    def _averaged(self, nodes: Nodes, features: str) -> str:
        """Take the mean of rows, then of what they gave in each group, then of pictures."""
        rows = nodes.add("ReduceMean", [features], axes=[3], keepdims=0)
        if self._of_group > 1:
            rows = nodes.add("Reshape", [rows, nodes.integers(0, self.groups, -1)])
        pictures = nodes.add("ReduceMean", [rows], axes=[2], keepdims=0)
        return nodes.add("ReduceMean", [pictures], axes=[0], keepdims=0)
