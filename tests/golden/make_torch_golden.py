"""Make cyclegan_torch.npz: what PyTorch computes for networks and a training step of CycleGAN.

README.md beside this file lists the keys and says how weights and images are drawn. Run from
the project root, with PyTorch and NumPy:

    python -m tests.golden.make_torch_golden
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.peer_torch import CycleGANPeer, Discriminator, Generator, InstanceNorm

OUTPUT = Path(__file__).with_name("cyclegan_torch.npz")
SEEDS = {
    "generator": 1,
    "generator_input_64": 2,
    "generator_input_256": 3,
    "discriminator": 4,
    "discriminator_input_256": 5,
    "step_generator_g": 6,
    "step_generator_f": 7,
    "step_discriminator_x": 8,
    "step_discriminator_y": 9,
    # Of ninety pairs of images, the one whose gradients rounding moves least: where a value
    # lies within rounding of the kink of a ReLU or an L1 loss, a single flip moves them by 1%.
    "step_real_x": 76,
    "step_real_y": 77,
}
NETWORKS = ("generator_g", "generator_f", "discriminator_x", "discriminator_y")
WEIGHT_SCALE = np.float32(0.05)
KEPT_VALUES = 8

# Keras keeps kernels as (height, width, in, out) and PyTorch as (out, in, height, width). Of a
# transposed convolution both swap in and out, so one order of axes serves both layers. Neither
# flips the kernel.
KERAS_TO_TORCH = (3, 2, 0, 1)
TORCH_TO_KERAS = (2, 3, 1, 0)


def convolutions(network: nn.Module) -> Iterator[tuple[nn.Module, bool]]:
    """Yield each convolution in forward order, and whether instance normalization follows it."""
    leaves = [layer for layer in network.modules() if not list(layer.children())]
    for layer, follower in pairwise([*leaves, nn.Identity()]):
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            yield layer, isinstance(follower, InstanceNorm)


def draw_weights(network: nn.Module, seed: int) -> None:
    """Fill every convolution, in forward order, with the kernel and the bias drawn for it."""
    rng = np.random.default_rng(seed)
    for layer, _ in convolutions(network):
        keras_shape = [layer.weight.shape[axis] for axis in TORCH_TO_KERAS]
        kernel = rng.standard_normal(keras_shape, dtype=np.float32) * WEIGHT_SCALE
        bias = rng.standard_normal(layer.out_channels, dtype=np.float32) * WEIGHT_SCALE
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(kernel.transpose(KERAS_TO_TORCH)))
            layer.bias.copy_(torch.from_numpy(bias))


def draw_images(shape: tuple[int, int, int, int], seed: int, dtype: torch.dtype) -> Tensor:
    """Draw NHWC images, uniform in [-1, 1), and give them as NCHW."""
    images = np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)
    return torch.from_numpy(images.transpose(0, 3, 1, 2)).to(dtype)


def apply(network: nn.Module, images: Tensor) -> np.ndarray:
    """Run a network without gradients and give its NHWC output."""
    with torch.no_grad():
        return network(images).permute(0, 2, 3, 1).numpy()


def parameter_count(network: nn.Module) -> np.ndarray:
    return np.array(sum(weight.numel() for weight in network.parameters()))


def generator_golden(dtype: torch.dtype) -> dict[str, np.ndarray]:
    """Run the full generator: whole at 64 px, and a grid and the borders at 256 px."""
    generator = Generator().to(dtype)
    draw_weights(generator, SEEDS["generator"])
    small = draw_images((1, 64, 64, 3), SEEDS["generator_input_64"], dtype)
    large = draw_images((1, 256, 256, 3), SEEDS["generator_input_256"], dtype)
    output = apply(generator, large)
    return {
        "parameters/generator": parameter_count(generator),
        "generator/output_64": apply(generator, small),
        "generator/output_256_every_8th": output[:, ::8, ::8],
        "generator/output_256_first_rows": output[:, :2],
        "generator/output_256_last_rows": output[:, -2:],
        "generator/output_256_first_columns": output[:, :, :2],
        "generator/output_256_last_columns": output[:, :, -2:],
    }


def discriminator_golden(dtype: torch.dtype) -> dict[str, np.ndarray]:
    """Run the full discriminator at 256 px."""
    discriminator = Discriminator().to(dtype)
    draw_weights(discriminator, SEEDS["discriminator"])
    images = draw_images((1, 256, 256, 3), SEEDS["discriminator_input_256"], dtype)
    return {
        "parameters/discriminator": parameter_count(discriminator),
        "discriminator/output_256": apply(discriminator, images),
    }


def keras_variables(network: nn.Module, gradients: bool = False) -> list[np.ndarray]:
    """Copy the kernels (in Keras layout) and biases in forward order, or their gradients."""
    variables = []
    for layer, _ in convolutions(network):
        kernel, bias = layer.weight, layer.bias
        if gradients:
            kernel, bias = kernel.grad, bias.grad
        variables.append(kernel.detach().numpy().transpose(TORCH_TO_KERAS).copy())
        variables.append(bias.detach().numpy().copy())
    return variables


def first_values(variables: list[np.ndarray]) -> np.ndarray:
    """Keep the first values of every flattened variable, with NaN where it has fewer."""
    kept = np.full((len(variables), KEPT_VALUES), np.nan, variables[0].dtype)
    for row, variable in zip(kept, variables, strict=True):
        values = variable.ravel()[:KEPT_VALUES]
        row[: values.size] = values
    return kept


def network_golden(
    network: nn.Module, before: list[np.ndarray], prefix: str
) -> dict[str, np.ndarray]:
    """Describe one network after the step: weights, their change and the gradients behind it."""
    after, gradients = keras_variables(network), keras_variables(network, gradients=True)
    change = [np.abs(new - old).mean() for new, old in zip(after, before, strict=True)]
    feeds_norm = [flag for _, norm in convolutions(network) for flag in (False, norm)]
    return {
        f"{prefix}/weights_after": first_values(after),
        f"{prefix}/mean_absolute_change": np.array(change, np.float64),
        f"{prefix}/gradients": first_values(gradients),
        f"{prefix}/gradient_norms": np.array([np.linalg.norm(g) for g in gradients], np.float64),
        f"{prefix}/feeds_norm": np.array(feeds_norm),
    }


def step_golden(dtype: torch.dtype) -> dict[str, np.ndarray]:
    """Take one training step of a small CycleGAN, with no pool between the networks."""
    peer = CycleGANPeer(filters=16, blocks=2, discriminator_filters=16, pool_size=0).to(dtype)
    before = {}
    for name in NETWORKS:
        network = getattr(peer, name)
        draw_weights(network, SEEDS[f"step_{name}"])
        before[name] = keras_variables(network)
    real_x = draw_images((2, 64, 64, 3), SEEDS["step_real_x"], dtype)
    real_y = draw_images((2, 64, 64, 3), SEEDS["step_real_y"], dtype)
    losses = peer.step(real_x, real_y)
    golden = {f"step/loss/{name}": np.array(loss.item()) for name, loss in losses.items()}
    for name in NETWORKS:
        golden |= network_golden(getattr(peer, name), before[name], f"step/{name}")
    return golden


def make_golden(dtype: torch.dtype) -> dict[str, np.ndarray]:
    """Compute everything in one precision."""
    return generator_golden(dtype) | discriminator_golden(dtype) | step_golden(dtype)


def print_rounding(golden: dict[str, np.ndarray], rounded: dict[str, np.ndarray]) -> None:
    """Print how far float32 arithmetic comes from the golden values: a floor for tolerances."""
    for key, values in golden.items():
        if np.issubdtype(values.dtype, np.floating):
            error = np.abs(rounded[key] - values)
            if key.startswith("step/") and "/loss/" not in key:
                error = error[~golden[f"{key.rpartition('/')[0]}/feeds_norm"]]
            print(f"{key} {values.shape}: {np.nanmax(error):.1e}")


def main() -> None:
    """Write the file and print what rounding does to each of its numbers."""
    golden = make_golden(torch.float64)
    print_rounding(golden, make_golden(torch.float32))
    in_float64 = ("/loss/", "/mean_absolute_change", "/gradient_norms")
    stored = {f"seed/{name}": np.array(seed) for name, seed in SEEDS.items()}
    for key, values in golden.items():
        keep = values.dtype != np.float64 or any(part in key for part in in_float64)
        stored[key] = values if keep else values.astype(np.float32)
    np.savez_compressed(OUTPUT, **stored)
    print(f"{OUTPUT.name}: {len(stored)} arrays, {OUTPUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
