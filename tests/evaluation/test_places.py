"""What pictures are measured where a folder holds photos and paintings, or shards."""

import json
from types import SimpleNamespace

import pytest

from artnb.data.records import Record, write_shard
from artnb.data.sources import two_folders
from artnb.errors import InputError
from artnb.evaluation.evaluator import Evaluator
from artnb.evaluation.folders import evaluate_folders
from artnb.evaluation.measure import Cache
from artnb.evaluation.sets import Choice, RunSets
from artnb.gallery.choice import PhotoChoice, _photos
from artnb.submission.photos import find_photos
from artnb.synthetic.dataset import make_demo_data
from tests.data.test_shards_of_others import example, framed
from tests.evaluation.stand_in import Colours, write_pictures

# A Run whose own pictures are not asked for.
PAINTS = SimpleNamespace(is_latent=False)


def shard_of(folder, path, target=""):
    files = sorted(folder.iterdir())
    path.parent.mkdir(parents=True, exist_ok=True)
    write_shard(path, [Record(file.stem, file.read_bytes(), target) for file in files])


def competition(root):
    """Eight paintings in a shard, nine photos beside it."""
    shard_of(write_pictures(root.parent / "aside", 8, seed=1), root / "monet_tfrec" / "a.tfrec")
    write_pictures(root / "photo_jpg", 9, seed=3, suffix=".jpg")
    return root


def train_folders(root):
    write_pictures(root / "trainA", 5, seed=1)
    write_pictures(root / "testA", 3, seed=2)
    write_pictures(root / "trainB", 9, seed=3)
    return root


def dataset(root):
    make_demo_data(root, 32, images=6, pairs=2)
    return root


def shards_side_by_side(root):
    """The competition's shards in one folder; each record says what it is."""
    shard_of(write_pictures(root.parent / "monets", 8, seed=1), root / "monet00-8.tfrec", "monet")
    shard_of(write_pictures(root.parent / "photos", 9, seed=3), root / "photo00-9.tfrec", "photo")
    return root


TWO_SIDED = {
    "competition": competition,
    "monet2photo": train_folders,
    "data": dataset,
    "flat": shards_side_by_side,
}


def counts(rows):
    return {int(row.reference_count) for row in rows}


@pytest.fixture
def evaluator():
    return Evaluator(Colours(), ["frechet"], cache=Cache(None), say=lambda sentence: None)


@pytest.fixture
def fake(tmp_path):
    return write_pictures(tmp_path / "fake", 8, seed=9)


@pytest.mark.parametrize("name", TWO_SIDED)
def test_of_a_place_with_two_sides_the_paintings_are_the_reference(tmp_path, evaluator, fake, name):
    real = TWO_SIDED[name](tmp_path / name)
    assert counts(evaluate_folders(real, fake, evaluator)) == {8}


def test_for_translations_back_the_photos_are_the_reference(tmp_path, evaluator, fake):
    real = competition(tmp_path / "competition")
    assert counts(evaluate_folders(real, fake, evaluator, to="x")) == {9}


def test_a_place_with_two_sides_is_no_set_of_generated_pictures(tmp_path, evaluator):
    both = competition(tmp_path / "competition")
    real = write_pictures(tmp_path / "real", 8, seed=9)
    with pytest.raises(InputError, match="holds both photo and monet, and generated pictures are"):
        evaluate_folders(real, both, evaluator)


@pytest.mark.parametrize(
    ("folders", "taken"),
    [
        (("photos", "paintings"), "paintings"),
        (("photo", "van gogh"), "van gogh"),
        (("photo_jpg", "monet_jpg", "cezanne_jpg"), "cezanne_jpg"),
        (("testA", "testB"), "testB"),
        (("A", "B"), "B"),
        (("real_A", "real_B"), "real_B"),
    ],
)
def test_photos_and_paintings_side_by_side_are_no_reference(
    tmp_path, evaluator, fake, folders, taken
):
    real = tmp_path / "real"
    for number, name in enumerate(folders):
        write_pictures(real / name, 4, seed=number)
    with pytest.raises(InputError, match=rf"holds both .*such as .*{taken}$"):
        evaluate_folders(real, fake, evaluator)


def test_a_folder_around_the_competitions_is_told_apart(tmp_path, evaluator, fake):
    competition(tmp_path / "input" / "gan-getting-started")
    with pytest.raises(InputError, match=r"name .*input.gan-getting-started itself"):
        evaluate_folders(tmp_path / "input", fake, evaluator)


def test_painters_in_folders_of_their_own_stay_one_reference(tmp_path, evaluator, fake):
    for number, name in enumerate(("cezanne", "monet")):
        write_pictures(tmp_path / "real" / name, 4, seed=number)
    assert counts(evaluate_folders(tmp_path / "real", fake, evaluator)) == {8}


def test_photos_may_lie_in_folders_of_any_names(tmp_path):
    write_pictures(tmp_path / "mine" / "photos", 3)
    write_pictures(tmp_path / "mine" / "summer", 2, seed=1)
    assert len(find_photos(tmp_path / "mine").names) == 5
    write_pictures(tmp_path / "mine" / "paintings", 2, seed=2)
    with pytest.raises(InputError, match=r"holds both photos and paintings.* such as .*photos$"):
        find_photos(tmp_path / "mine")


@pytest.mark.parametrize("side", ["real", "photos"])
def test_a_runs_other_pictures_may_be_shards(tmp_path, side):
    place = competition(tmp_path / "competition")
    choice = Choice(real=place, photos=place)
    sets = RunSets(PAINTS, choice).held_out()
    assert len(sets.reference.names) == 8
    assert len(sets.photos.names) == 9
    shard = Choice(**{"real": place, "photos": place, side: place / "monet_tfrec" / "a.tfrec"})
    sets = RunSets(PAINTS, shard).held_out()
    assert len((sets.reference if side == "real" else sets.photos).names) == 8


def test_prepare_takes_both_sides_of_one_folder(tmp_path):
    place = competition(tmp_path / "competition")
    source = two_folders(place, place)
    assert (len(source.x.pictures), len(source.y.pictures)) == (9, 8)
    with pytest.raises(InputError, match="need separate folders"):
        two_folders(place, place / "photo_jpg")


def test_a_record_without_a_picture_is_left_out_of_a_score(tmp_path, evaluator, fake):
    shard = tmp_path / "real" / "a.tfrecord"
    shard_of(write_pictures(tmp_path / "aside", 8, seed=1), shard)
    shard.write_bytes(shard.read_bytes() + framed(example(target=b"monet")))
    rows = evaluate_folders(tmp_path / "real", fake, evaluator)
    assert counts(rows) == {8}
    assert "1 of 9 files of " in rows[0].warnings
    assert 'a-8 (it has no byte feature "image"' in rows[0].warnings


def test_a_gallery_takes_shards(tmp_path):
    place = competition(tmp_path / "competition")
    (chosen,) = [type("Chosen", (), {"to": "y"})]
    section = _photos([chosen], PhotoChoice(path=place), (), None, lambda *_: lambda: None)
    assert len(section.photos.names) == 9


def test_an_odd_manifest_is_no_dataset(tmp_path, evaluator, fake):
    real = write_pictures(tmp_path / "real", 8, seed=1)
    (real / "dataset.json").write_text(json.dumps({"photos": "mine"}))
    with pytest.raises(InputError, match=r"dataset\.json"):
        evaluate_folders(real, fake, evaluator)


def test_of_shards_that_say_what_they_hold_the_photos_are_painted(tmp_path, evaluator):
    place = shards_side_by_side(tmp_path / "flat")
    assert len(find_photos(place).names) == 9
    real = write_pictures(tmp_path / "real", 8, seed=9)
    with pytest.raises(InputError, match="holds both photo and monet, and generated pictures are"):
        evaluate_folders(real, place, evaluator)


def test_shards_that_only_their_names_tell_apart_are_no_reference(tmp_path, evaluator, fake):
    """As TensorFlow Datasets lays down the sets of the CycleGAN authors."""
    for number, split in enumerate(("trainA", "trainB")):
        pictures = write_pictures(tmp_path / split, 4, seed=number)
        name = f"cycle_gan-{split}.tfrecord-00000-of-00001"
        shard_of(pictures, tmp_path / "1.0.0" / name)
    with pytest.raises(InputError, match=r"shards of trainA and of trainB.*folder of its own"):
        evaluate_folders(tmp_path / "1.0.0", fake, evaluator)
    (tmp_path / "1.0.0" / "cycle_gan-trainB.tfrecord-00000-of-00001").unlink()
    assert counts(evaluate_folders(tmp_path / "1.0.0", fake, evaluator)) == {4}


def test_paintings_may_be_filed_by_letters(tmp_path, evaluator, fake):
    for number, name in enumerate("abc"):
        write_pictures(tmp_path / "real" / name, 4, seed=number)
    assert counts(evaluate_folders(tmp_path / "real", fake, evaluator)) == {12}
