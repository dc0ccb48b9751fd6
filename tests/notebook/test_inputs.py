import pytest

from artnb.notebook.inputs import find_competition, stand_in_for_competition

SLUG = "gan-getting-started"


@pytest.fixture(autouse=True)
def no_data_of_its_own(monkeypatch):
    monkeypatch.delenv("ARTNB_DATA", raising=False)


@pytest.mark.parametrize("place", [f"competitions/{SLUG}", SLUG])
def test_both_places_on_kaggle_are_looked_at(tmp_path, place):
    assert find_competition(tmp_path) is None
    (tmp_path / place).mkdir(parents=True)
    assert find_competition(tmp_path) == tmp_path / place


def test_a_folder_of_ones_own_comes_first(tmp_path, monkeypatch):
    own, kaggle = tmp_path / "own" / SLUG, tmp_path / "kaggle" / SLUG
    own.mkdir(parents=True)
    kaggle.mkdir(parents=True)
    monkeypatch.setenv("ARTNB_DATA", str(own.parent))
    assert find_competition(kaggle.parent) == own


def test_a_stand_in_has_the_layout(tmp_path):
    for name in ("photos", "paintings"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.jpg").write_bytes(b"")
    out = stand_in_for_competition(tmp_path / "photos", tmp_path / "paintings", tmp_path / "out")
    assert (out / "photo_jpg" / "photos.jpg").is_file()
    assert (out / "painting_jpg" / "paintings.jpg").is_file()
