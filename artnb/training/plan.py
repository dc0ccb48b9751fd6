"""How long a training will be: steps in an epoch, epochs in the time there is."""

import statistics
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import keras

from artnb.data.dataset import Dataset
from artnb.data.pipeline import BatchOrder, batches
from artnb.platform.devices import agreed
from artnb.training.config import TrainingConfig
from artnb.training.engine import AdversarialModel

_MEASURED_STEPS = 4
# Grids, snapshots and plots take their share of the time; measured at the preview preset.
_SHARE_LEFT_FOR_STEPS = 0.9


@dataclass(frozen=True)
class Plan:
    """How long a training will be: known before it starts."""

    config: TrainingConfig
    steps_per_epoch: int
    step_s: float

    @property
    def total_steps(self) -> int:
        """The steps of all epochs."""
        return self.config.epochs * self.steps_per_epoch

    def describe(self, done_steps: int = 0) -> str:
        """Say how fast it is and when it will be done."""
        speed = self.config.batch_size / self.step_s
        left = timedelta(seconds=round((self.total_steps - done_steps) * self.step_s))
        end = datetime.now().astimezone() + left
        day = "" if left < timedelta(hours=12) else " on %d %B"
        ahead = f"{left} in all" if not done_steps else f"{left} left"
        return (
            f"{self.config.epochs} epochs of {self.steps_per_epoch:,} steps, "
            f"{speed:.3g} images a second: {ahead}, done about {end.strftime('%H:%M' + day)}"
        )


@dataclass
class Position:
    """How far a training has got; the one counter that callbacks share."""

    steps_per_epoch: int
    step: int = 0

    @property
    def epoch(self) -> int:
        """The epoch of the next step, zero-based."""
        return self.step // self.steps_per_epoch

    @property
    def batch(self) -> int:
        """How many steps of that epoch are done."""
        return self.step % self.steps_per_epoch


def make_plan(model: AdversarialModel, dataset: Dataset, config: TrainingConfig) -> Plan:
    """Measure a few steps and, where `minutes` are given, fit the epochs to them.

    The steps leave no trace: everything that they changed is put back.
    """
    order = BatchOrder(dataset, config.batch_size, config.seed)
    steps_per_epoch = config.steps_per_epoch or order.batches_per_pass
    # Several hosts must agree on how many steps there are.
    step_s = agreed(measure_step(model, batches(dataset, config.batch_size, config.seed)))
    return Plan(fit_to_minutes(config, steps_per_epoch, step_s), steps_per_epoch, step_s)


def measured_anew(plan: Plan, model: AdversarialModel, dataset: Dataset, fit: bool) -> Plan:
    """Measure again after settings have changed; the epochs stay as long as they were.

    Args:
        plan: as it was; its settings are those of now.
        model: the steps leave no trace in it.
        dataset: what to train on.
        fit: fit the number of epochs to `minutes` anew.
    """
    config = plan.config
    step_s = agreed(measure_step(model, batches(dataset, config.batch_size, config.seed)))
    if fit:
        config = fit_to_minutes(config, plan.steps_per_epoch, step_s)
    return Plan(config, plan.steps_per_epoch, step_s)


def fit_to_minutes(config: TrainingConfig, steps_per_epoch: int, step_s: float) -> TrainingConfig:
    """Set the epochs to what fits into `minutes`, where they are given."""
    if config.minutes is None:
        return config
    steps = config.minutes * 60 * _SHARE_LEFT_FOR_STEPS / step_s
    return config.replace(epochs=max(1, round(steps / steps_per_epoch)))


def measure_step(model: AdversarialModel, stream: Any, steps: int = _MEASURED_STEPS) -> float:
    """Time a training step, compiled and warm, in seconds, and put the model back.

    Where some steps do more than others, it is the mean over a round of them.
    """
    before = [variable.numpy() for variable in model.state_variables()]
    timer, steps = _StepTimer(), max(steps, model.steps_of_a_round)
    model.fit(
        stream, epochs=1, steps_per_epoch=steps + 2, shuffle=False, verbose=0, callbacks=[timer]
    )
    for variable, value in zip(model.state_variables(), before, strict=True):
        variable.assign(value)
    return timer.mean_s if model.steps_of_a_round > 1 else timer.median_s


class _StepTimer(keras.callbacks.Callback):
    """Times steps after two that compile and warm up."""

    def on_train_begin(self, logs: Any = None) -> None:
        self.moments: list[float] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        float(next(iter(logs.values())))  # waits until the device has really done the step
        self.moments.append(time.perf_counter())

    @property
    def _steps_s(self) -> list[float]:
        return [b - a for a, b in pairwise(self.moments[1:])]

    @property
    def median_s(self) -> float:
        """The median of the steps after the second."""
        return statistics.median(self._steps_s)

    @property
    def mean_s(self) -> float:
        """Their mean."""
        return statistics.fmean(self._steps_s)
