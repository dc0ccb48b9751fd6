"""CycleGAN's losses: an adversarial loss by name, and the L1 of cycle and identity.

An adversarial loss is two functions of logits: what the generators minimise and what the
discriminators minimise. Discriminator losses are the mean of their real and fake part, so that
0.5 · (real + fake) is the same scale for all; the paper halves it to slow the discriminator down.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from keras import ops


@dataclass(frozen=True)
class AdversarialLoss:
    """What generators and discriminators minimise.

    `generator` takes the logits of fakes; `discriminator` those of real and of fake pictures.
    `undecided` is the discriminator's loss where it cannot tell them apart; logits above
    `threshold` call a picture real.
    """

    generator: Callable[[Any], Any]
    discriminator: Callable[[Any, Any], Any]
    undecided: float
    threshold: float


def least_squares_generator(fake_logits: Any) -> Any:
    """Ask that fakes be taken for real: mean of (D(fake) − 1)²."""
    return ops.mean(ops.square(fake_logits - 1.0))


def least_squares_discriminator(real_logits: Any, fake_logits: Any) -> Any:
    """Ask for 1 on real and 0 on fake pictures."""
    return 0.5 * (ops.mean(ops.square(real_logits - 1.0)) + ops.mean(ops.square(fake_logits)))


def cross_entropy_generator(fake_logits: Any) -> Any:
    """Ask that fakes be taken for real: mean of −log σ(D(fake)), the non-saturating loss."""
    return ops.mean(ops.softplus(-fake_logits))


def cross_entropy_discriminator(real_logits: Any, fake_logits: Any) -> Any:
    """Ask for σ = 1 on real and 0 on fake pictures."""
    return 0.5 * (ops.mean(ops.softplus(-real_logits)) + ops.mean(ops.softplus(fake_logits)))


def hinge_generator(fake_logits: Any) -> Any:
    """Ask for high logits on fakes: mean of −D(fake)."""
    return -ops.mean(fake_logits)


def hinge_discriminator(real_logits: Any, fake_logits: Any) -> Any:
    """Ask for logits above 1 on real and below −1 on fake pictures; beyond, nothing is gained."""
    real = ops.mean(ops.relu(1.0 - real_logits))
    fake = ops.mean(ops.relu(1.0 + fake_logits))
    return 0.5 * (real + fake)


ADVERSARIAL_LOSSES = {
    # Mao et al. 2017, arXiv 1611.04076: the paper's (Zhu et al. 2017, section 4)
    "lsgan": AdversarialLoss(least_squares_generator, least_squares_discriminator, 0.25, 0.5),
    # Goodfellow et al. 2014, arXiv 1406.2661, section 3
    "bce": AdversarialLoss(cross_entropy_generator, cross_entropy_discriminator, math.log(2), 0.0),
    # Lim and Ye 2017, arXiv 1705.02894
    "hinge": AdversarialLoss(hinge_generator, hinge_discriminator, 1.0, 0.0),
}


def mean_absolute_error(a: Any, b: Any) -> Any:
    """Give the mean of |a − b|, the L1 of cycle and identity losses.

    Its gradient where a equals b is 0 on every backend; that of `ops.abs` is 1 on JAX.
    """
    difference = a - b
    return ops.mean(difference * ops.stop_gradient(ops.sign(difference)))


def r1_penalty(input_gradients: Any, gamma: float) -> Any:
    """Give R1: γ/2 times the mean over pictures of the squared norm of ∂D/∂picture.

    Args:
        input_gradients: `(batch, height, width, 3)`, gradients of the summed logits of real
            pictures.
        gamma: weight of the penalty.

    Source: Mescheder et al. 2018, arXiv 1801.04406, equation 9. Deviation: a patch
        discriminator has many logits; their mean is differentiated, so that gamma means the
        same at every picture size.
    """
    squared = ops.sum(ops.square(input_gradients), axis=(1, 2, 3))
    return 0.5 * gamma * ops.mean(squared)
