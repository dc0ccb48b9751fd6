"""Scores while a training goes on: as an epoch ends, or as soon as they can be made."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artnb.data.dataset import Dataset
from artnb.errors import InputError
from artnb.evaluation import runs
from artnb.evaluation.evaluator import Evaluator
from artnb.evaluation.rows import LEADERBOARD, Row, choose_best, read_scores
from artnb.platform.devices import alone, writes_files
from artnb.runs.run import Run
from artnb.training.callbacks import Owing


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
        """Make what scores a training of so many epochs, just as `evaluate` does later.

        What is drawn and trained stays the same with it and without.
        """
        return ScoreEpochs(self, run, dataset, epochs, say)


class ScoreEpochs(Owing):
    """Scores the epochs that are due from their snapshots, and whatever happens, goes on.

    An epoch that could not be scored, or whose training was killed before, owes its scores: they
    are made at the next epoch's end, or as the training is resumed. Comes after the checkpoints
    among the callbacks.

    Args:
        scoring: how.
        run: whose epochs.
        dataset: the Run's.
        epochs: how many the training has.
        say: gets a sentence for each score, or why there is none.
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
        self.failed: set[int] = set()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Score this epoch if it is due, and those before that owe it."""
        now = epoch + 1
        due = [now] if self._is_due(now) else []
        self._score([*due, *(e for e in self.owed(now) if e != now)], now)

    def make_up(self, epoch: int) -> None:
        """Make what epochs owe: scores, the best of them, the curves."""
        self._score(self.owed(epoch), epoch)
        if writes_files() and self.run.scores_file.exists():
            try:
                self._conclude(epoch)
            except Exception as error:
                self.say(f"The best epoch is not chosen anew: {error}")

    def _conclude(self, until: int) -> None:
        """Choose the best epoch and draw the curves, unless the last scores were followed by it.

        Chosen anew later it would come out otherwise in words: only kept epochs are compared.
        """
        run = self.run
        rows, noted = read_scores(run.scores_file), run.facts().get("best") or {}
        own = [int(row.epoch or 0) for row in rows if self._is_own(row)]
        newest = max((epoch for epoch in own if epoch <= until), default=0)
        if max(noted.get("among", [0])) != newest:
            runs.note_best(run, rows, until)
        elif _is_newer(run.scores_picture, run.scores_file):
            return
        runs.draw_curves(run, rows, run.best_epoch())

    def owed(self, until: int) -> list[int]:
        """List the kept epochs up to one that are due and have no scores of their own yet."""
        due = [e for e in self.run.snapshot_epochs() if e <= until and self._is_due(e)]
        try:
            scored = {row.epoch for row in read_scores(self.run.scores_file) if self._is_own(row)}
        except Exception:  # whatever is wrong with the file, scoring says it
            scored = set()
        return [e for e in due if e in self.failed or str(e) not in scored]

    def distances(self, until: int) -> list[float]:
        """Give the distances to real pictures by which epochs are ranked, oldest first."""
        with suppress(InputError):
            best = choose_best(self.run, read_scores(self.run.scores_file), until)
            return list(best.values) if best else []
        return []

    def _is_due(self, epoch: int) -> bool:
        return epoch % self.scoring.every_epochs == 0 or epoch == self.epochs

    def _is_own(self, row: Row) -> bool:
        """Say whether a row is one that this training would have written."""
        evaluator = self.scoring.evaluator
        # Scores of few pictures may be those alone that need no features.
        used = evaluator.extractor.weights_sha256 if evaluator.needs("features") else ""
        is_measured = row.weights_sha256 in ("", used) and row.split != LEADERBOARD
        return is_measured and row.direction == self.run.direction and not row.is_of_gap

    def _score(self, epochs: Sequence[int], until: int) -> None:
        """Score epochs on one device, as far as that succeeds; the rest stays owed."""
        if writes_files() and epochs:
            alone(lambda: all(self._score_one(epoch, until) for epoch in epochs))

    def _score_one(self, epoch: int, until: int) -> bool:
        try:
            runs.evaluate(
                self.run,
                self.scoring.evaluator,
                [epoch],
                dataset=self.dataset,
                say=self.say,
                until=until,
            )
        except Exception as error:
            self.failed.add(epoch)
            # The epoch can be scored later; the training that this would end cannot go on.
            self.say(f"epoch {epoch} is not scored: {error}")
            return False
        self.failed.discard(epoch)
        return True


def _is_newer(file: Path, other: Path) -> bool:
    return file.exists() and file.stat().st_mtime_ns >= other.stat().st_mtime_ns
