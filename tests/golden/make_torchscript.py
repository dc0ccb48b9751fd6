"""Make torchscript.zip: networks with their code, as PyTorch saves them. README.md lists them.

Run from the project root, with PyTorch and NumPy:

    python -m tests.golden.make_torchscript
"""

import io
import zipfile
from pathlib import Path

import torch
from torch import nn

from tests.golden.make_torch_generators import NETWORKS, Generator, draw_weights

OUTPUT = Path(__file__).with_name("torchscript.zip")


class Attributes(nn.Module):
    """A network with every kind of attribute that TorchScript keeps."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(3, 2, 3), nn.BatchNorm2d(2))
        self.tied = nn.Linear(2, 2)
        self.again = nn.Linear(2, 2)
        self.again.weight = self.tied.weight
        self.recurrent = nn.LSTM(1, 1)
        self.brain = nn.Parameter(torch.zeros(3, dtype=torch.bfloat16))
        self.register_buffer("turned", torch.zeros(2, 3).T)
        self.register_buffer("nothing", None)
        self.loose = torch.arange(4.0)
        self.sizes, self.rates, self.flags, self.word = [1, 2], [0.5], [True], "word"
        self.table, self.several, self.pair = {"a": torch.ones(2)}, [torch.ones(2)], (1, "b")

    def forward(self, x):
        used = self.loose.sum() + self.table["a"].sum() + self.several[0].sum() + self.turned.sum()
        used = used + self.sizes[0] + self.rates[0] + int(self.flags[0]) + len(self.word)
        used = used + self.pair[0] + self.brain.sum() + self.again(self.tied(x[0, 0, :2, :2])).sum()
        return self.layers(x) + used + self.recurrent(x[0, 0, :1, :1].unsqueeze(0))[0].sum()


def attributes() -> nn.Module:
    """Make one whose tensors count upwards, so that a test can count them too."""
    network = Attributes().eval()
    with torch.no_grad():
        for tensor in [*network.parameters(), *network.buffers()]:
            tensor.copy_(torch.arange(tensor.numel()).reshape(tensor.shape) / 8)
    return network


def main() -> None:
    """Write the files."""
    generator = Generator(*NETWORKS["affine"]).eval()
    draw_weights(generator)
    scripted = torch.jit.script(attributes())
    packed = torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Linear(4, 4)), {nn.Linear})
    programs = {
        "traced": torch.jit.trace(generator, torch.zeros(1, 3, 32, 32)),
        "scripted": scripted,
        "frozen": torch.jit.freeze(scripted),
        "packed": torch.jit.script(packed),
    }
    with zipfile.ZipFile(OUTPUT, "w") as archive:
        for name, program in programs.items():
            buffer = io.BytesIO()
            torch.jit.save(program, buffer)
            entry = zipfile.ZipInfo(f"{name}.pt", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, buffer.getvalue(), compresslevel=9)
    print(f"{OUTPUT.name}: {OUTPUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
