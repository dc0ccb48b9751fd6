"""TensorFlow graphs of constants, written without TensorFlow."""

import io
import tarfile

from artnb.pretrained.tensorflow_graph import Graph


def add_constant(graph, name, shape, content=b"", float_values=(), dtype=1):
    """Add a Const node; `dtype` is TensorFlow's number, 1 for float32."""
    node = graph.node.add(name=name, op="Const")
    tensor = node.attr.add(key="value").value.tensor
    tensor.dtype = dtype
    for length in shape:
        tensor.tensor_shape.dim.add(size=length)
    tensor.tensor_content = content
    tensor.float_val.extend(float_values)


def graph_of(arrays):
    """Give a graph of float32 constants."""
    graph = Graph()
    for name, values in arrays.items():
        add_constant(graph, name, values.shape, content=values.tobytes())
    return graph


def tar_of(files):
    """Give an uncompressed tar file's bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()
