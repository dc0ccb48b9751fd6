"""The key layout of NVIDIA's StyleGAN2 generators for PyTorch: what settings and weights it means.

Both programs and ours scale weights when they are used, and so they are kept as they are. Source:
NVlabs/stylegan2-ada-pytorch, training/networks.py.
"""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from artnb.errors import InputError
from artnb.exchange.trained import TrainedGenerator
from artnb.limits import Limit
from artnb.torch_files import LARGEST_FILE_BYTES

# How PyTorch's axes are ordered in Keras, by their number: of convolutions (out, in, height,
# width), of the constant (channels, height, width), of dense layers (out, in).
_TO_KERAS = {4: (2, 3, 1, 0), 3: (1, 2, 0), 2: (1, 0), 1: (0,), 0: ()}
_TO_TORCH = {4: (3, 2, 0, 1), 3: (2, 0, 1), 2: (1, 0), 1: (0,), 0: ()}
_CONVOLUTIONS = {"conv": "conv1", "up": "conv0", "rgb": "torgb"}
_KINDS = {
    "kernel": "weight",
    "bias": "bias",
    "affine_kernel": "affine.weight",
    "affine_bias": "affine.bias",
    "strength": "noise_strength",
    "constant": "noise_const",
}
_AVERAGE = "mapping.w_avg"
_SMALLEST_PX, _LARGEST_PX = 8, 1024
# Of z, where a file does not say what w is on average.
_Z_FOR_AVERAGE = 10_000
# Tensors may look at the same values again and again.
_LARGEST = Limit("network", LARGEST_FILE_BYTES)
_OTHER = "another network is needed"


def stylegan2_of(state: Mapping[str, np.ndarray], what: str) -> TrainedGenerator:
    """Recognise the generator of a StyleGAN2 by its weights.

    Args:
        state: arrays by key, such as `synthesis.b4.conv1.weight`, without filters. Without
            `mapping.w_avg` the average w is measured.
        what: where it is from, in a few words.

    Raises:
        InputError: it is another network; the message says how it differs.
    """
    size_bytes = sum(array.nbytes for array in state.values())
    if problem := _LARGEST.problem(size_bytes, size_bytes):
        raise InputError(f"the network is not read: it holds {problem}; {_OTHER}")
    settings = read_settings(state)
    classes = len(settings["classes"].split(",")) if settings["classes"] else 0
    told_apart = f", {classes} classes" if classes else ""
    description = (
        f"StyleGAN2 of {what}, {settings['image_size_px']} px, {settings['mapping_layers']} "
        f"mapping layers{told_apart}"
    )
    weights = keras_weights(state, settings)
    return TrainedGenerator(description, settings, weights, method="stylegan2")


def read_settings(state: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Find the settings of `StyleGAN2Config` that build a generator of these weights.

    Raises:
        InputError: none do.
    """
    channels = _channels(state)
    size_px, most = max(channels), max(channels.values())
    base = max(count * px for px, count in channels.items())
    if any(count != min(base // px, most) for px, count in channels.items()):
        counts = ", ".join(f"{count} at {px} px" for px, count in sorted(channels.items()))
        raise InputError(
            "channels must halve where pixels double, from some size on, and this network has "
            f"{counts}; {_OTHER}"
        )
    w_size = _shape(state, "synthesis.b4.conv1.affine.weight", 2)[1]
    classes = _shape(state, "mapping.embed.weight", 2)[1] if "mapping.embed.weight" in state else 0
    z_size = _shape(state, "mapping.fc0.weight", 2)[1] - (w_size if classes else 0)
    if z_size < 1:
        raise InputError(
            f"the mapping network must be given a latent z, and this one is given none; {_OTHER}"
        )
    return {
        "image_size_px": size_px,
        "latent_size": z_size,
        "w_size": None if w_size == z_size else w_size,
        "classes": ",".join(map(str, range(classes))),
        "mapping_layers": sum(bool(re.fullmatch(r"mapping\.fc\d+\.weight", k)) for k in state),
        "channel_base": base,
        "channel_max": most,
    }


def _channels(state: Mapping[str, np.ndarray]) -> dict[int, int]:
    """Give the channels at each edge of features, from 4 on."""
    pattern = re.compile(r"synthesis\.b(\d+)\.conv1\.weight")
    found = {int(match[1]): key for key in state if (match := pattern.fullmatch(key))}
    size_px = max(found, default=0)
    expected = [2**level for level in range(2, size_px.bit_length())]
    if sorted(found) != expected or not _SMALLEST_PX <= size_px <= _LARGEST_PX:
        raise InputError(
            f"the generator must have blocks of 4, 8 … px up to a size from {_SMALLEST_PX} to "
            f"{_LARGEST_PX}, and this one has those of {sorted(found) or 'none'}; {_OTHER}"
        )
    return {px: _shape(state, key, 4)[0] for px, key in found.items()}


def _shape(state: Mapping[str, np.ndarray], key: str, axes: int) -> tuple[int, ...]:
    if key not in state:
        raise InputError(f"the generator must have {key}, and this one has not; {_OTHER}")
    shape = state[key].shape
    if len(shape) != axes:
        raise InputError(f"{key} must have {axes} axes, and has the shape {shape}; {_OTHER}")
    return shape


def keras_weights(state: Mapping[str, np.ndarray], settings: Mapping[str, Any]) -> list[np.ndarray]:
    """Give float32 weights in the order of the Keras model's.

    Raises:
        InputError: some are missing, more than there should be, or of another shape.
    """
    from artnb.methods.stylegan2.config import StyleGAN2Config
    from artnb.methods.stylegan2.model import build_generator
    from artnb.models.building import weights_at_most

    config = StyleGAN2Config(**settings)
    # Noise apart, a network has no weights but those that the file has.
    room = sum(array.size for array in state.values()) + 4 * config.image_size_px**2
    with weights_at_most(room):
        generator = build_generator(config, "generator")
    keys = {weight.path: torch_key(weight.path) for weight in generator.weights}
    if surplus := sorted(set(state) - set(keys.values())):
        raise InputError(
            f"the generator must be a StyleGAN2 with skips of colours alone, and this one has "
            f"{surplus[0]} beside; {_OTHER}"
        )
    weights = []
    for weight in generator.weights:
        key, shape = keys[weight.path], tuple(weight.shape)
        is_measured = key == _AVERAGE and key not in state
        weights.append(np.zeros(shape, np.float32) if is_measured else _weight(state, key, shape))
    if _AVERAGE not in state:
        generator.set_weights(weights)
        weights[list(keys.values()).index(_AVERAGE)] = _measured_average(generator)
    return weights


def torch_key(path: str) -> str:
    """Turn the path of a weight of ours, such as `up_8/kernel`, into NVIDIA's key."""
    layer, kind = path.split("/")[-2:]
    name, _, number = layer.rpartition("_")
    if layer == "average_w":
        return _AVERAGE
    if layer == "constant_4":
        return "synthesis.b4.const"
    if layer == "embed":
        return f"mapping.embed.{_KINDS[kind]}"
    if name == "dense":
        return f"mapping.fc{number}.{_KINDS[kind]}"
    convolution = _CONVOLUTIONS[name.rpartition("_")[2]]
    return f"synthesis.b{number}.{convolution}.{_KINDS[kind]}"


def _weight(state: Mapping[str, np.ndarray], key: str, shape: tuple[int, ...]) -> np.ndarray:
    if key not in state:
        raise InputError(f"the generator must have {key}, and this one has not; {_OTHER}")
    array, is_noise = state[key], key.endswith("noise_const")
    expected = shape[:2] if is_noise else tuple(shape[axis] for axis in _TO_TORCH[len(shape)])
    if array.shape != expected:
        raise InputError(
            f"{key} must have the shape {expected} in this network, and has {array.shape}; {_OTHER}"
        )
    array = array[:, :, None] if is_noise else array.transpose(_TO_KERAS[len(shape)])
    return np.asarray(array, np.float32, order="C")


def _measured_average(generator: Any) -> np.ndarray:
    """Give the mean w of many z; of all classes alike where there are some."""
    from artnb.models.stylegan2.networks import draw_z

    sizes, rng = generator.sizes, np.random.default_rng(0)
    z: Any = draw_z(range(_Z_FOR_AVERAGE), sizes.z_size)
    if sizes.classes:
        kinds = rng.integers(sizes.classes, size=len(z))
        z = [z, np.eye(sizes.classes, dtype=np.float32)[kinds]]
    return generator.mapping.predict(z, batch_size=1000, verbose=0).mean(axis=0)
