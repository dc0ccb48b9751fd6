"""Inception's weights from both public files, made here with drawn numbers."""

from itertools import pairwise

import numpy as np
import pytest

from artnb.errors import InputError
from artnb.platform.where import known_folder
from artnb.pretrained import inception
from artnb.pretrained.inception import build_inception, graph_scope, load_inception
from tests.golden.inception_draws import fill_inception
from tests.graphs import graph_of
from tests.state_dicts import write_arrays

IN_GRAPH = {
    "kernel": "conv2d_params",
    "gamma": "batchnorm/gamma",
    "beta": "batchnorm/beta",
    "moving_mean": "batchnorm/moving_mean",
    "moving_variance": "batchnorm/moving_variance",
}
IN_PORT = {
    "kernel": "weight",
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}
CLASSIFIER = {
    "logits_unbiased": ("softmax/weights", "fc.weight"),
    "logits": ("softmax/biases", "fc.bias"),
}
# (out, in, height, width) for (height, width, in, out)
TO_PORT = {4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}


@pytest.fixture(scope="module")
def network():
    return build_inception()


@pytest.fixture(scope="module")
def drawn(network):
    """The drawn weights, by layer and variable."""
    fill_inception(network)
    return {
        (layer.name, variable.name): np.asarray(variable).copy()
        for layer in network.layers
        for variable in layer.weights
    }


@pytest.fixture
def emptied(network, monkeypatch):
    """The network as it was built, and given to whoever builds it now."""
    for variable in network.variables:
        variable.assign(np.zeros(variable.shape, np.float32))
    monkeypatch.setattr(inception, "build_inception", lambda: network)
    return network


def in_graph(layer, variable):
    if layer in CLASSIFIER:
        return CLASSIFIER[layer][0]
    return f"{graph_scope(layer.rpartition('.')[0])}/{IN_GRAPH[variable]}"


def in_port(layer, variable):
    return CLASSIFIER[layer][1] if layer in CLASSIFIER else f"{layer}.{IN_PORT[variable]}"


def assert_filled(network, drawn):
    for (layer, name), expected in drawn.items():
        variables = {variable.name: variable for variable in network.get_layer(layer).weights}
        np.testing.assert_array_equal(np.asarray(variables[name]), expected, err_msg=layer)


def test_the_graph_of_tensorflow_is_loaded(drawn, emptied, tmp_path):
    path = tmp_path / "classify_image_graph_def.pb"
    graph = graph_of({in_graph(*key): values for key, values in drawn.items()})
    path.write_bytes(graph.SerializeToString())
    assert_filled(load_inception(path), drawn)
    path.unlink()


def test_the_port_to_pytorch_is_loaded(drawn, emptied, tmp_path):
    arrays = {in_port(*key): v.transpose(TO_PORT[v.ndim]) for key, v in drawn.items()}
    path = write_arrays(tmp_path / "port.pth", arrays)
    assert_filled(load_inception(path), drawn)
    path.unlink()


def test_scopes_in_the_graph():
    # from torch-fidelity's util_convert_inception.py
    scopes = {
        "Conv2d_1a_3x3": "conv",
        "Conv2d_4a_3x3": "conv_4",
        "Mixed_5b.branch1x1": "mixed/conv",
        "Mixed_5b.branch5x5_1": "mixed/tower/conv",
        "Mixed_5c.branch3x3dbl_3": "mixed_1/tower_1/conv_2",
        "Mixed_5d.branch_pool": "mixed_2/tower_2/conv",
        "Mixed_6a.branch3x3": "mixed_3/conv",
        "Mixed_6a.branch3x3dbl_2": "mixed_3/tower/conv_1",
        "Mixed_6b.branch7x7_3": "mixed_4/tower/conv_2",
        "Mixed_6e.branch7x7dbl_5": "mixed_7/tower_1/conv_4",
        "Mixed_6c.branch_pool": "mixed_5/tower_2/conv",
        "Mixed_7a.branch3x3_2": "mixed_8/tower/conv_1",
        "Mixed_7a.branch7x7x3_4": "mixed_8/tower_1/conv_3",
        "Mixed_7b.branch3x3_2b": "mixed_9/tower/mixed/conv_1",
        "Mixed_7b.branch3x3dbl_2": "mixed_9/tower_1/conv_1",
        "Mixed_7c.branch3x3dbl_3a": "mixed_10/tower_1/mixed/conv",
        "Mixed_7c.branch_pool": "mixed_10/tower_2/conv",
    }
    assert {name: graph_scope(name) for name in scopes} == scopes


def test_every_convolution_has_a_scope_of_its_own(network):
    names = [layer.name[:-5] for layer in network.layers if layer.name.endswith(".conv")]
    assert len({graph_scope(name) for name in names}) == len(names) == 94


@pytest.mark.parametrize(
    ("arrays", "why"),
    [
        ({"a": np.zeros(3, "f4")}, r"Conv2d_1a_3x3\.conv\.weight is missing; .*and 469 more"),
        (
            {"fc.bias": np.zeros(1000, "f4")},
            r"but fc\.bias has the shape \(1000,\) instead of \(1008,\)",
        ),
        ({"fc.bias": np.full(1008, np.nan, "f4")}, r"but fc\.bias is not finite"),
    ],
    ids=["foreign", "torchvision", "damaged"],
)
def test_other_networks_are_refused(arrays, why, emptied, tmp_path):
    path = write_arrays(tmp_path / "other.pth", arrays)
    with pytest.raises(InputError, match=rf"other\.pth must hold .*{why}.*use inception-2015"):
        load_inception(path)


def test_a_graph_of_another_network_is_refused(emptied, tmp_path):
    path = tmp_path / "other.pb"
    path.write_bytes(graph_of({"conv/weights": np.zeros(3, "f4")}).SerializeToString())
    with pytest.raises(InputError, match=r"other\.pb must hold .*conv/conv2d_params is missing"):
        load_inception(path)


@pytest.mark.parametrize("name", ["page.pth", "page.tgz"])
def test_a_page_in_place_of_a_download_is_refused(name, tmp_path):
    (tmp_path / name).write_text("<html>404</html>")
    with pytest.raises(InputError, match=rf"{name} must be .*download it again"):
        load_inception(tmp_path / name)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"absent\.pth cannot be read"):
        load_inception(tmp_path / "absent.pth")


def test_the_published_files_agree():
    folder = known_folder("ARTNB_WEIGHTS")
    names = ("inception-2015-12-05.tgz", "classify_image_graph_def.pb", "*inception*6726825d.pth")
    paths = [path for name in names if folder for path in sorted(folder.rglob(name))]
    if not paths:
        pytest.skip("needs Inception's published weights in the folder ARTNB_WEIGHTS")
    networks = [load_inception(path) for path in paths]
    for network in networks:
        variances = network.get_layer("Conv2d_1a_3x3.bn").moving_variance
        assert np.asarray(variances).min() > 0
    for one, other in pairwise(networks):
        for expected, values in zip(one.weights, other.weights, strict=True):
            np.testing.assert_array_equal(np.asarray(values), np.asarray(expected))
