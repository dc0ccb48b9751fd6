"""How a training ends before its last step: asked to, out of time, out of memory, out of hand."""

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

import keras

from artnb.errors import InputError
from artnb.locks import Lock
from artnb.platform.deadline import Deadline, StepClock
from artnb.platform.devices import decided
from artnb.training.checkpoints import SaveCheckpoints, may_agree
from artnb.training.plan import Position


class TrainingEnded(Exception):
    """Training has stopped at a step's end, everything saved.

    Args:
        signal_number: what asked for it; None is the deadline.
    """

    def __init__(self, signal_number: int | None) -> None:
        super().__init__("the deadline" if signal_number is None else _name(signal_number))
        self.signal_number = signal_number


def _name(signal_number: int) -> str:
    return signal.Signals(signal_number).name


class TakenOverError(InputError):
    """Another training works on the Run now, since this one stood still for too long."""


class StopRequest:
    """Whether somebody asked the training to end, and how."""

    signal_number: int | None = None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take SIGINT (Ctrl-C, a notebook's stop button) and SIGTERM as requests.

        A second Ctrl-C interrupts at once. Signals reach the main thread alone; a training in
        another thread is left as it is.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._note) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.signal_number is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.signal_number = number


_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopWhenTakenOver(keras.callbacks.Callback):
    """Ends a training whose Run another one has taken over, before it writes anything more.

    Comes first among the callbacks.

    Args:
        locks: of the Run and its mirror, on the host that holds them.
        position: how far the training has got.
    """

    def __init__(self, locks: Sequence[Lock], position: Position) -> None:
        super().__init__()
        self.locks, self.position = locks, position

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Look between steps."""
        is_lost = any(lock.is_lost for lock in self.locks)
        if may_agree(self.position) and decided(is_lost):
            raise TakenOverError(
                "another training has taken the Run over while this one stood still, so this one "
                "ends without a change to it; go on with the other"
            )


class StopWhenDue(keras.callbacks.Callback):
    """Ends the training between two steps when it is asked to or its time is up.

    Comes after the checkpoints among the callbacks.

    Args:
        request: set by signals.
        position: how far the training has got.
        checkpoints: save what there is.
        deadline: when the session ends, or None.
    """

    def __init__(
        self,
        request: StopRequest,
        position: Position,
        checkpoints: SaveCheckpoints,
        deadline: Deadline | None,
    ) -> None:
        super().__init__()
        self.request, self.position, self.checkpoints = request, position, checkpoints
        self.deadline = deadline
        self.clock = StepClock()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Look between steps; after an epoch's last, its end comes first."""
        self.clock.tick()
        if self.position.batch:
            self._end_if_due()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Look after an epoch."""
        self._end_if_due()

    def _end_if_due(self) -> None:
        if not may_agree(self.position):
            return
        if decided(self.request.signal_number is not None or self._is_out_of_time()):
            self.checkpoints.save(wait=True)
            raise TrainingEnded(self.request.signal_number)

    def _is_out_of_time(self) -> bool:
        if self.deadline is None:
            return False
        return self.deadline.is_due(self.clock.slow_s, self.checkpoints.cost_s)


def out_of_memory(error: BaseException) -> bool:
    """Say whether an error means that a device or the machine has no memory left."""
    kinds = ("ResourceExhaustedError", "MemoryError")
    return type(error).__name__ in kinds or "RESOURCE_EXHAUSTED" in str(error)


@contextmanager
def memory_advice() -> Iterator[None]:
    """Turn running out of memory into advice.

    Raises:
        InputError: there was not enough memory; the message names the settings that decide.
    """
    try:
        yield
    except Exception as error:
        if not out_of_memory(error):
            raise
        raise InputError(
            "the training needs more memory than there is; lower batch_size, image_size_px or "
            "generator_filters, set pool_size lower, or precision=auto on a GPU or TPU"
        ) from error
