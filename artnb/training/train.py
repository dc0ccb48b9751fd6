"""Train a CycleGAN into a Run, and go on with one."""

import dataclasses
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artnb.config import CycleGANConfig
from artnb.data.dataset import Dataset
from artnb.data.pipeline import batches
from artnb.errors import InputError
from artnb.methods.cyclegan.model import CycleGAN
from artnb.platform.deadline import Deadline
from artnb.platform.devices import replicas, use_devices, writes_files
from artnb.platform.keepalive import KeepAlive
from artnb.platform.machine import suitable_precision, use_deterministic_operations
from artnb.runs.run import Run, new_run, run_folder
from artnb.training.callbacks import (
    Counting,
    DivergedError,
    LearningRateDecay,
    Log,
    Progress,
    SampleGrids,
    Snapshots,
)
from artnb.training.checkpoints import Checkpoints, Writer
from artnb.training.describe import describe_data, describe_machine, describe_networks
from artnb.training.ending import Ending, StopRequest, TrainingEnded, memory_advice
from artnb.training.generations import Generation, newest_whole
from artnb.training.mirror import Mirror
from artnb.training.plan import Plan, Position, make_plan
from artnb.training.resume import find_run, open_resumed, put_back
from artnb.training.samples import Sampler
from artnb.training.tensorboard import require_tensorboard, tensorboard_callback

if TYPE_CHECKING:
    from artnb.evaluation.runs import Scoring

# Grids of larger pictures would take longer than the steps between them.
_LARGEST_SAMPLE_PX = 256
_MOST_FAILURES = 3

Say = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """What a training has around it; nothing in here changes what it computes.

    Args:
        say: gets the few lines about what happens.
        watch: gets the path of every sample grid as soon as it is written, or None.
        tensorboard: also write event files, into the Run's `tensorboard` folder.
        mirror: a folder that gets a second copy of the Run, or None.
        deadline: training stops early enough before it; None has none.
        keep_alive_minutes: a heartbeat is printed this often; None prints none.
        scoring: scores epochs as they end (`artnb.evaluation.runs.Scoring`), or None.
    """

    say: Say = print
    watch: Callable[[Path], None] | None = None
    tensorboard: bool = False
    mirror: Path | None = None
    deadline: Deadline | None = None
    keep_alive_minutes: float | None = None
    scoring: "Scoring | None" = None


def train(
    dataset: Dataset,
    config: CycleGANConfig | None,
    run_name: str | Path | None = None,
    say: Say = print,
    watch: Callable[[Path], None] | None = None,
    tensorboard: bool = False,
    resume: bool | str = False,
    accept_changes: bool = False,
    mirror: str | Path | None = None,
    deadline: Deadline | None = None,
    keep_alive_minutes: float | None = None,
    scoring: "Scoring | None" = None,
) -> Run:
    """Train a CycleGAN from the start, or go on with one as if nothing had happened.

    Everything needed to go on is saved every few minutes, at epoch ends, and when training is
    asked to stop: by Ctrl-C, a notebook's stop button, SIGTERM or the deadline. All of them let
    the step end first.

    Args:
        dataset: what to train on.
        config: all settings; with `minutes`, the epochs are fitted to it by measuring. None takes
            those of the Run that is gone on with.
        run_name: of the Run, or its path.
        say: gets the few lines about what will happen.
        watch: gets the path of every sample grid as soon as it is written.
        tensorboard: also write event files, into the Run's `tensorboard` folder.
        resume: False makes a new Run; True goes on with the one there is, in its own folder or
            in the mirror; `"auto"` does that where there is one.
        accept_changes: go on although settings, data or format are not those of the Run.
        mirror: a folder, such as one on Google Drive, that gets a second copy of everything.
        deadline: stop early enough before it.
        keep_alive_minutes: print a heartbeat this often.
        scoring: score epochs as they end, into the Run's `scores.csv`.

    Returns:
        The Run; its `facts()["status"]` says whether training has finished.

    Raises:
        InputError: the Run exists already or does not, something about it has changed, it does
            not fit into memory, or its losses stay NaN.
        KeyboardInterrupt: it was interrupted; everything is saved.
        SystemExit: it was terminated by SIGTERM; everything is saved.
    """
    if tensorboard:
        require_tensorboard()
    mirror = None if mirror is None else Path(mirror)
    if not writes_files():
        say, watch, tensorboard = _silent, None, False
    around = Surroundings(say, watch, tensorboard, mirror, deadline, keep_alive_minutes, scoring)
    run = find_run(run_name, resume, mirror, say)
    if run is None:
        return _start(dataset, config, run_name, around)
    say(f"Going on with the Run {run.path}")
    resumed = open_resumed(run, dataset, config, accept_changes, say)
    facts = run.facts()
    if resumed.generation is None or "steps_per_epoch" not in facts:
        return _train(dataset, resumed.config, run, None, None, around)
    plan = Plan(resumed.config, facts["steps_per_epoch"], facts["step_s"])
    return _train(dataset, resumed.config, run, plan, resumed.generation, around)


def _start(
    dataset: Dataset, config: CycleGANConfig, run_name: str | Path | None, around: Surroundings
) -> Run:
    requested = dataclasses.asdict(config)
    if config.precision == "auto":
        precision, reason = suitable_precision()
        around.say(f"Precision is {precision}: {reason}.")
        config = config.replace(precision=precision)
    if not writes_files():
        return _train(dataset, config, Run(run_folder(run_name)), None, None, around)
    run = new_run(run_name, config)
    machine, data = describe_machine(), describe_data(dataset)
    run.note(status="starting", started=_now(), **machine, data=data, requested=requested)
    return _train(dataset, config, run, None, None, around)


def _train(
    dataset: Dataset,
    config: CycleGANConfig,
    run: Run,
    plan: Plan | None,
    generation: Generation | None,
    around: Surroundings,
) -> Run:
    """Build the networks and train them from a generation, or from the start."""
    if config.deterministic:
        use_deterministic_operations()
    with use_devices(config.batch_size, around.say), memory_advice():
        model = CycleGAN(config, dataset.size_px)
        around.say(f"Data: {dataset.describe()}")
        around.say(describe_networks(model))
        _note(run, replicas=replicas(), compiled=model.jit_compile)
        if plan is None:
            plan = make_plan(model, dataset, config)
            _note(run, step_s=round(plan.step_s, 5), steps_per_epoch=plan.steps_per_epoch)
        if writes_files():
            plan.config.save(run.config_file)
        training = Training(model, dataset, plan, run, around)
        training.put_back(generation)
        around.say(plan.describe(training.position.step))
        if around.deadline:
            around.say(around.deadline.describe() + ".")
        around.say(f"The Run is {run.path}")
        training.run_to_its_end()
    return run


class Training:
    """One training of a model into a Run, from wherever it was left off.

    Args:
        model: the networks and optimizers.
        dataset: what to train on.
        plan: how long.
        run: where everything goes.
        around: who is told what, where copies go, when it must end.
    """

    def __init__(
        self, model: CycleGAN, dataset: Dataset, plan: Plan, run: Run, around: Surroundings
    ) -> None:
        self.model, self.dataset, self.plan = model, dataset, plan
        self.run, self.around = run, around
        self.position = Position(plan.steps_per_epoch)
        self.means: list[Any] | None = None
        self.log = Log(run, plan.config, (dataset.x.name, dataset.y.name), self.position)
        has_mirror = around.mirror is not None and writes_files()
        self.mirror = Mirror(around.mirror, run, around.say) if has_mirror else None
        self.writer = Writer(run, self.mirror, around.say)
        self.checkpoints: Checkpoints | None = None

    def put_back(self, generation: Generation | None) -> None:
        """Bring everything to where a generation was written; None is the start."""
        put_back(self.model, self.run, generation)
        self.means = None
        if generation is None:
            return
        meta = generation.meta()
        self.position.step = meta["step"]
        self.log.go_on(meta["log"])
        if self.position.batch:
            self.means = [variable.numpy() for variable in self.model.metrics_variables]
        self.around.say(f"Going on after step {self.position.step:,} of {self.plan.total_steps:,}")

    def run_to_its_end(self) -> None:
        """Train; go back to the last checkpoint where losses become NaN.

        Raises:
            InputError: they do so again and again.
            KeyboardInterrupt: it was interrupted.
            SystemExit: it was terminated.
        """
        request, failures = StopRequest(), 0
        with self._recorded(), request.listening(), self._heartbeat() as heartbeat:
            while True:
                try:
                    self._fit(request, heartbeat)
                    return
                except DivergedError as error:
                    failures += 1
                    self._go_back(error, failures)

    def _fit(self, request: StopRequest, heartbeat: KeepAlive | None) -> None:
        """Call `fit` for the rest of an epoch that was left off, and for all others."""
        position, plan = self.position, self.plan
        progress = Progress(plan.config, position)
        callbacks = self._callbacks(request, progress)
        callbacks += [heartbeat] if heartbeat else []
        try:
            while position.step < plan.total_steps:
                if heartbeat:
                    heartbeat.first_step = position.step
                left = plan.steps_per_epoch - position.batch
                epochs = position.epoch + 1 if position.batch else plan.config.epochs
                config = plan.config
                self.model.fit(
                    batches(self.dataset, config.batch_size, config.seed, position.step),
                    initial_epoch=position.epoch,
                    epochs=epochs,
                    steps_per_epoch=left,
                    callbacks=callbacks,
                    shuffle=False,
                    verbose=0,
                )
        finally:
            progress.close()
            self.writer.wait()

    def _callbacks(self, request: StopRequest, progress: Progress) -> list[Any]:
        config, position, run = self.plan.config, self.position, self.run
        watchers = [self.around.watch] if self.around.watch else []
        extra = []
        if self.around.tensorboard:
            callback, grid_images = tensorboard_callback(run)
            extra, watchers = [callback], [*watchers, grid_images]
        sampler = Sampler(self.dataset, config.sample_count, sample_size(self.dataset, config))
        scoring = self.around.scoring
        scores = (
            [scoring.callback(run, self.dataset, config.epochs, self.around.say)] if scoring else []
        )
        data = {"data_fingerprint": self.dataset.fingerprint}
        self.checkpoints = Checkpoints(config, position, self.log, self.writer, data)
        return [
            Counting(position, self.means),
            *extra,
            LearningRateDecay(config),
            self.log,
            SampleGrids(run, config, sampler, position, watchers),
            Snapshots(run, config, position),
            progress,
            self.checkpoints,
            *scores,
            Ending(request, position, self.checkpoints, self.around.deadline),
        ]

    def _go_back(self, error: DivergedError, failures: int) -> None:
        """Put the last whole checkpoint back, with other draws from there on."""
        generation = newest_whole([self.run.checkpoints], self.around.say)
        if failures > _MOST_FAILURES:
            raise InputError(
                f"the training diverges again and again: {error}. The last good checkpoint is "
                "kept. Lower learning_rate, set r1_gamma=5 or precision=float32, and go on with "
                "--resume --accept-changes"
            ) from error
        where = f"step {generation.step:,}" if generation else "the start"
        self.around.say(f"The training has diverged: {error}. Going back to {where} "
                        "and on from there with other random draws.")  # fmt: skip
        if generation is None:
            fresh = CycleGAN(self.plan.config, self.dataset.size_px)
            copy_state(fresh, self.model)
            self.position.step = 0
        self.put_back(generation)
        self.model.change_draws(failures)

    @contextmanager
    def _recorded(self) -> Iterator[None]:
        """Write into the Run how its training ended, and bring the mirror up to date."""
        _note(self.run, status="training")
        status = "failed"
        try:
            yield
            status = "finished"
        except TrainingEnded as ended:
            status = "out of time" if ended.signal_number is None else "interrupted"
            self._say_how_to_go_on(str(ended))
            _raise_for_signal(ended.signal_number)
        except KeyboardInterrupt:
            status = "interrupted"
            raise
        finally:
            self._note_ending(status)
            if self.mirror:
                self.mirror.close()

    def _heartbeat(self) -> Any:
        minutes = self.around.keep_alive_minutes
        if minutes is None:
            return nullcontext()
        total, deadline = self.plan.total_steps, self.around.deadline
        return KeepAlive("training", minutes, total, deadline=deadline, say=self.around.say)

    def _say_how_to_go_on(self, reason: str) -> None:
        self.around.say(
            f"Stopped by {reason} after step {self.position.step:,}; everything is saved. Go on "
            f'with --run {self.run.path.name} --resume, in a notebook with resume="auto".'
        )

    def _note_ending(self, status: str) -> None:
        _note(
            self.run,
            status=status,
            ended=_now(),
            step=self.position.step,
            checkpoints_written=self.writer.written,
            checkpoints_blocked_s=round(self.checkpoints.blocked_s if self.checkpoints else 0, 3),
            checkpoints_written_s=round(self.writer.written_s, 3),
        )


def _silent(sentence: str) -> None:
    """Say nothing: of several hosts one speaks."""


def _note(run: Run, **facts: Any) -> None:
    """Write facts into the Run, on the one host that writes."""
    if writes_files():
        run.note(**facts)


def copy_state(source: CycleGAN, target: CycleGAN) -> None:
    """Give one model the state of another of the same settings."""
    for theirs, ours in zip(source.state_variables(), target.state_variables(), strict=True):
        ours.assign(theirs)


def _raise_for_signal(number: int | None) -> None:
    """End as the signal wants it; a deadline is none, and what comes after training goes on."""
    if number == signal.SIGINT:
        raise KeyboardInterrupt from None
    if number == signal.SIGTERM:
        raise SystemExit(128 + number) from None


def sample_size(dataset: Dataset, config: CycleGANConfig) -> int:
    """Give the edge of pictures in grids: whole and at their own size, as `translate` has them."""
    return min(dataset.size_px, _LARGEST_SAMPLE_PX) // config.multiple_px * config.multiple_px


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
