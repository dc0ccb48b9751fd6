"""StyleGAN2-ADA in plain PyTorch: the peer that artnb's networks are checked and timed against.

Karras et al. 2020, "Analyzing and Improving the Image Quality of StyleGAN", arXiv 1912.04958, and
"Training Generative Adversarial Networks with Limited Data", arXiv 2006.06676: skip generator,
residual discriminator, lazy regularisation. Images are NCHW, mostly in [-1, 1]. Needs PyTorch
alone; times the parts of an iteration when run as a script, or takes turns with artnb:

    python benchmarks/stylegan2_torch.py --size-px 64 --batch 8 --mapping-layers 2

An iteration is a main step of both networks, and every 16th has a step for R1, every 4th one for
path lengths: its time is main + R1 / 16 + path / 4.
"""

import argparse
import copy
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

try:
    import worker
except ImportError:  # imported as benchmarks.stylegan2_torch
    from benchmarks import worker

EPSILON = 1e-8
SLOPE = 0.2
MAPPING_LR_MULTIPLIER = 0.01
BRANCH_GAIN = math.sqrt(0.5)
LEARNING_RATE = 0.0025
ADAM_BETAS = (0.0, 0.99)
W_AVERAGE_BETA = 0.995
STYLE_MIXING = 0.9
R1_INTERVAL, PATH_INTERVAL = 16, 4
PATH_WEIGHT, PATH_DECAY, PATH_BATCH_SHRINK = 2.0, 0.01, 2
EMA_IMAGES, EMA_RAMPUP = 10_000, 0.05
# What an iteration takes of each part.
SHARES = {"main": 1.0, "r1": 1 / R1_INTERVAL, "path": 1 / PATH_INTERVAL}


@dataclass(frozen=True)
class Sizes:
    """How large the networks are; a resolution has channel_base / edge channels, up to a limit."""

    size_px: int = 64
    z_size: int = 512
    w_size: int = 512
    mapping_layers: int = 2
    channel_base: int = 16384
    channel_max: int = 512
    group: int = 4
    classes: int = 0

    @property
    def resolutions(self) -> list[int]:
        """Edges of the blocks: 4, 8 … `size_px`."""
        return [2**level for level in range(2, self.size_px.bit_length())]

    def channels(self, resolution: int) -> int:
        """Give the channels at a resolution."""
        return min(self.channel_base // resolution, self.channel_max)


def fir(features: Tensor, padding: int, stride: int = 1, gain: float = 1.0) -> Tensor:
    """Convolve each channel with [1, 3, 3, 1] × [1, 3, 3, 1], zero padded."""
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=features.dtype, device=features.device) / 8
    channels = features.shape[1]
    kernel = (torch.outer(taps, taps) * gain).expand(channels, 1, 4, 4)
    return functional.conv2d(features, kernel, stride=stride, padding=padding, groups=channels)


def upsample(images: Tensor) -> Tensor:
    """Double height and width: zeros between pixels, then the filter."""
    batch, channels, height, width = images.shape
    spread = images.new_zeros(batch, channels, height, 2, width, 2)
    spread[:, :, :, 0, :, 0] = images
    spread = spread.reshape(batch, channels, 2 * height, 2 * width)
    return fir(functional.pad(spread, (2, 1, 2, 1)), padding=0, gain=4.0)


def activate(features: Tensor, gain: float = 1.0) -> Tensor:
    """Leaky ReLU that keeps the variance, times a gain."""
    return functional.leaky_relu(features, SLOPE) * (math.sqrt(2.0) * gain)


def unit_variance(vectors: Tensor) -> Tensor:
    """Scale each vector so that the mean of its squares is 1."""
    return vectors * torch.rsqrt(vectors.square().mean(1, keepdim=True) + EPSILON)


class EqualizedLinear(nn.Module):
    """A linear layer whose weights are drawn from N(0, 1) and scaled when they are used."""

    def __init__(
        self, inputs: int, outputs: int, lr_multiplier: float = 1.0, bias: float = 0.0
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / lr_multiplier)
        self.bias = nn.Parameter(torch.full((outputs,), bias / lr_multiplier))
        self.scale, self.lr_multiplier = lr_multiplier / math.sqrt(inputs), lr_multiplier

    def forward(self, vectors: Tensor) -> Tensor:
        """Map (N, inputs) to (N, outputs)."""
        weight, bias = self.weight * self.scale, self.bias * self.lr_multiplier
        return functional.linear(vectors, weight, bias)


class EqualizedConv(nn.Module):
    """A convolution, zero padded; where it halves, the filter comes first."""

    def __init__(
        self, inputs: int, outputs: int, edge: int = 3, halving: bool = False, bias: bool = True
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, edge, edge))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        self.edge, self.halving, self.scale = edge, halving, 1.0 / math.sqrt(inputs * edge**2)

    def forward(self, features: Tensor) -> Tensor:
        """Map (N, inputs, H, W) to (N, outputs, H, W), or half the size."""
        padding, stride = self.edge // 2, 1
        if self.halving and self.edge == 1:
            features = fir(features, padding=1, stride=2)
        elif self.halving:
            features, padding, stride = fir(features, padding=2), 0, 2
        weight = self.weight * self.scale
        return functional.conv2d(features, weight, self.bias, stride=stride, padding=padding)


class ModulatedConv(nn.Module):
    """A convolution whose input a style scales, and whose output is scaled to unit variance."""

    def __init__(
        self, inputs: int, outputs: int, w_size: int, edge: int = 3, doubling: bool = False
    ) -> None:
        super().__init__()
        self.affine = EqualizedLinear(w_size, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(outputs, inputs, edge, edge))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.edge, self.doubling, self.scale = edge, doubling, 1.0 / math.sqrt(inputs * edge**2)

    def convolve(self, features: Tensor, w: Tensor) -> Tensor:
        """Map (N, inputs, H, W) and (N, w_size) to features, with demodulation."""
        style = self.affine(w)
        power = self.weight.square().sum((2, 3))
        demodulation = torch.rsqrt(style.square() @ power.T + EPSILON)
        features = features * style[:, :, None, None]
        if self.doubling:
            features = functional.conv_transpose2d(features, self.weight.transpose(0, 1), stride=2)
            features = fir(features, padding=1, gain=4.0)
        else:
            features = functional.conv2d(features, self.weight, padding=self.edge // 2)
        return features * demodulation[:, :, None, None]


class StyledConv(ModulatedConv):
    """A modulated convolution, noise, bias and activation."""

    def __init__(self, inputs: int, outputs: int, w_size: int, doubling: bool = False) -> None:
        super().__init__(inputs, outputs, w_size, 3, doubling)
        self.noise_strength = nn.Parameter(torch.zeros(()))

    def forward(self, features: Tensor, w: Tensor, noise: Tensor | None) -> Tensor:
        """Map features; noise is (N or 1, 1, H, W), or None for fresh one."""
        features = self.convolve(features, w)
        if noise is None:
            noise = torch.randn_like(features[:, :1])
        return activate(features + noise * self.noise_strength + self.bias[:, None, None])


class ToRGB(ModulatedConv):
    """A modulated 1×1 convolution to colours, without demodulation."""

    def __init__(self, inputs: int, w_size: int) -> None:
        super().__init__(inputs, 3, w_size, edge=1)

    def forward(self, features: Tensor, w: Tensor) -> Tensor:
        """Map (N, inputs, H, W) to (N, 3, H, W)."""
        features = features * (self.affine(w) * self.scale)[:, :, None, None]
        return functional.conv2d(features, self.weight, self.bias)


class Mapping(nn.Module):
    """From z, and a class, to w."""

    def __init__(self, z_size: int, w_size: int, layers: int, classes: int) -> None:
        super().__init__()
        self.layers = nn.ModuleDict()
        if classes:
            self.layers["embed"] = EqualizedLinear(classes, w_size)
        widths = [z_size + (w_size if classes else 0)] + [w_size] * layers
        for number, (inputs, outputs) in enumerate(pairwise(widths)):
            dense = EqualizedLinear(inputs, outputs, MAPPING_LR_MULTIPLIER)
            self.layers[f"dense_{number}"] = dense

    def forward(self, z: Tensor | None, kind: Tensor | None = None) -> Tensor:
        """Map (N, z_size) and one-hot (N, classes) to (N, w_size)."""
        parts = [] if z is None else [unit_variance(z)]
        if kind is not None:
            parts.append(unit_variance(self.layers["embed"](kind)))
        latent = torch.cat(parts, dim=1)
        for name, layer in self.layers.items():
            if name != "embed":
                latent = activate(layer(latent))
        return latent


class Synthesis(nn.Module):
    """From w of every place, and noise, to images: each resolution adds colours."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.constant = nn.Parameter(torch.randn(sizes.channels(4), 4, 4))
        self.layers, self.resolutions = nn.ModuleDict(), sizes.resolutions
        inputs = sizes.channels(4)
        for resolution in sizes.resolutions:
            outputs = sizes.channels(resolution)
            if resolution > 4:
                self.layers[f"up_{resolution}"] = StyledConv(inputs, outputs, sizes.w_size, True)
            self.layers[f"conv_{resolution}"] = StyledConv(outputs, outputs, sizes.w_size)
            self.layers[f"rgb_{resolution}"] = ToRGB(outputs, sizes.w_size)
            inputs = outputs
        self.w_count = 2 * len(sizes.resolutions)

    def forward(self, ws: Tensor, noises: list[Tensor] | None = None) -> Tensor:
        """Map (N, w_count, w_size) to (N, 3, H, W)."""
        places, noises = iter(ws.unbind(1)), iter(noises or [None] * self.w_count)
        features, images, w = self.constant.expand(len(ws), -1, -1, -1), None, next(places)
        for name, layer in self.layers.items():
            if name.startswith("rgb"):
                colours = layer(features, w)
                images = colours if images is None else upsample(images) + colours
            else:
                features, w = layer(features, w, next(noises)), next(places)
        return images


class Discriminator(nn.Module):
    """From images to logits (N, 1)."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.sizes, last = sizes, sizes.channels(4)
        self.layers = nn.ModuleDict()
        self.layers["from_rgb"] = EqualizedConv(3, sizes.channels(sizes.size_px), 1)
        for resolution in sizes.resolutions[:0:-1]:
            inputs, outputs = sizes.channels(resolution), sizes.channels(resolution // 2)
            self.layers[f"skip_{resolution}"] = EqualizedConv(inputs, outputs, 1, True, False)
            self.layers[f"conv_{resolution}"] = EqualizedConv(inputs, inputs)
            self.layers[f"down_{resolution}"] = EqualizedConv(inputs, outputs, halving=True)
        self.layers["conv_4"] = EqualizedConv(last + 1, last)
        self.layers["dense"] = EqualizedLinear(last * 16, last)
        self.layers["logit"] = EqualizedLinear(last, last if sizes.classes else 1)
        if sizes.classes:
            self.mapping = Mapping(0, last, sizes.mapping_layers, sizes.classes)

    def forward(self, images: Tensor, kind: Tensor | None = None) -> Tensor:
        """Map (N, 3, H, W), and classes, one-hot, to (N, 1)."""
        features = activate(self.layers["from_rgb"](images))
        for resolution in self.sizes.resolutions[:0:-1]:
            passed = self.layers[f"skip_{resolution}"](features) * BRANCH_GAIN
            features = activate(self.layers[f"conv_{resolution}"](features))
            features = activate(self.layers[f"down_{resolution}"](features), BRANCH_GAIN)
            features = passed + features
        features = with_deviation(features, self.sizes.group)
        features = activate(self.layers["conv_4"](features))
        features = activate(self.layers["dense"](features.flatten(1)))
        logits = self.layers["logit"](features)
        if kind is None:
            return logits
        latent = self.mapping(None, kind)
        return (logits * latent).sum(1, keepdim=True) / math.sqrt(latent.shape[1])


def with_deviation(features: Tensor, group: int) -> Tensor:
    """Append a channel with the mean deviation within groups of images i, i + m, i + 2m …"""
    batch, _, height, width = features.shape
    group = min(group, batch)
    grouped = features.reshape(group, batch // group, -1)
    deviation = (grouped.var(0, unbiased=False) + EPSILON).sqrt().mean(1)
    channel = deviation.repeat(group)[:, None, None, None].expand(-1, 1, height, width)
    return torch.cat([features, channel], dim=1)


def squared_norms(logits: Tensor, images: Tensor) -> Tensor:
    """Give the squared norm of each image's gradient (N,), differentiable: R1 is γ/2 of it."""
    (gradients,) = torch.autograd.grad(logits.sum(), images, create_graph=True)
    return gradients.square().sum((1, 2, 3))


def path_lengths(images: Tensor, ws: Tensor, noise: Tensor) -> Tensor:
    """Give each image's path length (N,), differentiable; noise is N(0, 1) like the images."""
    edge = math.sqrt(images.shape[2] * images.shape[3])
    (gradients,) = torch.autograd.grad((images * noise).sum() / edge, ws, create_graph=True)
    return gradients.square().sum(2).mean(1).sqrt()


def identity(images: Tensor) -> Tensor:
    """Augment nothing."""
    return images


class StyleGAN2Peer:
    """Generator, discriminator, and the training iteration of the papers.

    Args:
        sizes: of the networks.
        batch: images in a step.
        device: "cpu" or "cuda".
        augment: changes all images that the discriminator sees; differentiable.
        autocast_dtype: None computes in float32; torch.bfloat16 runs the convolutions in it.
    """

    def __init__(
        self,
        sizes: Sizes,
        batch: int,
        device: str = "cpu",
        augment: Callable[[Tensor], Tensor] = identity,
        autocast_dtype: torch.dtype | None = None,
    ) -> None:
        self.sizes, self.batch, self.device, self.augment = sizes, batch, device, augment
        self.mapping = Mapping(sizes.z_size, sizes.w_size, sizes.mapping_layers, sizes.classes)
        self.generator = nn.ModuleList([self.mapping, Synthesis(sizes)]).to(device)
        self.synthesis = self.generator[1]
        self.discriminator = Discriminator(sizes).to(device)
        self.averaged = copy.deepcopy(self.generator).requires_grad_(False)
        self.autocast_dtype = autocast_dtype
        self.r1_gamma = 0.0002 * sizes.size_px**2 / batch
        self.w_average = torch.zeros(sizes.w_size, device=device)
        self.mean_path_length = torch.zeros((), device=device)
        self.images_seen = self.iterations = 0
        self.generator_adam = lazy_adam(self.generator, PATH_INTERVAL)
        self.discriminator_adam = lazy_adam(self.discriminator, R1_INTERVAL)

    def _autocast(self) -> torch.autocast:
        dtype = self.autocast_dtype or torch.bfloat16
        return torch.autocast(self.device, dtype=dtype, enabled=self.autocast_dtype is not None)

    def iterate(self, real: Tensor, kind: Tensor | None = None) -> dict[str, Tensor]:
        """Train on a batch (N, 3, H, W) of real images, with one-hot classes (N, classes).

        Fakes have the classes of the real images. Gives the losses, left on the device.
        """
        losses = {"generator": self.train_generator(kind)}
        if self.iterations % PATH_INTERVAL == 0:
            losses["path"] = self.regularise_paths(kind)
        losses["discriminator"] = self.train_discriminator(real, kind)
        if self.iterations % R1_INTERVAL == 0:
            losses["r1"] = self.regularise_gradients(real, kind)
        self.iterations += 1
        self.images_seen += self.batch
        self.follow()
        return losses

    def main_step(self, real: Tensor, kind: Tensor | None = None) -> None:
        """Do what every iteration does, for timing."""
        self.train_generator(kind)
        self.train_discriminator(real, kind)
        self.images_seen += self.batch
        self.follow()

    def train_generator(self, kind: Tensor | None) -> Tensor:
        """Ask that fakes be taken for real: −log σ(D(G(z)))."""
        self._let_learn(self.generator)
        fakes, _ = self.paint(self.batch, kind)
        loss = functional.softplus(-self.judge(fakes, kind)).mean()
        return update(self.generator_adam, loss)

    def train_discriminator(self, real: Tensor, kind: Tensor | None) -> Tensor:
        """Tell fakes from real images; each batch has its own minibatch deviation."""
        self._let_learn(self.discriminator)
        with torch.no_grad():
            fakes, _ = self.paint(self.batch, kind)
        fake_loss = functional.softplus(self.judge(fakes, kind)).mean()
        real_loss = functional.softplus(-self.judge(real, kind)).mean()
        return update(self.discriminator_adam, fake_loss + real_loss)

    def regularise_gradients(self, real: Tensor, kind: Tensor | None = None) -> Tensor:
        """Take R1's own step, for all the iterations until the next."""
        self._let_learn(self.discriminator)
        real = real.detach().requires_grad_()
        penalty = squared_norms(self.judge(real, kind), real).mean() * (self.r1_gamma / 2)
        return update(self.discriminator_adam, penalty, R1_INTERVAL)

    def regularise_paths(self, kind: Tensor | None = None) -> Tensor:
        """Take the path lengths' own step, on a part of a batch.

        The gradient also flows through the mean's newest part, as in the authors' code.
        """
        self._let_learn(self.generator)
        count = self.batch // PATH_BATCH_SHRINK
        fakes, ws = self.paint(count, None if kind is None else kind[:count])
        lengths = path_lengths(fakes, ws, torch.randn_like(fakes))
        mean = self.mean_path_length.lerp(lengths.mean(), PATH_DECAY)
        self.mean_path_length = mean.detach()
        penalty = (lengths - mean).square().mean() * PATH_WEIGHT
        return update(self.generator_adam, penalty, PATH_INTERVAL)

    def paint(self, count: int, kind: Tensor | None) -> tuple[Tensor, Tensor]:
        """Give fakes (N, 3, H, W) of fresh latents, and their w (N, w_count, w_size)."""
        w = self.mapping(self._draw_z(count), kind)
        self.w_average.lerp_(w.detach().mean(0), 1 - W_AVERAGE_BETA)
        places = torch.arange(self.synthesis.w_count, device=self.device)
        mixed = torch.rand(()) < STYLE_MIXING
        cut = int(torch.randint(1, len(places), ())) if mixed else len(places)
        other = self.mapping(self._draw_z(count), kind)
        ws = torch.where(places[None, :, None] < cut, w[:, None], other[:, None])
        with self._autocast():
            return self.synthesis(ws).float(), ws

    def judge(self, images: Tensor, kind: Tensor | None) -> Tensor:
        """Give the logits of augmented images."""
        with self._autocast():
            return self.discriminator(self.augment(images), kind).float()

    def follow(self) -> None:
        """Move the averaged generator; at the beginning faster."""
        half_life = min(EMA_IMAGES, EMA_RAMPUP * self.images_seen)
        beta = 0.5 ** (self.batch / max(half_life, EPSILON))
        with torch.no_grad():
            averages, weights = self.averaged.parameters(), self.generator.parameters()
            torch._foreach_lerp_(list(averages), list(weights), 1 - beta)

    def _draw_z(self, count: int) -> Tensor:
        return torch.randn(count, self.sizes.z_size, device=self.device)

    def _let_learn(self, network: nn.Module) -> None:
        for each in (self.generator, self.discriminator):
            each.requires_grad_(each is network)


def lazy_adam(network: nn.Module, interval: int) -> torch.optim.Adam:
    """Make Adam for a network that takes a step more every `interval` iterations."""
    share = interval / (interval + 1)
    betas = tuple(beta**share for beta in ADAM_BETAS)
    rate = LEARNING_RATE * share
    return torch.optim.Adam(network.parameters(), lr=rate, betas=betas, eps=EPSILON, fused=True)


def update(adam: torch.optim.Adam, loss: Tensor, gain: float = 1.0) -> Tensor:
    """Take one step down `gain` times the loss; give the loss, detached.

    Weights that a regulariser does not depend on have gradients of 0: their second moments fade.
    """
    adam.zero_grad(set_to_none=False)
    (loss * gain).backward()
    for group in adam.param_groups:
        for weight in group["params"]:
            if weight.grad is None:
                weight.grad = torch.zeros_like(weight)
            torch.nan_to_num(weight.grad, nan=0.0, posinf=1e5, neginf=-1e5, out=weight.grad)
    adam.step()
    return loss.detach()


class Timer:
    """Times the parts of an iteration on noise images."""

    def __init__(self, peer: StyleGAN2Peer) -> None:
        edge = peer.sizes.size_px
        real = torch.rand(peer.batch, 3, edge, edge, device=peer.device) * 2 - 1
        self.device = peer.device
        self.parts = {
            "main": lambda: peer.main_step(real),
            "r1": lambda: peer.regularise_gradients(real),
            "path": peer.regularise_paths,
            "period": lambda: [peer.iterate(real) for _ in range(R1_INTERVAL)],
        }
        self.seconds = {part: [] for part in self.parts}

    def take(self, part: str) -> float:
        """Do a part once; give its seconds."""
        start = time.perf_counter()
        self.parts[part]()
        if self.device == "cuda":
            torch.cuda.synchronize()
        self.seconds[part].append(time.perf_counter() - start)
        return self.seconds[part][-1]

    def iteration(self, wanted: list[str]) -> float:
        """Do the wanted parts once; give their seconds by their shares of an iteration."""
        if len(wanted) == 1:
            return self.take(wanted[0])
        return sum(SHARES[part] * self.take(part) for part in wanted)

    def medians(self) -> dict[str, float]:
        """Give the median seconds of each part."""
        taken = {part: seconds for part, seconds in self.seconds.items() if seconds}
        return {part: round(statistics.median(s), 4) for part, s in taken.items()}


def main() -> None:
    """Time the parts of an iteration, or take turns with another process."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--size-px", type=int, default=64)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--channel-base", type=int, default=16384)
    parser.add_argument("--channel-max", type=int, default=512)
    parser.add_argument("--mapping-layers", type=int, default=2)
    parser.add_argument(
        "--part", choices=[*SHARES, "period"],
        help="this one alone, or 16 iterations as they come; else an iteration",
    )  # fmt: skip
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--warm-ups", type=int, default=1)
    parser.add_argument("--serve", action="store_true", help="take rounds when asked to")
    options = parser.parse_args()
    names = ("size_px", "channel_base", "channel_max", "mapping_layers")
    sizes = Sizes(**{name: getattr(options, name) for name in names})
    dtype = {"float32": None, "bfloat16": torch.bfloat16}[options.precision]
    peer = StyleGAN2Peer(sizes, options.batch, options.device, autocast_dtype=dtype)
    timer, wanted = Timer(peer), [options.part] if options.part else list(SHARES)
    if options.serve:
        serve(timer, wanted)
        return
    for number in range(options.warm_ups + options.rounds):
        seconds = timer.iteration(wanted)
        print(f"{number + 1}: {seconds:.3f} s, {timer.medians()}", flush=True)


def serve(timer: Timer, wanted: list[str]) -> None:
    """Take rounds in turns with another process: each is an iteration, or one part."""
    while worker.asked():
        stopwatch = worker.Stopwatch()
        seconds = timer.iteration(wanted)
        worker.answer({**stopwatch.taken(), "seconds": seconds})
    peak = {}
    if timer.device == "cuda":
        peak["peak_device_memory_gb"] = round(torch.cuda.max_memory_allocated() / 1e9, 2)
    worker.answer_at_the_end(torch=torch.__version__, parts=timer.medians(), **peak)


if __name__ == "__main__":
    main()
