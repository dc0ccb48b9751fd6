"""Figures of a page's folder say what its files hold and what a visit fetches."""

import json

import numpy as np
import pytest

from artnb.notebook import page_figures

onnx = pytest.importorskip("onnx")


def write_network(path, half):
    """Write a product of 50,000 weights and a sum, to be read and not to be run."""
    kinds = np.float16 if half else np.float32
    weights = onnx.numpy_helper.from_array(np.ones((250, 200), kinds), "weights")
    offset = onnx.numpy_helper.from_array(np.ones(10, np.float32), "offset")
    nodes = [onnx.helper.make_node(kind, ["x", "weights"], ["y"]) for kind in ("MatMul", "Add")]
    graph = onnx.helper.make_graph([*nodes, nodes[1]], "graph", [], [], [weights, offset])
    path.write_bytes(onnx.helper.make_model(graph).SerializeToString())
    return path.stat().st_size


@pytest.fixture
def site(tmp_path):
    (tmp_path / "networks").mkdir()
    networks = [
        {"title": title, "file": file, "bytes": write_network(tmp_path / file, half)}
        for title, file, half in [
            ("a$b$", "networks/a.onnx", True),
            ("b", "networks/b.onnx", False),
        ]
    ]
    runtime = {}
    for kind, megabytes in (("wasm", 2), ("webgpu", 5)):
        runtime[kind] = {"bytes": 0}
        for part in ("module", "loader", "binary"):
            runtime[kind][part] = f"{kind}-{part}"
            size = megabytes * 1_000_000 if part == "binary" else 0
            (tmp_path / f"{kind}-{part}").write_bytes(bytes(size))
    (tmp_path / "index.html").write_bytes(bytes(300_000))
    files = [
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()
    ]
    facts = {"painters": networks[:1], "samplers": networks[1:], "runtime": runtime, "files": files}
    (tmp_path / "site.json").write_text(json.dumps(facts))
    return tmp_path


def texts_of(panel):
    return [text.get_text() for text in panel.texts]


def test_files_are_shown_by_what_takes_room(site):
    sizes, operations = page_figures.draw_network_files(site).axes
    widths = [[bar.get_width() for bar in part] for part in sizes.containers]
    assert widths[0] == pytest.approx([0.1, 0], abs=1e-4), "16 bits"
    assert widths[1] == pytest.approx([0, 0.2], abs=1e-4), "32 bits"
    assert widths[3] == pytest.approx([0.2, 0.2], abs=1e-3), "all of it in 32 bits"
    assert texts_of(sizes) == ["  0.1 MB, not 0.2", "  0.2 MB"]
    assert [label.get_text() for label in sizes.get_yticklabels()] == ["a$b$", "b"]
    assert [label.get_text() for label in operations.get_yticklabels()] == ["MatMul", "Add"]
    assert texts_of(operations) == ["1", "2"]


def test_a_graphics_card_is_not_part_of_what_everybody_fetches(site):
    sizes, seconds = page_figures.draw_costs(site).axes
    assert texts_of(sizes)[0] == "5.00", "at the bottom: only who asks for it"
    assert sum(map(float, texts_of(sizes)[1:])) == pytest.approx(2.6, abs=0.02)
    assert seconds.get_title() == "How long 2.6 MB take"
    assert list(map(float, texts_of(seconds))) == pytest.approx([0.1, 0.4, 4.2], abs=0.05)
