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
    ProgressBar,
    SampleGrids,
    Snapshots,
)
from artnb.training.checkpoint_folder import Checkpoint
from artnb.training.checkpoints import CheckpointWriter, SaveCheckpoints
from artnb.training.ending import StopRequest, StopWhenDue, StopWhenTakenOver
from artnb.training.engine import AdversarialModel
from artnb.training.mirror import Mirror
from artnb.training.options import TrainingOptions
from artnb.training.plan import Plan, Position
from artnb.training.start import put_back
from artnb.training.tensorboard import tensorboard_callback


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
        if checkpoint is not None:
            meta = checkpoint.meta()
            self.position.step = meta["step"]
            self.log.go_on(meta["log"])
            if self.position.batch:
                self.means = [variable.numpy() for variable in self.model.metrics_variables]
            step, total = self.position.step, self.plan.total_steps
            self.options.say(f"Going on after step {step:,} of {total:,}")
        self.checkpoints.begin()

    def callbacks(self, request: StopRequest, progress: ProgressBar) -> list[Any]:
        """List what happens around steps, in this order."""
        config, position, run, options = self.plan.config, self.position, self.run, self.options
        watchers = [options.watch] if options.watch else []
        callbacks: list[Any] = [
            StopWhenTakenOver(self.locks, position),
            Counting(position, self.means),
        ]
        if options.tensorboard:
            tensorboard, grid_images = tensorboard_callback(run)
            callbacks.append(tensorboard)
            watchers.append(grid_images)
        grid = self.method.sample_grid(self.dataset, config)
        callbacks += [
            LearningRateDecay(config),
            self.log,
            SampleGrids(run, config, grid, position, watchers, options.say),
            Snapshots(run, config, position, options.say),
            progress,
            self.checkpoints,
        ]
        if options.scoring:
            callbacks.append(
                options.scoring.callback(run, self.dataset, config.epochs, options.say)
            )
        return [*callbacks, StopWhenDue(request, position, self.checkpoints, options.deadline)]
