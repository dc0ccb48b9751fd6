"""The style study: do translations move from the photos' values towards the paintings'?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from artnb.evaluation.measure import Measured
from artnb.evaluation.metrics.score import Score, mean_score
from artnb.study.colour import MainColours, find_main_colours
from artnb.study.effect import (
    RESAMPLES,
    chroma_kept,
    cliffs_delta,
    few_pictures_warning,
    hardly_differ,
    progress_between,
)
from artnb.study.quantities import (
    COLOUR_SAMPLES,
    COMPARED,
    MEASURES_OF_PAIRS,
    QUANTITIES,
    values_of,
)
from artnb.study.rows import HARDLY_DIFFER, StudyRow, grid_advice
from artnb.study.sets import StudySets, Translation, subjects_of


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
    whole = _Comparison(sets, resamples=resamples, seed=seed)
    rows = whole.rows() + whole.rows_of_grids() + whole.rows_of_pairs()
    if groups:
        real = {"photo": sets.photos, **sets.paintings}
        shown = {name: np.array(subjects_of(measured, groups)) for name, measured in real.items()}
        for subject in sorted({str(s) for of_set in shown.values() for s in of_set if s}):
            shows = {name: subjects == subject for name, subjects in shown.items()}
            rows += _Comparison(sets, subject, shows, resamples, seed).rows()
    return Study(sets, rows, seed)


@dataclass(frozen=True)
class _Comparison:
    """Makes rows of a study's sets, or of those of their pictures that show a subject.

    Args:
        sets: what is compared.
        subject: its name; empty for all pictures.
        shows: for `"photo"` and each style, which pictures show it; nothing takes all.
        resamples: of every bootstrap; 0 gives no intervals.
        seed: of the bootstraps.
    """

    sets: StudySets
    subject: str = ""
    shows: Mapping[str, np.ndarray] | None = None
    resamples: int = RESAMPLES
    seed: int = 0

    def rows(self) -> list[StudyRow]:
        """Make the rows of all quantities that photos and paintings have."""
        found = [row for quantity in COMPARED for row in self._rows_of(quantity)]
        return [row for row in found if row is not None]

    def _rows_of(self, quantity: str) -> list[StudyRow | None]:
        photos = self._chosen(self.sets.photos, quantity, "photo")
        rows = [self._row(photos, self.sets.photos, quantity, kind="photo", name="photo")]
        paintings, effects = {}, {}
        for style, measured in self.sets.paintings.items():
            paintings[style] = self._chosen(measured, quantity, style)
            effects[style] = self._effect(photos, paintings[style])
            facts = {"kind": "painting", "name": style, "effect": effects[style]}
            rows.append(self._row(paintings[style], measured, quantity, **facts))
        for t in self.sets.translations:
            painted = self._chosen(t.measured, quantity, "photo")
            real, effect = paintings[t.style], effects[t.style]
            progress, note = self._progress(photos, painted, real, effect)
            facts = {**_facts_of(t), "progress": progress, "note": note}
            facts["warnings"] = self._warnings(t.style, len(real))
            rows.append(self._row(painted, t.measured, quantity, **facts))
        return rows

    def _chosen(self, measured: Measured, quantity: str, of: str) -> np.ndarray:
        values = values_of(measured, quantity)
        return values if self.shows is None else values[self.shows[of]]

    def _effect(self, photos: np.ndarray, paintings: np.ndarray) -> Score | None:
        photos, paintings = _finite(photos), _finite(paintings)
        if not (len(photos) and len(paintings)):
            return None
        return cliffs_delta(photos, paintings, self.resamples, self.seed)

    def _progress(
        self, photos: np.ndarray, painted: np.ndarray, paintings: np.ndarray, effect: Score | None
    ) -> tuple[Score | None, str]:
        both = np.isfinite(photos) & np.isfinite(painted)
        if effect is None or not both.any():
            return None, "too few pictures have it"
        if hardly_differ(effect):
            return None, HARDLY_DIFFER
        sides = photos[both], painted[both], _finite(paintings)
        return progress_between(*sides, self.resamples, self.seed), ""

    def _row(
        self,
        values: np.ndarray,
        measured: Measured,
        quantity: str,
        name: str,
        warnings: tuple[str, ...] = (),
        **facts: object,
    ) -> StudyRow | None:
        """Make a row of a quantity's finite values; None where there are none."""
        total, values = len(values), _finite(values)
        if not len(values):
            return None
        few = self._warnings(name, total) or self._warnings(name, len(values), quantity)
        return StudyRow(
            question=QUANTITIES[quantity].question,
            quantity=quantity,
            name=name,
            subject=self.subject,
            value=mean_score(values, self.resamples, self.seed),
            count=len(values),
            set_sha256=measured.sha256,
            resize=measured.resize,
            warnings=tuple(dict.fromkeys((*few, *warnings))),
            **facts,
        )

    def _warnings(self, name: str, count: int, quantity: str = "") -> tuple[str, ...]:
        """Warn of few pictures of a set, or of few that have a quantity at all."""
        which = f"{name} ({self.subject})" if self.subject else name
        return few_pictures_warning(f"{which} with {quantity}" if quantity else which, count)

    def rows_of_grids(self) -> list[StudyRow]:
        """Make the rows of nets over the pictures; those of translations with advice."""
        photos = self._grids(self.sets.photos, kind="photo", name="photo")
        rows = [photos]
        for style, measured in self.sets.paintings.items():
            rows.append(self._grids(measured, kind="painting", name=style))
        for t in self.sets.translations:
            rows.append(self._grids(t.measured, **_facts_of(t)))
        found = [row for row in rows if row is not None]
        return [replace(row, note=grid_advice(row, photos)) for row in found]

    def _grids(self, measured: Measured, **facts: object) -> StudyRow | None:
        return self._row(values_of(measured, "grid"), measured, "grid", **facts)

    def rows_of_pairs(self) -> list[StudyRow]:
        """Make the rows of what only translations have: artefacts, and chroma that is kept."""
        return [row for t in self.sets.translations for row in self._rows_of_pair(t)]

    def _rows_of_pair(self, translation: Translation) -> list[StudyRow]:
        measured, facts = translation.measured, _facts_of(translation)
        rows = [
            self._row(values_of(measured, q.name), measured, q.name, **facts)
            for measure in MEASURES_OF_PAIRS
            for q in measure.quantities
        ]
        before, after = (values_of(m, "vivid chroma") for m in (self.sets.photos, measured))
        facts |= {"count": len(before), "set_sha256": measured.sha256, "resize": measured.resize}
        for which, kept in chroma_kept(before, after, self.resamples, self.seed).items():
            facts |= {"question": "saturation", "quantity": f"chroma kept, {which}"}
            rows.append(StudyRow(value=kept, **facts))
        return rows


def _facts_of(translation: Translation) -> dict[str, object]:
    return {
        "kind": "translation",
        "name": translation.style,
        "run": translation.run,
        "epoch": translation.epoch,
    }


def _finite(values: np.ndarray) -> np.ndarray:
    return values[np.isfinite(values)]
