"""State dicts as training programs keep them: under prefixes, in wrappers, several in one file."""

import numpy as np
import pytest

from artnb.cli import main
from artnb.errors import InputError
from artnb.exchange.importing import import_generator
from artnb.exchange.source import read_generator
from artnb.exchange.torch_layout import from_torch, to_torch
from artnb.exchange.torch_networks import find_generators
from artnb.methods.cyclegan.config import CycleGANConfig
from artnb.torch_files import write_state_dict

SMALL = CycleGANConfig(generator_filters=2, generator_blocks=1)


def generator_state(seed):
    """Draw the state of a generator of the authors, under their keys."""
    random = np.random.default_rng(seed)
    convolutions = [
        *((7, 7, 3, 2), (3, 3, 2, 4), (3, 3, 4, 8), (3, 3, 8, 8), (3, 3, 8, 8)),
        *((3, 3, 4, 8), (3, 3, 2, 4), (7, 7, 2, 3)),
    ]
    transposed = (5, 6)
    weights = []
    for number, shape in enumerate(convolutions):
        weights.append(random.normal(0, 0.3, shape))
        weights.append(np.full(shape[2 if number in transposed else 3], 0.1))
    return to_torch(SMALL, weights)


def discriminator_state():
    shapes = {"model.0.weight": (4, 3, 4, 4), "model.0.bias": (4,), "model.2.weight": (1, 4, 4, 4)}
    return {key: np.ones(shape, np.float32) for key, shape in shapes.items()}


G, F, D = generator_state(1), generator_state(2), discriminator_state()


def under(prefix, state):
    return {f"{prefix}{key}": array for key, array in state.items()}


def renamed(old, new):
    return {key.replace(old, new): array for key, array in G.items()}


def is_of(trained, state):
    expected = from_torch(state)[1]
    return all(np.array_equal(*pair) for pair in zip(trained.weights, expected, strict=True))


def saved(folder, *states):
    path = folder / "some.pth"
    write_state_dict(path, {key: array for state in states for key, array in state.items()})
    return path


# What programs were seen to write: PyTorch 2.13's compile, DataParallel, AveragedModel and
# checkpoint_wrapper, Lightning 2.6.
ONE_GENERATOR = {
    "compiled": [under("_orig_mod.", G)],
    "compiled in DataParallel": [under("module._orig_mod.", G)],
    "DataParallel, compiled": [under("_orig_mod.module.", G)],
    "compiled within": [renamed("model.", "model._orig_mod.")],
    "blocks compiled": [renamed(".conv_block", "._orig_mod.conv_block")],
    "FSDP": [under("_fsdp_wrapped_module.", renamed("model.", "model._fsdp_wrapped_module."))],
    "checkpointed": [renamed(".conv_block", "._checkpoint_wrapped_module.conv_block")],
    "averaged": [{"n_averaged": np.array(3)}, under("module.", G)],
    "a training's": [under("netG.", G), {"optimizer.state.0.exp_avg": np.zeros(3, np.float32)}],
    "in state_dict": [under("state_dict.", G)],
    "Lightning's, one generator": [
        under("state_dict.net._orig_mod.", G),
        under("state_dict.disc.", D),
        {"callbacks.ModelCheckpoint.best_model_score": np.array(0.5, np.float32)},
    ],
    "beside discriminators": [under("netG_A.", G), under("netD_A.", D)],
    "the layers alone": [renamed("model.", "")],
    "of another attribute": [renamed("model.", "layers.")],
    "blocks of another attribute": [renamed(".conv_block.", ".block.")],
}


@pytest.mark.parametrize("case", ONE_GENERATOR)
def test_whatever_wraps_a_generator_is_left_out(case, tmp_path):
    trained = read_generator(saved(tmp_path, *ONE_GENERATOR[case]))
    assert is_of(trained, G)


@pytest.fixture
def pair(tmp_path):
    """A Lightning checkpoint of a CycleGAN."""
    networks = {"genX": G, "genY": F, "discX": D}
    return saved(tmp_path, *(under(f"state_dict.{name}.", one) for name, one in networks.items()))


def test_several_generators_are_listed_and_asked_about(pair):
    with pytest.raises(InputError, match=r"several generators, genX and genY; .* --network genX"):
        import_generator(pair, "one")


@pytest.mark.parametrize(("name", "state"), [("genX", G), ("genY", F), ("state_dict.genY", F)])
def test_the_generator_that_is_named_is_taken(name, state, pair):
    trained = read_generator(pair, name)
    assert is_of(trained, state)
    assert trained.description.endswith(f", {name[-4:]} of several networks")


def test_a_name_that_there_is_not_lists_those_there_are(pair):
    with pytest.raises(InputError, match="no generator genZ; it has genX and genY; did you"):
        read_generator(pair, "genZ")
    with pytest.raises(InputError, match=r"has no generator discX; it has genX and genY"):
        read_generator(pair, "discX")


def test_averaged_weights_beside_the_trained_are_another_generator(tmp_path):
    path = saved(tmp_path, under("params.", G), under("params_ema.", F))
    with pytest.raises(InputError, match="several generators, params and params_ema"):
        read_generator(path)
    assert is_of(read_generator(path, "params_ema"), F)


def test_a_layer_beside_a_generator_is_left_out_only_on_request(tmp_path):
    """It may be part of the generator, whose pictures would come out wrong."""
    path = saved(tmp_path, under("net.", G), {"net.attention.weight": np.ones(3, np.float32)})
    with pytest.raises(InputError, match=r"has net.attention.weight beside it; .* --network net"):
        read_generator(path)
    assert is_of(read_generator(path, "net"), G)


@pytest.mark.backend
def test_both_ways_from_one_file(pair, capsys):
    command = ["import", str(pair), "--run", "both", "--x", "horse", "--y", "zebra"]
    assert main([*command, "--network", "genX", "--reverse-network", "genY"]) == 0
    said = capsys.readouterr().out
    assert "horse → zebra: ResNet, 1 blocks, 2 filters, instance norm, genX of several" in said
    assert "zebra → horse: ResNet, 1 blocks, 2 filters, instance norm, genY of several" in said


@pytest.mark.backend
def test_the_run_records_which_was_taken(pair):
    run = import_generator(pair, "one", network="genY", say=lambda line: None)
    (origin,) = run.facts()["imported"]
    assert (origin["from"], origin["network"]) == ("some.pth", "genY")


def test_a_file_of_one_generator_takes_its_name_or_none(tmp_path):
    path = saved(tmp_path, under("netG.", G))
    assert is_of(read_generator(path, "netG"), G)
    with pytest.raises(InputError, match="has no generator netF; it has netG"):
        read_generator(path, "netF")


@pytest.mark.parametrize(
    "key", ["model.1.parametrizations.weight.original0", "model.1.weight_v", "model.1.weight_orig"]
)
def test_weights_that_are_computed_are_named(key, tmp_path):
    """Weight and spectral norm keep them in parts."""
    state = {key if name == "model.1.weight" else name: array for name, array in G.items()}
    with pytest.raises(InputError, match=rf"{key}, .*remove_parametrizations"):
        read_generator(saved(tmp_path, state))


def test_names_are_as_short_as_they_tell(tmp_path):
    found = find_generators(under("a.b.netG.", G) | under("a.b.ema.netG.", F))
    assert list(found) == ["netG", "ema.netG"]
