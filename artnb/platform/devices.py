"""Which devices train together: several GPUs or TPU cores of this machine, or several hosts.

Each device takes an equal share of every batch and all hold the same weights. On TensorFlow this
is `tf.distribute.MirroredStrategy`, on JAX `keras.distribution.DataParallel`; several hosts work
on JAX alone, since TensorFlow's strategy for them fails inside Keras 3's `fit`.
"""

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np

from artnb.errors import InputError

_KINDS = {"cpu": "CPUs", "gpu": "GPUs", "tpu": "TPU cores"}
# JAX's own names; they say which process of a training on several hosts this one is.
_ADDRESS, _COUNT, _INDEX = "JAX_COORDINATOR_ADDRESS", "JAX_NUM_PROCESSES", "JAX_PROCESS_ID"


@contextmanager
def use_devices(batch_size: int, say: Callable[[str], None] = print) -> Iterator[None]:
    """Train on as many devices as can share a batch equally.

    The model must be built, trained and read within. With one device nothing is changed and
    nothing said; a batch of 1 always goes to one device.

    Args:
        batch_size: pictures of each domain in a batch, over all devices and hosts.
        say: gets one line about what was chosen, where there was a choice.

    Raises:
        InputError: there are several hosts and they cannot share the batch equally.
    """
    import keras

    devices = keras.distribution.list_devices()
    _require_a_share_for_each_host(batch_size, len(devices))
    chosen = devices[: sharing_devices(batch_size, len(devices))]
    if len(devices) > 1:
        say(_describe(batch_size, devices, len(chosen)))
    if len(chosen) == 1:
        yield
        return
    with _sharing(chosen):
        yield


def sharing_devices(batch_size: int, available: int) -> int:
    """Say how many devices can share a batch equally, the largest number there is."""
    return max(n for n in range(1, available + 1) if batch_size % n == 0)


def replicas() -> int:
    """Say how many devices share each batch; 1 outside of `use_devices`."""
    import keras

    if keras.backend.backend() == "jax":
        distribution = keras.distribution.distribution()
        return 1 if distribution is None else int(distribution.device_mesh.devices.size)
    import tensorflow as tf

    return tf.distribute.get_strategy().num_replicas_in_sync


def alone(function: Callable[[], Any]) -> Any:
    """Call a function on one device of this host, also within `use_devices`.

    Strategies and distributions hold for the thread that set them, so it gets one of its own.

    Args:
        function: called without arguments.

    Returns:
        What it returns; what it raises is raised here.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function).result()


def join_hosts(
    address: str | None = None, count: int | None = None, index: int | None = None
) -> bool:
    """Join the other hosts of a training on several machines; must come before any computation.

    What is not given is read from the environment: `JAX_COORDINATOR_ADDRESS`,
    `JAX_NUM_PROCESSES` and `JAX_PROCESS_ID`. Where nothing is given there, nothing happens.

    Args:
        address: of host 0, with a port, such as `"10.0.0.1:1234"`.
        count: how many hosts there are.
        index: which one this is, counted from 0; host 0 writes the files.

    Returns:
        Whether there are several hosts now.

    Raises:
        InputError: a part is missing or makes no sense, or the backend is not JAX.
    """
    found = {
        _ADDRESS: address or os.environ.get(_ADDRESS),
        _COUNT: os.environ.get(_COUNT) if count is None else count,
        _INDEX: os.environ.get(_INDEX) if index is None else index,
    }
    if all(value is None for value in found.values()):
        return False
    address, count, index = _checked_hosts(found)
    import jax

    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    jax.distributed.initialize(address, count, index)
    return count > 1


def this_host() -> tuple[int, int]:
    """Give this host's number and how many there are: `(0, 1)` unless `join_hosts` was called."""
    import keras

    jax = sys.modules.get("jax")
    if jax is None or keras.backend.backend() != "jax":
        return 0, 1
    return jax.process_index(), jax.process_count()


def writes_files() -> bool:
    """Say whether this host is the one that writes the Run's files."""
    return this_host()[0] == 0


def agreed(number: float) -> float:
    """Give host 0's number on every host: what each measures for itself differs."""
    if this_host()[1] == 1:
        return number
    from jax.experimental.multihost_utils import broadcast_one_to_all

    return float(broadcast_one_to_all(np.float32(number)))


def decided(flag: bool) -> bool:
    """Give host 0's decision on every host: what depends on time or signals must be one."""
    return flag if this_host()[1] == 1 else bool(agreed(float(flag)))


def _sharing(devices: list[str]) -> AbstractContextManager:
    import keras

    if keras.backend.backend() == "jax":
        # Every host reads its own share: nothing is left to divide among hosts.
        return keras.distribution.DataParallel(devices=devices, auto_shard_dataset=False).scope()
    import tensorflow as tf

    return tf.distribute.MirroredStrategy([name.upper() for name in devices]).scope()


def _describe(batch_size: int, devices: list[str], used: int) -> str:
    kind = _KINDS.get(devices[0].split(":")[0], "devices")
    if used == 1:
        return (
            f"Training on 1 of {len(devices)} {kind}: a batch of {batch_size} cannot be shared "
            f"equally; choose a batch_size that is a multiple of {len(devices)} to use all."
        )
    hosts = this_host()[1]
    where = f" of {hosts} hosts" if hosts > 1 else ""
    of_all = "" if used == len(devices) else f" of {len(devices)}"
    share = batch_size // used
    return f"Training on {used}{of_all} {kind}{where}: each takes {share} of {batch_size} pictures."


def _require_a_share_for_each_host(batch_size: int, devices: int) -> None:
    hosts = this_host()[1]
    if hosts > 1 and batch_size % devices:
        fits = max(devices, batch_size - batch_size % devices)
        raise InputError(
            f"batch_size must be a multiple of {devices}, the devices of all {hosts} hosts, "
            f"got {batch_size}; use {fits} or {fits + devices}"
        )


def _checked_hosts(found: dict[str, Any]) -> tuple[str, int, int]:
    import keras

    missing = [name for name, value in found.items() if value is None]
    if missing:
        raise InputError(
            f"several hosts need {', '.join(found)}, and {', '.join(missing)} is missing; "
            "set all three, or none to train on this machine alone"
        )
    if keras.backend.backend() != "jax":
        raise InputError(
            f"several hosts train together on JAX only, got {keras.backend.backend()}; "
            f"add --backend jax, or unset {_ADDRESS} to train on this machine alone"
        )
    numbers = [str(found[name]) for name in (_COUNT, _INDEX)]
    if not all(number.isdecimal() for number in numbers) or int(numbers[1]) >= int(numbers[0]):
        raise InputError(
            f"{_INDEX} must be a whole number below {_COUNT}, got {numbers[1]} "
            f"of {numbers[0]}; hosts are counted from 0"
        )
    return found[_ADDRESS], int(numbers[0]), int(numbers[1])
