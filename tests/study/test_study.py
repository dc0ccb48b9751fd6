import csv

import numpy as np
import pytest

from artnb.errors import InputError
from artnb.study.effect import hardly_differ
from artnb.study.quantities import COMPARED
from artnb.study.rows import HARDLY_DIFFER, describe_study, write_study
from artnb.study.sets import StudySets, Translation
from artnb.study.study import study
from tests.study.made import hazy, measured, scene

PHOTOS = [scene(seed) for seed in range(10)]
HAZE_OF_PAINTINGS = 0.5


@pytest.fixture(scope="module")
def sets():
    """Paintings that are hazy scenes, and a Run whose second epoch is half-way there."""
    paintings = [hazy(scene(100 + seed), HAZE_OF_PAINTINGS) for seed in range(32)]
    epochs = {
        number: measured(f"epoch {number}", [hazy(p, share) for p in PHOTOS], PHOTOS)
        for number, share in ((1, 0.0), (2, HAZE_OF_PAINTINGS / 2))
    }
    return StudySets(
        measured("photos", PHOTOS),
        {"hazy": measured("hazy", paintings), "few": measured("few", paintings[:2])},
        [Translation("run", number, "hazy", numbers) for number, numbers in epochs.items()],
    )


@pytest.fixture(scope="module")
def found(sets):
    return study(sets, resamples=100)


def test_every_quantity_of_every_set_has_a_row(found):
    for kind, count in (("photo", 1), ("painting", 2), ("translation", 2)):
        assert [len(found.find(kind, name)) for name in COMPARED if name != "clouds"] == [count] * (
            len(COMPARED) - 1
        )


def test_haze_is_told_from_clear_air_and_half_of_the_way_is_seen(found):
    effect = found.effects["hazy"]["dark channel"]
    assert effect.low > 0.8
    first, second = found.find("translation", "dark channel")
    assert (first.epoch, second.epoch) == (1, 2)
    assert first.progress.value == pytest.approx(0, abs=0.02)
    assert second.progress.value == pytest.approx(0.5, abs=0.1)
    assert second.progress.low < 0.5 < second.progress.high
    assert second.value.low < second.value.value < second.value.high
    effects = [abs(float(found.effects["hazy"][name])) for name in found.strongest]
    assert effects == sorted(effects, reverse=True)


def test_where_photos_and_paintings_hardly_differ_there_is_no_progress(found):
    differ = {name: not hardly_differ(effect) for name, effect in found.effects["hazy"].items()}
    assert 0 < sum(differ.values()) < len(differ)
    for row in found.find("translation"):
        if row.quantity in differ:
            assert (row.progress is not None) == differ[row.quantity]
            assert row.note == ("" if differ[row.quantity] else HARDLY_DIFFER)


def test_small_sets_are_warned_of_and_large_ones_not(found):
    warned = {row.name for row in found.rows if row.warnings and row.kind == "painting"}
    assert warned == {"few"}
    assert any("only 10 pictures of photo" in warning for warning in found.warnings)


def test_the_summary_says_all_of_it(found):
    text = describe_study(found)
    assert "run, epoch 2: from photo (0 %) towards hazy (100 %)" in text
    assert f"({HARDLY_DIFFER})" in text
    assert "chroma kept, all photos" in text
    assert "Warning: only 2 pictures of few" in text


def test_rows_are_written_as_text(found, tmp_path):
    write_study(tmp_path / "out" / "study.csv", found.rows)
    with (tmp_path / "out" / "study.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(found.rows)
    (row,) = [
        r
        for r in rows
        if (r["kind"], r["quantity"], r["epoch"]) == ("translation", "dark channel", "2")
    ]
    assert float(row["progress"]) == pytest.approx(0.5, abs=0.1)
    assert float(row["progress_low"]) < float(row["progress"]) < float(row["progress_high"])
    assert len(row["set_sha256"]) == 64
    assert row["effect"] == ""


def test_subjects_have_rows_of_their_own(sets):
    groups = {f"{number}.png": "dark" if number % 3 == 0 else "light" for number in range(40)}
    by_subject = study(sets, groups, resamples=0)
    assert by_subject.subjects == ["dark", "light"]
    (dark,) = by_subject.find("photo", "lightness", "dark")
    (light,) = by_subject.find("photo", "lightness", "light")
    assert dark.count == 4
    assert dark.value.value < light.value.value
    painted = by_subject.find("translation", "dark channel", "dark")[-1]
    assert painted.count == 4
    assert "of hazy (dark)" in " ".join(painted.warnings)
    assert len(study(sets, resamples=0).rows) == len(by_subject.find("photo")) + len(
        by_subject.find("painting")
    ) + len(by_subject.find("translation"))


def test_artefacts_and_kept_chroma_are_rows_of_translations(found):
    assert [row.value.value for row in found.find("translation", "black blobs")] == [0, 0]
    kept = found.find("translation", "chroma kept, most vivid fifth")[-1]
    assert kept.value.value < 0.9


def test_a_study_needs_paintings_and_its_own_photos(sets):
    with pytest.raises(InputError, match="needs paintings to compare with"):
        StudySets(sets.photos, {})
    other = measured("other", [scene(seed) for seed in (90, 91)])
    with pytest.raises(InputError, match="paint the same photos"):
        StudySets(other, sets.paintings, sets.translations)


def test_painted_pictures_are_no_paintings(sets):
    with pytest.raises(InputError, match="were painted by a generator"):
        StudySets(sets.photos, {"fake": sets.translations[0].measured})


def test_the_same_seed_gives_the_same_numbers(sets):
    once, again, other = (study(sets, resamples=9, seed=seed) for seed in (0, 0, 1))
    texts = [[row.as_dictionary() for row in made.rows] for made in (once, again, other)]
    assert texts[0] == texts[1] != texts[2]
    colours = [made.main_colours["few"].rgb for made in (once, again)]
    np.testing.assert_array_equal(*colours)
