"""Make stylegan2_torch.npz: StyleGAN2's networks, losses and regularisers, by PyTorch.

README.md beside this file lists the keys. Run from the project root, with PyTorch and NumPy:

    python -m tests.golden.make_torch_stylegan2
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from benchmarks.stylegan2_torch import (
    Discriminator,
    EqualizedConv,
    Mapping,
    ModulatedConv,
    Sizes,
    Synthesis,
    fir,
    path_lengths,
    squared_norms,
    upsample,
)
from tests.golden.stylegan2_draws import (
    BATCH,
    CLASSES,
    FILE,
    MEAN_PATH_LENGTH,
    SIZES,
    draw,
    draw_classes,
    draw_weight,
)

WEIGHTS = {"weight": "kernel", "bias": "bias"}


def in_keras(network, name):
    """Give `network/layer/weight` as Keras has it, of a name such as `layers.up_8.affine.bias`."""
    parts = [part for part in name.split(".") if part not in ("layers", "mapping")]
    if parts == ["constant"]:
        return f"{network}/constant_4/constant"
    layer, *owner, weight = parts
    if owner:
        return f"{network}/{layer}/affine_{WEIGHTS[weight]}"
    if weight == "noise_strength":
        return f"{network}/noise_{layer}/strength"
    if network == "synthesis" and weight == "bias":
        return f"{network}/bias_{layer}/bias"
    return f"{network}/{layer}/{WEIGHTS[weight]}"


def turned(name, tensor):
    """Give a weight in Keras' layout: channels last, inputs before outputs."""
    if name == "discriminator/dense/kernel":
        return tensor.unflatten(1, (-1, 4, 4)).permute(2, 3, 1, 0).flatten(0, 2)
    axes = {3: (1, 2, 0), 4: (2, 3, 1, 0)}
    return tensor.permute(axes.get(tensor.ndim, tuple(range(tensor.ndim))[::-1]))


def turned_back(name, values):
    """Give what `turned` turns into `values`."""
    if name == "discriminator/dense/kernel":
        return values.unflatten(0, (4, 4, -1)).permute(3, 2, 0, 1).flatten(1)
    axes = {3: (2, 0, 1), 4: (3, 2, 0, 1)}
    return values.permute(axes.get(values.ndim, tuple(range(values.ndim))[::-1]))


def drawn(network, name):
    """Put drawn weights into a network, in float64."""
    network.double()
    for own, weight in network.named_parameters():
        key = in_keras(name, own)
        values = draw_weight(key, turned(key, weight).shape)
        weight.data.copy_(turned_back(key, torch.as_tensor(values)))
    return network


def gradients(loss, **networks):
    """Give the gradients of a loss by all weights, by their names in Keras; 0 where it has none."""
    named = {
        in_keras(name, own): weight
        for name, network in networks.items()
        for own, weight in network.named_parameters()
    }
    found = torch.autograd.grad(loss, list(named.values()), allow_unused=True)
    return {
        key: turned(key, torch.zeros_like(weight) if gradient is None else gradient)
        for (key, weight), gradient in zip(named.items(), found, strict=True)
    }


def pictures(name, *shape):
    """Draw pictures `(batch, channels, height, width)`."""
    return torch.from_numpy(draw(name, *shape)).permute(0, 3, 1, 2)


def nhwc(tensor):
    """Put channels last."""
    return tensor.permute(0, 2, 3, 1)


def filters():
    """Filter pictures, and convolve them on the way to half and to double size."""
    given = pictures("fir", 2, 8, 8, 3)
    halving = EqualizedConv(3, 4, halving=True)
    doubling = ModulatedConv(3, 4, SIZES["w_size"], doubling=True)
    drawn(nn.ModuleDict({"halving": halving, "doubling": doubling}), "filters")
    w = torch.from_numpy(draw("fir_w", 2, SIZES["w_size"]))
    return {
        "upsampled": nhwc(upsample(given)),
        "downsampled": nhwc(fir(given, padding=1, stride=2)),
        "halving": nhwc(halving(given)),
        "doubling": nhwc(doubling.convolve(given, w)),
    }


def of_generator(sizes, kind):
    """Map, paint with fixed noise, and give path lengths, their penalty and its gradients."""
    mapping = Mapping(sizes.z_size, sizes.w_size, sizes.mapping_layers, sizes.classes)
    mapping, synthesis = drawn(mapping, "mapping"), drawn(Synthesis(sizes), "synthesis")
    w = mapping(torch.from_numpy(draw("z", BATCH, sizes.z_size)), kind)
    if sizes.classes:
        return {"mapping/w": w}
    noises = [
        pictures(f"synthesis/noise_{layer}/constant", 1, edge, edge, 1)
        for layer in synthesis.layers
        if not layer.startswith("rgb")
        for edge in [int(layer.split("_")[1])]
    ]
    ws = w[:, None].expand(-1, synthesis.w_count, -1)
    painted = synthesis(ws, noises)
    noise = pictures("path_noise", BATCH, sizes.size_px, sizes.size_px, 3)
    lengths = path_lengths(painted, ws, noise)
    penalty = (lengths - MEAN_PATH_LENGTH).square().mean()
    by_weight = gradients(penalty, mapping=mapping, synthesis=synthesis)
    return {
        "mapping/w": w,
        "synthesis/pictures": nhwc(painted),
        "path/lengths": lengths,
        "path/penalty": penalty,
        **{f"path/gradient/{key}": gradient for key, gradient in by_weight.items()},
    }


def of_discriminator(sizes, kind, fakes):
    """Judge, and give the losses, R1's norms and the gradients of their mean."""
    discriminator = drawn(Discriminator(sizes), "discriminator")
    real = pictures("real", BATCH, sizes.size_px, sizes.size_px, 3).requires_grad_()
    logits, fake_logits = discriminator(real, kind), discriminator(fakes, kind)
    norms = squared_norms(logits, real)
    by_weight = gradients(norms.mean(), discriminator=discriminator)
    return {
        "discriminator/real_logits": logits,
        "discriminator/fake_logits": fake_logits,
        "loss/generator": functional.softplus(-fake_logits).mean(),
        "loss/discriminator_fake": functional.softplus(fake_logits).mean(),
        "loss/discriminator_real": functional.softplus(-logits).mean(),
        "r1/norms": norms,
        **{f"r1/gradient/{key}": gradient for key, gradient in by_weight.items()},
    }


def main():
    """Compute in float64 and write."""
    plain = of_generator(Sizes(**SIZES), None)
    fakes = plain["synthesis/pictures"].detach().permute(0, 3, 1, 2)
    classed = Sizes(**SIZES, classes=CLASSES)
    kind = torch.from_numpy(draw_classes())
    found = {
        "filters": filters(),
        "plain": plain | of_discriminator(Sizes(**SIZES), None, fakes),
        "classes": of_generator(classed, kind) | of_discriminator(classed, kind, fakes),
    }
    arrays = {
        f"{name}/{key}": tensor.detach().numpy().astype(np.float32)
        for name, tensors in found.items()
        for key, tensor in tensors.items()
    }
    np.savez_compressed(FILE, **arrays)
    for name, array in arrays.items():
        print(name, array.shape, np.ravel(array)[:4], np.abs(array).max())
    print(FILE.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
