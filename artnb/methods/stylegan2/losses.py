"""StyleGAN2's losses, of logits: how far each side is from what it wants."""

from typing import Any

from keras import ops


def logistic_generator(real_logits: Any, fake_logits: Any) -> Any:
    """Ask that fakes be taken for real: mean of −log σ(D(fake)), the non-saturating loss.

    Source: Goodfellow et al. 2014, arXiv 1406.2661, section 3.
    """
    del real_logits
    return ops.mean(ops.softplus(-fake_logits))


def logistic_discriminator(real_logits: Any, fake_logits: Any) -> Any:
    """Ask for σ = 1 on real and 0 on fake pictures: the sum of both means."""
    return ops.mean(ops.softplus(-real_logits)) + ops.mean(ops.softplus(fake_logits))


def relativistic_generator(real_logits: Any, fake_logits: Any) -> Any:
    """Ask that a fake be taken for more real than the real picture beside it.

    Source: Jolicoeur-Martineau 2018, arXiv 1807.00734; Huang et al. 2024, arXiv 2501.05441,
    equation 2.
    """
    return ops.mean(ops.softplus(real_logits - fake_logits))


def relativistic_discriminator(real_logits: Any, fake_logits: Any) -> Any:
    """Ask that a real picture be taken for more real than the fake beside it."""
    return ops.mean(ops.softplus(fake_logits - real_logits))


# What the generator minimises, and what the discriminator does.
LOSSES = {
    "logistic": (logistic_generator, logistic_discriminator),
    "relativistic": (relativistic_generator, relativistic_discriminator),
}


def path_lengths(gradients: Any) -> Any:
    """Give how far each picture moves with w, along a random direction of pictures.

    Args:
        gradients: of the pictures' product with noise, by w, `(batch, w_count, w_size)`.

    Returns:
        float32 `(batch,)`: of each place's gradient the squared length, their mean's root.

    Source: Karras et al. 2020, arXiv 1912.04958, section 3.2 and appendix B.
    """
    return ops.sqrt(ops.mean(ops.sum(ops.square(gradients), axis=2), axis=1))
