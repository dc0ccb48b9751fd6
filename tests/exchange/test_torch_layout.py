"""The authors' key layout, in both directions."""

from dataclasses import replace

import numpy as np
import pytest

from artnb.errors import InputError
from artnb.exchange.torch_layout import from_torch, to_torch
from artnb.methods.cyclegan.config import CycleGANConfig
from artnb.methods.cyclegan.model import build_generator
from artnb.torch_files import read_state_dict
from tests.golden.draws import draw_weights

SMALL = CycleGANConfig(generator_filters=2, generator_blocks=2, norm_affine=True)


@pytest.fixture(scope="module")
def weights():
    generator = build_generator(SMALL, "generator_g")
    draw_weights(generator, 1)
    return generator.get_weights()


@pytest.fixture
def state(weights):
    return to_torch(SMALL, weights)


@pytest.mark.parametrize("name", ["plain", "statistics", "affine", "dropout"])
@pytest.mark.parametrize("file_format", ["", "_legacy"])
def test_the_picture_is_that_of_torch(name, file_format, torch_generators, torch_golden):
    state = read_state_dict(torch_generators / f"{name}{file_format}.pth")
    settings, weights = from_torch(state)
    generator = build_generator(CycleGANConfig(**settings), "generator_g")
    generator.set_weights(weights)
    painting = np.asarray(generator(torch_golden["photos"]))
    np.testing.assert_allclose(painting, torch_golden[name], atol=1e-4)


def test_settings_follow_from_keys_and_shapes(torch_generators):
    found = {
        name: from_torch(read_state_dict(torch_generators / f"{name}.pth"))[0]
        for name in ("plain", "affine")
    }
    assert CycleGANConfig(**found["plain"]) == CycleGANConfig(
        generator_filters=1, generator_blocks=6
    )
    assert CycleGANConfig(**found["affine"]) == CycleGANConfig(
        generator_filters=2, generator_blocks=1, norm_affine=True
    )


def test_there_and_back_nothing_changes(state, weights):
    settings, back = from_torch(state)
    assert CycleGANConfig(**settings) == SMALL
    for one, other in zip(back, weights, strict=True):
        np.testing.assert_array_equal(one, other)
    assert all(array.flags.c_contiguous and array.dtype == np.float32 for array in state.values())


def test_keys_are_the_authors(torch_generators, torch_golden):
    state = read_state_dict(torch_generators / "plain.pth")
    settings, weights = from_torch(state)
    written = to_torch(CycleGANConfig(**settings), weights)
    assert list(written) == list(state)
    for key, array in state.items():
        np.testing.assert_array_equal(written[key], array)


def test_prefix_and_statistics_are_left_out(torch_generators):
    plain, parallel = (
        from_torch(read_state_dict(torch_generators / f"{name}.pth"))[1]
        for name in ("plain", "plain_parallel")
    )
    for one, other in zip(plain, parallel, strict=True):
        np.testing.assert_array_equal(one, other)


def test_missing_biases_before_affine_norms_are_zero(state):
    without = {key: a for key, a in state.items() if a.ndim == 4 or not _is_inner_bias(key, state)}
    settings, weights = from_torch(without)
    assert len(without) < len(state)
    assert CycleGANConfig(**settings) == SMALL
    assert not weights[1].any()


def _is_inner_bias(key, state):
    """Say whether this is the bias of a convolution that a norm follows."""
    last = next(name for name in reversed(state) if name.endswith("bias"))
    is_of_convolution = key.endswith("bias") and state[f"{key[:-4]}weight"].ndim == 4
    return is_of_convolution and key != last


def test_batch_normalisation_is_refused(state):
    batch = {key: a for key, a in state.items() if not _is_inner_bias(key, state)}
    batch["model.2.running_mean"] = np.zeros(2)
    with pytest.raises(InputError, match=r"batch normalisation have; train it with --norm"):
        from_torch(batch)


def test_no_biases_and_no_norms_are_refused(state):
    bare = {key: a for key, a in state.items() if a.ndim == 4}
    with pytest.raises(InputError, match="nothing tells whether it normalises"):
        from_torch(bare)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda state: state.pop("model.11.conv_block.5.weight"), "lacks model.11.conv_block.5"),
        (lambda state: state.update({"extra.weight": np.zeros(1)}), "has extra.weight beside it"),
        (lambda state: state.clear(), "lacks model.1.weight"),
        (
            lambda state: state.update({"model.4.weight": np.zeros((5, 2, 3, 3))}),
            r"model.4.weight must have the shape \(4, 2, 3, 3\)",
        ),
        (lambda state: state.update({"model.7.weight": np.zeros(3)}), "must be a convolution"),
    ],
)
def test_other_networks_are_refused(change, message, state):
    change(state)
    with pytest.raises(InputError, match=message):
        from_torch(state)


@pytest.mark.parametrize(
    "change", [{"upsampling": "resize"}, {"skips": True}, {"norm": "group"}, {"padding": "reflect"}]
)
def test_what_the_authors_code_has_not_is_refused(change, weights):
    (name,) = change
    with pytest.raises(InputError, match=f"{name} must be"):
        to_torch(replace(SMALL, **change), weights)
