"""StyleGAN2s of others: their pictures, what trainings make of them, and what is refused."""

import json
import pickle
from types import SimpleNamespace

import numpy as np
import pytest

from artnb.cli import main
from artnb.errors import InputError
from artnb.exchange.importing import import_generator
from artnb.methods.stylegan2.config import StyleGAN2Config
from artnb.runs.run import open_run
from artnb.torch_files import read_state_dict, write_state_dict

pytestmark = pytest.mark.backend

FILES = {"classes": "classes.pkl", "flat": "flat.pkl", "converted": "converted.pt"}


def quietly(path, name="one", **options):
    return import_generator(path, name, say=lambda line: None, **options)


def pictures(generator, z, truncation=1.0):
    """Paint with every class once, where there are some."""
    from artnb.sampling.generating import painted

    classes = generator.sizes.classes
    given = [z, np.eye(classes, dtype=np.float32)] if classes else z
    average = np.asarray(generator.average_w.average)
    w = average + truncation * (generator.mapping.predict_on_batch(given) - average)
    return painted(generator, w)


@pytest.fixture
def state(stylegan2):
    """The arrays of rosinality's layout, to be changed."""
    return dict(read_state_dict(stylegan2 / "converted.pt"))


def refused(path, **options):
    with pytest.raises(InputError) as error:
        quietly(path, **options)
    assert "\n" not in str(error.value)
    assert str(error.value).count(path.name) == 1
    return str(error.value)


def rewritten(state, tmp_path):
    path = tmp_path / "changed.pt"
    write_state_dict(path, state)
    return path


@pytest.mark.parametrize("name", FILES)
def test_pictures_are_those_of_pytorch(name, stylegan2, stylegan2_golden):
    generator = quietly(stylegan2 / FILES[name]).sampler().load()
    z = stylegan2_golden[f"{name}/z"]
    for psi in (1.0, 0.6):
        made = pictures(generator, z, psi)
        np.testing.assert_allclose(made, stylegan2_golden[f"{name}/{psi}"], atol=1e-4)


def test_the_run_says_what_it_is(stylegan2):
    said = []
    run = import_generator(stylegan2 / "classes.pkl", "faces", y="faces", say=said.append)
    assert said == [
        "latents → faces: StyleGAN2 of stylegan2-ada-pytorch, 16 px, 3 mapping layers, 2 classes; "
        "its limit of features, 256, is left out"
    ]
    config = run.config()
    assert isinstance(config, StyleGAN2Config)
    assert (config.latent_size, config.w_size, config.class_names) == (6, 10, ("0", "1"))
    assert (config.channel_base, config.channel_max, config.image_size_px) == (64, 8, 16)
    assert run.is_imported
    assert run.is_latent
    assert run.domains == ("faces", "faces")
    assert run.snapshot_epochs() == [1]
    assert json.loads(run.facts_file.read_text())["imported"][0]["from"] == "classes.pkl"


def test_a_checkpoint_of_a_training_gives_its_average(state, stylegan2_golden, tmp_path):
    """It does not say what w is on average, which is measured then."""
    average = state.pop("latent_avg")
    others = {key.replace("g_ema", "g"): 0 * array for key, array in state.items()}
    path = rewritten({**others, **state}, tmp_path)
    generator = quietly(path).sampler().load()
    z = stylegan2_golden["converted/z"]
    np.testing.assert_allclose(pictures(generator, z), stylegan2_golden["converted/1.0"], atol=1e-4)
    measured = np.asarray(generator.average_w.average)
    assert not np.allclose(measured, average)
    drawn = np.random.default_rng(7).standard_normal((4000, 8), np.float32)
    mean = generator.mapping.predict_on_batch(drawn).mean(axis=0)
    np.testing.assert_allclose(measured, mean, atol=0.1)
    assert "g_ema" in refused_choice(path)


def refused_choice(path):
    with pytest.raises(InputError, match="has no generator h") as error:
        quietly(path, "two", network="h")
    return str(error.value)


def test_a_state_dict_without_a_wrapper(state, stylegan2_golden, tmp_path):
    own = {key.removeprefix("g_ema."): array for key, array in state.items()}
    generator = quietly(rewritten(own, tmp_path)).sampler().load()
    np.testing.assert_allclose(
        pictures(generator, stylegan2_golden["converted/z"], 0.6),
        stylegan2_golden["converted/0.6"],
        atol=1e-4,
    )


def test_on_the_command_line(stylegan2, tmp_path, capsys):
    path = str(stylegan2 / "flat.pkl")
    assert main(["import", path, "--run", "faces"]) == 0
    assert "Next:  artnb sample --run faces --out FOLDER" in capsys.readouterr().out
    assert open_run("faces").sampler().size_px == 32
    wrong = tmp_path / "forest.pkl"
    wrong.write_bytes(b"\x80\x02csklearn.cluster\nKMeans\n)R.")
    assert main(["import", str(wrong), "--run", "wrong"]) == 2
    error = capsys.readouterr().err
    assert "it is a model of scikit-learn" in error
    assert error.count("\n") == 1


def test_no_training_goes_on_with_it(stylegan2, tmp_path, capsys):
    from tests.evaluation.stand_in import write_pictures

    quietly(stylegan2 / "flat.pkl")
    folder = str(write_pictures(tmp_path / "pictures", 6))
    given = ["train", "--method", "stylegan2", "--data", folder, "--run", "one", "--resume"]
    assert main(given) == 2
    assert "was imported" in capsys.readouterr().err


def test_a_training_begins_from_it(stylegan2):
    from artnb.methods.stylegan2.model import build_discriminator_of, build_generator
    from artnb.methods.stylegan2.transfer import begin_from

    run = quietly(stylegan2 / "flat.pkl")
    settings = {"latent_size": 8, "channel_base": 64, "channel_max": 8, "image_size_px": 16}
    config = StyleGAN2Config(**{**StyleGAN2Config.PRESETS["smoke"], **settings})
    average = build_generator(config, "average")
    generator, discriminator = build_generator(config, "generator"), build_discriminator_of(config)
    model = SimpleNamespace(generator=generator, discriminator=discriminator, average=average)
    said = begin_from(model, str(run.path))
    assert "layers are taken; new is the whole discriminator, which it does not keep" in said
    kernel = average.synthesis.get_layer("conv_8").kernel
    theirs = run.sampler().load().synthesis.get_layer("conv_8").kernel
    np.testing.assert_array_equal(np.asarray(kernel), np.asarray(theirs))


def test_nothing_goes_in_and_nothing_leads_back(stylegan2):
    path = stylegan2 / "flat.pkl"
    with pytest.raises(InputError, match="nothing goes in that could have a name"):
        quietly(path, x="photo of mine")
    with pytest.raises(InputError, match="no other generator leads back"):
        quietly(path, reverse=path)


def test_a_network_that_is_none_of_the_two(stylegan2):
    path = stylegan2 / "flat.pkl"
    assert "Discriminator without a synthesis network" in refused(path, network="D")
    assert "has no generator Gs; it has G, D and G_ema" in refused(path, network="Gs")


@pytest.mark.parametrize(
    ("key", "change", "said"),
    [
        ("conv1.conv.weight", lambda a: a[0], "conv1.conv.weight must have a first axis of 1"),
        ("convs.0.conv.weight", lambda a: a[:, :5], "synthesis.b8.conv0.weight must have"),
        ("convs.1.conv.weight", lambda a: a[:, :7], "8 at 4 px, 7 at 8 px, 4 at 16 px"),
        ("convs.3.noise.weight", None, "must have synthesis.b16.conv1.noise_strength"),
        ("style.1.weight", None, "must have mapping.fc0.weight"),
        ("style.8.weight", lambda a: a[:, 1:], "mapping.fc7.weight must have the shape (8, 8)"),
        ("convs.0.conv.blur.kernel", lambda a: a + 1, "must smooth by [1, 3, 3, 1]"),
        ("to_rgbs.1.bias", lambda a: a[:, :1], "b16.torgb.bias must have the shape (3,)"),
        ("noises.noise_4", lambda a: a[..., :8], "conv1.noise_const must have the shape (16, 16)"),
    ],
)
def test_other_sizes_are_refused(key, change, said, state, tmp_path):
    array = state.pop(f"g_ema.{key}")
    if change is not None:
        state[f"g_ema.{key}"] = np.ascontiguousarray(change(array))
    assert said in refused(rewritten(state, tmp_path))


def test_weights_beside_are_refused(state, tmp_path):
    state["g_ema.attention.weight"] = np.zeros((2, 2), np.float32)
    assert "attention.weight beside" in refused(rewritten(state, tmp_path))


def test_channels_that_no_setting_gives_are_refused(state, tmp_path):
    """Of StyleGAN2 alone: channels at 4 px that are fewer than at 8 px."""
    from artnb.exchange.stylegan2_layout import read_settings

    shapes = {4: 4, 8: 8, 16: 4}
    weights = {
        f"synthesis.b{px}.conv1.weight": np.zeros((n, n, 3, 3), np.float32)
        for px, n in shapes.items()
    }
    with pytest.raises(InputError, match="4 at 4 px, 8 at 8 px, 4 at 16 px"):
        read_settings(weights)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"synthesis_kwargs": {"architecture": "resnet"}}, "architecture must be skip"),
        ({"architecture": "orig"}, "architecture must be skip"),
        ({"img_channels": 1}, "pictures of 3 channels"),
        ({"mapping_kwargs": {"lr_multiplier": -1}}, "lr_multiplier must be a number above 0"),
        ({"activation": "relu"}, "activation must be lrelu"),
    ],
)
def test_settings_of_other_networks_are_refused(settings, said, stylegan2, monkeypatch):
    from artnb.exchange import stylegan2_pickles
    from artnb.torch_files import PickledModule, read_modules

    module = read_modules(stylegan2 / "flat.pkl")["G_ema"]
    changed = PickledModule("Generator", {**module.state, "_init_kwargs": settings})
    monkeypatch.setattr(stylegan2_pickles, "read_modules", lambda path: {"G_ema": changed})
    assert said in refused(stylegan2 / "flat.pkl")


def test_a_stylegan3_is_called_so(stylegan2, monkeypatch):
    from artnb.exchange import stylegan2_pickles
    from artnb.torch_files import PickledModule, read_modules

    generator = read_modules(stylegan2 / "flat.pkl")["G_ema"]
    const = generator.state["_modules"]["synthesis"].state["_modules"]["b4"]
    synthesis = PickledModule("SynthesisNetwork", {"_modules": {"input": const}})
    changed = PickledModule("Generator", {"_modules": {"synthesis": synthesis}})
    monkeypatch.setattr(stylegan2_pickles, "read_modules", lambda path: {"G_ema": changed})
    assert "this one is a StyleGAN3" in refused(stylegan2 / "flat.pkl")


def test_a_network_without_noise_has_none(stylegan2, stylegan2_golden, monkeypatch):
    from artnb.exchange.stylegan2_pickles import _no_noise
    from artnb.torch_files import read_modules

    tensors = read_modules(stylegan2 / "flat.pkl")["G_ema"].tensors()
    noise = {key: array for key, array in tensors.items() if ".noise_" in key}
    without = _no_noise({key: array for key, array in tensors.items() if key not in noise})
    assert {key: array.shape for key, array in without.items()} == {
        key: array.shape for key, array in noise.items()
    }
    assert not any(array.any() for array in without.values())


@pytest.mark.parametrize("name", ["cut.pkl", "other.pkl", "empty.pkl"])
def test_no_run_is_left_of_what_was_refused(name, stylegan2, tmp_path):
    path = tmp_path / name
    whole = (stylegan2 / "flat.pkl").read_bytes()
    path.write_bytes({"cut": whole[:9000], "other": pickle.dumps([1]), "empty": b""}[path.stem])
    assert "must be a pickled network of StyleGAN2" in refused(path)
    assert not (tmp_path / "outputs" / "one").exists()
