"""Constants of a TensorFlow graph without TensorFlow."""

import gzip
import tarfile

import numpy as np
import pytest

from artnb.errors import InputError
from artnb.pretrained import tensorflow_graph
from artnb.pretrained.tensorflow_graph import read_constants
from tests.graphs import add_constant, graph_of, tar_of

WEIGHTS = {
    "conv/conv2d_params": np.arange(6, dtype=np.float32).reshape(1, 2, 3),
    "softmax/biases": np.array([0.5, -2], np.float32),
}
GRAPH = graph_of(WEIGHTS).SerializeToString()


def written(path, data):
    path.write_bytes(data)
    return path


def assert_equal_weights(constants):
    assert set(constants) == set(WEIGHTS)
    for name, values in WEIGHTS.items():
        np.testing.assert_array_equal(constants[name], values)


@pytest.mark.parametrize(
    "data",
    [
        GRAPH,
        tar_of({"./classify_image_graph_def.pb": GRAPH}),
        gzip.compress(tar_of({"LICENSE": b"Apache", "classify_image_graph_def.pb": GRAPH})),
    ],
    ids=["pb", "tar", "tgz"],
)
def test_a_graph_is_read_from_any_wrapping(data, tmp_path):
    assert_equal_weights(read_constants(written(tmp_path / "file", data)))


def test_values_left_out_are_the_last_one(tmp_path):
    graph = tensorflow_graph.Graph()
    add_constant(graph, "splat", (2, 3), float_values=[7])
    add_constant(graph, "rest", (4,), float_values=[1, 2])
    add_constant(graph, "scalar", (), float_values=[5])
    add_constant(graph, "none", (2,))
    constants = read_constants(written(tmp_path / "splat.pb", graph.SerializeToString()))
    np.testing.assert_array_equal(constants["splat"], np.full((2, 3), 7))
    np.testing.assert_array_equal(constants["rest"], [1, 2, 2, 2])
    np.testing.assert_array_equal(constants["scalar"], 5)
    np.testing.assert_array_equal(constants["none"], [0, 0])


def test_only_float_constants_are_taken(tmp_path):
    graph = graph_of(WEIGHTS)
    add_constant(graph, "integers", (1,), dtype=3)
    graph.node.add(name="conv", op="Conv2D")
    assert_equal_weights(read_constants(written(tmp_path / "g.pb", graph.SerializeToString())))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "holds no constants"),
        (b"<html>404</html>", "damaged or of another kind"),
        (GRAPH[:-3], "damaged or of another kind"),
        (gzip.compress(tar_of({"weights.pb": GRAPH}))[:-20], "damaged or of another kind"),
        (gzip.compress(tar_of({"LICENSE": b"Apache"})), r"no \.pb file lies in it"),
    ],
    ids=["empty", "page", "short graph", "short archive", "no graph"],
)
def test_other_files_are_refused(data, why, tmp_path):
    path = written(tmp_path / "inception.tgz", data)
    with pytest.raises(InputError, match=rf"inception\.tgz must be .*{why}.*download it again"):
        read_constants(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"absent\.pb cannot be read .*check the path"):
        read_constants(tmp_path / "absent.pb")


@pytest.mark.parametrize("wrong", [(2, 4), (-1,)])
def test_shapes_that_do_not_fit_their_values_are_refused(wrong, tmp_path):
    graph = tensorflow_graph.Graph()
    add_constant(graph, "weights", wrong, content=bytes(24))
    with pytest.raises(InputError, match=r"damaged|below zero"):
        read_constants(written(tmp_path / "g.pb", graph.SerializeToString()))


@pytest.mark.parametrize("kind", ["file", "gzip", "values"])
def test_nothing_grows_beyond_the_limit(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(tensorflow_graph, "LARGEST_GRAPH_BYTES", 1 << 20)
    graph = tensorflow_graph.Graph()
    add_constant(graph, "bomb", (2**40,), float_values=[1])
    too_much = bytes((1 << 20) + 1)
    data = {
        "file": too_much,
        "gzip": gzip.compress(too_much),
        "values": graph.SerializeToString(),
    }[kind]
    with pytest.raises(InputError, match="larger than 1 MiB"):
        read_constants(written(tmp_path / "bomb", data))


def test_a_sparse_member_is_not_blown_up(tmp_path):
    member = tarfile.TarInfo("graph.pb")
    # as GNU tar writes a file that is one hole: the last field of the header is its real size
    header = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    header[156:157] = tarfile.GNUTYPE_SPARSE
    header[483:495] = b"%011o\0" % (2**33 - 1)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    path = written(tmp_path / "sparse.tar", bytes(header) + bytes(1024))
    with tarfile.open(path) as archive:
        assert archive.next().size == 2**33 - 1
    with pytest.raises(InputError, match=r"no \.pb file lies in it"):
        read_constants(path)
