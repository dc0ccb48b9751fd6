"""A look at this machine: what is there, what is missing, how to get it."""

import os
import platform
import shutil
import sys

from artnb.errors import InputError
from artnb.platform.backend import BACKENDS, is_installed, start_keras
from artnb.platform.cpu import instruction_sets, onednn_is_on
from artnb.platform.machine import free_memory_gb, versions_of
from artnb.platform.where import kaggle_inputs, known_folder, outputs_folder, platform_name

_PACKAGES = (
    "artnb", "keras", "tensorflow", "jax", "numpy", "pillow", "matplotlib", "safetensors",
    "protobuf", "google-crc32c", "tqdm",
)  # fmt: skip
_COMPETITION = "gan-getting-started"
# Which option fetches weights.
_USED_BY = {
    "inception": "artnb evaluate --extractor",
    "squeezenet": "artnb stylize --features",
    "vgg16": "artnb evaluate --extractor",
    "vgg19": "artnb stylize --features",
}
# A paper-preset step at 256 px with batch 1 needs about this much.
_COMFORTABLE_MEMORY_GB = 4
_COMFORTABLE_DISK_GB = 5


def examine(requested_backend: str | None = None) -> str:
    """Describe this machine in lines to read.

    Args:
        requested_backend: what --backend says, if it was given.

    Returns:
        A few lines on platform, backend, versions, space, data and weights.

    Raises:
        InputError: the requested backend cannot be had.
    """
    sections = [
        _platform(),
        _backend(requested_backend),
        ["Versions: " + ", ".join(_versions())],
        _space(),
        _data(),
        _kaggle(),
        _weights(),
    ]
    return "\n".join(line for section in sections for line in section)


def _platform() -> list[str]:
    return [
        f"Platform: {platform_name()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} CPU cores",
        f"Python:   {sys.version.split()[0]} at {sys.executable}",
    ]


def _backend(requested: str | None) -> list[str]:
    others = [name for name in BACKENDS if not is_installed(name)]
    missing = [f'          {name} is not installed: pip install "artnb[{name}]"' for name in others]
    try:
        choice = start_keras(requested)
    except InputError as error:
        if requested is not None:
            raise
        return [f"Backend:  {error}"]
    import keras

    devices = ", ".join(keras.distribution.list_devices())
    return [f"Backend:  {choice}", *missing, f"Devices:  {devices}", *_kernels()]


def _kernels() -> list[str]:
    """Name the CPU's instruction sets, and whether TensorFlow computes with oneDNN's kernels."""
    onednn = {True: "with oneDNN's kernels", False: "without oneDNN's kernels"}.get(onednn_is_on())
    told = [", ".join(instruction_sets()), f"TensorFlow computes {onednn}" if onednn else ""]
    known = "; ".join(filter(None, told))
    return [f"CPU:      {known}"] if known else []


def _versions() -> list[str]:
    return [f"{package} {version}" for package, version in versions_of(_PACKAGES).items()]


def _space() -> list[str]:
    outputs = outputs_folder().absolute()
    existing = next(folder for folder in (outputs, *outputs.parents) if folder.exists())
    disk_gb = shutil.disk_usage(existing).free / 1e9
    lines = [f"Disk:     {disk_gb:.0f} GB free for {outputs}"]
    if disk_gb < _COMFORTABLE_DISK_GB:
        lines.append(f"          little: a long training wants {_COMFORTABLE_DISK_GB} GB")
    memory_gb = free_memory_gb()
    lines.append(f"Memory:   {memory_gb:.0f} GB free")
    if memory_gb < _COMFORTABLE_MEMORY_GB:
        lines.append(f"          little: training at 256 px wants {_COMFORTABLE_MEMORY_GB} GB")
    return lines


def _data() -> list[str]:
    folder = known_folder("ARTNB_DATA")
    candidates = kaggle_inputs(_COMPETITION)
    if folder:
        candidates += sorted(entry for entry in folder.iterdir() if entry.is_dir())
    found = [str(path) for path in candidates if path.is_dir()]
    outputs = outputs_folder()
    found += [str(file.parent) for file in sorted(outputs.glob("*/dataset/dataset.json"))]
    if found:
        return ["Data:     " + found[0], *("          " + path for path in found[1:])]
    return [
        "Data:     none found; artnb data demo --out DIR makes some, ARTNB_DATA names a folder",
        f"          with {_COMPETITION} in it (from kaggle.com/competitions/{_COMPETITION})",
    ]


def _kaggle() -> list[str]:
    from artnb.data.fetch.credentials import describe_credentials

    return [f"Kaggle:   credentials: {describe_credentials()}"]


def _weights() -> list[str]:
    from artnb.pretrained.weights import PUBLISHED, weights_at_hand

    lines = []
    for kind, (file, *_) in PUBLISHED.items():
        size_mb, path = file.size_bytes / 1e6, weights_at_hand(kind)
        where = path or f"not here; {_USED_BY[kind]} {kind} fetches {size_mb:.0f} MB"
        lines.append(f"{file.title}: {where}")
    return ["Weights:  " + lines[0], *("          " + line for line in lines[1:])]
