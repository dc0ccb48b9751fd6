"""The machine that a benchmark ran on, and where its figures go."""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from artnb.platform.cpu import instruction_sets
from artnb.platform.machine import versions_of

RESULTS = Path(__file__).parent / "results"
_PACKAGES = ("keras", "tensorflow", "jax", "ncnn", "numpy", "pillow")
# What says which kernels and which memory TensorFlow and oneDNN take.
_CHOSEN = ("TF_ENABLE_ONEDNN", "TF_CPU_ALLOCATOR", "ONEDNN_", "DNNL_")


def describe() -> dict[str, Any]:
    """Give processor, memory, accelerators, load and versions."""
    return {
        "processor": _cpu_fact("model name") or platform.processor(),
        "cores": os.cpu_count(),
        "instruction_sets": instruction_sets(),
        "environment": {n: v for n, v in sorted(os.environ.items()) if n.startswith(_CHOSEN)},
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "accelerators": gpus(),
        "load_before": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": versions_of(_PACKAGES),
    }


def save(name: str, figures: dict[str, Any], folder: Path = RESULTS) -> Path:
    """Write figures with their command and date into `results/` or elsewhere; give the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    command = " ".join(["python", f"benchmarks/{Path(sys.argv[0]).name}", *_public(sys.argv[1:])])
    date = datetime.now(UTC).date().isoformat()
    text = json.dumps({"command": command, "date": date, **figures}, indent=2)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def _public(arguments: list[str]) -> list[str]:
    """Leave this machine's folders out of a command."""
    return [Path(a).name if a.startswith("/") else a for a in arguments]


def _cpu_fact(key: str) -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "")


def gpus() -> list[str]:
    """Name the NVIDIA GPUs with their memory; nothing where there are none."""
    question = ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"]
    try:
        answer = subprocess.run(question, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    return answer.stdout.strip().splitlines()
