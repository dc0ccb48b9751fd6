"""TensorBoard for those who like it: Keras' own callback, and the grids as images."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
from PIL import Image

from artnb.errors import InputError
from artnb.platform.backend import is_installed
from artnb.runs.run import Run


def require_tensorboard() -> None:
    """Check that event files can be written: Keras does that with TensorFlow and TensorBoard.

    Raises:
        InputError: one of them is not installed.
    """
    missing = [name for name in ("tensorflow", "tensorboard") if not is_installed(name)]
    if missing:
        raise InputError(
            f"--tensorboard needs {' and '.join(missing)}, which is not installed here; leave "
            "it out (log.csv and losses.png have the same numbers) or type "
            'pip install "artnb[tensorboard]"'
        )


class GridImages:
    """Writes each sample grid as an image of TensorBoard.

    Args:
        folder: of the event files.
    """

    def __init__(self, folder: Path) -> None:
        import tensorflow as tf

        self._summary = tf.summary
        self._writer = tf.summary.create_file_writer(str(folder))

    def __call__(self, grid: Path) -> None:
        """Write one grid; its number, of step or epoch, is in its name."""
        kind, number = grid.stem.split("-")
        picture = np.asarray(Image.open(grid).convert("RGB"))[None]
        with self._writer.as_default():
            self._summary.image(f"grids by {kind}", picture, step=int(number))
        self._writer.flush()


def tensorboard_callback(run: Run) -> tuple[Any, GridImages]:
    """Give Keras' callback and the writer of grids, both into the Run's `tensorboard` folder."""
    require_tensorboard()
    folder = run.path / "tensorboard"
    return keras.callbacks.TensorBoard(folder, write_graph=False), GridImages(folder / "grids")
