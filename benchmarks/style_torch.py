"""Style transfer in plain PyTorch: the peer that an iteration of `stylize` is timed against.

SqueezeNet 1.1 or VGG19 with random weights, the losses that `stylize` compares styles by, Adam on
the pixels. Needs PyTorch alone, and takes turns with artnb in `stylize.py`.
"""

import argparse

import torch
import worker
from torch import Tensor, nn
from torch.nn import functional

FIRES = {2: (16, 64), 3: (16, 64), 4: (32, 128), 5: (32, 128)} | {
    6: (48, 192),
    7: (48, 192),
    8: (64, 256),
    9: (64, 256),
}
VGG19_BLOCKS = ((2, 64), (2, 128), (4, 256), (4, 512), (4, 512))
MEANS = torch.tensor((103.939, 116.779, 123.68)).view(1, 3, 1, 1)
TINY = 1e-6


class Fire(nn.Module):
    """Squeeze, and expand by 1×1 and by 3×3."""

    def __init__(self, channels: int, squeezed: int, expanded: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.narrow = nn.Conv2d(squeezed, expanded, 1)
        self.wide = nn.Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Give the features of both, joined."""
        x = self.squeeze(x).relu()
        return torch.cat([self.narrow(x).relu(), self.wide(x).relu()], dim=1)


class SqueezeNet(nn.Module):
    """Features of conv1 and fire2 to fire9; average pooling."""

    content = 3

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 3, stride=2)
        channels, fires = 64, []
        for squeezed, expanded in FIRES.values():
            fires.append(Fire(channels, squeezed, expanded))
            channels = 2 * expanded
        self.fires = nn.ModuleList(fires)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Give features by layer."""
        found = [self.conv1(x).relu()]
        x = pooled(found[0])
        for number, fire in zip(FIRES, self.fires, strict=True):
            x = fire(x)
            found.append(x)
            if number in (3, 5):
                x = pooled(x)
        return found


def pooled(x: Tensor) -> Tensor:
    """Average 3×3 with stride 2."""
    return functional.avg_pool2d(x, 3, 2)


class VGG19(nn.Module):
    """Features of relu1_1 to relu5_1 and, last, relu4_2; average pooling."""

    content = 5

    def __init__(self) -> None:
        super().__init__()
        blocks, channels = [], 3
        for count, filters in (*VGG19_BLOCKS[:4], (1, 512)):
            sizes = [channels] + [filters] * (count - 1)
            blocks.append(nn.ModuleList(nn.Conv2d(c, filters, 3, padding=1) for c in sizes))
            channels = filters
        self.blocks = nn.ModuleList(blocks)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Give features by layer."""
        found, content = [], None
        for number, block in enumerate(self.blocks, start=1):
            if number > 1:
                x = functional.avg_pool2d(x, 2)
            for place, convolution in enumerate(block, start=1):
                x = convolution(x).relu()
                if place == 1:
                    found.append(x)
                if (number, place) == (4, 2):
                    content = x
        return [*found, content]


def moments(features: Tensor) -> Tensor:
    """Give means and mean squares by channel."""
    return torch.stack([features.mean((0, 2, 3)), features.square().mean((0, 2, 3))])


def moments_loss(found: Tensor, wanted: Tensor) -> Tensor:
    """Compare means and deviations; see `artnb.stylization.losses`."""
    deviations = [((s[1] - s[0].square()).clamp(min=0) + TINY).sqrt() for s in (found, wanted)]
    apart = (found[0] - wanted[0]).square() + (deviations[0] - deviations[1]).square()
    return apart.sum() / (wanted[1].sum() + TINY)


def gram_matrix(features: Tensor) -> Tensor:
    """Give products of channels, a mean over pixels."""
    pixels = features.flatten(2)[0]
    return pixels @ pixels.T / pixels.shape[1]


def gram_loss(found: Tensor, wanted: Tensor) -> Tensor:
    """Give the mean squared difference, weighted as Gatys et al. did."""
    return 1e3 / found.shape[0] ** 2 * (found - wanted).square().mean()


KINDS = {
    "squeezenet": (SqueezeNet, moments, moments_loss),
    "vgg19": (VGG19, gram_matrix, gram_loss),
}


def main() -> None:
    """Take iterations in turns with another process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--features", choices=list(KINDS), required=True)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--iterations", type=int, default=3)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()
    build, statistics, style_loss = KINDS[options.features]
    network = build().requires_grad_(requires_grad=False)
    order = torch.channels_last if options.channels_last else torch.contiguous_format
    network = network.to(memory_format=order)
    style_layers = slice(0, 9 if options.features == "squeezenet" else 5)

    def features_of(picture: Tensor) -> list[Tensor]:
        return network((picture.flip(1) + 1) * 127.5 - MEANS)

    photo, painting = (torch.rand(1, 3, options.size, options.size) * 2 - 1 for _ in range(2))
    with torch.no_grad():
        content = features_of(photo)[network.content]
        wanted = [statistics(f) for f in features_of(painting)[style_layers]]

    def loss_of(picture: Tensor) -> Tensor:
        found = features_of(picture)
        style = sum(
            style_loss(statistics(f), w) for f, w in zip(found[style_layers], wanted, strict=True)
        )
        differences = picture.diff(dim=2).square().mean() + picture.diff(dim=3).square().mean()
        return style + (found[network.content] - content).square().mean() + differences

    loss_of = torch.compile(loss_of) if options.compile else loss_of
    picture = photo.clone(memory_format=order).requires_grad_()
    adam = torch.optim.Adam([picture], lr=0.02)

    def iterate() -> None:
        for _ in range(options.iterations):
            adam.zero_grad(set_to_none=True)
            loss_of(picture).backward()
            adam.step()

    worker.serve(iterate)
    worker.answer_at_the_end(torch=torch.__version__)


if __name__ == "__main__":
    main()
