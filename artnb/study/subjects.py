"""What pictures show: from a table, or as clusters of features."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath

import numpy as np

from artnb.errors import InputError
from artnb.evaluation.measure import Measured

_COLUMNS = ("name", "subject")


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
            if not set(_COLUMNS) <= set(reader.fieldnames or ()):
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
