"""The generators of rosinality's stylegan2-pytorch, turned into NVIDIA's key layout."""

import math
import re
from collections.abc import Iterator, Mapping

import numpy as np

from artnb.errors import InputError
from artnb.exchange.several import choose
from artnb.exchange.stylegan2_layout import stylegan2_of
from artnb.exchange.trained import TrainedGenerator

_FIRST = "input.input"
_AVERAGED = "g_ema"
_AVERAGE = "latent_avg"
# What smooths is kept four times as strong: zeros between pixels leave a quarter of the brightness.
_FILTER = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 16
_FILTER_KEYS = (".blur.kernel", ".upsample.kernel")


def has_stylegan2(state: Mapping[str, np.ndarray]) -> bool:
    """Say whether a state dict holds a generator in this layout."""
    return any(_is_of(state, name) for name in _names(state))


def from_rosinality(
    state: Mapping[str, np.ndarray], network: str | None = None
) -> TrainedGenerator:
    """Read the averaged generator of a checkpoint.

    Args:
        state: arrays by key, as of `artnb.torch_files.read_state_dict`.
        network: which of several generators; None is `g_ema`, or the only one.

    Raises:
        InputError: it is another network; the message says how it differs.

    Source: rosinality/stylegan2-pytorch, model.py. Deviation: the mapping network's learning rate
        is not in the file, and taken for a hundredth of the rest's, as that program has it.
    """
    names = [name for name in _names(state) if _is_of(state, name)]
    if network is None and _AVERAGED in names:
        network = _AVERAGED
    name = choose(names, network)
    prefix = f"{name}." if name else ""
    own = {
        key.removeprefix(prefix): array
        for key, array in state.items()
        if key.startswith(prefix) and key.removeprefix(prefix) != _AVERAGE
    }
    translated = dict(_translated(own))
    if _AVERAGE in state:
        translated["mapping.w_avg"] = state[_AVERAGE].reshape(-1)
    return stylegan2_of(translated, "stylegan2-pytorch")


def _names(state: Mapping[str, np.ndarray]) -> list[str]:
    return [key[: -len(_FIRST)].removesuffix(".") for key in state if key.endswith(_FIRST)]


def _is_of(state: Mapping[str, np.ndarray], name: str) -> bool:
    prefix = f"{name}." if name else ""
    return f"{prefix}conv1.conv.modulation.weight" in state


def _translated(state: Mapping[str, np.ndarray]) -> Iterator[tuple[str, np.ndarray]]:
    """Give every array under NVIDIA's key, and as it is there."""
    for key, array in state.items():
        if key.endswith(_FILTER_KEYS):
            _check_filter(key, array)
        elif key == _FIRST:
            yield "synthesis.b4.const", _without_batch(key, array)
        elif match := re.fullmatch(r"style\.(\d+)\.(weight|bias)", key):
            yield f"mapping.fc{int(match[1]) - 1}.{match[2]}", array
        elif match := re.fullmatch(r"noises\.noise_(\d+)", key):
            yield f"{_layer(int(match[1]))}.noise_const", array.reshape(array.shape[-2:])
        else:
            yield _of_layer(key, array)


def _layer(number: int) -> str:
    """Name a 3×3 convolution by its place among all of them."""
    px = 4 * 2 ** ((number + 1) // 2)
    return f"synthesis.b{px}.conv{(number + 1) % 2}"


def _of_layer(key: str, array: np.ndarray) -> tuple[str, np.ndarray]:
    """Translate a key of `conv1`, `convs.N`, `to_rgb1` or `to_rgbs.N`."""
    match = re.fullmatch(r"(conv|to_rgb)(1|s\.(\d+))\.(.+)", key)
    number = int(match[3]) + 1 if match and match[3] else 0
    if match and match[1] == "conv":
        layer, kinds = _layer(number), _CONVOLUTION
    elif match:
        layer, kinds = f"synthesis.b{4 * 2**number}.torgb", _COLOURS
    if not match or match[4] not in kinds:
        raise InputError(
            f"the generator must be that of rosinality's stylegan2-pytorch, and this one has {key} "
            "beside; another network is needed"
        )
    if match[4] == "conv.weight":
        array = _without_batch(key, array)
        if match[1] == "conv":
            # There the scale of a kernel counts before it is brought to unit norm, whose ε is then
            # another; it is left out later.
            array = array / math.sqrt(math.prod(array.shape[1:]))
    elif match[4] in ("bias", "activate.bias"):
        array = array.reshape(-1)
    elif match[4] == "noise.weight":
        array = array.reshape(array.shape[1:])
    return f"{layer}.{kinds[match[4]]}", array


_MODULATED = {
    "conv.weight": "weight",
    "conv.modulation.weight": "affine.weight",
    "conv.modulation.bias": "affine.bias",
}
_CONVOLUTION = {**_MODULATED, "noise.weight": "noise_strength", "activate.bias": "bias"}
_COLOURS = {**_MODULATED, "bias": "bias"}


def _without_batch(key: str, array: np.ndarray) -> np.ndarray:
    if array.shape[:1] != (1,):
        raise InputError(
            f"{key} must have a first axis of 1, and has the shape {array.shape}; another network "
            "is needed"
        )
    return array[0]


def _check_filter(key: str, array: np.ndarray) -> None:
    if array.shape != _FILTER.shape or not np.allclose(array, _FILTER, atol=1e-6):
        raise InputError(
            f"the generator must smooth by [1, 3, 3, 1], and {key} is another filter; take a "
            "network that was trained with blur_kernel=[1, 3, 3, 1]"
        )
