"""What happens around the steps of `fit`: learning rate, log, grids, snapshots, progress."""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import keras
from PIL import Image

from artnb.drawing.curves import draw_losses
from artnb.drawing.figures import save_figure
from artnb.drawing.grids import save_picture
from artnb.files import sync_to_disk
from artnb.method import Method, Panel
from artnb.platform.devices import decided, writes_files
from artnb.progress import progress_bar
from artnb.runs.run import Run
from artnb.runs.snapshots import save_snapshot
from artnb.training.config import TrainingConfig
from artnb.training.engine import AdversarialModel
from artnb.training.options import Say
from artnb.training.plan import Position
from artnb.training.rows import Rows


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


class Owing(keras.callbacks.Callback):
    """Writes something into the Run at epoch ends, and makes up for what it could not write."""

    def make_up(self, epoch: int) -> None:
        """Write what is owed as a training starts, wherever it was left off.

        Args:
            epoch: the last that has ended, counted from 1; 0 before the first end.
        """
        raise NotImplementedError


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


class Log(Owing):
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
        self.epochs, self.losses = Rows(run.log_file), Rows(run.losses_file)
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

    def files(self) -> dict[str, bytes]:
        """Give both logs by name as they are, or would be had the disk taken all."""
        return {rows.path.name: rows.data for rows in (self.epochs, self.losses) if rows.data}

    def go_on(self, state: dict[str, Any] | None, files: Mapping[str, bytes]) -> None:
        """Go on where `state` and `files` were taken, no row missing and none twice.

        Args:
            state: None is the start.
            files: on hosts that write none, nothing comes of them.
        """
        self._begin_epoch()
        if state is not None:
            self.earlier_s, self.started = state["seconds"], time.perf_counter()
            self.summed, self.summed_steps = state["summed"], state["summed_steps"]
        for rows in (self.epochs, self.losses) if writes_files() else ():
            with self._owed(rows):
                rows.go_on(files.get(rows.path.name, b""))

    def make_up(self, epoch: int) -> None:
        """Draw the curves as an epoch's end does: a kill or a full disk may have come before."""
        if epoch and not self.position.batch and writes_files():
            self._draw()

    @contextmanager
    def _owed(self, rows: Rows) -> Iterator[None]:
        """Let rows that the disk does not take wait for the next, and say so once."""
        was_owed = rows.is_owed
        try:
            yield
        except OSError as error:
            if not was_owed:
                self.say(f"Training goes on although {rows.path.name} could not be written: "
                         f"{error}. Its rows are kept and follow as soon as they can.")  # fmt: skip

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
        with self._owed(self.losses):
            self.losses.append({"step": self.position.step, **means})

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
        with self._owed(self.epochs):
            self.epochs.append(row)
        self._draw()

    def _draw(self) -> None:
        with training_goes_on("the loss curves", self.say):
            figure = draw_losses(self.run.losses_file, self.panels)
            save_figure(figure, self.run.losses_picture)


class SampleGrids(Owing):
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

    def make_up(self, epoch: int) -> None:
        """Write the grid that is due at this step, unless it is there.

        Before training it shows what untrained networks make of the pictures.
        """
        step = self.position.step
        if epoch and not self.position.batch:
            self._write_epoch(epoch, owed_only=True)
        elif step % self.every_steps == 0:
            self._write_step(owed_only=bool(step))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Write a grid every so many steps, but for an epoch's last: its end brings one."""
        if self.position.step % self.every_steps == 0 and self.position.batch:
            self._write_step()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write a grid after each epoch."""
        self._write_epoch(epoch + 1)

    def _write_step(self, owed_only: bool = False) -> None:
        step = self.position.step
        title = f"step {step:,}" if step else "before training"
        self._write(f"step-{step:07d}.png", title, owed_only)

    def _write_epoch(self, epoch: int, owed_only: bool = False) -> None:
        title = f"epoch {epoch}, step {self.position.step:,}"
        self._write(epoch_grid(epoch), title, owed_only)

    def _write(self, name: str, title: str, owed_only: bool) -> None:
        path = self.run.samples / name
        if owed_only and not decided(is_missing(path)):
            return
        self.model.sync()
        with training_goes_on(f"the grid of {title}", self.say):
            # Every host paints: each holds a part of what the generators see.
            picture = self.grid(self.model, title)
            if not writes_files():
                return
            with or_none(path):
                save_picture(picture, path)
                sync_to_disk(path)
            for watch in self.watchers:
                watch(path)


class Snapshots(Owing):
    """Keep the networks of every epoch; those that need not stay go later: `Thinning`."""

    def __init__(self, run: Run, position: Position, say: Say = print) -> None:
        super().__init__()
        self.run, self.position, self.say = run, position, say

    def make_up(self, epoch: int) -> None:
        """Save the snapshot of the epoch that ends at this step, unless it is there."""
        if epoch and not self.position.batch and decided(is_missing(self.run.snapshot(epoch))):
            self._save(epoch)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Save a snapshot."""
        self._save(epoch + 1)

    def _save(self, epoch: int) -> None:
        averaged = self.model.is_averaged
        facts = {"epoch": epoch, "step": self.position.step, "averaged": averaged}
        self.model.sync()
        path = self.run.snapshot(epoch)
        if writes_files():
            with training_goes_on(f"the snapshot of epoch {epoch}", self.say), or_none(path):
                save_snapshot(path, self.model.kept_networks, facts)


class Warnings(keras.callbacks.Callback):
    """Says what the Method finds wrong as an epoch ends, each kind once.

    Args:
        method: what is asked.
        config: the training's settings.
        distances: gives those to real pictures of the epochs scored up to one, oldest first.
        say: gets the sentences.
    """

    def __init__(
        self,
        method: Method,
        config: TrainingConfig,
        distances: Callable[[int], Sequence[float]],
        say: Say = print,
    ) -> None:
        super().__init__()
        self.method, self.config, self.distances, self.say = method, config, distances, say
        self.said: set[str] = set()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Ask, and say what is new."""
        losses = {name: float(value) for name, value in (logs or {}).items()}
        found = self.method.warnings(self.config, losses, self.distances(epoch + 1))
        for kind in found.keys() - self.said:
            self.say(f"Epoch {epoch + 1}: {found[kind]}.")
            self.said.add(kind)


def epoch_grid(epoch: int) -> str:
    """Name the file of an epoch's grid."""
    return f"epoch-{epoch:04d}.png"


def is_missing(path: Path) -> bool:
    """Say whether a file is still to be written; an empty one is what a power cut leaves."""
    return not path.exists() or not path.stat().st_size


@contextmanager
def or_none(path: Path) -> Iterator[None]:
    """Write a file, or let there be none: one of that name is of another life of the training."""
    try:
        yield
    except Exception:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise


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
