"""TensorBoard for those who like it: the log's rows as curves, and the grids as images."""

import csv
import io
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from artnb.errors import InputError
from artnb.platform.backend import is_installed
from artnb.runs.run import Run
from artnb.training.callbacks import Log, Owing, training_goes_on
from artnb.training.options import Say


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


class TensorBoard(Owing):
    """Writes what `log.csv` and the sample grids say as event files, too, by itself.

    An epoch's events are on disk before its checkpoint is; what is not in the files when a training
    is resumed, since it was killed or the disk was full, is written then. Keras' own callback
    does neither, and ends a training where it fails.

    Args:
        run: whose `tensorboard` folder; its grids.
        log: whose rows.
        say: is told what could not be written.
    """

    def __init__(self, run: Run, log: Log, say: Say = print) -> None:
        super().__init__()
        self.run, self.log, self.say = run, log, say
        self.folder = run.path / "tensorboard"
        self._writers: dict[str, Any] = {}

    def make_up(self, epoch: int) -> None:
        """Write the rows and grids that no event file has."""
        with training_goes_on("TensorBoard's earlier events", self.say):
            found = events_in(self.folder)
            for row in self._rows():
                self._write_row(row, found)
            for grid in sorted(self.run.samples.glob("*-*.png")):
                if _place(grid) not in found:
                    self._write_grid(grid)
            self._flush()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write the epoch's row."""
        with training_goes_on(f"TensorBoard's events of epoch {epoch + 1}", self.say):
            self._write_row(self._rows()[-1], ())
            self._flush()

    def show(self, grid: Path) -> None:
        """Write a grid."""
        with training_goes_on(f"TensorBoard's copy of {grid.name}", self.say):
            self._write_grid(grid)
            self._flush()

    def _rows(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.log.epochs.data.decode())))

    def _write_row(self, row: dict[str, str], found: Collection[tuple[str, int]]) -> None:
        """Write a row's learning rate and losses under Keras' names, which count from 0."""
        step = int(row["epoch"]) - 1
        for name in ("learning_rate", *self.log.loss_names):
            if (f"epoch_{name}", step) not in found:
                with self._writer("train").as_default():
                    self._summary.scalar(f"epoch_{name}", float(row[name]), step=step)

    def _write_grid(self, grid: Path) -> None:
        """Write a grid; its number, of step or epoch, is in its name."""
        tag, step = _place(grid)
        picture = np.asarray(Image.open(grid).convert("RGB"))[None]
        with self._writer("grids").as_default():
            self._summary.image(tag, picture, step=step)

    @property
    def _summary(self) -> Any:
        import tensorflow as tf

        return tf.summary

    def _writer(self, name: str) -> Any:
        if name not in self._writers:
            self._writers[name] = self._summary.create_file_writer(str(self.folder / name))
        return self._writers[name]

    def _flush(self) -> None:
        for writer in self._writers.values():
            writer.flush()


def _place(grid: Path) -> tuple[str, int]:
    """Give the tag and the step of a grid: whether it counts steps or epochs is in its name."""
    kind, number = grid.stem.split("-")
    return f"grids by {kind}", int(number)


def events_in(folder: Path) -> set[tuple[str, int]]:
    """List the tags and steps that event files hold; what a kill tore is in none."""
    import tensorflow as tf

    found = set()
    for file in folder.rglob("events.*"):
        with suppress(tf.errors.DataLossError):
            for record in tf.data.TFRecordDataset(str(file)).as_numpy_iterator():
                event = tf.compat.v1.Event.FromString(record)
                found |= {(value.tag, event.step) for value in event.summary.value}
    return found
