"""Snapshots that need not be kept are deleted, but never before a checkpoint knows of it."""

from collections.abc import Callable, Collection
from typing import Any

from artnb.platform.devices import writes_files
from artnb.runs.run import Run
from artnb.runs.snapshots import superseded
from artnb.training.callbacks import Owing
from artnb.training.checkpoints import CheckpointWriter
from artnb.training.options import Say
from artnb.training.plan import Position


class Thinning(Owing):
    """Deletes snapshots at epoch ends, once a checkpoint of that end or later is whole.

    Killed before, a training comes to that epoch again, and finds what it had there then: an
    epoch that was best until then among them. Comes after the scores among the callbacks.

    Args:
        run: whose snapshots.
        budget_gb: what they may take together, GB.
        position: how far the training has got.
        writer: of the checkpoints.
        owed: names the epochs up to one whose scores are still to be made of their snapshots.
        say: is told what could not be deleted.
    """

    def __init__(
        self,
        run: Run,
        budget_gb: float,
        position: Position,
        writer: CheckpointWriter,
        owed: Callable[[int], Collection[int]],
        say: Say = print,
    ) -> None:
        super().__init__()
        self.run, self.budget_gb, self.position = run, budget_gb, position
        self.writer, self.owed, self.say = writer, owed, say

    def make_up(self, epoch: int) -> None:
        """Delete what the last epoch's end would have."""
        self._thin_out(epoch)
        self.writer.wait()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Choose, and delete later."""
        self._thin_out(epoch + 1)

    def _thin_out(self, epoch: int) -> None:
        if not writes_files():
            return
        gone = superseded(self.run, self.budget_gb, epoch, bool(self.owed(epoch)))
        if gone:
            self.writer.after(self.position.step, lambda: self._delete(gone))

    def _delete(self, epochs: Collection[int]) -> None:
        try:
            for epoch in epochs:
                self.run.snapshot(epoch).unlink(missing_ok=True)
        except OSError as error:
            self.say(f"A snapshot could not be deleted: {error}. Training goes on.")
