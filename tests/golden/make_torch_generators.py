"""Make torch_generators.zip: state dicts in the CycleGAN authors' key layout, and what they paint.

README.md beside this file lists what is in it. Run from the project root, with PyTorch and NumPy:

    python -m tests.golden.make_torch_generators
"""

import io
import zipfile
from pathlib import Path

import numpy as np
import torch
from torch import nn

OUTPUT = Path(__file__).with_name("torch_generators.zip")
SEED = 21
PICTURE_PX = 32
# How the networks of the files differ: filters, blocks, arguments of the norm, dropout.
STATISTICS = {"track_running_stats": True}
AFFINE = {"affine": True}
NETWORKS = {
    "plain": (1, 6, {}, False),
    "statistics": (1, 2, STATISTICS, False),
    "affine": (2, 1, AFFINE, False),
    "dropout": (1, 1, {}, True),
}


class Residual(nn.Module):
    """A residual block under the authors' names."""

    def __init__(self, channels: int, norm: dict, dropout: bool):
        super().__init__()
        between = [nn.Dropout(0.5)] if dropout else []
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels, **norm),
            nn.ReLU(),
            *between,
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels, **norm),
        )

    def forward(self, features):
        return features + self.conv_block(features)


class Generator(nn.Module):
    """The paper's ResNet generator under the authors' names."""

    def __init__(self, filters: int, blocks: int, norm: dict, dropout: bool):
        super().__init__()

        def normed(layer: nn.Module) -> list[nn.Module]:
            return [layer, nn.InstanceNorm2d(layer.out_channels, **norm), nn.ReLU()]

        channels = 4 * filters
        self.model = nn.Sequential(
            nn.ReflectionPad2d(3),
            *normed(nn.Conv2d(3, filters, 7)),
            *normed(nn.Conv2d(filters, 2 * filters, 3, 2, 1)),
            *normed(nn.Conv2d(2 * filters, channels, 3, 2, 1)),
            *(Residual(channels, norm, dropout) for _ in range(blocks)),
            *normed(nn.ConvTranspose2d(channels, 2 * filters, 3, 2, 1, output_padding=1)),
            *normed(nn.ConvTranspose2d(2 * filters, filters, 3, 2, 1, output_padding=1)),
            nn.ReflectionPad2d(3),
            nn.Conv2d(filters, 3, 7),
            nn.Tanh(),
        )

    def forward(self, pictures):
        return self.model(pictures)


def draw_weights(network: nn.Module) -> None:
    """Fill kernels around 0, scales around 1, and all else around 0."""
    generator = torch.Generator().manual_seed(SEED)
    for name, weight in network.named_parameters():
        values = torch.randn(weight.shape, generator=generator)
        is_scale = weight.ndim == 1 and name.endswith("weight")
        weight.data = 0.3 * values + (1.0 if is_scale else 0.0)


def saved(state: dict, new_format: bool) -> bytes:
    """Save a state dict in the zip format or the one before PyTorch 1.6."""
    file = io.BytesIO()
    torch.save(state, file, _use_new_zipfile_serialization=new_format)
    return file.getvalue()


def main() -> None:
    """Write the file."""
    shape = (1, PICTURE_PX, PICTURE_PX, 3)
    photos = np.random.default_rng(SEED).uniform(-1, 1, shape).astype(np.float32)
    files, golden = {}, {"photos": photos}
    for name, settings in NETWORKS.items():
        # Statistics that were tracked are those of training, which the authors never use.
        network = Generator(*settings)
        draw_weights(network)
        network.train()
        for layer in network.modules():
            if isinstance(layer, nn.Dropout):
                layer.eval()
        with torch.no_grad():
            painting = network(torch.from_numpy(photos.transpose(0, 3, 1, 2)))
        golden[name] = painting.permute(0, 2, 3, 1).numpy()
        state = network.state_dict()
        files |= {f"{name}.pth": saved(state, True), f"{name}_legacy.pth": saved(state, False)}
        if name == "plain":
            parallel = {f"module.{key}": value for key, value in state.items()}
            files["plain_parallel.pth"] = saved(parallel, True)
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
