"""Rows of study.csv, each a quantity of a set; and a study in words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import artnb
from artnb.evaluation.metrics.score import Score
from artnb.files import write_whole
from artnb.runs.table import aligned
from artnb.study.quantities import COMPARED, QUANTITIES
from artnb.study.sets import Translation

if TYPE_CHECKING:
    from artnb.study.study import Study

# Its shares by octave are for a figure; in words and overviews the share of fine grain says enough.
OVERVIEW = tuple(name for name in COMPARED if QUANTITIES[name].question != "grain")
HARDLY_DIFFER = "photos and paintings hardly differ"
_BETWEEN_WARNINGS = " | "
# Above the photos' mean: such a net is seen when a picture is enlarged.
_VISIBLE_GRID = 0.5
_SCORES = ("value", "effect", "progress")


@dataclass(frozen=True)
class StudyRow:
    """One quantity of one set of pictures.

    Args:
        question: what it helps to answer, such as `"haze"`.
        quantity: such as `"dark channel"`.
        kind: `"photo"`, `"painting"` or `"translation"`.
        name: of the set, such as `"monet"`; of a translation, the style that it strives for.
        value: the mean over its pictures with its bootstrap interval.
        count: pictures that have such a thing.
        run: name of the Run that painted them.
        epoch: of its generator.
        subject: such as `"portrait"`; empty for all pictures together.
        effect: of paintings: Cliff's delta against the photos.
        progress: of translations: 0 is the photos' value, 1 the paintings'.
        note: why there is no progress, where there is none; what to do against a `grid`.
        set_sha256: of the set's pixels.
        resize: how pictures were resized before they were painted and measured.
        warnings: what speaks against trusting the numbers.
    """

    question: str
    quantity: str
    kind: str
    name: str
    value: Score
    count: int
    run: str = ""
    epoch: int | None = None
    subject: str = ""
    effect: Score | None = None
    progress: Score | None = None
    note: str = ""
    set_sha256: str = ""
    resize: str = ""
    warnings: tuple[str, ...] = ()

    def as_dictionary(self) -> dict[str, str]:
        """Give its columns as text."""
        columns: dict[str, str] = {}
        for name, content in vars(self).items():
            if name in _SCORES:
                columns |= _columns_of(name, content)
            elif name == "warnings":
                columns[name] = _BETWEEN_WARNINGS.join(content)
            else:
                columns[name] = "" if content is None else str(content)
        return {**columns, "artnb": artnb.__version__}


def _columns_of(name: str, score: Score | None) -> dict[str, str]:
    numbers = (score.value, score.low, score.high) if score else (None, None, None)
    texts = ("" if number is None else f"{number:.6g}" for number in numbers)
    return dict(zip((name, f"{name}_low", f"{name}_high"), texts, strict=True))


def grid_advice(row: StudyRow, photos: StudyRow) -> str:
    """Say what to do against a net over translations that photos do not have; else nothing."""
    low = row.value.value if row.value.low is None else row.value.low
    if row.kind != "translation" or low < photos.value.value + _VISIBLE_GRID:
        return ""
    return (
        f"photos have {_short(photos.value)}: a checkerboard, as transposed convolutions leave "
        "it; train with --set upsampling=resize"
    )


def write_study(path: Path, rows: Iterable[StudyRow]) -> None:
    """Write rows as CSV, whole or not at all; what was there is replaced."""
    from pandas import DataFrame

    table = DataFrame([row.as_dictionary() for row in rows])
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, table.to_csv(index=False, lineterminator="\n"))


def describe_study(study: "Study") -> str:
    """Say what a study found, in lines for a terminal."""
    parts = [_table_of_effects(study)]
    parts += [_table_of_progress(study, t) for t in study.sets.last_epochs]
    parts.append("\n".join(f"Warning: {warning}" for warning in study.warnings))
    return "\n\n".join(part for part in parts if part)


def _table_of_effects(study: "Study") -> str:
    """Lay out the means of all real sets, and Cliff's delta of paintings against photos."""
    styles = list(study.sets.paintings)
    lines = [("", "photo", *(cell for style in styles for cell in (style, "δ")))]
    for name in OVERVIEW:
        photo = study.find("photo", name)
        by_style = {row.name: row for row in study.find("painting", name)}
        if photo:
            cells = (cell for style in styles for cell in _cells_of_style(by_style.get(style)))
            lines.append((f"  {name}", _short(photo[0].value), *cells))
    title = "Real pictures (δ: Cliff's delta against photos, 0 no difference, ±1 no overlap)"
    return "\n".join([title, *aligned(lines)])


def _cells_of_style(row: StudyRow | None) -> tuple[str, str]:
    if row is None or row.effect is None:
        return "-", "-"
    return _short(row.value), _with_interval(row.effect, "{:+.2f}")


def _table_of_progress(study: "Study", translation: Translation) -> str:
    """Lay out how far a Run has come in each quantity, and what only translations have."""
    lines = [("", "photo", "translation", translation.style, "of the way")]
    for name in OVERVIEW:
        painted = _of_epoch(study.find("translation", name), translation)
        photo = study.find("photo", name)
        real = [row for row in study.find("painting", name) if row.name == translation.style]
        if painted and photo and real:
            means = (_short(row.value) for row in (photo[0], painted[0], real[0]))
            lines.append((f"  {name}", *means, _describe_progress(painted[0])))
    title = f"{translation.label}: from photo (0 %) towards {translation.style} (100 %)"
    return "\n".join([title, *aligned(lines), *_lines_of_pairs(study, translation)])


def _lines_of_pairs(study: "Study", translation: Translation) -> Iterator[str]:
    for row in _of_epoch(study.find("translation"), translation):
        if row.quantity not in QUANTITIES:
            yield f"  {row.quantity}: {_with_interval(row.value, '{:.0%}')}"
        elif row.question == "artefacts":
            yield f"  {row.quantity}: {_with_interval(row.value, '{:.2%}')} of the picture"
        elif row.question == "checkerboards":
            advice = f"; {row.note}" if row.note else ""
            yield f"  {row.quantity}: {_with_interval(row.value, '{:.2f}')}{advice}"


def _of_epoch(rows: Sequence[StudyRow], translation: Translation) -> list[StudyRow]:
    which = (translation.run, translation.epoch)
    return [row for row in rows if (row.run, row.epoch) == which]


def _describe_progress(row: StudyRow) -> str:
    """Say how far a translation has come, or why that cannot be said."""
    if row.progress is None:
        return f"({row.note})"
    return _with_interval(row.progress, "{:.0%}")


def _short(score: Score) -> str:
    """Write a mean with three digits."""
    return f"{score.value:.3g}"


def _with_interval(score: Score, form: str) -> str:
    if score.low is None or score.high is None:
        return form.format(score.value)
    low, high = form.format(score.low), form.format(score.high)
    return f"{form.format(score.value)} ({low} to {high})"
