"""What happens around the steps of `fit`: learning rate, log, grids, snapshots, progress."""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import pandas
from PIL import Image

from artnb.drawing.curves import draw_losses
from artnb.drawing.figures import save_figure
from artnb.drawing.grids import save_picture
from artnb.method import Panel
from artnb.platform.devices import writes_files
from artnb.progress import progress_bar
from artnb.runs.run import Run
from artnb.runs.snapshots import save_snapshot, thin_out
from artnb.training.config import TrainingConfig
from artnb.training.engine import AdversarialModel
from artnb.training.options import Say
from artnb.training.plan import Position


def learning_rate_factor(epoch: int, epochs: int, constant_share: float, schedule: str) -> float:
    """Give the factor on the learning rate: 1 at first, then a decay that never reaches 0.

    Args:
        epoch: zero-based.
        epochs: of the whole training.
        constant_share: of the epochs at factor 1; with 200 and 0.5 these are 0 to 99, and for
            `"linear"` 100/101 … 1/101 follow.
        schedule: `"linear"`, `"cosine"` (half a period, Loshchilov and Hutter 2017, arXiv
            1608.03983) or `"constant"`.

    Source: Zhu et al. 2017, section 4, and the authors' code.
    """
    constant = int(constant_share * epochs + 0.5)
    passed = max(0, epoch + 1 - constant) / (epochs - constant + 1)
    factors = {
        "linear": 1.0 - passed,
        "cosine": 0.5 * (1.0 + math.cos(math.pi * passed)),
        "constant": 1.0,
    }
    return factors[schedule]


class LearningRateDecay(keras.callbacks.Callback):
    """Set every player's learning rate as an epoch begins."""

    def __init__(self, config: TrainingConfig) -> None:
        super().__init__()
        self.config = config

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Set the rate."""
        c = self.config
        factor = learning_rate_factor(epoch, c.epochs, c.constant_share, c.lr_schedule)
        self.model.learning_rate = c.learning_rate * factor


def append_row(path: Path, row: dict[str, Any]) -> None:
    """Add a row to a CSV, with a header where the file is new."""
    pandas.DataFrame([row]).to_csv(
        path, mode="a", header=not path.exists(), index=False, lineterminator="\r\n"
    )


@contextmanager
def training_goes_on(without: str, say: Say) -> Iterator[None]:
    """Let nothing end a training that only watches it, or that can be made later.

    Args:
        without: what fails, such as `"the grid of epoch 3"`.
        say: gets a sentence with the reason.
    """
    try:
        yield
    except Exception as error:
        say(f"Training goes on without {without}: {error}.")


class DivergedError(Exception):
    """A loss or a weight is NaN or infinite; the message says which and when."""


class Counting(keras.callbacks.Callback):
    """Counts steps for the callbacks after it, and puts back what `fit` resets.

    Args:
        position: the counter.
        means: the values that the epoch's means had when its training was left off, or None.
    """

    def __init__(self, position: Position, means: Sequence[Any] | None = None) -> None:
        super().__init__()
        self.position, self.means = position, means

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Go on with the means of an epoch that was left in the middle."""
        for variable, value in zip(self.model.metrics_variables, self.means or (), strict=False):
            variable.assign(value)
        self.means = None

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Count."""
        self.position.step += 1


class Log(keras.callbacks.Callback):
    """Write `log.csv`, `losses.csv` and `losses.png`.

    `fit` hands over the means since the epoch began; the mean over the last few steps is the
    difference of two such means, each times its number of steps.

    Args:
        run: whose files.
        config: how often rows are written.
        panels: which curves are drawn together.
        loss_names: the columns.
        position: how far the training has got.
        say: is told what could not be drawn.
    """

    def __init__(
        self,
        run: Run,
        config: TrainingConfig,
        panels: Sequence[Panel],
        loss_names: Sequence[str],
        position: Position,
        say: Say = print,
    ) -> None:
        super().__init__()
        self.run, self.config, self.panels = run, config, panels
        self.loss_names, self.position, self.say = loss_names, position, say
        self._begin_epoch()

    def _begin_epoch(self) -> None:
        self.earlier_s = 0.0
        self.started = time.perf_counter()
        self.summed = dict.fromkeys(self.loss_names, 0.0)
        self.summed_steps = 0

    def state(self) -> dict[str, Any]:
        """Give what the next rows are computed from, for a training that goes on later."""
        seconds = self.earlier_s + time.perf_counter() - self.started
        return {"seconds": seconds, "summed": self.summed, "summed_steps": self.summed_steps}

    def go_on(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken."""
        self.earlier_s, self.started = state["seconds"], time.perf_counter()
        self.summed, self.summed_steps = state["summed"], state["summed_steps"]

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the clock and the sums, unless the epoch is gone on with."""
        if not self.position.batch:
            self._begin_epoch()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Write a row to `losses.csv` every few steps."""
        steps = self.position.batch or self.position.steps_per_epoch
        if steps % self.config.log_every_steps == 0:
            self._write_window(steps, logs)

    def _write_window(self, steps: int, logs: dict[str, Any]) -> None:
        sums = {name: float(logs[name]) * steps for name in self.loss_names}
        for name, value in sums.items():
            if not math.isfinite(value):
                raise DivergedError(f"by step {self.position.step:,} the loss {name} is {value}")
        if writes_files():
            self._write_means(sums, steps - self.summed_steps)
        self.summed, self.summed_steps = sums, steps

    def _write_means(self, sums: dict[str, float], count: int) -> None:
        means = {n: f"{(sums[n] - self.summed[n]) / count:.6g}" for n in self.loss_names}
        append_row(self.run.losses_file, {"step": self.position.step, **means})

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write a row to `log.csv` and draw the curves anew."""
        steps = self.position.steps_per_epoch
        if self.summed_steps < steps:
            self._write_window(steps, logs)
        if writes_files():
            self._write_epoch(epoch, steps, logs)

    def _write_epoch(self, epoch: int, steps: int, logs: dict[str, Any]) -> None:
        seconds = self.state()["seconds"]
        row = {
            "epoch": epoch + 1,
            "step": self.position.step,
            "seconds": f"{seconds:.2f}",
            "images_per_s": f"{steps * self.config.batch_size / seconds:.3g}",
            "learning_rate": f"{self.model.learning_rate:.6g}",
            **{name: f"{float(logs[name]):.6g}" for name in self.loss_names},
        }
        append_row(self.run.log_file, row)
        with training_goes_on("the loss curves", self.say):
            figure = draw_losses(self.run.losses_file, self.panels)
            save_figure(figure, self.run.losses_picture)


class SampleGrids(keras.callbacks.Callback):
    """Write a grid before training, every so many steps and after each epoch.

    Args:
        run: whose grids.
        config: how often they come.
        grid: paints one of the model, with a title.
        position: how far the training has got.
        watchers: get the path of every grid.
        say: is told which grid could not be made.
    """

    def __init__(
        self,
        run: Run,
        config: TrainingConfig,
        grid: Callable[[AdversarialModel, str], Image.Image],
        position: Position,
        watchers: Sequence[Callable[[Path], None]] = (),
        say: Say = print,
    ) -> None:
        super().__init__()
        self.run, self.grid, self.watchers = run, grid, watchers
        self.position, self.say = position, say
        self.every_steps = config.samples_every_steps

    def on_train_begin(self, logs: Any = None) -> None:
        """Show what untrained networks make of the pictures."""
        if not self.position.step:
            self._write("step-0000000", "before training")

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Write a grid every so many steps, but for an epoch's last: its end brings one."""
        step = self.position.step
        if step % self.every_steps == 0 and self.position.batch:
            self._write(f"step-{step:07d}", f"step {step:,}")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write a grid after each epoch."""
        step = self.position.step
        self._write(f"epoch-{epoch + 1:04d}", f"epoch {epoch + 1}, step {step:,}")

    def _write(self, name: str, title: str) -> None:
        self.model.sync()
        with training_goes_on(f"the grid of {title}", self.say):
            # Every host paints: each holds a part of what the generators see.
            picture = self.grid(self.model, title)
            if not writes_files():
                return
            path = save_picture(picture, self.run.samples / f"{name}.png")
            for watch in self.watchers:
                watch(path)


class Snapshots(keras.callbacks.Callback):
    """Keep the networks of chosen epochs."""

    def __init__(
        self, run: Run, config: TrainingConfig, position: Position, say: Say = print
    ) -> None:
        super().__init__()
        self.run, self.config, self.position, self.say = run, config, position, say

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Save a snapshot and delete what need not be kept."""
        facts = {
            "epoch": epoch + 1,
            "step": self.position.step,
            "averaged": self.model.is_averaged,
        }
        self.model.sync()
        if not writes_files():
            return
        with training_goes_on(f"the snapshot of epoch {epoch + 1}", self.say):
            save_snapshot(self.run.snapshot(epoch + 1), self.model.kept_networks, facts)
            thin_out(self.run, self.config.snapshot_budget_gb)


class ProgressBar(keras.callbacks.Callback):
    """One progress bar over the whole training, with the losses of the epoch so far.

    Args:
        config: how long it is.
        summary: which losses are summed up under which short name.
        position: how far the training has got.
    """

    def __init__(
        self, config: TrainingConfig, summary: Mapping[str, Sequence[str]], position: Position
    ) -> None:
        super().__init__()
        self.config, self.summary, self.position = config, summary, position
        total = config.epochs * position.steps_per_epoch
        self.bar = progress_bar(total, unit="step", initial=position.step)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Say which epoch this is."""
        self.bar.set_description(f"epoch {epoch + 1}/{self.config.epochs}", refresh=False)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Advance; reading the losses waits for the device, so that is done only sometimes."""
        if self.position.step % self.config.log_every_steps == 0:
            sums = (
                f"{name} {sum(float(logs[loss]) for loss in losses):.2f}"
                for name, losses in self.summary.items()
            )
            self.bar.set_postfix_str(", ".join(sums), refresh=False)
        self.bar.update()

    def close(self) -> None:
        """Close the bar, however training ended."""
        self.bar.close()
