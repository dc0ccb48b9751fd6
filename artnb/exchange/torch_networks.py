"""Generators within the state dicts that training programs write: wrapped, prefixed, several."""

import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from artnb.errors import InputError
from artnb.exchange.several import choose

# What PyTorch puts between a network and its layers: DataParallel and AveragedModel, compile, FSDP
# and recomputed activations.
_WRAPPERS = {"module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module"}
# A generator of the authors begins with padding, and then a convolution of 7×7 over three colours.
_FIRST = re.compile(r"(|.*\.)1\.weight")
_FIRST_SHAPE = (3, 7, 7)
_BLOCK = re.compile(r"(\d+)\.[A-Za-z_]\w*\.(\d+\.\w+)")
# Weights that are computed of parts, by weight norm and spectral norm, in PyTorch's two ways.
_COMPUTED = re.compile(r".*(\.parametrizations\..*|\.weight_[gv]|\.weight_orig)")


class TorchGenerator(NamedTuple):
    """A generator within a state dict.

    Args:
        path: the keys of the module that it is, joined by dots.
        state: its arrays under the authors' keys, such as `model.1.weight`.
        beside: keys of the same module that belong to no network that was found.
    """

    path: str
    state: dict[str, np.ndarray]
    beside: list[str]


def find_generators(state: Mapping[str, np.ndarray]) -> dict[str, TorchGenerator]:
    """Find whatever looks like a generator of the CycleGAN authors' code, by its name.

    Args:
        state: arrays by key, as of `artnb.torch_files.read_state_dict`.

    Returns:
        Generators by their paths, as far as these differ: `genX` for
        `state_dict.genX._orig_mod.model.1.weight`.
    """
    plain = {_unwrapped(key): array for key, array in state.items()}
    if len(plain) < len(state):
        plain = dict(state)
    prefixes = [
        match[1]
        for key, array in plain.items()
        if (match := _FIRST.fullmatch(key)) and array.shape[1:] == _FIRST_SHAPE
    ]
    found = [_generator(prefix, plain, prefixes) for prefix in prefixes]
    return dict(zip(_short([one.path for one in found]), found, strict=True))


def _unwrapped(key: str) -> str:
    return ".".join(part for part in key.split(".") if part not in _WRAPPERS)


def _generator(prefix: str, state: Mapping[str, np.ndarray], prefixes: list[str]) -> TorchGenerator:
    """Take out the generator whose layers' keys begin with a prefix."""
    module = re.sub(r"[^.]+\.$", "", prefix)
    own = {
        "model." + _BLOCK.sub(r"\1.conv_block.\2", key.removeprefix(prefix)): array
        for key, array in state.items()
        if key.startswith(prefix) and (prefix or key[0].isdigit())
    }
    beside = [
        key
        for key, array in state.items()
        if key.startswith(module)
        and array.ndim
        and not key.startswith(tuple(filter(None, prefixes)))
        and (prefix or not key[0].isdigit())
        and not key.removeprefix(module).startswith("optim")
    ]
    path = module if module and prefix.endswith(".model.") else prefix
    return TorchGenerator(path.removesuffix("."), own, beside)


def _short(paths: list[str]) -> list[str]:
    """Leave out what all paths begin with, but for their last parts."""
    parts = [path.split(".") for path in paths]
    while parts and all(len(one) > 1 for one in parts) and len({one[0] for one in parts}) == 1:
        parts = [one[1:] for one in parts]
    return [".".join(one) for one in parts]


def choose_generator(
    state: Mapping[str, np.ndarray], network: str | None = None
) -> tuple[str, dict[str, np.ndarray]]:
    """Choose the one generator of a state dict, or the one that is named.

    Args:
        state: arrays by key.
        network: name of a generator; None where there is one alone.

    Returns:
        Its name where there are several, or an empty text, and its arrays under the authors' keys.
        Those of the state dict where no generator was found.

    Raises:
        InputError: there are several and none is named, none of that name, or something beside
            the generator may be a part of it.
    """
    found = find_generators(state)
    if not found and network is None:
        _check_computed(state)
        return "", dict(state)
    paths = {one.path: name for name, one in found.items()}
    name = choose(list(found), paths.get(network, network))
    chosen = found[name]
    if network is None and chosen.beside:
        raise InputError(
            "the state dict must be that of a ResNet generator of the CycleGAN authors' code, and "
            f"this one has {chosen.beside[0]} beside it; if that is no part of the generator, say "
            f"--network {name or 'NAME'} (network= in Python)"
        )
    return name if len(found) > 1 else "", chosen.state


def _check_computed(state: Mapping[str, np.ndarray]) -> None:
    computed = next(filter(_COMPUTED.fullmatch, state), None)
    if computed:
        raise InputError(
            f"the generator must have weights as they are, and this one has {computed}, a part of "
            "weights that are computed anew each time (weight or spectral norm); before saving, "
            "call torch.nn.utils.parametrize.remove_parametrizations, remove_weight_norm or "
            "remove_spectral_norm"
        )
