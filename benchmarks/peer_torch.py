"""CycleGAN in plain PyTorch: the peer that the Keras training step is timed and checked against.

Zhu, Park, Isola and Efros, "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial
Networks", ICCV 2017, with the sizes and settings of its appendix. Images are NCHW in [-1, 1].
Needs PyTorch alone; times training steps when run as a script, or takes turns with artnb's step in
`train_step.py`:

    python benchmarks/peer_torch.py
    python benchmarks/peer_torch.py --precision bfloat16 --compile

Seconds per step at 256 px and batch 1 with PyTorch 2.13 on two cores of an AMD EPYC with AVX-512
bfloat16, without torch.compile, medians of 5 steps in two runs each:

    memory order     float32      bfloat16
    plain            5.14 5.03    3.01 3.09
    channels last    5.36 5.63    5.00 4.99

So plain order is the default. On one thread, in seconds of CPU time for three steps each,
torch.compile is level in float32 (9.0 to 9.9, against 9.3 to 9.6 without) and 5% faster in
bfloat16 (5.0 to 5.2, against 5.2 to 5.3), where it makes channels last as fast as plain order.
Time bfloat16 with and without it and take the better.

The CUDA settings follow the usual advice and have not been timed.
"""

import argparse
import random
import statistics
import time
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

try:
    import worker
except ImportError:  # imported as benchmarks.peer_torch
    from benchmarks import worker

IMAGE_CHANNELS = 3
LEARNING_RATE = 2e-4
ADAM_BETAS = (0.5, 0.999)
ADAM_EPSILON = 1e-8
CYCLE_WEIGHT = 10.0
IDENTITY_WEIGHT = 0.5 * CYCLE_WEIGHT
DISCRIMINATOR_WEIGHT = 0.5
POOL_SIZE = 50
NORM_EPSILON = 1e-5
INITIAL_DEVIATION = 0.02


class InstanceNorm(nn.Module):
    """Give every channel of every image mean 0 and variance 1, with no learned scale or shift."""

    def forward(self, features: Tensor) -> Tensor:
        """Normalize (N, C, H, W) over H and W."""
        if features.is_cuda:
            return functional.instance_norm(features, eps=NORM_EPSILON)
        # One channel per group is the same function, and PyTorch's CPU code for it is faster:
        # 0.79 s against 0.83 s for a generator forward and backward at 256 px in float32 on two
        # cores, and level in bfloat16.
        return functional.group_norm(features, features.shape[1], eps=NORM_EPSILON)


def reflected_conv(channels_in: int, channels_out: int, kernel: int) -> nn.Conv2d:
    """Make a convolution that keeps height and width by mirroring the image at its borders."""
    padding = kernel // 2
    return nn.Conv2d(channels_in, channels_out, kernel, padding=padding, padding_mode="reflect")


def halving_conv(channels_in: int, channels_out: int) -> nn.Conv2d:
    """Make a 3x3 convolution that halves height and width."""
    return nn.Conv2d(channels_in, channels_out, 3, stride=2, padding=1)


def doubling_conv(channels_in: int, channels_out: int) -> nn.ConvTranspose2d:
    """Make a 3x3 transposed convolution that doubles height and width."""
    return nn.ConvTranspose2d(channels_in, channels_out, 3, stride=2, padding=1, output_padding=1)


def norm_relu() -> list[nn.Module]:
    """Make what follows every convolution of the generator but the last."""
    # Not in place: the result of instance_norm is a view, and autograd would copy it on the way
    # back.
    return [InstanceNorm(), nn.ReLU()]


class Network(nn.Sequential):
    """Layers in a row that torch.compile takes as a whole."""

    def forward(self, images: Tensor) -> Tensor:
        """Apply the layers in turn."""
        # torch.compile passes over the forward that nn.Sequential itself has, and would compile
        # no more than the layers defined in this file.
        return super().forward(images)


class ResidualBlock(nn.Sequential):
    """Two normalized 3x3 convolutions, added to their input with no ReLU after the sum."""

    def __init__(self, channels: int) -> None:
        super().__init__(
            reflected_conv(channels, channels, 3),
            *norm_relu(),
            reflected_conv(channels, channels, 3),
            InstanceNorm(),
        )

    def forward(self, features: Tensor) -> Tensor:
        """Map (N, C, H, W) to the same shape."""
        return features + super().forward(features)


class Generator(Network):
    """The paper's ResNet generator, from images to images (N, 3, H, W) in [-1, 1].

    Height and width are multiples of 4. 11,378,179 parameters with 64 filters and 9 blocks.
    """

    def __init__(self, filters: int = 64, blocks: int = 9) -> None:
        super().__init__(
            reflected_conv(IMAGE_CHANNELS, filters, 7),
            *norm_relu(),
            halving_conv(filters, 2 * filters),
            *norm_relu(),
            halving_conv(2 * filters, 4 * filters),
            *norm_relu(),
            *(ResidualBlock(4 * filters) for _ in range(blocks)),
            doubling_conv(4 * filters, 2 * filters),
            *norm_relu(),
            doubling_conv(2 * filters, filters),
            *norm_relu(),
            reflected_conv(filters, IMAGE_CHANNELS, 7),
            nn.Tanh(),
        )


class Discriminator(Network):
    """The 70x70 PatchGAN: one score per overlapping patch, (N, 3, 256, 256) to (N, 1, 30, 30).

    2,764,737 parameters with 64 filters.
    """

    def __init__(self, filters: int = 64) -> None:
        layers: list[nn.Module] = [
            nn.Conv2d(IMAGE_CHANNELS, filters, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
        ]
        widths = [filters, 2 * filters, 4 * filters, 8 * filters]
        for (channels_in, channels_out), stride in zip(pairwise(widths), (2, 2, 1), strict=True):
            layers += [
                nn.Conv2d(channels_in, channels_out, 4, stride=stride, padding=1),
                InstanceNorm(),
                nn.LeakyReLU(0.2),
            ]
        super().__init__(*layers, nn.Conv2d(8 * filters, 1, 4, padding=1))


def draw_initial_weights(network: nn.Module) -> None:
    """Draw every kernel from N(0, 0.02) as the paper does, and set every bias to zero."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(layer.weight, std=INITIAL_DEVIATION)
            nn.init.zeros_(layer.bias)


class ImagePool:
    """Up to `size` earlier fakes, so that a discriminator does not see the newest alone.

    Shrivastava et al. 2017, as the paper uses it: fill first; then half the time hand out a
    stored image and keep the new one in its place. Size 0 hands every image straight on.
    """

    def __init__(self, size: int = POOL_SIZE, seed: int = 0) -> None:
        self.size = size
        self.images: list[Tensor] = []
        self.random = random.Random(seed)

    def exchange(self, fakes: Tensor) -> Tensor:
        """Give back as many images as came in, (N, 3, H, W)."""
        if self.size == 0:
            return fakes
        return torch.stack([self._exchange_one(fake) for fake in fakes])

    def _exchange_one(self, fake: Tensor) -> Tensor:
        if len(self.images) < self.size:
            self.images.append(fake.clone())
            return fake
        if self.random.random() < 0.5:
            return fake
        place = self.random.randrange(self.size)
        stored, self.images[place] = self.images[place], fake.clone()
        return stored


def adversarial_loss(scores: Tensor, target: float) -> Tensor:
    """Mean squared distance of patch scores from 1 (real) or 0 (fake): the least-squares GAN."""
    scores = scores.to(torch.promote_types(scores.dtype, torch.float32))
    return (scores - target).square().mean()


class CycleGANPeer(nn.Module):
    """Two generators and two discriminators, and the training step of the paper.

    Args:
        filters: width of the first generator convolution.
        blocks: residual blocks in a generator.
        discriminator_filters: width of the first discriminator convolution.
        device: "cpu" or "cuda".
        autocast_dtype: None computes in the dtype of the weights; torch.bfloat16 runs the
            convolutions in it and keeps weights, losses and Adam in float32.
        channels_last: keep weights and images in NHWC memory order.
        compile_networks: hand the networks to torch.compile, which on a CPU needs a C++ compiler.
        pool_size: fakes that each discriminator remembers; 0 for none.
        seed: for the pools; weights come from torch's global generator.
    """

    def __init__(
        self,
        filters: int = 64,
        blocks: int = 9,
        discriminator_filters: int = 64,
        *,
        device: str = "cpu",
        autocast_dtype: torch.dtype | None = None,
        channels_last: bool = False,
        compile_networks: bool = False,
        pool_size: int = POOL_SIZE,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.generator_g = Generator(filters, blocks)
        self.generator_f = Generator(filters, blocks)
        self.discriminator_x = Discriminator(discriminator_filters)
        self.discriminator_y = Discriminator(discriminator_filters)
        draw_initial_weights(self)
        self.device_type = torch.device(device).type
        if self.device_type == "cuda":
            torch.backends.cudnn.benchmark = True  # the sizes never change, so search once
        self.memory_format = torch.channels_last if channels_last else torch.contiguous_format
        self.to(device=device, memory_format=self.memory_format)
        if compile_networks:
            for network in self.children():
                network.compile()
        self.autocast_dtype = autocast_dtype
        self.pool_x = ImagePool(pool_size, seed)
        self.pool_y = ImagePool(pool_size, seed + 1)
        self._make_optimizers()

    def _make_optimizers(self) -> None:
        self.generator_weights = [*self.generator_g.parameters(), *self.generator_f.parameters()]
        self.discriminator_weights = [
            *self.discriminator_x.parameters(),
            *self.discriminator_y.parameters(),
        ]
        settings = {"lr": LEARNING_RATE, "betas": ADAM_BETAS, "eps": ADAM_EPSILON, "fused": True}
        self.generator_adam = torch.optim.Adam(self.generator_weights, **settings)
        self.discriminator_adam = torch.optim.Adam(self.discriminator_weights, **settings)

    def _autocast(self) -> torch.autocast:
        return torch.autocast(
            self.device_type,
            dtype=self.autocast_dtype or torch.bfloat16,
            enabled=self.autocast_dtype is not None,
        )

    def generator_losses(
        self, real_x: Tensor, real_y: Tensor
    ) -> tuple[dict[str, Tensor], Tensor, Tensor]:
        """Translate both batches; give the six weighted loss terms, fake_x and fake_y."""
        with self._autocast():
            fake_y = self.generator_g(real_x)
            fake_x = self.generator_f(real_y)
            cycled_x = self.generator_f(fake_y)
            cycled_y = self.generator_g(fake_x)
            same_x = self.generator_f(real_x)
            same_y = self.generator_g(real_y)
            scores_y = self.discriminator_y(fake_y)
            scores_x = self.discriminator_x(fake_x)
        losses = {
            "adversarial_g": adversarial_loss(scores_y, 1.0),
            "adversarial_f": adversarial_loss(scores_x, 1.0),
            "cycle_x": CYCLE_WEIGHT * functional.l1_loss(cycled_x, real_x),
            "cycle_y": CYCLE_WEIGHT * functional.l1_loss(cycled_y, real_y),
            "identity_x": IDENTITY_WEIGHT * functional.l1_loss(same_x, real_x),
            "identity_y": IDENTITY_WEIGHT * functional.l1_loss(same_y, real_y),
        }
        return losses, fake_x.detach(), fake_y.detach()

    def discriminator_losses(
        self, real_x: Tensor, real_y: Tensor, fake_x: Tensor, fake_y: Tensor
    ) -> dict[str, Tensor]:
        """Give the two weighted discriminator losses; the fakes carry no gradient."""
        pairs = {
            "discriminator_x": (self.discriminator_x, real_x, fake_x),
            "discriminator_y": (self.discriminator_y, real_y, fake_y),
        }
        losses = {}
        for name, (discriminator, real, fake) in pairs.items():
            with self._autocast():
                real_scores, fake_scores = discriminator(real), discriminator(fake)
            errors = adversarial_loss(real_scores, 1.0) + adversarial_loss(fake_scores, 0.0)
            losses[name] = DISCRIMINATOR_WEIGHT * errors
        return losses

    def step(self, real_x: Tensor, real_y: Tensor) -> dict[str, Tensor]:
        """Update the generators, then the discriminators, on one batch of each domain.

        Takes two (N, 3, H, W) in [-1, 1] and gives the eight losses before the update, as
        detached scalars left on the device so that a GPU need not be waited for.
        """
        real_x = real_x.contiguous(memory_format=self.memory_format)
        real_y = real_y.contiguous(memory_format=self.memory_format)

        # The generators' gradient passes through the discriminators, which do not learn from it.
        self._let_discriminators_learn(False)
        losses, fake_x, fake_y = self.generator_losses(real_x, real_y)
        update(self.generator_adam, losses)

        self._let_discriminators_learn(True)
        fake_x, fake_y = self.pool_x.exchange(fake_x), self.pool_y.exchange(fake_y)
        judged = self.discriminator_losses(real_x, real_y, fake_x, fake_y)
        update(self.discriminator_adam, judged)
        return {name: loss.detach() for name, loss in (losses | judged).items()}

    def _let_discriminators_learn(self, learning: bool) -> None:
        for weight in self.discriminator_weights:
            weight.requires_grad_(learning)


def update(adam: torch.optim.Adam, losses: dict[str, Tensor]) -> None:
    """Take one Adam step down the sum of `losses`; the gradients stay readable after it."""
    adam.zero_grad(set_to_none=True)
    sum(losses.values()).backward()
    adam.step()


def median_step_seconds(
    peer: CycleGANPeer, size: int = 256, batch: int = 1, steps: int = 5, warm_ups: int = 2
) -> float:
    """Time `steps` training steps on noise images of `size` pixels, after `warm_ups` others."""
    device = peer.device_type
    real_x, real_y = (torch.rand(batch, 3, size, size, device=device) * 2 - 1 for _ in range(2))
    seconds = []
    for _ in range(warm_ups + steps):
        start = time.perf_counter()
        losses = peer.step(real_x, real_y)
        if device == "cuda":
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    if not all(torch.isfinite(loss) for loss in losses.values()):
        raise RuntimeError(f"the timed steps diverged: {losses}")
    return statistics.median(seconds[warm_ups:])


def serve(peer: CycleGANPeer, size: int, batch: int, steps: int) -> None:
    """Take rounds of `steps` steps in turns with another process."""
    device = peer.device_type
    real_x, real_y = (torch.rand(batch, 3, size, size, device=device) * 2 - 1 for _ in range(2))

    def round_of_steps() -> None:
        for _ in range(steps):
            peer.step(real_x, real_y)
        if device == "cuda":
            torch.cuda.synchronize()

    worker.serve(round_of_steps)
    peak = {}
    if device == "cuda":
        peak["peak_device_memory_gb"] = round(torch.cuda.max_memory_allocated() / 1e9, 2)
    worker.answer_at_the_end(torch=torch.__version__, **peak)


def serve_generator(size: int) -> None:
    """Translate one picture in turns with another process."""
    generator = Generator().eval()
    picture = torch.rand(1, 3, size, size) * 2 - 1
    with torch.inference_mode():
        worker.serve(lambda: generator(picture))
    worker.answer_at_the_end(torch=torch.__version__)


def main() -> None:
    """Time one configuration from the command line and print its seconds per step."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--size", type=int, default=256, help="image height and width")
    parser.add_argument("--batch", type=int, default=1, help="images per domain and step")
    parser.add_argument("--steps", type=int, default=5, help="steps whose median counts")
    parser.add_argument("--warm-ups", type=int, default=2, help="steps before that")
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--serve", action="store_true", help="take part in train_step.py")
    parser.add_argument("--serve-generator", action="store_true", help="take part in translate.py")
    options = parser.parse_args()
    if options.serve_generator:
        serve_generator(options.size)
        return
    peer = CycleGANPeer(
        device=options.device,
        autocast_dtype=torch.bfloat16 if options.precision == "bfloat16" else None,
        channels_last=options.channels_last,
        compile_networks=options.compile,
    )
    if options.serve:
        serve(peer, options.size, options.batch, options.steps)
        return
    seconds = median_step_seconds(
        peer, options.size, options.batch, options.steps, options.warm_ups
    )
    print(f"PyTorch {torch.__version__}, {vars(options)}: {seconds:.3f} s per step")


if __name__ == "__main__":
    main()
