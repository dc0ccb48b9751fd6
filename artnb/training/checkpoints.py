"""Checkpoints: everything that a training needs to go on, saved while it goes on.

The state is copied to the host between two steps; a thread writes, hashes and mirrors it.
"""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from artnb.platform.devices import decided, this_host, writes_files
from artnb.runs.run import Run
from artnb.training import checkpoint_folder
from artnb.training.callbacks import DivergedError, Log
from artnb.training.checkpoint_folder import write_checkpoint
from artnb.training.config import TrainingConfig
from artnb.training.describe import installed_versions, what_bits_depend_on
from artnb.training.mirror import Mirror
from artnb.training.plan import Position
from artnb.training.state import is_finite, read_state, save_state

STATE = "state.safetensors"
# Between two saves that nobody waits for lies at least this many times what one costs: 2 %.
_COST_FACTOR = 50
_AGREE_EVERY_STEPS = 10


def may_agree(position: Position) -> bool:
    """Say whether to look at the clock after this step: several hosts agree only now and then."""
    return this_host()[1] == 1 or position.batch % _AGREE_EVERY_STEPS == 0


class CheckpointWriter:
    """Writes checkpoints in a thread, one at a time, and tells the mirror.

    Args:
        run: whose checkpoints.
        mirror: gets a copy of each, or None.
        say: gets a sentence when a checkpoint could not be written; training goes on.
    """

    def __init__(self, run: Run, mirror: Mirror | None, say: Callable[[str], None]) -> None:
        self.run, self.mirror, self.say = run, mirror, say
        self.written = 0
        self.written_s = 0.0
        self.step: int | None = None  # after which the newest was written that is on disk
        self._thread: threading.Thread | None = None
        self._after: tuple[int, Callable[[], None]] | None = None

    def write(
        self,
        step: int,
        facts: dict[str, Any],
        state: dict[str, np.ndarray],
        logs: Mapping[str, bytes],
    ) -> None:
        """Write a checkpoint; waits only where the one before is still being written."""
        self.wait()

        def write_files(folder: Path) -> None:
            save_state(state, folder / STATE)
            for name, data in logs.items():
                (folder / name).write_bytes(data)

        self._thread = threading.Thread(target=self._write, args=(step, facts, write_files))
        self._thread.start()

    def wait(self) -> None:
        """Wait until everything is on disk, and do what waited for it."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._after and self.step is not None and self.step >= self._after[0]:
            (_, action), self._after = self._after, None
            action()

    def after(self, step: int, action: Callable[[], None]) -> None:
        """Do something once a checkpoint of this step or a later one is whole.

        It takes the place of what waited before.
        """
        self._after = (step, action)

    def _write(self, step: int, facts: dict[str, Any], write_files: Callable[[Path], None]) -> None:
        start = time.perf_counter()
        in_use = self.mirror.in_use if self.mirror else lambda _: False
        try:
            write_checkpoint(self.run.checkpoints, step, facts, write_files)
            checkpoint_folder.thin_out(self.run.checkpoints, in_use=in_use)
        except Exception as error:  # safetensors has its own for a full disk; all must be told
            self.say(f"The checkpoint of step {step:,} could not be written to "
                     f"{self.run.checkpoints}: {error}. Training goes on, and the next one will "
                     "be tried; free space there.")  # fmt: skip
            return
        self.step = step
        self.written += 1
        self.written_s += time.perf_counter() - start
        if self.mirror:
            self.mirror.notify()


class SaveCheckpoints(keras.callbacks.Callback):
    """Saves every few minutes and at epoch ends; comes after all that writes into the Run.

    Args:
        config: the Run's settings.
        position: how far the training has got.
        log: its means since the last row are part of what is saved.
        writer: brings checkpoints to disk.
        facts: what else `meta.json` shall say: data, for one.
    """

    def __init__(
        self,
        config: TrainingConfig,
        position: Position,
        log: Log,
        writer: CheckpointWriter,
        facts: dict[str, Any],
    ) -> None:
        super().__init__()
        self.config, self.position, self.log = config, position, log
        self.writer, self.facts = writer, facts
        self.blocked_s = 0.0
        self.begin()

    def begin(self) -> None:
        """Take it that everything up to here is saved."""
        self.saved_step = self.position.step
        self.saved_at = time.monotonic()
        self.cost_s = 0.0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Save when it is time; after an epoch's last step, its end comes first.

        Several hosts look less often, since they have to agree.
        """
        every_step = self.config.checkpoint_minutes == 0
        if not self.position.batch or not (every_step or may_agree(self.position)):
            return
        if decided(self._passed_s() >= self.config.checkpoint_minutes * 60):
            self.save()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Save, unless epochs are so short that saving would hold them up."""
        is_last = self.position.step == self.config.epochs * self.position.steps_per_epoch
        every_step = self.config.checkpoint_minutes == 0
        if decided(is_last or every_step or self._passed_s() >= _COST_FACTOR * self.cost_s):
            self.save()

    def _passed_s(self) -> float:
        return time.monotonic() - self.saved_at

    def save(self, wait: bool = False) -> None:
        """Copy the state and hand it to the writer.

        Args:
            wait: come back only when it is on disk; what could not be written is tried again.

        Raises:
            DivergedError: the state holds NaN or infinity; it is not written.
        """
        start = time.monotonic()
        if wait:
            self.writer.wait()
        has_failed = wait and decided(writes_files() and self.writer.step != self.saved_step)
        if self.position.step != self.saved_step or has_failed:
            state = read_state(self.model)
            if not is_finite(state):
                raise DivergedError(f"at step {self.position.step:,} a weight is not finite")
            if writes_files():
                self.writer.write(self.position.step, self._meta(), state, self.log.files())
            self.saved_step = self.position.step
        if wait:
            self.writer.wait()
        self.saved_at = time.monotonic()
        self.cost_s = self.saved_at - start
        self.blocked_s += self.cost_s

    def _meta(self) -> dict[str, Any]:
        return {
            "epoch": self.position.epoch,
            "batch": self.position.batch,
            "steps_per_epoch": self.position.steps_per_epoch,
            "log": self.log.state(),
            "config": self.config.as_dict(),
            "backend": keras.backend.backend(),
            "versions": installed_versions(),
            "bits": what_bits_depend_on(),
            **self.facts,
        }
