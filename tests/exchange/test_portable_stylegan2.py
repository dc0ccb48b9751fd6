"""StyleGAN2s as files of Keras and ONNX: the same pictures without artnb."""

import json
import zipfile

import keras
import numpy as np
import pytest

from artnb.cli import main
from artnb.errors import InputError
from artnb.exchange.export import export_generator
from artnb.exchange.importing import import_generator
from artnb.exchange.portable_stylegan2 import portable_stylegan2
from artnb.models.stylegan2.networks import Generator, Sizes
from artnb.sampling.generating import painted

TRUNCATIONS = np.array([[1.0], [0.6]], np.float32)


@pytest.fixture
def run(stylegan2):
    return import_generator(stylegan2 / "classes.pkl", "one", say=lambda line: None)


@pytest.fixture
def given(stylegan2_golden):
    kinds = np.eye(2, dtype=np.float32)
    return {"z": stylegan2_golden["classes/z"], "truncation": TRUNCATIONS, "class": kinds}


@pytest.fixture
def wanted(stylegan2_golden):
    """What PyTorch paints of the first without truncation, and of the second with."""
    return np.stack([stylegan2_golden[f"classes/{psi}"][n] for n, psi in enumerate((1.0, 0.6))])


def test_keras_loads_it_without_artnb(run, given, wanted, tmp_path):
    out = export_generator(run, tmp_path / "faces.keras", "keras")
    with zipfile.ZipFile(out) as archive:
        assert "artnb" not in archive.read("config.json").decode()
        layers = json.loads(archive.read("config.json"))["config"]["layers"]
    assert all(layer["module"].startswith("keras.") for layer in layers)
    loaded = keras.models.load_model(out, safe_mode=True)
    np.testing.assert_allclose(loaded.predict(given, verbose=0), wanted, atol=1e-4)


def test_onnx_makes_the_same(run, given, wanted, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    out = export_generator(run, tmp_path / "faces.onnx", "onnx")
    session = onnxruntime.InferenceSession(out)
    shapes = {end.name: end.shape for end in (*session.get_inputs(), *session.get_outputs())}
    assert shapes == {
        "z": ["batch", 6],
        "truncation": ["batch", 1],
        "class": ["batch", 2],
        "pictures": ["batch", 16, 16, 3],
    }
    np.testing.assert_allclose(session.run(None, given)[0], wanted, atol=1e-4)


def test_onnx_says_what_it_makes(run, tmp_path):
    pytest.importorskip("onnx")
    from artnb.exchange.onnx_files import read_onnx, read_onnx_facts

    out = export_generator(run, tmp_path / "faces.onnx", "onnx")
    facts = read_onnx_facts(out)
    assert (facts["source_domain"], facts["target_domain"]) == ("latents", "painting")
    assert (facts["size_px"], facts["latent_size"]) == ("16", "6")
    assert [one.name for one in read_onnx(out).inputs] == ["z", "truncation", "class"]
    with pytest.raises(InputError, match=r"must turn pictures .* into pictures"):
        import_generator(out, "again")


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_a_generator_of_ours(precision):
    """Weights are as they begin, and its own noise has some strength."""
    keras.utils.set_random_seed(3)
    sizes = Sizes(8, 8, 12, mapping_layers=2, channel_base=32, channel_max=8)
    generator = Generator(sizes)
    for weight in generator.weights:
        if weight.path.endswith(("strength", "bias", "average")):
            weight.assign(keras.random.normal(weight.shape, seed=1))
    low = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        same = Generator(sizes)
    finally:
        keras.config.set_dtype_policy(low)
    same.set_weights(generator.get_weights())
    twin = portable_stylegan2(same)
    z = np.random.default_rng(1).standard_normal((2, 8), np.float32)
    average = np.asarray(generator.average_w.average)
    w = average + TRUNCATIONS * (generator.mapping.predict_on_batch(z) - average)
    made = twin.predict({"z": z, "truncation": TRUNCATIONS}, verbose=0)
    np.testing.assert_allclose(made, painted(generator, w), atol=1e-4)


def test_the_command_says_how_it_is_used(run, tmp_path, capsys):
    out = tmp_path / "faces.keras"
    assert main(["export", "--run", "one", "--format", "keras", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert '.predict({"z": z, "truncation": truncation, "class": kind})' in said
    assert "z: float32 (count, 6) from N(0, 1)" in said
    assert "pictures: (count, 16, 16, 3), mostly in [-1, 1]" in said


def test_the_authors_layout_is_of_other_generators(run, tmp_path):
    with pytest.raises(InputError, match="is a StyleGAN2-ADA; take keras or onnx"):
        export_generator(run, tmp_path / "faces.pth", "pth")
