"""State dicts of PyTorch, read and written without PyTorch; TorchScript, read."""

from artnb.torch_files.reading import LARGEST_FILE_BYTES, is_torch_file, read_state_dict
from artnb.torch_files.writing import write_state_dict

__all__ = ["LARGEST_FILE_BYTES", "is_torch_file", "read_state_dict", "write_state_dict"]
