"""The networks of stylegan2-ada-pytorch, in the pickles in which people share them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from artnb.errors import InputError
from artnb.exchange.several import choose
from artnb.exchange.stylegan2_layout import stylegan2_of
from artnb.exchange.trained import TrainedGenerator
from artnb.torch_files import PickledModule, read_modules

_AVERAGED = "G_ema"
# What they smooth by, as a buffer of each layer that does, and as [1, 3, 3, 1] among its settings.
_FILTER = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 64
_FILTER_KEY = "resample_filter"
# How fast our mapping network learns beside the rest: its weights are scaled by it.
_LR_MULTIPLIER = 0.01


def read_stylegan2_pickle(path: Path, network: str | None = None) -> TrainedGenerator:
    """Read the averaged generator of a pickle.

    Args:
        path: of the file.
        network: the name of another network in it.

    Raises:
        InputError: the file is damaged or another pickle, or the network is none of StyleGAN2's.
    """
    modules = read_modules(path)
    try:
        if network is None and _AVERAGED in modules:
            network = _AVERAGED
        return _recognise(modules[choose(list(modules), network)])
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from error


def _recognise(module: PickledModule) -> TrainedGenerator:
    state, settings = module.tensors(), _settings(module)
    _check_kind(module, state)
    _check_settings(settings)
    filters = [key for key in state if key.endswith(_FILTER_KEY)]
    for key in filters:
        _check_filter(key, state.pop(key))
    if not any(key.endswith("noise_const") for key in state):
        state |= _no_noise(state)
    _scale_mapping(state, settings.get("lr_multiplier", _LR_MULTIPLIER))
    trained = stylegan2_of(state, "stylegan2-ada-pytorch")
    if clamp := settings.get("conv_clamp"):
        said = f"{trained.description}; its limit of features, {clamp:g}, is left out"
        return trained.replace(description=said)
    return trained


def _settings(module: PickledModule) -> dict[str, Any]:
    """Give what the networks within were given too, however it was nested."""
    settings = module.settings
    for name in ("mapping_kwargs", "synthesis_kwargs"):
        nested = settings.pop(name, None)
        settings |= nested if isinstance(nested, dict) else {}
    return settings


def _check_kind(module: PickledModule, state: Mapping[str, np.ndarray]) -> None:
    if any(key.startswith("synthesis.input.") for key in state):
        raise InputError(
            "the network must be a StyleGAN2, and this one is a StyleGAN3, whose layers are "
            "others; take a pickle of stylegan2-ada-pytorch, or train with StyleGAN3's --cfg "
            "stylegan2"
        )
    if not any(key.startswith("synthesis.") for key in state):
        raise InputError(
            f"the network must be the generator of a StyleGAN2, and this one is a "
            f"{module.class_name} without a synthesis network; choose another with --network, or "
            "another file"
        )


def _check_settings(settings: Mapping[str, Any]) -> None:
    """Refuse what would make other pictures of the same weights."""
    architecture = settings.get("architecture", "skip")
    if architecture != "skip":
        raise InputError(
            f"the generator's architecture must be skip, as a StyleGAN2's usually is, and it is "
            f"{architecture}; {_train('skip')}"
        )
    activation = settings.get("activation", "lrelu")
    if activation != "lrelu":
        raise InputError(f"the activation must be lrelu, and it is {activation}; {_train('lrelu')}")
    channels = settings.get("img_channels", 3)
    if channels != 3:
        raise InputError(
            f"the generator must make pictures of 3 channels, red, green and blue, and it makes "
            f"{channels}; train it with pictures in colour"
        )
    for name in ("lr_multiplier", "conv_clamp"):
        value = settings.get(name)
        if not isinstance(value, int | float | None) or (value is not None and value <= 0):
            raise InputError(f"{name} must be a number above 0, and it is {value!r}; "
                             "take the file from where it was made")  # fmt: skip


def _train(value: str) -> str:
    return f"take a network that was trained with {value}"


def _check_filter(key: str, array: np.ndarray) -> None:
    if array.shape != _FILTER.shape or not np.allclose(array, _FILTER, atol=1e-6):
        raise InputError(
            f"the generator must smooth by [1, 3, 3, 1], and {key} is another filter, of the shape "
            f"{array.shape}; {_train('resample_filter=[1,3,3,1]')}"
        )


def _no_noise(state: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Give a network that was trained without noise one of strength 0."""
    found = {}
    for key in state:
        block, _, last = key.rpartition(".conv")
        if last in ("0.weight", "1.weight") and block.removeprefix("synthesis.b").isdigit():
            px = int(block.removeprefix("synthesis.b"))
            layer = key.removesuffix(".weight")
            found[f"{layer}.noise_const"] = np.broadcast_to(np.float32(0), (px, px))
            found[f"{layer}.noise_strength"] = np.zeros((), np.float32)
    return found


def _scale_mapping(state: dict[str, np.ndarray], lr_multiplier: float) -> None:
    """Let weights that were scaled by another multiplier mean the same with ours."""
    if lr_multiplier != _LR_MULTIPLIER:
        for key in [key for key in state if key.startswith("mapping.fc")]:
            state[key] = state[key] * (lr_multiplier / _LR_MULTIPLIER)
