"""State dicts of PyTorch, read and written without PyTorch; TorchScript and modules, read."""

from artnb.torch_files.modules import PickledModule, read_modules
from artnb.torch_files.reading import (
    LARGEST_FILE_BYTES,
    is_plain_pickle,
    is_torch_file,
    read_state_dict,
)
from artnb.torch_files.writing import write_state_dict

__all__ = [
    "LARGEST_FILE_BYTES",
    "PickledModule",
    "is_plain_pickle",
    "is_torch_file",
    "read_modules",
    "read_state_dict",
    "write_state_dict",
]
