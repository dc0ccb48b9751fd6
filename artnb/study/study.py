"""The style study: do translations move from the photos' values towards the paintings'?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from artnb.evaluation.metrics.score import Score
from artnb.study.comparison import Comparison
from artnb.study.effect import RESAMPLES
from artnb.study.measures import COMPARED
from artnb.study.palette import COLOUR_SAMPLES, MainColours, find_main_colours
from artnb.study.rows import StudyRow
from artnb.study.sets import StudySets
from artnb.study.subjects import subjects_of


@dataclass(frozen=True)
class Study:
    """What a study found.

    Args:
        sets: what was compared.
        rows: a row for each quantity of each set, and of each subject.
        seed: of bootstraps and clusters.
    """

    sets: StudySets
    rows: Sequence[StudyRow]
    seed: int = 0

    def find(self, kind: str, quantity: str = "", subject: str = "") -> list[StudyRow]:
        """Give the rows of a kind, such as `"translation"`, and of a quantity where one is named.

        Args:
            kind: see `StudyRow`.
            quantity: its name; empty for all.
            subject: its name; empty for those of all pictures together.
        """
        return [
            row
            for row in self.rows
            if (row.kind, row.subject) == (kind, subject) and quantity in ("", row.quantity)
        ]

    @property
    def subjects(self) -> list[str]:
        """The subjects that have rows of their own."""
        return sorted({row.subject for row in self.rows if row.subject})

    @property
    def effects(self) -> dict[str, dict[str, Score]]:
        """How much paintings differ from photos: Cliff's delta by style and quantity."""
        found: dict[str, dict[str, Score]] = {style: {} for style in self.sets.paintings}
        for row in self.find("painting"):
            if row.effect:
                found[row.name][row.quantity] = row.effect
        return found

    @property
    def strongest(self) -> list[str]:
        """The quantities, the one that tells paintings of the first style from photos best first.

        The first style is that of the first Run.
        """
        effects = self.effects[next(iter(self.sets.paintings))]
        return sorted(COMPARED, key=lambda name: -abs(float(effects.get(name, 0.0))))

    @cached_property
    def main_colours(self) -> dict[str, MainColours]:
        """The main colours of each set, by its label."""
        return {
            label: find_main_colours(measured.numbers[COLOUR_SAMPLES.key], seed=self.seed)
            for label, measured in self.sets.by_label.items()
        }

    @property
    def warnings(self) -> list[str]:
        """What must be said beside the numbers, each once; of subjects only in the rows."""
        of_all = (row for row in self.rows if not row.subject)
        return list(dict.fromkeys(warning for row in of_all for warning in row.warnings))


def study(
    sets: StudySets,
    groups: Mapping[str, str] | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Study:
    """Compare photos, paintings and translations in every quantity.

    Args:
        sets: what is compared.
        groups: subjects by picture (see `subjects_of`); each then has rows of its own.
        resamples: of every bootstrap; 0 gives no intervals.
        seed: of the bootstraps.

    Returns:
        The study, with means, effect sizes of photos against paintings, and the progress of
        each translation towards the paintings of its style.
    """
    whole = Comparison(sets, resamples=resamples, seed=seed)
    rows = whole.rows() + whole.rows_of_pairs()
    if groups:
        real = {"photo": sets.photos, **sets.paintings}
        shown = {name: np.array(subjects_of(measured, groups)) for name, measured in real.items()}
        for subject in sorted({str(s) for of_set in shown.values() for s in of_set if s}):
            shows = {name: subjects == subject for name, subjects in shown.items()}
            rows += Comparison(sets, subject, shows, resamples, seed).rows()
    return Study(sets, rows, seed)
