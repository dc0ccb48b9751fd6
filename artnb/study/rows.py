"""Rows of study.csv: each quantity of each set, how much it tells, how far a Run has come."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import artnb
from artnb.evaluation.metrics.score import Score
from artnb.files import write_whole

HARDLY_DIFFER = "photos and paintings hardly differ"
_BETWEEN_WARNINGS = " | "
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
        note: why there is no progress, where there is none.
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
        for field in fields(self):
            content = getattr(self, field.name)
            if field.name in _SCORES:
                columns |= _columns_of(field.name, content)
            elif field.name == "warnings":
                columns["warnings"] = _BETWEEN_WARNINGS.join(content)
            else:
                columns[field.name] = "" if content is None else str(content)
        return {**columns, "artnb": artnb.__version__}


def _columns_of(name: str, score: Score | None) -> dict[str, str]:
    numbers = (score.value, score.low, score.high) if score else (None, None, None)
    texts = ("" if number is None else f"{number:.6g}" for number in numbers)
    return dict(zip((name, f"{name}_low", f"{name}_high"), texts, strict=True))


def write_study(path: Path, rows: Iterable[StudyRow]) -> None:
    """Write rows as CSV, whole or not at all; what was there is replaced."""
    dictionaries = [row.as_dictionary() for row in rows]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(dictionaries[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(dictionaries)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, buffer.getvalue())
