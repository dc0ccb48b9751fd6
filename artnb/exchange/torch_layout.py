"""The key layout of the CycleGAN authors' PyTorch generators, in both directions."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from artnb.errors import InputError
from artnb.exchange.torch_networks import choose_generator
from artnb.methods.cyclegan.config import CycleGANConfig

# PyTorch keeps a convolution's kernel as (out, in, height, width) where Keras has (height, width,
# in, out). Of a transposed convolution both swap in and out, so one order of axes serves both.
_TORCH_TO_KERAS = (2, 3, 1, 0)
_KERAS_TO_TORCH = (3, 2, 0, 1)

_BLOCK = re.compile(r"model\.(\d+)\.conv_block\.")
_FIRST_BLOCK = 10
# What instance normalisation keeps for a mode that the authors' code never uses; files of PyTorch
# 0.3 have it.
_STATISTICS = ("running_mean", "running_var", "num_batches_tracked")
# The only settings with which a generator of ours is the authors'.
_AUTHORS_SETTINGS = {
    "generator": "resnet",
    "skips": False,
    "upsampling": "transposed",
    "padding": "zero",
    "norm": "instance",
    "norm_epsilon": 1e-5,
}


class _Layer(NamedTuple):
    """A convolution's key and that of the norm after it; the last convolution has no norm."""

    convolution: str
    norm: str | None


def _layers(blocks: int, dropout: bool = False) -> Iterator[_Layer]:
    """Give the layers that have weights, from photo to painting.

    A residual block is padding, convolution, norm, ReLU, perhaps dropout, and again.
    """
    for number in (1, 4, 7):
        yield _Layer(f"model.{number}", f"model.{number + 1}")
    after = _FIRST_BLOCK + blocks
    for number in range(_FIRST_BLOCK, after):
        for place in (1, 6 if dropout else 5):
            block = f"model.{number}.conv_block"
            yield _Layer(f"{block}.{place}", f"{block}.{place + 1}")
    for number in (after, after + 3):
        yield _Layer(f"model.{number}", f"model.{number + 1}")
    yield _Layer(f"model.{after + 7}", None)


def from_torch(state: Mapping[str, np.ndarray]) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Read the weights of the authors' ResNet generator.

    Running statistics are left out: instance normalisation takes a picture's own, in the authors'
    code too.

    Args:
        state: arrays by key, as of `artnb.torch_files.read_state_dict`, of one generator; what
            wraps it and what all of its keys begin with is left out.

    Returns:
        The settings of `CycleGANConfig` that build this network, and float32 weights in the order
        of the Keras model's.

    Raises:
        InputError: it is another network; the message says how it differs.

    Source: junyanz/pytorch-CycleGAN-and-pix2pix, models/networks.py, ResnetGenerator; the same
        layout since 2017.
    """
    _, state = choose_generator(state)
    own = {key: array for key, array in state.items() if not key.endswith(_STATISTICS)}
    blocks = len({match[1] for key in own if (match := _BLOCK.match(key))})
    dropout = _is_convolution(own, f"model.{_FIRST_BLOCK}.conv_block.6")
    layers = list(_layers(blocks, dropout))
    affine = "model.2.weight" in own
    if "model.1.weight" in own and "model.1.bias" not in own:
        own |= _missing_biases(own, layers, affine, len(own) < len(state))
    _check_keys(own, layers, affine)
    weights = list(_keras_weights(own, layers, affine))
    filters = _check_shapes(own, layers)
    settings = {
        "generator_filters": filters,
        "generator_blocks": blocks,
        "norm_affine": affine,
    }
    return _AUTHORS_SETTINGS | settings, weights


def _is_convolution(state: Mapping[str, np.ndarray], key: str) -> bool:
    return f"{key}.weight" in state and state[f"{key}.weight"].ndim == 4


def _missing_biases(
    state: Mapping[str, np.ndarray], layers: list[_Layer], affine: bool, has_statistics: bool
) -> dict[str, np.ndarray]:
    """Give biases of 0 to convolutions that have none, where that says the same.

    The authors' convolutions have biases before instance normalisation alone.
    """
    if has_statistics:
        raise InputError(
            "the generator must have instance normalisation, and this one has convolutions "
            "without biases and running statistics, as networks with batch normalisation have; "
            "train it with --norm instance"
        )
    if not affine:
        raise InputError(
            "the generator must have biases or weights of its norms, and this one has neither, so "
            "that nothing tells whether it normalises; save it with biases"
        )
    return {
        f"{layer.convolution}.bias": np.zeros(state[f"{layer.norm}.bias"].shape, np.float32)
        for layer in layers
        if layer.norm and f"{layer.norm}.bias" in state
    }


def _check_keys(state: Mapping[str, np.ndarray], layers: list[_Layer], affine: bool) -> None:
    expected = [f"{layer.convolution}.{kind}" for layer in layers for kind in ("weight", "bias")]
    if affine:
        norms = [layer.norm for layer in layers if layer.norm]
        expected += [f"{norm}.{kind}" for norm in norms for kind in ("weight", "bias")]
    missing = [key for key in expected if key not in state]
    surplus = sorted(set(state) - set(expected))
    if missing or surplus:
        differs = f"lacks {missing[0]}" if missing else f"has {surplus[0]} beside it"
        raise InputError(
            "the state dict must be that of a ResNet generator of the CycleGAN authors' code, and "
            f"this one {differs}; take a *_net_G*.pth of --netG resnet_9blocks or resnet_6blocks"
        )


def _keras_weights(
    state: Mapping[str, np.ndarray], layers: list[_Layer], affine: bool
) -> Iterator[np.ndarray]:
    for layer in layers:
        kernel = state[f"{layer.convolution}.weight"]
        if kernel.ndim != 4:
            raise InputError(
                f"{layer.convolution} must be a convolution, and its weight has the shape "
                f"{kernel.shape}; take a *_net_G*.pth of a ResNet generator"
            )
        yield _float32(kernel.transpose(_TORCH_TO_KERAS))
        yield _float32(state[f"{layer.convolution}.bias"])
        if affine and layer.norm:
            yield _float32(state[f"{layer.norm}.weight"])
            yield _float32(state[f"{layer.norm}.bias"])


def _float32(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array, np.float32)


def _check_shapes(state: Mapping[str, np.ndarray], layers: list[_Layer]) -> int:
    """Give the channels after the first convolution, if all others follow from them."""
    filters = state["model.1.weight"].shape[0]
    blocks = (len(layers) - 6) // 2
    expected = [
        (filters, 3, 7, 7),
        *((factor * filters, factor * filters // 2, 3, 3) for factor in (2, 4)),
        *[(4 * filters, 4 * filters, 3, 3)] * (2 * blocks),
        *((factor * filters, factor * filters // 2, 3, 3) for factor in (4, 2)),
        (3, filters, 7, 7),
    ]
    for layer, shape in zip(layers, expected, strict=True):
        found = state[f"{layer.convolution}.weight"].shape
        if found != shape:
            raise InputError(
                f"{layer.convolution}.weight must have the shape {shape} in a generator of "
                f"{filters} filters from RGB to RGB, and has {found}; another network is needed"
            )
    return filters


def to_torch(config: CycleGANConfig, weights: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Give a generator's weights in the authors' key layout.

    Args:
        config: the settings it was built with.
        weights: in the order of the Keras model's.

    Returns:
        Contiguous float32 arrays by key.

    Raises:
        InputError: the settings make a network that the authors' code has not.
    """
    for name, value in _AUTHORS_SETTINGS.items():
        if getattr(config, name) != value:
            raise InputError(
                f"{name} must be {value!r} in a generator of the CycleGAN authors' code, and it "
                f"is {getattr(config, name)!r}; export it as keras or onnx"
            )
    left, state = iter(weights), {}
    for layer in _layers(config.generator_blocks):
        kernel = next(left).transpose(_KERAS_TO_TORCH)
        state[f"{layer.convolution}.weight"] = _float32(kernel)
        state[f"{layer.convolution}.bias"] = _float32(next(left))
        if config.norm_affine and layer.norm:
            state[f"{layer.norm}.weight"] = _float32(next(left))
            state[f"{layer.norm}.bias"] = _float32(next(left))
    return state
