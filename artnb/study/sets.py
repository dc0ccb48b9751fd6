"""What a study compares: photos, paintings by style, what Runs made of the photos; subjects."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import numpy as np

from artnb.errors import InputError
from artnb.evaluation.evaluator import check_comparable
from artnb.evaluation.measure import Measured

_SUBJECT_COLUMNS = ("name", "subject")


@dataclass(frozen=True)
class Translation:
    """What an epoch of a Run made of the photos, or another way of painting them.

    Args:
        run: name of the Run, or of the way.
        epoch: of its generator; None where there are no epochs.
        style: which paintings it strives for, a key of the study's paintings.
        measured: the translations, in the order of the photos.
    """

    run: str
    epoch: int | None
    style: str
    measured: Measured

    @property
    def label(self) -> str:
        """What figures call it."""
        return self.run if self.epoch is None else f"{self.run}, epoch {self.epoch}"


@dataclass(frozen=True)
class StudySets:
    """The sets of a study.

    Args:
        photos: real photos, measured with `MEASURES`.
        paintings: real paintings by style, measured likewise.
        translations: of these photos, measured with `MEASURES` and `MEASURES_OF_PAIRS`, the
            epochs of each Run in order; none in a study of real pictures alone.

    Raises:
        InputError: there are no paintings, a set must not be compared with another (see
            `check_comparable`), or translations are not of these photos.
    """

    photos: Measured
    paintings: Mapping[str, Measured]
    translations: Sequence[Translation] = ()

    def __post_init__(self) -> None:
        if not self.paintings:
            raise InputError(
                "a style study needs paintings to compare with, and got none; give some"
            )
        for real in self.paintings.values():
            check_comparable(real, self.photos)
        for translation in self.translations:
            check_comparable(self.paintings[translation.style], translation.measured)
            if translation.measured.names != self.photos.names:
                raise InputError(
                    f"translations are compared with their own photos, and {translation.label}, "
                    f"has others than {self.photos.name}; paint the same photos"
                )

    @property
    def last_epochs(self) -> list[Translation]:
        """The last epoch of each Run."""
        return list({t.run: t for t in self.translations}.values())

    @property
    def by_label(self) -> dict[str, Measured]:
        """All sets by what figures call them; of Runs the last epoch."""
        return {
            "photo": self.photos,
            **{t.label: t.measured for t in self.last_epochs},
            **self.paintings,
        }


def read_subjects(path: Path) -> dict[str, str]:
    """Read a table of subjects: a CSV with the columns `name` and `subject`.

    Args:
        path: the file; names are those of picture files, with or without their ending.

    Returns:
        The subject by the picture's name.

    Raises:
        InputError: there is no such file, or it is no such table.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            if not set(_SUBJECT_COLUMNS) <= set(reader.fieldnames or ()):
                raise InputError(
                    f"a table of subjects needs the columns name and subject in its first line, "
                    f"and {path} has {', '.join(reader.fieldnames or ['nothing'])}; add them"
                )
            return {row["name"]: row["subject"] for row in reader if row["subject"]}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read as a table ({error}); check the path") from error


def subjects_of(measured: Measured, groups: Mapping[str, str]) -> list[str]:
    """Give the subject of each picture of a set, empty where it has none.

    Args:
        measured: the set.
        groups: subjects by a picture's name, with or without its ending, or by the hash of its
            pixels.
    """
    return [
        groups.get(facts.pixels) or groups.get(name) or groups.get(PurePath(name).stem, "")
        for name, facts in zip(measured.names, measured.facts, strict=True)
    ]


def cluster_subjects(
    sets: Sequence[Measured], features: str, count: int, seed: int = 0
) -> dict[str, str]:
    """Group real pictures by what a network sees in them, photos and paintings together.

    Args:
        sets: measured with an extractor.
        features: the extractor's key.
        count: how many clusters.
        seed: of their beginning.

    Returns:
        `"cluster 1"` for the largest, and so on, by the hash of a picture's pixels. What a
        cluster shows, only an eye can tell; and a network may rather see style than subject.

    Raises:
        InputError: there are fewer pictures than clusters.
    """
    from artnb.collection.clusters import centred, check_count, group_rows

    pixels = [facts.pixels for measured in sets for facts in measured.facts]
    check_count(len(pixels), count)
    # Each set by itself is centred: otherwise the clusters would be photos and paintings.
    rows = np.concatenate([centred(measured.numbers[features]) for measured in sets])
    labels, _ = group_rows(rows, count, seed)
    return {key: f"cluster {label}" for key, label in zip(pixels, labels, strict=True)}
