"""A study in words: a table for each Run, or for each style where there is no Run."""

from collections.abc import Iterator, Sequence

from artnb.evaluation.metrics.score import Score
from artnb.study.measures import COMPARED, QUANTITIES
from artnb.study.rows import StudyRow
from artnb.study.sets import Translation
from artnb.study.study import Study

# Its shares by octave are for a figure; here the share of fine grain says enough.
_LEFT_OUT = ("grain",)
OVERVIEW = tuple(name for name in COMPARED if QUANTITIES[name].question not in _LEFT_OUT)


def describe_study(study: Study) -> str:
    """Say what a study found, in lines for a terminal."""
    parts = [_table_of_effects(study)]
    parts += [_table_of_progress(study, t) for t in study.sets.last_epochs]
    parts.append("\n".join(f"Warning: {warning}" for warning in study.warnings))
    return "\n\n".join(part for part in parts if part)


def _table_of_effects(study: Study) -> str:
    """Lay out the means of all real sets, and Cliff's delta of paintings against photos."""
    styles = list(study.sets.paintings)
    lines = [("", "photo", *(cell for style in styles for cell in (style, "δ")))]
    for name in OVERVIEW:
        photo = study.find("photo", name)
        by_style = {row.name: row for row in study.find("painting", name)}
        if photo:
            cells = (cell for style in styles for cell in _cells_of_style(by_style.get(style)))
            lines.append((f"  {name}", short(photo[0].value), *cells))
    title = "Real pictures (δ: Cliff's delta against photos, 0 no difference, ±1 no overlap)"
    return "\n".join([title, *_aligned(lines)])


def _cells_of_style(row: StudyRow | None) -> tuple[str, str]:
    if row is None or row.effect is None:
        return "-", "-"
    return short(row.value), _with_interval(row.effect, "{:+.2f}")


def _table_of_progress(study: Study, translation: Translation) -> str:
    """Lay out how far a Run has come in each quantity, and what only translations have."""
    lines = [("", "photo", "translation", translation.style, "of the way")]
    for name in OVERVIEW:
        painted = _of_epoch(study.find("translation", name), translation)
        photo = study.find("photo", name)
        real = [row for row in study.find("painting", name) if row.name == translation.style]
        if painted and photo and real:
            means = (short(row.value) for row in (photo[0], painted[0], real[0]))
            way = describe_progress(painted[0])
            lines.append((f"  {name}", *means, way))
    title = f"{translation.label}: from photo (0 %) towards {translation.style} (100 %)"
    return "\n".join([title, *_aligned(lines), *_lines_of_pairs(study, translation)])


def _lines_of_pairs(study: Study, translation: Translation) -> Iterator[str]:
    for row in _of_epoch(study.find("translation"), translation):
        if row.quantity not in QUANTITIES:
            yield f"  {row.quantity}: {_with_interval(row.value, '{:.0%}')}"
        elif row.question == "artefacts":
            yield f"  {row.quantity}: {_with_interval(row.value, '{:.2%}')} of the picture"


def _of_epoch(rows: Sequence[StudyRow], translation: Translation) -> list[StudyRow]:
    which = (translation.run, translation.epoch)
    return [row for row in rows if (row.run, row.epoch) == which]


def describe_progress(row: StudyRow) -> str:
    """Say how far a translation has come, or why that cannot be said."""
    if row.progress is None:
        return f"({row.note})"
    return _with_interval(row.progress, "{:.0%}")


def short(score: Score) -> str:
    """Write a mean with three digits."""
    return f"{score.value:.3g}"


def _with_interval(score: Score, form: str) -> str:
    if score.low is None or score.high is None:
        return form.format(score.value)
    low, high = form.format(score.low), form.format(score.high)
    return f"{form.format(score.value)} ({low} to {high})"


def _aligned(lines: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
