"""What a Run records of its machine and its data."""

import platform
import sys
from typing import Any

import keras

from artnb.data.dataset import Dataset
from artnb.platform.cpu import instruction_sets, onednn_is_on
from artnb.platform.machine import versions_of
from artnb.platform.where import platform_name

# Raised when norms no longer give the same bits. 2: they take off the first pixel, and means row by
# row.
NORMS_ARITHMETIC = 2
# The same of convolutions. 2: those to few channels and those of doubled pictures are computed in
# other ways.
CONVOLUTIONS_ARITHMETIC = 2
_PACKAGES = ("artnb", "keras", "tensorflow", "jax", "numpy", "pillow")


def installed_versions() -> dict[str, str]:
    """Give the versions of the packages that a training depends on."""
    return versions_of(_PACKAGES)


def what_bits_depend_on() -> dict[str, Any]:
    """Give, by their names, what of this process the last bits of a step depend on."""
    return {
        "oneDNN": onednn_is_on(),
        "norms' arithmetic": NORMS_ARITHMETIC,
        "convolutions' arithmetic": CONVOLUTIONS_ARITHMETIC,
    }


def describe_machine() -> dict[str, Any]:
    """Give platform, backend and versions, for the record."""
    return {
        "platform": platform_name(),
        "system": platform.platform(),
        "python": sys.version.split()[0],
        "backend": keras.backend.backend(),
        "devices": keras.distribution.list_devices(),
        "versions": installed_versions(),
        "instruction_sets": instruction_sets(),
        "bits": what_bits_depend_on(),
    }


def describe_data(dataset: Dataset) -> dict[str, Any]:
    """Give what a Run records of its data."""
    return {
        "path": dataset.path,
        "fingerprint": dataset.fingerprint,
        "size_px": dataset.size_px,
        "x": dataset.x.name,
        "y": dataset.y.name,
        "train": {d.name: len(d.train) for d in dataset.domains},
        "test": {d.name: len(d.test) for d in dataset.domains},
    }
