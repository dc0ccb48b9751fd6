"""What TensorFlow computes with on a CPU: memory and kernels, chosen before it is imported.

TensorFlow hands large tensors back to the system after each operation, and gets them page by page
at the next one: a third of the CPU's time without oneDNN. Its pool (`TF_CPU_ALLOCATOR_USE_BFC`)
changes no number. oneDNN's kernels (`TF_ENABLE_ONEDNN_OPTS`) come with a pool of their own and
other last bits. TensorFlow takes them by itself on CPUs with AVX's neural instructions or AMX.
With AVX2 alone they train small networks faster, and are two to four times as slow when a large
generator paints one picture: benchmarks/README.md has the figures.
"""

import os
import platform
import sys
from pathlib import Path

ONEDNN, POOL = "TF_ENABLE_ONEDNN_OPTS", "TF_CPU_ALLOCATOR_USE_BFC"
# With any of these TensorFlow takes oneDNN's kernels by itself, on Linux.
# Source: DefaultOneDnnPolicy in tensorflow/core/util/port.cc.
_ONEDNN_BY_ITSELF = {
    "avx512_vnni", "avx512_bf16", "avx_vnni", "amx_tile", "amx_int8", "amx_bf16"
}  # fmt: skip
_KERNELS = _ONEDNN_BY_ITSELF | {"sse4_2", "avx", "avx2", "fma", "avx512f", "asimd", "sve"}


def cpu_flags() -> set[str]:
    """Name what the CPU can do, as Linux does; nothing where it does not say."""
    facts = Path("/proc/cpuinfo")
    if not facts.exists():
        return set()
    lines = facts.read_text(encoding="utf-8").splitlines()
    flags = next((line for line in lines if line.startswith(("flags", "Features"))), ":")
    return set(flags.split(":", 1)[1].split())


def instruction_sets() -> list[str]:
    """Name those of the CPU's instruction sets that kernels are written for."""
    return sorted(_KERNELS & cpu_flags())


def tune_tensorflow(small_networks: bool = False) -> str:
    """Choose what TensorFlow will compute with, where it would not choose well by itself.

    Only x86 CPUs with AVX2 and without what makes TensorFlow take oneDNN by itself, on Linux and
    without a GPU of NVIDIA's, are known to gain. Nothing is changed that somebody has set, nor
    once TensorFlow is imported, which reads this once.

    Args:
        small_networks: train those of the presets for a CPU, which gain from oneDNN.

    Returns:
        A sentence about what was chosen, or nothing.
    """
    if "tensorflow" in sys.modules or not _gains():
        return ""
    wanted = {ONEDNN: "1"} if small_networks else {POOL: "true"}
    if wanted.keys() & os.environ.keys() or os.environ.get(ONEDNN) == "1":
        return ""
    os.environ.update(wanted)
    what = "takes oneDNN's kernels" if small_networks else "keeps its memory in a pool"
    (setting,) = (f"{name}={value}" for name, value in wanted.items())
    return f"TensorFlow {what}, which is faster on this CPU ({setting})."


def _gains() -> bool:
    if platform.machine() not in ("x86_64", "AMD64") or Path("/dev/nvidiactl").exists():
        return False
    flags = cpu_flags()
    return "avx2" in flags and not flags & _ONEDNN_BY_ITSELF


def onednn_is_on() -> bool | None:
    """Say whether TensorFlow, which is imported, computes with oneDNN's kernels.

    Returns:
        None where it is not imported or does not say.
    """
    if "tensorflow" not in sys.modules:
        return None
    try:
        from tensorflow.python.util import _pywrap_util_port
    except ImportError:
        return None
    return bool(_pywrap_util_port.IsMklEnabled())
