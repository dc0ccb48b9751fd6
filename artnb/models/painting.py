"""What a generator paints with: ncnn's kernels where they are faster and as exact, else Keras."""

import importlib.util
import os
import tempfile
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import keras
import numpy as np

from artnb.models.ncnn_graph import INPUT, InexpressibleError, NcnnNetwork, ncnn_network

# Half a grey level of 255, in [-1, 1]: what is rounded to uint8 is a level apart at most.
_EXACT = 1 / 255
# The standard deviation up to which a picture is taken for plain, about a grey level. Norms make
# what little there is in it hundreds of times larger, and with it how programs round.
_PLAIN = 0.01
# Read by OpenMP when it is loaded.
_WAITING = "OMP_WAIT_POLICY"
# Up to this size what a picture took is kept for the next one, beyond it would be gigabytes.
_KEPT_PIXELS = 512 * 512
# Storage in 16 or 8 bits, which is no longer exact; and Winograd's largest tiles, which take more
# memory and are no faster here.
_INEXACT = (
    "use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_packed",
    "use_bf16_storage", "use_int8_inference", "use_winograd63_convolution", "use_vulkan_compute",
)  # fmt: skip


def paints_with_ncnn() -> bool:
    """Say whether generators are painted with through ncnn, where it can express them.

    Not where ncnn is not installed, and not where there is more than one CPU device: Keras and
    its kernels for an accelerator are faster there.
    """
    if importlib.util.find_spec("ncnn") is None:
        return False
    return [name.partition(":")[0] for name in keras.distribution.list_devices()] == ["cpu"]


def what_paints() -> str:
    """Name all that has a part in what paintings look like, down to their last bits."""
    with_ncnn = "with ncnn " if paints_with_ncnn() else ""
    return f"{with_ncnn}on {keras.backend.backend()}"


class PaintingNetwork:
    """A generator that is ready to paint, with ncnn where it can, else with Keras.

    Args:
        generator: the network; its weights are taken as they are now.
        multiple_px: what both sides of a picture must be a multiple of.
    """

    def __init__(self, generator: keras.Model, multiple_px: int = 4) -> None:
        self.generator = generator
        self._compiled = _compiled(generator, multiple_px) if paints_with_ncnn() else None

    @property
    def engine(self) -> str:
        """What paints, in words."""
        if self._compiled is None:
            return f"Keras on {keras.backend.backend()}"
        cores = _threads()
        return f"ncnn {version('ncnn')} on {cores} {'cores' if cores > 1 else 'core'}"

    def predict_on_batch(self, pictures: np.ndarray) -> np.ndarray:
        """Paint float32 `(batch, height, width, 3)` in [-1, 1]; gives the same shape."""
        if self._compiled is None:
            return self.generator.predict_on_batch(pictures)
        plain = pictures.std(axis=(1, 2)).max(axis=-1) < _PLAIN
        painted = np.empty_like(pictures)
        if plain.any():
            painted[plain] = self.generator.predict_on_batch(pictures[plain])
        painted[~plain] = self._compiled.paint(pictures[~plain])
        return painted

    def __call__(self, pictures: Any, training: bool = False) -> Any:
        """Apply the network as Keras does, with norms that may share statistics."""
        return self.generator(pictures, training=training)


def _compiled(generator: keras.Model, multiple_px: int) -> "_Compiled | None":
    """Give a generator as ncnn computes it, if it can and is found to be exact."""
    try:
        compiled = _Compiled(ncnn_network(generator))
    except InexpressibleError:
        return None
    side = multiple_px * -(-32 // multiple_px)
    trial = np.random.default_rng(0).uniform(-1, 1, (1, side, side, 3)).astype(np.float32)
    expected = keras.ops.convert_to_numpy(generator(trial))
    return compiled if np.abs(compiled.paint(trial) - expected).max() <= _EXACT else None


class _Compiled:
    """A network of ncnn's, which paints one picture after another with all CPU cores."""

    def __init__(self, network: NcnnNetwork) -> None:
        ncnn = _import_ncnn()
        self._output = network.output
        self._net = ncnn.Net()
        for option in _INEXACT:
            setattr(self._net.opt, option, False)
        self._net.opt.num_threads = _threads()
        self._net.opt.openmp_blocktime = 0
        # What one layer gives back the next one takes, without asking the system for it.
        self._size: tuple[int, ...] = ()
        self._pools = (ncnn.UnlockedPoolAllocator(), ncnn.PoolAllocator())
        self._net.opt.blob_allocator, self._net.opt.workspace_allocator = self._pools
        with tempfile.TemporaryDirectory() as folder:
            weights = Path(folder, "weights")
            with weights.open("wb") as file:
                for array in network.weights:
                    file.write(np.ascontiguousarray(array, "<f4"))
            if self._net.load_param_mem(network.layers) or self._net.load_model(str(weights)):
                raise InexpressibleError("ncnn does not take it")

    def paint(self, pictures: np.ndarray) -> np.ndarray:
        """Paint float32 `(batch, height, width, 3)`."""
        painted, size = np.empty_like(pictures), pictures.shape[1:3]
        if size != self._size:
            self._give_back()
        for place, picture in enumerate(pictures):
            painted[place] = self._paint(picture)
        self._size = size
        if size[0] * size[1] > _KEPT_PIXELS:
            self._give_back()
        return painted

    def _give_back(self) -> None:
        for pool in self._pools:
            pool.clear()

    def _paint(self, picture: np.ndarray) -> np.ndarray:
        import ncnn

        planes = np.ascontiguousarray(picture.transpose(2, 0, 1))
        # A copy of ncnn's own: it writes to what it is given, wants it aligned, and does not keep
        # an array of NumPy's alive.
        copied = ncnn.Mat(planes).clone()
        with self._net.create_extractor() as extractor:
            extractor.input(INPUT, copied)
            failed, painted = extractor.extract(self._output)
            if failed:
                raise MemoryError("ncnn found too little memory to paint a picture")
            return np.array(painted).transpose(1, 2, 0)


def _import_ncnn() -> ModuleType:
    """Import ncnn so that its threads sleep while they wait.

    They would otherwise use up their core, which somebody else may need: beside other work
    pictures took five times as long.
    """
    before = os.environ.get(_WAITING)
    os.environ.setdefault(_WAITING, "passive")
    try:
        import ncnn
    finally:
        if before is None:
            del os.environ[_WAITING]
    return ncnn


def _threads() -> int:
    """Count the CPU cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
