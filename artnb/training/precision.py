"""In which precision layers are built, and what optimizers need of it."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras


@contextmanager
def precision(policy: str) -> Iterator[None]:
    """Build layers in a precision, such as `"mixed_bfloat16"`."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def with_loss_scale(
    optimizer: keras.optimizers.Optimizer, policy: str, name: str
) -> keras.optimizers.Optimizer:
    """Let an optimizer scale its player's loss where small gradients would be 0: in float16.

    Args:
        optimizer: of the player.
        policy: the precision that its networks are built in.
        name: of the player.
    """
    if policy != "mixed_float16":
        return optimizer
    return keras.optimizers.LossScaleOptimizer(optimizer, name=f"loss_scale_{name}")
