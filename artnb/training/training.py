"""One training of a model into a Run: its logs, checkpoints and callbacks, put together."""

from collections.abc import Sequence
from typing import Any

from artnb.data.dataset import Dataset
from artnb.locks import Lock
from artnb.method import Method
from artnb.platform.devices import writes_files
from artnb.runs.run import Run
from artnb.training.callbacks import (
    Counting,
    LearningRateDecay,
    Log,
    Owing,
    ProgressBar,
    SampleGrids,
    Snapshots,
    Warnings,
    epoch_grid,
    is_missing,
)
from artnb.training.checkpoint_folder import Checkpoint
from artnb.training.checkpoints import CheckpointWriter, SaveCheckpoints
from artnb.training.ending import StopRequest, StopWhenDue, StopWhenTakenOver
from artnb.training.engine import AdversarialModel
from artnb.training.mirror import Mirror
from artnb.training.options import TrainingOptions
from artnb.training.plan import Plan, Position
from artnb.training.start import logs_of, put_back
from artnb.training.tensorboard import TensorBoard
from artnb.training.thinning import Thinning


class Training:
    """One training of a model into a Run, from wherever it was left off.

    Args:
        method: whose grids and curves are drawn.
        model: the networks and optimizers.
        dataset: what to train on.
        plan: how long.
        run: where everything goes.
        options: who is told what, where copies go, when it must end.
        locks: of the Run and its mirror, on the host that holds them.
    """

    def __init__(
        self,
        method: Method,
        model: AdversarialModel,
        dataset: Dataset,
        plan: Plan,
        run: Run,
        options: TrainingOptions,
        locks: Sequence[Lock] = (),
    ) -> None:
        self.locks = locks
        self.method, self.model, self.dataset = method, model, dataset
        self.plan, self.run, self.options = plan, run, options
        self.position = Position(plan.steps_per_epoch)
        self.means: list[Any] = []
        self.scores: Any = None
        panels = method.loss_panels(plan.config, (dataset.x.name, dataset.y.name))
        self.log = Log(run, plan.config, panels, list(model.trackers), self.position, options.say)
        has_mirror = options.mirror is not None and writes_files()
        self.mirror = Mirror(options.mirror, run, options.say) if has_mirror else None
        self.writer = CheckpointWriter(run, self.mirror, options.say)
        data = {"data_fingerprint": dataset.fingerprint}
        self.checkpoints = SaveCheckpoints(plan.config, self.position, self.log, self.writer, data)

    def put_back(self, checkpoint: Checkpoint | None) -> None:
        """Bring everything to where a checkpoint was written; None is the start."""
        put_back(self.model, self.run, checkpoint)
        self.means, self.position.step = [], 0
        meta = checkpoint.meta() if checkpoint else None
        if meta:
            self.position.step = meta["step"]
            if self.position.batch:
                self.means = [variable.numpy() for variable in self.model.metrics_variables]
            step, total = self.position.step, self.plan.total_steps
            self.options.say(f"Going on after step {step:,} of {total:,}")
        self.log.go_on(meta and meta["log"], logs_of(checkpoint, self.run) if checkpoint else {})
        self.writer.step = self.position.step
        self.checkpoints.begin()

    def make_up(self, callbacks: Sequence[Any]) -> None:
        """Write what is owed by what came before: the grid before training, or an epoch's end."""
        for callback in callbacks:
            if isinstance(callback, Owing):
                callback.set_model(self.model)
                callback.make_up(self.position.epoch)

    def owed(self) -> list[str]:
        """Name what should be there by now and is not; `make_up` writes it on a resume."""
        if not writes_files():
            return []
        position, run = self.position, self.run
        rows = (self.log.epochs, self.log.losses)
        owed = [f"rows of {log.path.name}" for log in rows if log.is_owed]
        if self.writer.step != position.step:
            owed.append(f"the checkpoint of step {position.step:,}")
        if position.epoch and not position.batch:
            grid = run.samples / epoch_grid(position.epoch)
            files = (run.losses_picture, grid, run.snapshot(position.epoch))
            owed += [file.name for file in files if is_missing(file)]
        scores = self.scores.owed(position.epoch) if self.scores else []
        return owed + [f"scores of epoch {epoch}" for epoch in scores]

    def callbacks(self, request: StopRequest, progress: ProgressBar) -> list[Any]:
        """List what happens around steps.

        At an epoch's end the order is: rows and curves, grid, snapshot, checkpoint, scores,
        deletions. What only the networks of that moment can make comes before the checkpoint, so
        that where there is a checkpoint, a kill has lost none of it; what can be made of a
        snapshot comes after, and is owed until then.
        """
        config, position, run, options = self.plan.config, self.position, self.run, self.options
        watchers = [options.watch] if options.watch else []
        tensorboard = None
        if options.tensorboard:
            tensorboard = TensorBoard(run, self.log, options.say)
            watchers.append(tensorboard.show)
        grid = self.method.sample_grid(self.dataset, config)
        if options.scoring:
            self.scores = options.scoring.callback(run, self.dataset, config.epochs, options.say)
        scores = self.scores
        owed = scores.owed if scores else lambda until: ()
        distances = scores.distances if scores else lambda until: ()
        callbacks = [
            StopWhenTakenOver(self.locks, position),
            Counting(position, self.means),
            LearningRateDecay(config),
            self.log,
            SampleGrids(run, config, grid, position, watchers, options.say),
            tensorboard,
            Snapshots(run, position, options.say),
            progress,
            self.checkpoints,
            self.scores,
            Warnings(self.method, config, distances, options.say) if writes_files() else None,
            Thinning(run, config.snapshot_budget_gb, position, self.writer, owed, options.say),
            StopWhenDue(request, position, self.checkpoints, options.deadline),
        ]
        return [callback for callback in callbacks if callback is not None]
