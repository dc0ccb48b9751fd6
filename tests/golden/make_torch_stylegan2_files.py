"""Make stylegan2.zip: StyleGAN2s in the files that others share, and the pictures they make.

README.md beside this file lists what is in it. Run from the project root, with PyTorch and NumPy:

    python -m tests.golden.make_torch_stylegan2_files
"""

import copyreg
import io
import math
import pickle
import sys
import types
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from torch.nn import Parameter
from torch.nn import functional as F

OUTPUT = Path(__file__).with_name("stylegan2.zip")
SEED = 31
COUNT = 2
FILTER = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=torch.float64)
FILTER = torch.outer(FILTER, FILTER) / 64
TRUNCATIONS = (1.0, 0.6)
SOURCE = "raise RuntimeError('source text must not be run')\n"


# Weights under NVIDIA's keys, and what they paint, a kernel for each picture.


def draw(size_px: int, z: int, w: int, layers: int, channels: dict, classes: int = 0) -> dict:
    """Draw the weights of a network, float32."""
    random = torch.Generator().manual_seed(SEED)

    def normal(*shape: int, scale: float = 1.0, mean: float = 0.0) -> torch.Tensor:
        return scale * torch.randn(shape, generator=random) + mean

    state = {"mapping.w_avg": normal(w)}
    if classes:
        state |= {"mapping.embed.weight": normal(w, classes), "mapping.embed.bias": normal(w)}
    for number in range(layers):
        width = (z + (w if classes else 0)) if number == 0 else w
        state[f"mapping.fc{number}.weight"] = normal(w, width, scale=100)
        state[f"mapping.fc{number}.bias"] = normal(w, scale=30)
    state["synthesis.b4.const"] = normal(channels[4], 4, 4)
    for px in sorted(channels):
        first = channels[px // 2] if px > 4 else channels[4]
        layer = f"synthesis.b{px}"
        shapes = {"conv0": (channels[px], first, 3), "conv1": (channels[px], channels[px], 3)}
        if px == 4:
            del shapes["conv0"]
        for name, (filters, width, edge) in {**shapes, "torgb": (3, channels[px], 1)}.items():
            state[f"{layer}.{name}.weight"] = normal(filters, width, edge, edge)
            state[f"{layer}.{name}.bias"] = normal(filters, scale=0.2)
            state[f"{layer}.{name}.affine.weight"] = normal(width, w)
            state[f"{layer}.{name}.affine.bias"] = normal(width, scale=0.2, mean=1)
            if name != "torgb":
                state[f"{layer}.{name}.noise_const"] = normal(px, px)
                state[f"{layer}.{name}.noise_strength"] = normal(scale=0.3)
    assert max(channels) == size_px
    return state


def paint(
    state: dict, z: np.ndarray, psi: float, lr: float = 0.01, kind=None, scaled: bool = False
) -> np.ndarray:
    """Make pictures in float64, NHWC.

    Args:
        state: weights.
        z: latents.
        psi: the truncation.
        lr: of the mapping network.
        kind: one-hot classes, or None.
        scaled: kernels are scaled by their size before they are brought to unit norm.
    """
    state = {key: value.double() for key, value in state.items()}
    latent = unit(torch.from_numpy(z).double())
    if kind is not None:
        weight, bias = state["mapping.embed.weight"], state["mapping.embed.bias"]
        embedded = torch.from_numpy(kind).double() @ weight.T / math.sqrt(weight.shape[1]) + bias
        latent = torch.cat([latent, unit(embedded)], dim=1)
    number = 0
    while f"mapping.fc{number}.weight" in state:
        weight, bias = state[f"mapping.fc{number}.weight"], state[f"mapping.fc{number}.bias"]
        latent = active(latent @ weight.T * lr / math.sqrt(weight.shape[1]) + bias * lr)
        number += 1
    average = state["mapping.w_avg"]
    latent = average + psi * (latent - average)
    features = state["synthesis.b4.const"].expand(len(z), -1, -1, -1)
    pictures, px = None, 4
    while f"synthesis.b{px}.conv1.weight" in state:
        for name in ("conv0", "conv1"):
            layer = f"synthesis.b{px}.{name}"
            if f"{layer}.weight" in state:
                features = modulated(features, latent, state, layer, name == "conv0", scaled)
                noise = state[f"{layer}.noise_const"] * state[f"{layer}.noise_strength"]
                features = active(features + noise + state[f"{layer}.bias"][:, None, None])
        colours = coloured(features, latent, state, f"synthesis.b{px}.torgb")
        pictures = colours if pictures is None else doubled(pictures) + colours
        px *= 2
    return pictures.permute(0, 2, 3, 1).numpy()


def unit(vectors: torch.Tensor) -> torch.Tensor:
    return vectors / (vectors.square().mean(dim=1, keepdim=True) + 1e-8).sqrt()


def active(features: torch.Tensor) -> torch.Tensor:
    return F.leaky_relu(features, 0.2) * math.sqrt(2)


def style_of(latent: torch.Tensor, state: dict, layer: str) -> torch.Tensor:
    weight = state[f"{layer}.affine.weight"]
    return latent @ weight.T / math.sqrt(weight.shape[1]) + state[f"{layer}.affine.bias"]


def modulated(features, latent, state: dict, layer: str, up: bool, scaled: bool) -> torch.Tensor:
    kernel = state[f"{layer}.weight"]
    if scaled:
        kernel = kernel / math.sqrt(kernel[0].numel())
    styles = style_of(latent, state, layer)
    painted = []
    for picture, style in zip(features, styles, strict=True):
        own = kernel * style[None, :, None, None]
        own = own / (own.square().sum(dim=(1, 2, 3), keepdim=True) + 1e-8).sqrt()
        if up:
            spread = F.conv_transpose2d(picture[None], own.transpose(0, 1), stride=2)
            painted.append(smoothed(F.pad(spread, (1, 1, 1, 1))))
        else:
            painted.append(F.conv2d(picture[None], own, padding=1))
    return torch.cat(painted)


def coloured(features, latent, state: dict, layer: str) -> torch.Tensor:
    kernel = state[f"{layer}.weight"] / math.sqrt(state[f"{layer}.weight"].shape[1])
    styled = features * style_of(latent, state, layer)[:, :, None, None]
    return F.conv2d(styled, kernel, state[f"{layer}.bias"])


def doubled(pictures: torch.Tensor) -> torch.Tensor:
    count, channels, height, width = pictures.shape
    spread = torch.zeros(count, channels, 2 * height, 2 * width, dtype=pictures.dtype)
    spread[:, :, ::2, ::2] = pictures
    return smoothed(F.pad(spread, (2, 1, 2, 1)))


def smoothed(features: torch.Tensor) -> torch.Tensor:
    """Smooth what has zeros between pixels, so that it keeps its brightness."""
    channels = features.shape[1]
    return F.conv2d(features, 4 * FILTER.expand(channels, 1, 4, 4), groups=channels)


# Files of stylegan2-ada-pytorch.


def _program(name: str, **members) -> types.ModuleType:
    module = types.ModuleType(name)
    for key, member in members.items():
        member.__module__, member.__qualname__ = name, key
        setattr(module, key, member)
    sys.modules[name] = module
    return module


def _reconstruct_persistent_obj(meta):
    raise AssertionError


class EasyDict(dict):
    pass


_program("torch_utils")
_program("torch_utils.persistence", _reconstruct_persistent_obj=_reconstruct_persistent_obj)
_program("dnnlib")
_program("dnnlib.util", EasyDict=EasyDict)


class Module:
    """A module that pickles like those of NVIDIA's programs."""

    def __init__(self, class_name: str, settings: dict | None = None):
        self.class_name = class_name
        containers = ("_parameters", "_buffers", "_modules", "_backward_hooks")
        self.state = {"training": False, **{name: OrderedDict() for name in containers}}
        self.state |= {"_non_persistent_buffers_set": set(), "weight_gain": np.float64(0.5)}
        self.state |= {"_init_args": (), "_init_kwargs": settings or {}}

    def __reduce__(self):
        meta = {"type": "class", "version": 6, "module_src": SOURCE}
        meta |= {"class_name": self.class_name, "state": self.state}
        return _reconstruct_persistent_obj, (meta,), None

    def put(self, key: str, tensor: torch.Tensor) -> None:
        """Put a tensor at its place in the tree of modules."""
        first, _, rest = key.partition(".")
        if rest:
            kind = first.rstrip("0123456789").capitalize()
            self.state["_modules"].setdefault(first, Module(kind)).put(rest, tensor)
        elif key in ("w_avg", "noise_const", "resample_filter"):
            self.state["_buffers"][key] = tensor
        else:
            self.state["_parameters"][key] = Parameter(tensor, requires_grad=False)


def network(state: dict, settings: dict) -> Module:
    """Build a generator's tree of modules."""
    generator = Module("Generator", settings)
    filters = {
        key.replace("weight", "resample_filter"): FILTER.float()
        for key in state
        if key.endswith(("conv0.weight", "conv1.weight"))
    }
    for key, tensor in {**state, **filters}.items():
        generator.put(key, tensor)
    return generator


def pickled(generator: Module, untrained: Module, zipped: bool) -> bytes:
    """Pickle a dictionary of networks, with tensors in PyTorch's old format or in zip files."""
    file = io.BytesIO()
    pickler = pickle.Pickler(file, protocol=4)
    if zipped:
        pickler.dispatch_table = copyreg.dispatch_table | {torch.storage.TypedStorage: _zipped}
    discriminator = Module("Discriminator", {"c_dim": 0})
    discriminator.put("b4.out.weight", torch.zeros(1, 2))
    pickler.dump({
        "training_set_kwargs": EasyDict(class_name="training.dataset.ImageFolderDataset"),
        "G": untrained,
        "D": discriminator,
        "G_ema": generator,
        "augment_pipe": None,
    })  # fmt: skip
    return file.getvalue()


def _zipped(storage):
    file = io.BytesIO()
    torch.save(storage, file)
    return torch.storage._load_from_bytes, (file.getvalue(),)


# Files of stylegan2-pytorch.


def as_rosinality(state: dict) -> dict:
    """Rename a network's weights."""
    named = {"input.input": state["synthesis.b4.const"][None]}
    edges = sorted(int(key.split(".")[1][1:]) for key in state if key.endswith("torgb.bias"))
    convolutions = ["b4.conv1"] + [f"b{px}.conv{n}" for px in edges[1:] for n in (0, 1)]
    for number, convolution in enumerate(convolutions):
        theirs, ours = f"convs.{number - 1}" if number else "conv1", f"synthesis.{convolution}"
        named |= _modulated(theirs, ours, state)
        named[f"{theirs}.noise.weight"] = state[f"{ours}.noise_strength"][None]
        named[f"{theirs}.activate.bias"] = state[f"{ours}.bias"]
        named[f"noises.noise_{number}"] = state[f"{ours}.noise_const"][None, None]
        if convolution.endswith("conv0"):
            named[f"{theirs}.conv.blur.kernel"] = 4 * FILTER.float()
    for number, px in enumerate(edges):
        theirs, ours = f"to_rgbs.{number - 1}" if number else "to_rgb1", f"synthesis.b{px}.torgb"
        named |= _modulated(theirs, ours, state)
        named[f"{theirs}.bias"] = state[f"{ours}.bias"].reshape(1, 3, 1, 1)
        if number:
            named[f"{theirs}.upsample.kernel"] = 4 * FILTER.float()
    for key, tensor in state.items():
        if key.startswith("mapping.fc"):
            number, kind = key.removeprefix("mapping.fc").split(".")
            named[f"style.{int(number) + 1}.{kind}"] = tensor
    return named


def _modulated(theirs: str, ours: str, state: dict) -> dict:
    affine = {
        f"{theirs}.conv.modulation.{kind}": state[f"{ours}.affine.{kind}"]
        for kind in ("weight", "bias")
    }
    return {f"{theirs}.conv.weight": state[f"{ours}.weight"][None], **affine}


def saved(tree: dict) -> bytes:
    """Save as `torch.save` does."""
    file = io.BytesIO()
    torch.save(tree, file)
    return file.getvalue()


def main() -> None:
    """Write the file."""
    files, golden = {}, {}

    def record(name: str, state: dict, **how) -> None:
        latent = state["mapping.fc0.weight"].shape[1]
        latent -= state["mapping.w_avg"].numel() if "kind" in how else 0
        golden[f"{name}/z"] = np.random.RandomState(SEED).randn(COUNT, latent).astype(np.float32)
        for psi in TRUNCATIONS:
            pictures = paint(state, golden[f"{name}/z"], psi, **how)
            golden[f"{name}/{psi}"] = pictures.astype(np.float32)

    nothing = Module("Generator", {})
    channels = {4: 8, 8: 8, 16: 4}
    state = draw(16, 6, 10, 3, channels, classes=COUNT)
    settings = {"z_dim": 6, "c_dim": COUNT, "w_dim": 10, "img_resolution": 16, "img_channels": 3}
    nested = {
        "mapping_kwargs": EasyDict(num_layers=3, lr_multiplier=0.02),
        "synthesis_kwargs": EasyDict(channel_base=64, channel_max=8, conv_clamp=256),
    }
    files["classes.pkl"] = pickled(network(state, settings | nested), nothing, zipped=False)
    record("classes", state, lr=0.02, kind=np.eye(COUNT, dtype=np.float32))

    state = draw(32, 8, 8, 2, channels | {32: 2})
    settings = {"z_dim": 8, "c_dim": 0, "w_dim": 8, "img_resolution": 32, "img_channels": 3}
    flat = {"channel_base": 64, "channel_max": 8, "mapping_kwargs": {"num_layers": 2}}
    files["flat.pkl"] = pickled(network(state, settings | flat), nothing, zipped=True)
    record("flat", state)

    state = draw(16, 8, 8, 8, channels)
    theirs, average = as_rosinality(state), state["mapping.w_avg"]
    files["converted.pt"] = saved({"g_ema": theirs, "latent_avg": average})
    record("converted", state, scaled=True)

    arrays = io.BytesIO()
    np.savez(arrays, **golden)
    with zipfile.ZipFile(OUTPUT, "w") as archive:
        for name, data in {"golden.npz": arrays.getvalue(), **files}.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data, compresslevel=9)
    print(f"{OUTPUT.name}: {OUTPUT.stat().st_size:,} bytes")
    print({name: round(float(value.std()), 2) for name, value in golden.items()})


if __name__ == "__main__":
    main()
