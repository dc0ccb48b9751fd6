"""Train a CycleGAN into a Run."""

import importlib.metadata
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import keras

from artnb.config import CycleGANConfig
from artnb.data.dataset import Dataset
from artnb.data.pipeline import BatchOrder, batches
from artnb.platform.machine import suitable_precision
from artnb.platform.where import platform_name
from artnb.run import Run, new_run
from artnb.training.callbacks import LearningRateDecay, Log, Progress, SampleGrids, Snapshots
from artnb.training.cyclegan import CycleGAN
from artnb.training.samples import Sampler
from artnb.training.tensorboard import require_tensorboard, tensorboard_callback

_PACKAGES = ("artnb", "keras", "tensorflow", "jax", "numpy", "pillow")
_MEASURED_STEPS = 4
# Grids of larger pictures would take longer than the steps between them.
_LARGEST_SAMPLE_PX = 256
# Grids, snapshots and plots take their share of the time; measured at the preview preset.
_SHARE_LEFT_FOR_STEPS = 0.9


@dataclass(frozen=True)
class Plan:
    """How long a training will be: known before it starts."""

    config: CycleGANConfig
    steps_per_epoch: int
    step_s: float

    @property
    def duration(self) -> timedelta:
        """The expected time of all steps."""
        seconds = self.config.epochs * self.steps_per_epoch * self.step_s
        return timedelta(seconds=round(seconds))

    def describe(self) -> str:
        """Say how fast it is and when it will be done."""
        speed = self.config.batch_size / self.step_s
        end = datetime.now().astimezone() + self.duration
        day = "" if self.duration < timedelta(hours=12) else " on %d %B"
        return (
            f"{self.config.epochs} epochs of {self.steps_per_epoch:,} steps, "
            f"{speed:.3g} images a second: {self.duration} in all, "
            f"done about {end.strftime('%H:%M' + day)}"
        )


def train(
    dataset: Dataset,
    config: CycleGANConfig,
    run_name: str | Path | None = None,
    say: Callable[[str], None] = print,
    watch: Callable[[Path], None] | None = None,
    tensorboard: bool = False,
) -> Run:
    """Train a CycleGAN from the start.

    The Run's folder is made first. Ctrl-C ends training early; what was written stays usable.

    Args:
        dataset: what to train on.
        config: all settings; with `minutes`, the epochs are fitted to it by measuring.
        run_name: of the new Run, or its path.
        say: gets the few lines about what will happen.
        watch: gets the path of every sample grid as soon as it is written.
        tensorboard: also write event files, into the Run's `tensorboard` folder.

    Returns:
        The Run.

    Raises:
        InputError: the Run exists already, or TensorBoard's files cannot be written here.
    """
    if tensorboard:
        require_tensorboard()
    if config.precision == "auto":
        precision, reason = suitable_precision()
        say(f"Precision is {precision}: {reason}.")
        config = config.replace(precision=precision)
    run = new_run(run_name, config)
    run.note(status="starting", started=_now(), **describe_machine(), data=describe_data(dataset))
    model = CycleGAN(config, dataset.size_px)
    say(f"Data: {dataset.describe()}")
    say(describe_networks(model))
    plan = make_plan(model, dataset, config)
    plan.config.save(run.config_file)
    run.note(step_s=round(plan.step_s, 5), steps_per_epoch=plan.steps_per_epoch)
    say(plan.describe())
    say(f"The Run is {run.path}")
    with recorded_ending(run):
        _fit(model, dataset, plan, run, [watch] if watch else [], tensorboard)
    return run


def _fit(
    model: CycleGAN,
    dataset: Dataset,
    plan: Plan,
    run: Run,
    watchers: list[Callable[[Path], None]],
    tensorboard: bool,
) -> None:
    config = plan.config
    domains = (dataset.x.name, dataset.y.name)
    sampler = Sampler(dataset, config.sample_count, sample_size(dataset, config))
    progress = Progress(config)
    extra = []
    if tensorboard:
        callback, grid_images = tensorboard_callback(run)
        extra, watchers = [callback], [*watchers, grid_images]
    callbacks = [
        *extra,
        LearningRateDecay(config),
        Log(run, config, domains),
        SampleGrids(run, config, sampler, watchers),
        Snapshots(run, config),
        progress,
    ]
    try:
        model.fit(
            batches(dataset, config.batch_size, config.seed),
            epochs=config.epochs,
            steps_per_epoch=plan.steps_per_epoch,
            callbacks=callbacks,
            shuffle=False,
            verbose=0,
        )
    finally:
        progress.close()


def sample_size(dataset: Dataset, config: CycleGANConfig) -> int:
    """Give the edge of pictures in grids: whole and at their own size, as `translate` has them."""
    return min(dataset.size_px, _LARGEST_SAMPLE_PX) // config.multiple_px * config.multiple_px


@contextmanager
def recorded_ending(run: Run) -> Iterator[None]:
    """Write into the Run how its training ended."""
    run.note(status="training")
    status = "failed"
    try:
        yield
        status = "finished"
    except KeyboardInterrupt:
        status = "interrupted"
        raise
    finally:
        run.note(status=status, ended=_now())


def make_plan(model: CycleGAN, dataset: Dataset, config: CycleGANConfig) -> Plan:
    """Measure a few steps and, where `minutes` are given, fit the epochs to them.

    The steps leave no trace: everything that they changed is put back.
    """
    order = BatchOrder(dataset, config.batch_size, config.seed)
    steps_per_epoch = config.steps_per_epoch or order.batches_per_pass
    step_s = measure_step(model, batches(dataset, config.batch_size, config.seed))
    if config.minutes is not None:
        steps = config.minutes * 60 * _SHARE_LEFT_FOR_STEPS / step_s
        config = config.replace(epochs=max(1, round(steps / steps_per_epoch)))
    return Plan(config, steps_per_epoch, step_s)


def measure_step(model: CycleGAN, stream: Any, steps: int = _MEASURED_STEPS) -> float:
    """Time a training step, compiled and warm, in seconds, and put the model back."""
    before = [variable.numpy() for variable in model.state_variables()]
    timer = _StepTimer()
    model.fit(
        stream, epochs=1, steps_per_epoch=steps + 2, shuffle=False, verbose=0, callbacks=[timer]
    )
    for variable, value in zip(model.state_variables(), before, strict=True):
        variable.assign(value)
    return timer.median_s


class _StepTimer(keras.callbacks.Callback):
    """Times steps after two that compile and warm up."""

    def on_train_begin(self, logs: Any = None) -> None:
        self.moments: list[float] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        float(logs["generator_g"])  # waits until the device has really done the step
        self.moments.append(time.perf_counter())

    @property
    def median_s(self) -> float:
        """The median of the steps after the second."""
        return statistics.median(b - a for a, b in pairwise(self.moments[1:]))


def describe_networks(model: CycleGAN) -> str:
    """Say how large the networks are."""
    generator, discriminator = model.generator_g, model.discriminator_y
    return (
        f"Networks: generators of {generator.count_params():,} parameters, "
        f"discriminators of {discriminator.count_params():,}, "
        f"trained at {model.config.image_size_px} px in {model.config.precision}"
    )


def describe_machine() -> dict[str, Any]:
    """Give platform, backend and versions, for the record."""
    versions = {}
    for package in _PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "platform": platform_name(),
        "system": platform.platform(),
        "python": sys.version.split()[0],
        "backend": keras.backend.backend(),
        "devices": keras.distribution.list_devices(),
        "versions": versions,
    }


def describe_data(dataset: Dataset) -> dict[str, Any]:
    """Give what a Run records of its data."""
    return {
        "path": dataset.path,
        "fingerprint": dataset.fingerprint,
        "size_px": dataset.size_px,
        "x": dataset.x.name,
        "y": dataset.y.name,
        "train": {d.name: len(d.train) for d in (dataset.x, dataset.y)},
        "test": {d.name: len(d.test) for d in (dataset.x, dataset.y)},
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
