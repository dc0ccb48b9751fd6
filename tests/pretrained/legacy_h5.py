"""Files of weights as Keras 1 and 2 wrote them, made up."""

import h5py
import numpy as np


def write_weights(path, shapes, seed=0):
    """Write random kernels and biases; `shapes` gives the kernel's shape by group name.

    Returns:
        The kernel and the bias by group name.
    """
    random = np.random.default_rng(seed)
    arrays = {}
    with h5py.File(path, "w") as file:
        for name, shape in shapes.items():
            group = file.create_group(name)
            # Values about as large as the inputs come out of every layer.
            scale = np.sqrt(2 / np.prod(shape[:-1]))
            kernel = (random.normal(size=shape) * scale).astype(np.float32)
            bias = random.normal(size=shape[-1]).astype(np.float32) / 10
            names = f"{name.rpartition('/')[2]}_W:0", f"{name}_b:0"
            group.attrs["weight_names"] = [written.encode() for written in names]
            for written, values in zip(names, (kernel, bias), strict=True):
                group.create_dataset(written, data=values)
            arrays[name] = kernel, bias
        file.create_group("pool1").attrs["weight_names"] = []
    return arrays


def convolve(x, kernel, bias, stride=1, same=True):
    """Convolve one picture `(height, width, channels)` and cut off what is negative, in NumPy."""
    height, width = kernel.shape[:2]
    if same:
        x = np.pad(x, ((height // 2, height // 2), (width // 2, width // 2), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (height, width), axis=(0, 1))
    sums = np.einsum("hwcij,ijco->hwo", windows[::stride, ::stride], kernel, optimize=True)
    return np.maximum(sums + bias, 0)
