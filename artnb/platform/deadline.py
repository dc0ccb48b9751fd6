"""When training must stop so that what follows it still fits into the session."""

import math
import os
import time
from collections import deque
from dataclasses import dataclass, field
from numbers import Real

from artnb.errors import InputError
from artnb.platform.machine import accelerators
from artnb.platform.where import platform_name

# The longest sessions, from the platforms' own pages.
_KAGGLE_HOURS, _KAGGLE_TPU_HOURS, _COLAB_HOURS = 12, 9, 12
# Kaggle's TPU image sets these, whichever backend Keras runs on.
_KAGGLE_TPU_VARIABLES = ("ISTPUVM", "TPU_ACCELERATOR_TYPE")
# The next step may take this many times as long as the slowest measured one.
_SLOW_STEP_FACTOR = 1.5
_DAY_S = 24 * 60 * 60


def _clocks() -> tuple[float, float]:
    return time.time(), time.monotonic()


@dataclass(frozen=True)
class Deadline:
    """The moment when training must stop, some time before the session is over.

    Args:
        minutes: from `started` until the session is over. Kaggle's gan-getting-started took
            submissions that ran 300 minutes and turned down one of 307.
        reserve_minutes: of these, kept for what comes after training: translate, zip.
        started: the session's first moment, as `time.time()` gives it; None is when this process
            started. A restarted kernel is younger than its session: give the moment then.

    Raises:
        InputError: a number is out of its range; the message says which.
    """

    minutes: float = 300
    reserve_minutes: float = 20
    started: float | None = None
    # What the clock said when this was made, and what `time.monotonic()` did: a clock that is set
    # meanwhile moves no deadline.
    _made: tuple[float, float] = field(default_factory=_clocks, init=False, compare=False)

    def __post_init__(self) -> None:
        """Check the settings and settle when the session started."""
        _require_minutes("minutes", self.minutes)
        _require_minutes("reserve_minutes", self.reserve_minutes)
        if self.minutes <= 0:
            raise InputError(f"minutes must be above 0, got {self.minutes:g}; 300 are usual")
        if not 0 <= self.reserve_minutes < self.minutes:
            raise InputError(
                f"reserve_minutes must be at least 0 and below minutes ({self.minutes:g}), "
                f"got {self.reserve_minutes:g}; try {self.minutes / 10:g}"
            )
        if self.started is None:
            object.__setattr__(self, "started", process_started())

    @classmethod
    def for_platform(
        cls, reserve_minutes: float = 20, started: float | None = None
    ) -> "Deadline | None":
        """Give the deadline that this platform sets.

        Args:
            reserve_minutes: kept for what comes after training.
            started: the session's first moment; None is when this process started.

        Returns:
            A deadline for Kaggle's 12 hours (9 with a TPU) or Colab's 12, None on other machines.

        Raises:
            InputError: the reserve is negative or longer than the session.
        """
        hours = _session_hours()
        return None if hours is None else cls(60 * hours, reserve_minutes, started)

    @property
    def stop_at(self) -> float:
        """The moment when training must have stopped, as `time.time()` gives it."""
        return self.started + 60 * (self.minutes - self.reserve_minutes)

    def left_s(self, now: float | None = None) -> float:
        """Give the seconds until training must have stopped; negative once that is past."""
        clock, moment = self._made
        return self.stop_at - (clock + time.monotonic() - moment if now is None else now)

    def is_due(self, step_s: float, save_s: float = 0.0, now: float | None = None) -> bool:
        """Say whether one more step, and saving after it, would no longer fit.

        Args:
            step_s: how long a slow step takes, such as `StepClock.slow_s`; it is allowed to take
                half as long again.
            save_s: how long saving takes.
            now: the moment to judge; None is this one.
        """
        return _SLOW_STEP_FACTOR * step_s + save_s > self.left_s(now)

    def describe(self) -> str:
        """Say when training stops, and how long before the session's end that is."""
        moment = clock_time(self.stop_at)
        if self.stop_at - self.started >= _DAY_S:
            moment += time.strftime(" on %Y-%m-%d", time.localtime(self.stop_at))
        if self.reserve_minutes == 0:
            return f"Training stops by {moment}, when the session ends"
        reserve = in_words(60 * self.reserve_minutes)
        return f"Training stops by {moment}, {reserve} before the session ends"


class StepClock:
    """Measures how long the last steps took, from the moments at which they ended.

    A device may still be computing when a step seems to have ended; over several steps that
    evens out, because a queue of steps has a limit.

    Args:
        recent: how many steps are remembered.

    Raises:
        InputError: `recent` is below 1.
    """

    def __init__(self, recent: int = 20) -> None:
        if recent < 1:
            raise InputError(f"recent must be at least 1, got {recent}; 20 is usual")
        self._durations: deque[float] = deque(maxlen=recent)
        self._last: float | None = None

    def tick(self, now: float | None = None) -> None:
        """Note that a step ended.

        Args:
            now: the moment in seconds; None is this one. Only differences between moments count.
        """
        now = time.perf_counter() if now is None else now
        if self._last is not None:
            self._durations.append(now - self._last)
        self._last = now

    @property
    def slow_s(self) -> float:
        """The slowest of the remembered steps, in seconds; 0 until one was measured."""
        return max(self._durations, default=0.0)


def process_started() -> float:
    """Give the moment when this process started, as `time.time()` gives it."""
    import psutil

    return psutil.Process().create_time()


def clock_time(moment: float) -> str:
    """Give a moment's hour and minute: `"14:35"`, or `"14:35 UTC"` on a machine that runs on UTC.

    The hosted platforms' clocks do, and seldom the clock of the person who reads it.
    """
    local = time.localtime(moment)
    return time.strftime("%H:%M UTC" if local.tm_zone == "UTC" else "%H:%M", local)


def in_words(seconds: float) -> str:
    """Give a time in words: `"less than a minute"`, `"36 minutes"`, `"2.5 hours"`."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 120:
        return f"{minutes} minute{'s' if minutes > 1 else ''}"
    return f"{seconds / 3600:.1f} hours"


def _session_hours() -> float | None:
    platform = platform_name()
    if platform == "kaggle":
        return _KAGGLE_TPU_HOURS if _has_tpu() else _KAGGLE_HOURS
    return _COLAB_HOURS if platform == "colab" else None


def _has_tpu() -> bool:
    # Keras on TensorFlow sees no TPU there, but its session is no longer for that.
    if any(os.environ.get(name) for name in _KAGGLE_TPU_VARIABLES):
        return True
    return any(name.startswith("tpu") for name in accelerators())


def _require_minutes(name: str, value: float) -> None:
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise InputError(f"{name} must be a number of minutes, got {value!r}; write {name}=20")
