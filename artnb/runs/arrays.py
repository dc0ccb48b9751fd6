"""Arrays in safetensors files: what is read is what was written, and all that may read can."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import save_file

_ERROR_NUMBER = re.compile(r"os error (\d+)")


def save_arrays(
    path: Path, arrays: Mapping[str, np.ndarray], metadata: dict[str, str] | None = None
) -> None:
    """Write arrays as safetensors, whatever their order in memory.

    safetensors 0.8.0 reads as many bytes as an array has from where its first element lies, so
    that one that is transposed or reversed is saved with other values; and it lets nobody but the
    owner read the file, whatever the umask says.

    Args:
        path: the file to make or to replace.
        arrays: by name, of any shape and order.
        metadata: to keep beside them.

    Raises:
        OSError: it could not be written.
    """
    # Not numpy.ascontiguousarray, which gives a scalar an axis.
    contiguous = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    path.unlink(missing_ok=True)
    path.touch()
    mode = path.stat().st_mode
    try:
        save_file(contiguous, path, metadata=metadata)
    except SafetensorError as error:  # a full disk, as every other writer says it
        if not (number := _ERROR_NUMBER.search(str(error))):
            raise
        raise OSError(int(number[1]), os.strerror(int(number[1])), str(path)) from error
    path.chmod(mode)
