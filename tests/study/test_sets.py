import numpy as np
import pytest

from artnb.errors import InputError
from artnb.evaluation.measure import Cache, measure
from artnb.study.sets import cluster_subjects, read_subjects, subjects_of
from tests.study.made import Made, flat


class Brightness:
    key = "brightness"

    def __call__(self, pictures, sources=None):
        mean = pictures.mean(axis=(1, 2, 3))
        return np.stack([mean, 255 - mean], axis=1).astype(np.float32)


def set_of(name, *greys):
    return measure(Made(name, [flat(g, g, g, size=16) for g in greys]), [Brightness()], Cache(None))


def test_a_table_is_read_by_name_with_or_without_the_ending(tmp_path):
    table = tmp_path / "subjects.csv"
    table.write_text(
        "name,subject,year\n0.png,portrait,1880\n1,Brücke,1890\n2.png,,\n", encoding="utf-8"
    )
    groups = read_subjects(table)
    assert subjects_of(set_of("a", 10, 20, 30), groups) == ["portrait", "Brücke", ""]


def test_what_is_no_table_is_explained(tmp_path):
    table = tmp_path / "subjects.csv"
    table.write_text("file;subject\n")
    with pytest.raises(InputError, match="needs the columns name and subject in its first line"):
        read_subjects(table)
    with pytest.raises(InputError, match="cannot be read as a table"):
        read_subjects(tmp_path / "nothere.csv")
    table.write_bytes(b"\xff\xfe\x00name")
    with pytest.raises(InputError, match="cannot be read as a table"):
        read_subjects(table)


def test_clusters_group_photos_and_paintings_alike():
    photos, paintings = set_of("photo", 20, 22, 24, 200), set_of("painting", 60, 62, 64, 66, 240)
    groups = cluster_subjects([photos, paintings], "brightness", 2)
    assert subjects_of(photos, groups) == ["cluster 1"] * 3 + ["cluster 2"]
    assert subjects_of(paintings, groups) == ["cluster 1"] * 4 + ["cluster 2"]


@pytest.mark.parametrize("count", [1, 9])
def test_a_number_of_clusters_that_cannot_be(count):
    with pytest.raises(InputError, match=f"got {count} for 3; name another number"):
        cluster_subjects([set_of("photo", 1, 2, 3)], "brightness", count)
