"""What a training step needs to know of the other devices that share its batch.

On JAX a step always sees the whole batch, and the compiler divides the work. On TensorFlow's
MirroredStrategy each replica runs the step on its own share. Random draws are therefore made for
the whole batch, by every replica from the same seed, and cut down to its share: the pictures of a
batch meet the same draws on one device and on several.
"""

from typing import Any

import keras
from keras import ops


def _replica_context() -> Any:
    """Give TensorFlow's replica context where several replicas share a batch, else None."""
    if keras.backend.backend() != "tensorflow":
        return None
    import tensorflow as tf

    context = tf.distribute.get_replica_context()
    return None if context is None or context.num_replicas_in_sync == 1 else context


def replicas_of_step() -> int:
    """Say into how many shares the batch was cut of which a step sees one."""
    context = _replica_context()
    return 1 if context is None else context.num_replicas_in_sync


def own_share(of_batch: Any, axis: int = 0) -> Any:
    """Cut something of the whole batch, its pictures along `axis`, down to this replica's."""
    context = _replica_context()
    if context is None:
        return of_batch
    shares = ops.stack(ops.split(of_batch, context.num_replicas_in_sync, axis=axis))
    return ops.take(shares, context.replica_id_in_sync_group, axis=0)


def whole_batch(share: Any) -> Any:
    """Put together what the replicas have of a batch, in its order, on each of them.

    Args:
        share: float32 `(batch / replicas, ...)`.

    Returns:
        float32 `(batch, ...)`, the same on every replica.
    """
    context = _replica_context()
    if context is None:
        return share
    # A sum with zeros in the others' places: NCCL has no gathering here, and a sum is exact.
    own_place = ops.one_hot(context.replica_id_in_sync_group, context.num_replicas_in_sync)
    apart = ops.tensordot(own_place, share, axes=0)
    return ops.reshape(context.all_reduce("SUM", apart), (-1, *share.shape[1:]))


def spoil_unless_finite(gradients: list) -> list:
    """Make gradients not-a-number on all replicas where they are not finite on one.

    A loss-scaling optimizer skips such a step, but Keras asks the first replica alone.
    """
    context = _replica_context()
    if context is None:
        return gradients
    finite = [ops.all(ops.isfinite(g)) for g in gradients if g is not None]
    failures = context.all_reduce("SUM", ops.cast(~ops.all(ops.stack(finite)), "float32"))
    spoilt = ops.where(failures > 0, float("nan"), 0.0)
    return [g if g is None else g + ops.cast(spoilt, g.dtype) for g in gradients]
