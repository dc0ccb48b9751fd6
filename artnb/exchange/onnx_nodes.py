"""The nodes and numbers of an ONNX graph, collected one after the other."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import onnx
from onnx import helper, numpy_helper

# Keras keeps a convolution's kernel as (height, width, in, out) where ONNX has (out, in, height,
# width). Of a transposed convolution both swap in and out, so one order of axes serves both.
_KERAS_TO_ONNX = (3, 2, 0, 1)
_ONNX_TO_KERAS = (2, 3, 1, 0)


class Nodes:
    """What a graph is made of so far.

    Args:
        half: keep weights as float16, each cast to float32 before it is used.

    Attributes:
        sides: height and width of features by their name, where these are known or an example's
            stand for all.
    """

    def __init__(self, half: bool = False) -> None:
        self._half = half
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: dict[str, onnx.TensorProto] = {}
        self.sides: dict[str, tuple[int | None, int | None]] = {}
        self._counts: Counter[str] = Counter()

    def add(
        self, kind: str, inputs: Sequence[str], output: str | None = None, **attributes: Any
    ) -> str:
        """Add a node and give the name of its output; without one its kind is counted."""
        self._counts[kind] += 1
        name = f"{kind.lower()}_{self._counts[kind]:02d}"
        output = output or name
        self.nodes.append(helper.make_node(kind, inputs, [output], name=name, **attributes))
        return output

    def branch(self) -> "Nodes":
        """Begin the nodes of a branch, which sees what is here and adds its numbers to them."""
        branch = Nodes(self._half)
        branch.initializers, branch.sides, branch._counts = (
            self.initializers, self.sides, self._counts,
        )  # fmt: skip
        return branch

    def weight(self, variable: keras.Variable) -> str:
        """Add a weight under its path; kernels in ONNX' order."""
        array = keras.ops.convert_to_numpy(variable)
        array = array.transpose(_KERAS_TO_ONNX) if array.ndim == 4 else array
        if not self._half:
            return self.constant(variable.path, array)
        name = self.constant(variable.path, array.astype(np.float16))
        return self.add("Cast", [name], to=onnx.TensorProto.FLOAT)

    def constant(self, name: str, values: Any) -> str:
        """Add numbers that nodes share under a name."""
        array = np.ascontiguousarray(values)
        self.initializers[name] = numpy_helper.from_array(array, name)
        return name

    def integers(self, *values: int) -> str:
        """Add whole numbers, as nodes take them for sizes and edges."""
        return self.constant("integers_" + "_".join(map(str, values)), np.array(values, np.int64))


def read_weight(tensor: onnx.TensorProto) -> np.ndarray:
    """Give a weight in Keras' order.

    Raises:
        ValueError: its numbers lie in another file.
    """
    if tensor.external_data:
        raise ValueError(f"{tensor.name} lies in another file")
    array = numpy_helper.to_array(tensor)
    return array.transpose(_ONNX_TO_KERAS) if array.ndim == 4 else array
