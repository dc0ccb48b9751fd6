"""Scores while training: every few epochs, on the same held-out photos."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras

from artnb.data.dataset import Dataset
from artnb.errors import InputError
from artnb.evaluation.evaluate import evaluate_run
from artnb.evaluation.evaluator import Evaluator
from artnb.platform.devices import alone, writes_files
from artnb.runs.run import Run


@dataclass(frozen=True)
class Scoring:
    """How a training is scored while it runs.

    Args:
        every_epochs: this often, and after the last epoch.
        evaluator: what measures.

    Raises:
        InputError: `every_epochs` is below 1.
    """

    every_epochs: int
    evaluator: Evaluator

    def __post_init__(self) -> None:
        if self.every_epochs < 1:
            raise InputError(
                f"scores come every so many epochs, 1 or more, got {self.every_epochs}"
            )

    def callback(
        self, run: Run, dataset: Dataset, epochs: int, say: Callable[[str], None]
    ) -> "ScoreEpochs":
        """Make the callback for a training of so many epochs."""
        return ScoreEpochs(self, run, dataset, epochs, say)


class ScoreEpochs(keras.callbacks.Callback):
    """Scores snapshots as they are made, just as `evaluate_run` does later.

    What is drawn and trained stays the same with it and without.
    """

    def __init__(
        self,
        scoring: Scoring,
        run: Run,
        dataset: Dataset,
        epochs: int,
        say: Callable[[str], None],
    ) -> None:
        super().__init__()
        self.scoring, self.run, self.dataset = scoring, run, dataset
        self.epochs, self.say = epochs, say

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Score the snapshot of this epoch, where it is its turn."""
        number = epoch + 1
        is_due = number % self.scoring.every_epochs == 0 or number == self.epochs
        if is_due and writes_files():
            alone(lambda: self._score(number))

    def _score(self, epoch: int) -> None:
        evaluator = self.scoring.evaluator
        try:
            evaluate_run(self.run, evaluator, [epoch], dataset=self.dataset, say=self.say)
        except InputError as error:
            # The epoch can be scored later; the training that this would end cannot be had back.
            self.say(f"epoch {epoch} is not scored: {error}")
