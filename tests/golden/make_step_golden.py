"""Make `steps.npz`: what one training step gives on TensorFlow, for JAX to agree with.

python -m tests.golden.make_step_golden
"""

from pathlib import Path

import keras
import numpy as np

from tests.golden.steps import CONFIGS, training_step

if __name__ == "__main__":
    numbers = {}
    for name in CONFIGS:
        numbers |= training_step(name)
    path = Path(__file__).parent / "steps.npz"
    np.savez_compressed(path, **numbers)
    print(f"{path.name}: {len(numbers)} arrays from {keras.backend.backend()}")
