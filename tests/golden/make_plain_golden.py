"""Compute `plain.npz`: what generators paint of plain pictures, in float64."""

from pathlib import Path

import keras
import numpy as np

from tests.golden.plain import NETWORKS, network, pictures


def main() -> None:
    """Paint every picture with every network."""
    keras.config.set_dtype_policy("float64")
    given = np.stack(list(pictures().values())).astype(np.float64)
    painted = {name: np.asarray(network(name)(given)) for name in NETWORKS}
    np.savez_compressed(Path(__file__).parent / "plain.npz", **painted)


if __name__ == "__main__":
    main()
