"""CycleGAN's losses, a function each.

Source: Zhu et al. 2017, arXiv 1703.10593, section 3; least squares instead of the logarithm as
in section 4.
"""

from typing import Any

from keras import ops


def generator_loss(fake_logits: Any) -> Any:
    """Ask that fakes be taken for real: mean of (D(fake) − 1)²."""
    return ops.mean(ops.square(fake_logits - 1.0))


def discriminator_loss(real_logits: Any, fake_logits: Any) -> Any:
    """Ask for 1 on real and 0 on fake pictures, halved to slow the discriminator down."""
    real = ops.mean(ops.square(real_logits - 1.0))
    fake = ops.mean(ops.square(fake_logits))
    return 0.5 * (real + fake)


def mean_absolute_error(a: Any, b: Any) -> Any:
    """Give the mean of |a − b|, the L1 of cycle and identity losses."""
    return ops.mean(ops.abs(a - b))
