"""A Run's generator as a file of others: the same picture, and nothing overwritten."""

import hashlib
import json
from pathlib import Path

import keras
import numpy as np
import pytest

from artnb.cli import main
from artnb.errors import InputError
from artnb.exchange.export import export_generator
from artnb.methods.imported.architecture import describe_network
from artnb.methods.imported.config import ImportedConfig
from artnb.methods.imported.network import write_description
from artnb.runs.run import Run
from artnb.runs.snapshots import save_snapshot
from artnb.torch_files import read_state_dict
from tests.exchange.generators import (
    KINDS,
    generator,
    make_run,
    network_of_others,
    painter_of,
    photos,
    picture,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "export_torch.npz"
FORMATS = ("keras", "onnx", "pth")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "paper", "paper")


def paint_with(path, given):
    """Paint with a file as its user would."""
    if path.suffix == ".keras":
        return picture(keras.models.load_model(path), given)
    onnxruntime = pytest.importorskip("onnxruntime")
    return onnxruntime.InferenceSession(path).run(None, {"picture": given})[0]


def agrees(path, network, atol=1e-4):
    given = photos(24, 40)
    np.testing.assert_allclose(paint_with(path, given), picture(network, given), atol=atol)


@pytest.mark.parametrize(
    ("kind", "format"),
    [("affine", "keras"), ("unet", "keras"), ("preview", "keras"), ("affine group", "onnx")],
)
def test_paints_the_same(kind, format, tmp_path):
    run = make_run(tmp_path / "run", kind)
    out = export_generator(run, tmp_path / f"painter.{format}", format)
    agrees(out, painter_of(run))


@pytest.mark.parametrize("format", ["keras", "onnx"])
def test_mixed_precision_is_exported_as_float32(format, tmp_path):
    run = make_run(tmp_path / "run", "affine", "mixed_bfloat16")
    agrees(export_generator(run, tmp_path / f"painter.{format}", format), painter_of(run))


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize("kind", ["paper", "affine"])
def test_pytorch_paints_the_same(kind, precision, tmp_path):
    """PyTorch loaded a file with these very bytes, and painted with it."""
    golden = np.load(GOLDEN)
    run = make_run(tmp_path / "run", kind, precision)
    out = export_generator(run, tmp_path / "painter.pth", "pth")
    assert hashlib.sha256(out.read_bytes()).hexdigest() == golden[f"{kind}/sha256"].item()
    for height, width in ((32, 32), (20, 36)):
        painted = picture(painter_of(run), photos(height, width))
        np.testing.assert_allclose(painted, golden[f"{kind}/{height}x{width}"], atol=1e-4)


@pytest.mark.parametrize(("to", "format"), [("x", "keras"), ("photo", "onnx")])
def test_the_other_direction_and_an_earlier_epoch(to, format, run, tmp_path):
    out = export_generator(run, tmp_path / f"painter.{format}", format, epoch=1, to=to)
    agrees(out, painter_of(run, "generator_f", epoch=1))


def test_onnx_says_what_it_paints(run, tmp_path):
    pytest.importorskip("onnx")
    from artnb.exchange.onnx_files import read_onnx_facts

    facts = [
        read_onnx_facts(export_generator(run, tmp_path / f"{to}.onnx", "onnx", to=to))
        for to in "yx"
    ]
    assert (facts[0]["source_domain"], facts[0]["target_domain"]) == ("photo", "monet")
    assert (facts[1]["source_domain"], facts[1]["target_domain"]) == ("monet", "photo")
    assert facts[0]["value_range"] == "[-1, 1]"
    assert facts[0]["multiple_px"] == "4"


@pytest.mark.parametrize("kind", ["unet", "preview", "group", "affine group", "no norm"])
def test_what_the_authors_code_has_not_is_refused_as_pth(kind, tmp_path):
    run = make_run(tmp_path / "run", kind)
    with pytest.raises(InputError, match=r"must be .* export it as keras or onnx"):
        export_generator(run, tmp_path / "painter.pth", "pth")
    assert not (tmp_path / "painter.pth").exists()


@pytest.fixture
def imported(tmp_path):
    """A Run of a network that others built, which its settings do not describe."""
    network = network_of_others()
    run = Run(tmp_path / "imported")
    run.snapshots.mkdir(parents=True)
    settings = KINDS["paper"].as_dict() | {"generator": "imported", "generator_depth": 2}
    ImportedConfig(**settings).save(run.config_file)
    run.note(data={"x": "photo", "y": "monet"}, imported={"generator_g": {}})
    description = describe_network(json.loads(network.to_json()))
    write_description(run.architecture_file("generator_g"), description)
    save_snapshot(run.snapshot(1), {"generator_g": network}, {"epoch": 1})
    return run


@pytest.mark.parametrize("format", ["keras", "onnx"])
def test_an_imported_network_goes_out_again(format, imported, tmp_path):
    out = export_generator(imported, tmp_path / f"painter.{format}", format)
    agrees(out, imported.painter().load())


def test_an_imported_network_is_not_the_authors(imported, tmp_path):
    with pytest.raises(InputError, match=r"it is 'imported'; export it as keras or onnx"):
        export_generator(imported, tmp_path / "painter.pth", "pth")


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_there_is_kept(format, run, tmp_path):
    out = tmp_path / f"painter.{format}"
    out.write_text("mine")
    with pytest.raises(InputError, match="exists already and will not be overwritten"):
        export_generator(run, out, format)
    assert out.read_text() == "mine"


@pytest.mark.parametrize("format", FORMATS)
def test_a_write_that_fails_leaves_no_file(format, run, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(InputError, match=r"painter\.\w+ cannot be written .*No space left"):
        export_generator(run, tmp_path / f"painter.{format}", format)
    assert not (tmp_path / f"painter.{format}").exists()


def test_a_name_that_says_something_else_is_refused(run, tmp_path):
    with pytest.raises(
        InputError, match=r"must end in \.keras, and .*write --out .*painter\.keras"
    ):
        export_generator(run, tmp_path / "painter.h5", "keras")


def test_an_unknown_format_is_refused(run, tmp_path):
    with pytest.raises(InputError, match="one of keras, onnx, pth, got 'keres'; did you mean \"ke"):
        export_generator(run, tmp_path / "painter.keres", "keres")


def test_an_epoch_that_is_not_kept_is_refused(run, tmp_path):
    with pytest.raises(InputError, match="keeps epochs 1, 2, and 7 was asked for"):
        export_generator(run, tmp_path / "painter.keras", "keras", epoch=7)


def test_a_direction_that_the_run_has_not_is_refused(run, tmp_path):
    config = run.config()
    one_way = Run(tmp_path / "one way")
    one_way.snapshots.mkdir(parents=True)
    config.save(one_way.config_file)
    one_way.note(data={"x": "photo", "y": "monet"})
    save_snapshot(one_way.snapshot(1), {"generator_g": generator("paper")}, {"epoch": 1})
    with pytest.raises(InputError, match="generator_f"):
        export_generator(one_way, tmp_path / "painter.pth", "pth", to="x")


def test_without_onnx_a_sentence_says_how_to_install_it(run, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(InputError, match=r'type pip install "artnb\[onnx\]"'):
        export_generator(run, tmp_path / "painter.onnx", "onnx")


@pytest.mark.parametrize("format", FORMATS)
def test_the_command_says_what_it_wrote_and_how_to_use_it(format, run, tmp_path, capsys):
    out = tmp_path / "new" / f"painter.{format}"
    arguments = ["--run", str(run.path), "--format", format, "--out", str(out), "--epoch", "1"]
    assert main(["export", *arguments]) == 0
    printed = capsys.readouterr().out
    assert f"{out}: " in printed
    assert "painter." in printed.split("Use it:")[1]
    layout = "(batch, 3, height, width)" if format == "pth" else "(batch, height, width, 3)"
    assert f"float32 {layout} in [-1, 1], both sides multiples of 4" in printed


def test_the_command_refuses_in_a_sentence(run, tmp_path, capsys):
    (tmp_path / "painter.pth").touch()
    arguments = ["--run", str(run.path), "--format", "pth", "--out", str(tmp_path / "painter.pth")]
    assert main(["export", *arguments]) == 2
    assert capsys.readouterr().err.startswith("artnb: ")


def test_a_state_dict_has_the_authors_keys(run, tmp_path):
    state = read_state_dict(export_generator(run, tmp_path / "painter.pth", "pth"))
    assert list(state)[:4] == ["model.1.weight", "model.1.bias", "model.4.weight", "model.4.bias"]
    assert state["model.10.conv_block.5.weight"].shape == (16, 16, 3, 3)
