"""Arrays of every type and form, for state dicts to hold."""

import numpy as np

STATE = {
    "model.1.weight": np.arange(2 * 3 * 5, dtype=np.float32).reshape(2, 3, 5) / 8,
    "model.1.bias": np.float32([-1, 3e38]),
    "strided": np.arange(6, dtype=np.float64).reshape(2, 3).T,
    "half": np.linspace(-1, 1, 5, dtype=np.float16),
    "big_endian": np.array([1, -2], ">i4"),
    "counts": np.array([-(2**40), 0, 2**40]),
    "scalar": np.array(7),
    "empty": np.zeros((0, 3), np.float32),
    "flags": np.array([True, False]),
    "pixels": np.array([0, 255], np.uint8),
    "a name as long as ninety letters, with ümlauts, ends here" * 2: np.ones(1, np.float32),
}
