"""A training from beginning to end: a Run is begun or found, a model built, planned and fitted."""

from pathlib import Path
from typing import Any

from artnb.data.dataset import Dataset
from artnb.data.pipeline import bad_pictures_named, batches
from artnb.files import disk
from artnb.method import find_method
from artnb.platform.devices import replicas, use_devices, writes_files
from artnb.platform.keepalive import KeepAlive
from artnb.platform.machine import use_deterministic_operations
from artnb.runs.run import Run
from artnb.training.callbacks import DivergedError, ProgressBar
from artnb.training.config import TrainingConfig
from artnb.training.describe import what_bits_depend_on
from artnb.training.ending import StopRequest, memory_advice
from artnb.training.options import TrainingOptions
from artnb.training.plan import make_plan, measured_anew
from artnb.training.record import go_back, heartbeat_of, note, recorded
from artnb.training.start import begin, folder_of_run, locked_by_the_host_that_writes
from artnb.training.tensorboard import require_tensorboard
from artnb.training.training import Training


def train(
    dataset: Dataset,
    config: TrainingConfig | None,
    run_name: str | Path | None = None,
    *,
    resume: bool | str = False,
    accept_changes: bool = False,
    **options: Any,
) -> Run:
    """Train from the start, or go on with a Run as if nothing had happened.

    Everything needed to go on is saved every few minutes, at epoch ends, and when training is
    asked to stop: by Ctrl-C, a notebook's stop button, SIGTERM or the deadline. All of them let
    the step end first.

    Args:
        dataset: what to train on.
        config: all settings, and with them the Method; with `minutes`, the epochs are fitted to
            it by measuring. None takes those of the Run that is gone on with.
        run_name: of the Run, or its path.
        resume: False makes a new Run; True goes on with the one there is, in its own folder or
            in the mirror; `"auto"` does that where there is one.
        accept_changes: go on although settings, data or format are not those of the Run.
        **options: what is around the training; see `TrainingOptions`.

    Returns:
        The Run; its `facts()["status"]` says whether training has finished.

    Raises:
        InputError: the Run exists already or does not, another training works on it, something
            about it has changed, it does not fit into memory, or its losses stay NaN.
        KeyboardInterrupt: it was interrupted; everything is saved.
        SystemExit: it was terminated by SIGTERM; everything is saved.
    """
    around = TrainingOptions(**options)
    if around.tensorboard:
        require_tensorboard()
    if not writes_files():
        around = around.for_a_host_that_only_computes()
    folder = folder_of_run(run_name, config, resume)
    with locked_by_the_host_that_writes(folder, around.mirror, around.say) as locks:
        start = begin(dataset, config, folder, resume, accept_changes, around)
        run, config, plan = start.run, start.config, start.plan
        method = find_method(config.METHOD)
        dataset = method.seen(config, dataset)
        if config.deterministic:
            use_deterministic_operations()
        with use_devices(config.batch_size, around.say), memory_advice():
            model = method.build_model(config, dataset)
            around.say(f"Data: {dataset.describe()}")
            around.say(model.describe())
            if start.checkpoint is None and (said := model.begin(dataset)):
                around.say(said)
            with bad_pictures_named(dataset):
                if plan is None:
                    plan = make_plan(model, dataset, config)
                elif start.changed:
                    plan = measured_anew(plan, model, dataset, fit="minutes" in start.changed)
            training = Training(method, model, dataset, plan, run, around, locks)
            training.put_back(start.checkpoint)
            # Nothing refuses any more: the Run may say what it has become.
            measured = {"step_s": round(plan.step_s, 5), "steps_per_epoch": plan.steps_per_epoch}
            machine = {"replicas": replicas(), "compiled": model.jit_compile}
            with disk(run.facts_file):
                note(run, **machine, bits=what_bits_depend_on(), **measured, **start.facts)
                if writes_files():
                    plan.config.save(run.config_file)
            around.say(plan.describe(training.position.step))
            if around.deadline:
                around.say(around.deadline.describe() + ".")
            around.say(f"The Run is {run.path}")
            run_to_its_end(training)
    return run


def run_to_its_end(training: Training) -> None:
    """Train; go back to the last checkpoint where losses become NaN.

    Raises:
        InputError: they do so again and again, or another training has taken the Run over.
        KeyboardInterrupt: it was interrupted.
        SystemExit: it was terminated.
    """
    request, failures = StopRequest(), 0
    with recorded(training), request.listening(), heartbeat_of(training) as heartbeat:
        while True:
            try:
                with bad_pictures_named(training.dataset):
                    fit(training, request, heartbeat)
                return
            except DivergedError as error:
                failures += 1
                go_back(training, error, failures)


def fit(training: Training, request: StopRequest, heartbeat: KeepAlive | None) -> None:
    """Call `fit` for the rest of an epoch that was left off, and once for all others."""
    position, plan, config = training.position, training.plan, training.plan.config
    progress = ProgressBar(config, training.method.summary, position)
    callbacks = training.callbacks(request, progress) + ([heartbeat] if heartbeat else [])
    try:
        training.make_up(callbacks)
        while position.step < plan.total_steps:
            if heartbeat:
                heartbeat.first_step = position.step
            training.model.fit(
                batches(training.dataset, config.batch_size, config.seed, position.step),
                initial_epoch=position.epoch,
                epochs=position.epoch + 1 if position.batch else config.epochs,
                steps_per_epoch=plan.steps_per_epoch - position.batch,
                callbacks=callbacks,
                shuffle=False,
                verbose=0,
            )
        training.checkpoints.set_model(training.model)
        training.checkpoints.save(wait=True)
    finally:
        progress.close()
        training.writer.wait()
