"""A heartbeat: a line every few minutes that says a long cell is still at work."""

import threading
import time
from collections.abc import Callable
from typing import Any

import keras

from artnb.errors import InputError
from artnb.platform.deadline import Deadline, clock_time, in_words
from artnb.platform.machine import memory_in_use_gb

# A training whose `fit` was interrupted tells no callback: end after this many lines without a
# step. With a line every 3 minutes that is an hour, longer than any step or compilation.
_LINES_WITHOUT_A_STEP = 20
_JOIN_S = 5.0


class KeepAlive(keras.callbacks.Callback):
    """Says every few minutes how far training, or any long cell, has come.

    It only prints. No documented way exists to keep an idle Colab page alive, and scripts that
    click buttons evade the platform's limits; a long run there needs frequent checkpoints and a
    painless resume. A thread of its own prints, so the line comes during a long step too.

    As a callback of `fit` it begins and ends with training; around any other cell it is
    `with KeepAlive("preparing data"):`. Where `fit` may fail, do both, with the same object: then
    it ends at once with the block. Otherwise it ends after 20 lines without a step.

    Args:
        task: what is being done, the line's first words.
        every_minutes: between two lines.
        total_steps: the step that training ends with; None when that is not known.
        first_step: steps that were done before, when training is resumed.
        deadline: adds how far away it is; None when there is none.
        say: gets each line.
        clock: tells the moment as `time.time` does.

    Raises:
        InputError: a number is out of its range; the message says which.
    """

    def __init__(
        self,
        task: str = "training",
        every_minutes: float = 3.0,
        total_steps: int | None = None,
        first_step: int = 0,
        deadline: Deadline | None = None,
        say: Callable[[str], None] = print,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        _check(every_minutes, total_steps, first_step)
        self.task = task
        self.every_minutes = every_minutes
        self.total_steps = total_steps
        self.first_step = first_step
        self.deadline = deadline
        self.say = say
        self.clock = clock
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()
        self._forget()

    def __enter__(self) -> "KeepAlive":
        """Begin to print."""
        self._start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop printing; an exception goes on its way."""
        self.stop()

    def on_train_begin(self, logs: Any = None) -> None:
        """Begin to print, and expect steps."""
        self._start(expects_steps=True)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Count the step."""
        # One assignment: the other thread never sees a step with another's moment.
        self._last = (self._last[0] + 1, self.clock())
        if self._said is None:
            # The first step compiles; the rate is measured from its end.
            self._said = self._last

    def on_train_end(self, logs: Any = None) -> None:
        """Stop printing."""
        self.stop()

    def stop(self) -> None:
        """Stop printing; does no harm when it has stopped, or never begun."""
        self._ended.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=_JOIN_S)
            self._thread = None

    def line(self) -> str:
        """Describe where things stand now; the rate counts from the line before."""
        now = self.clock()
        so_far = [f"{in_words(now - self._began)} so far"]
        work = so_far if self._said is None else self._steps(now)
        memory = f"{memory_in_use_gb():.1f} GB of memory in use"
        parts = [*work, memory, self._time_left(now), self._until_deadline(now), clock_time(now)]
        return f"{self.task}: " + ", ".join(part for part in parts if part)

    def _forget(self) -> None:
        self._began = self.clock()
        self._last = (self.first_step, self._began)  # the last step and when it ended
        self._said: tuple[int, float] | None = None  # the same, as of the last line
        self._rate = 0.0  # steps a second; 0 while it is not known, or nothing moves

    def _start(self, expects_steps: bool = False) -> None:
        self.stop()
        self._forget()
        # An event of its own for each thread: an earlier one that still prints ends all the same.
        self._ended = threading.Event()
        self._thread = threading.Thread(
            target=self._beat, args=(self._ended, expects_steps), daemon=True
        )
        self._thread.start()

    def _beat(self, ended: threading.Event, expects_steps: bool) -> None:
        step_before, without_a_step = self.first_step, 0
        while not ended.wait(60 * self.every_minutes):
            self.say(self.line())
            step = self._last[0]
            without_a_step = 0 if step > step_before else without_a_step + 1
            step_before = step
            if expects_steps and without_a_step >= _LINES_WITHOUT_A_STEP:
                self.say(f"{self.task}: it seems to have ended, so these lines end too")
                return

    def _steps(self, now: float) -> list[str]:
        step, moment = self._last
        self._measure(step, moment)
        of_all = "" if self.total_steps is None else f" of {self.total_steps:,}"
        done = f"step {step:,}{of_all}"
        if self._rate:
            return [done, _in_steps(self._rate)]
        return [done, f"no further one for {in_words(now - moment)}"]

    def _measure(self, step: int, moment: float) -> None:
        step_before, moment_before = self._said
        passed_s = moment - moment_before
        self._rate = (step - step_before) / passed_s if passed_s > 0 else 0.0
        self._said = (step, moment)

    def _time_left(self, now: float) -> str:
        step, moment = self._last
        if self.total_steps is None or not self._rate or step >= self.total_steps:
            return ""
        left_s = (self.total_steps - step) / self._rate - (now - moment)
        return f"{'about ' if left_s > 30 else ''}{in_words(left_s)} left"

    def _until_deadline(self, now: float) -> str:
        if self.deadline is None:
            return ""
        left_s = self.deadline.left_s(now)
        return f"the deadline in {in_words(left_s)}" if left_s > 0 else "the deadline has passed"


def _in_steps(rate: float) -> str:
    return f"{rate:,.1f} steps a second" if rate >= 1 else f"{1 / rate:.1f} seconds a step"


def _check(every_minutes: float, total_steps: int | None, first_step: int) -> None:
    if not every_minutes > 0:
        raise InputError(f"every_minutes must be above 0, got {every_minutes:g}; 3 is usual")
    if first_step < 0:
        raise InputError(f"first_step must be at least 0, got {first_step}; a new training has 0")
    if total_steps is not None and total_steps < first_step:
        raise InputError(
            f"total_steps must be at least first_step ({first_step:,}), got {total_steps:,}; "
            "it counts the steps done before too, and None stands for not known"
        )
