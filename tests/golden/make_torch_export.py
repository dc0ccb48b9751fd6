"""Make export_torch.npz: what PyTorch finds in state dicts that artnb writes, and paints with.

The networks have the authors' key layout (junyanz/pytorch-CycleGAN-and-pix2pix, ResnetGenerator).
`artnb.torch_files` writes their files, `torch.load(weights_only=True)` reads them, and their
sha256 says that tests look at the same bytes. Weights are drawn as in tests/exchange/generators.py
and rounded to float16, as snapshots are. Run from the project root, with PyTorch and NumPy:

    python -m tests.golden.make_torch_export
"""

import hashlib
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from artnb.exchange.torch_layout import to_torch
from artnb.method import preset_config
from artnb.torch_files import write_state_dict
from tests.golden.written_state import STATE

OUTPUT = Path(__file__).with_name("export_torch.npz")
FILTERS, BLOCKS, SEED, SCALE = 4, 1, 20, 0.2
SIZES = ((32, 32), (20, 36))


def convolve_norm_relu(convolution: nn.Module, affine: bool) -> list[nn.Module]:
    norm = nn.InstanceNorm2d(convolution.out_channels, affine=affine)
    return [convolution, norm, nn.ReLU()]


class Block(nn.Module):
    """A residual block."""

    def __init__(self, filters: int, affine: bool) -> None:
        super().__init__()
        halves = [
            [nn.ReflectionPad2d(1), *convolve_norm_relu(nn.Conv2d(filters, filters, 3), affine)]
            for _ in range(2)
        ]
        self.conv_block = nn.Sequential(*halves[0], *halves[1][:-1])

    def forward(self, features: Tensor) -> Tensor:
        """Add what the convolutions find."""
        return features + self.conv_block(features)


class Generator(nn.Module):
    """The generator under the authors' names."""

    def __init__(self, affine: bool) -> None:
        super().__init__()
        layers = [nn.ReflectionPad2d(3), *convolve_norm_relu(nn.Conv2d(3, FILTERS, 7), affine)]
        for inside in (FILTERS, 2 * FILTERS):
            down = nn.Conv2d(inside, 2 * inside, 3, stride=2, padding=1)
            layers += convolve_norm_relu(down, affine)
        layers += [Block(4 * FILTERS, affine) for _ in range(BLOCKS)]
        for inside in (4 * FILTERS, 2 * FILTERS):
            up = nn.ConvTranspose2d(inside, inside // 2, 3, stride=2, padding=1, output_padding=1)
            layers += convolve_norm_relu(up, affine)
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(FILTERS, 3, 7), nn.Tanh()]
        self.model = nn.Sequential(*layers)

    def forward(self, photos: Tensor) -> Tensor:
        """Paint."""
        return self.model(photos)


def draw_weights(network: nn.Module) -> list[np.ndarray]:
    """Draw each parameter in forward order and in Keras' layout."""
    random = np.random.default_rng(SEED)
    weights = []
    for parameter in network.parameters():
        shape = tuple(parameter.shape)
        if len(shape) == 4:
            shape = (*shape[2:], shape[1], shape[0])
        drawn = random.standard_normal(shape, dtype=np.float32) * SCALE
        weights.append(drawn.astype(np.float16).astype(np.float32))
    return weights


def draw_photos(height: int, width: int) -> np.ndarray:
    """Draw two photos, (batch, height, width, 3)."""
    random = np.random.default_rng(height + width)
    return random.uniform(-1, 1, (2, height, width, 3)).astype(np.float32)


def painter_golden(affine: bool) -> dict[str, np.ndarray]:
    """Write a state dict, load it with PyTorch and paint with it."""
    network = Generator(affine)
    config = preset_config(
        "paper", generator_filters=FILTERS, generator_blocks=BLOCKS, norm_affine=affine
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "painter.pth"
        write_state_dict(path, to_torch(config, draw_weights(network)))
        network.load_state_dict(torch.load(path, weights_only=True), strict=True)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    kind = "affine" if affine else "paper"
    kept = {f"{kind}/sha256": np.array(sha256)}
    network = network.to(torch.float64)
    for height, width in SIZES:
        photos = torch.from_numpy(draw_photos(height, width).transpose(0, 3, 1, 2)).double()
        with torch.no_grad():
            paintings = network(photos).permute(0, 2, 3, 1).numpy()
        kept[f"{kind}/{height}x{width}"] = paintings.astype(np.float32)
    return kept


def state_golden() -> dict[str, np.ndarray]:
    """Have PyTorch load arrays of every type, in memory and mapped, and compare each."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.pth"
        write_state_dict(path, STATE)
        for mapped in (False, True):
            state = torch.load(path, weights_only=True, mmap=mapped)
            assert list(state) == list(STATE)
            for name, values in STATE.items():
                native = values.astype(values.dtype.newbyteorder("="))
                assert torch.equal(state[name], torch.from_numpy(native)), name
        return {"state/sha256": np.array(hashlib.sha256(path.read_bytes()).hexdigest())}


def main() -> None:
    """Write the file."""
    np.savez_compressed(
        OUTPUT, **state_golden(), **painter_golden(affine=False), **painter_golden(affine=True)
    )
    print(f"{OUTPUT.name}: {OUTPUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
