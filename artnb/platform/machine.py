"""What this machine has and can do, and which preset and precision suit it."""

import importlib.metadata
import os
import platform
from collections.abc import Iterable

from artnb.errors import InputError
from artnb.platform.cpu import cpu_flags
from artnb.platform.where import platform_name

# What the preset "auto" stands for.
_AUTO_ON_ACCELERATOR = "session"
_AUTO_ON_CPU = "preview"
# With AVX-512's alone, without AMX, a step of the paper's networks is 1.8 times as fast as float32.
_CPU_BFLOAT16 = {"amx_bf16", "avx512_bf16"}
# From Ampere on, NVIDIA's chips compute in bfloat16; a T4 is 7.5.
_BFLOAT16_CAPABILITY = 8.0


def accelerators() -> list[str]:
    """List the devices that are no CPU, as Keras names them: `["gpu:0"]`, or nothing."""
    import keras

    return [name for name in keras.distribution.list_devices() if not name.startswith("cpu")]


def resolve_preset(preset: str) -> str:
    """Say which preset `"auto"` means on this machine; any other name stays as it is."""
    if preset != "auto":
        return preset
    return _AUTO_ON_ACCELERATOR if accelerators() else _AUTO_ON_CPU


def this_machine() -> str:
    """Describe platform, devices and versions in one line."""
    import keras

    from artnb import __version__

    found = ", ".join(accelerators()) or "no accelerator"
    return (
        f"{platform_name()}: {os.cpu_count()} CPU cores, {found}; "
        f"Python {platform.python_version()}, Keras {keras.__version__} "
        f"on {keras.backend.backend()}, artnb {__version__}"
    )


def versions_of(packages: Iterable[str]) -> dict[str, str]:
    """Give the versions of those of some packages that are installed; nothing is imported."""
    found = {}
    for package in packages:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def free_memory_gb() -> float:
    """Give the memory that new programs can have, GB."""
    import psutil

    return psutil.virtual_memory().available / 1e9


def memory_in_use_gb() -> float:
    """Give the memory that this process occupies, GB."""
    import psutil

    return psutil.Process().memory_info().rss / 1e9


def suitable_precision() -> tuple[str, str]:
    """Give the fastest precision that this machine computes in natively, and why."""
    devices = accelerators()
    if any(name.startswith("tpu") for name in devices):
        return "mixed_bfloat16", "a TPU computes in it"
    if devices:
        capability = _compute_capability()
        if capability >= _BFLOAT16_CAPABILITY:
            return "mixed_bfloat16", f"a GPU of compute capability {capability} computes in it"
        return "mixed_float16", f"a GPU of compute capability {capability} has no bfloat16"
    found = sorted(_CPU_BFLOAT16 & cpu_flags())
    if found:
        return "mixed_bfloat16", f"this CPU computes in it ({', '.join(found)})"
    return "float32", "this CPU does not compute in bfloat16"


def use_deterministic_operations() -> None:
    """Let every operation give the same bits each time on this machine, whatever that costs.

    On JAX a CPU does so anyway; for a GPU the flag must be set before JAX starts.
    """
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    elif accelerators() and "xla_gpu_deterministic_ops" not in os.environ.get("XLA_FLAGS", ""):
        raise InputError(
            "deterministic=true on JAX with a GPU needs XLA_FLAGS=--xla_gpu_deterministic_ops=true "
            "in the environment before it starts; set it, or leave deterministic out"
        )


def _compute_capability() -> float:
    import keras

    if keras.backend.backend() == "jax":
        import jax

        return float(getattr(jax.devices()[0], "compute_capability", 0.0))
    import tensorflow as tf

    details = tf.config.experimental.get_device_details(tf.config.list_physical_devices("GPU")[0])
    major, minor = details.get("compute_capability", (0, 0))
    return float(f"{major}.{minor}")
