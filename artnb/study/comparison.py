"""The rows of a study: each quantity of each set, compared."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from artnb.evaluation.measure import Measured
from artnb.evaluation.metrics.score import Score, mean_score
from artnb.study.effect import (
    RESAMPLES,
    cliffs_delta,
    few_pictures_warning,
    hardly_differ,
    progress_between,
)
from artnb.study.measures import COMPARED, MEASURES_OF_PAIRS, QUANTITIES, values_of
from artnb.study.rows import HARDLY_DIFFER, StudyRow
from artnb.study.saturation import chroma_kept
from artnb.study.sets import StudySets, Translation


@dataclass(frozen=True)
class Comparison:
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
