"""Which photos are painted, and what their paintings are called."""

import pytest

from artnb.data.records import Record, write_shard
from artnb.errors import InputError
from artnb.submission.photos import find_photos, names_in_zip
from artnb.submission.rules import Rules
from artnb.synthetic.dataset import make_demo_data
from tests.evaluation.stand_in import write_pictures
from tests.submission.made import encoded


def test_a_folder_with_its_subfolders(tmp_path):
    write_pictures(tmp_path / "photos", 3)
    write_pictures(tmp_path / "photos" / "more", 2, seed=1)
    photos = find_photos(tmp_path / "photos")
    assert list(photos.names) == ["000.png", "001.png", "002.png", "more/000.png", "more/001.png"]


@pytest.mark.parametrize(("domain", "count"), [("x", 5), ("y", 4)])
def test_the_competitions_folder(tmp_path, domain, count):
    write_pictures(tmp_path / "photo_jpg", 5, suffix=".jpg")
    write_pictures(tmp_path / "monet_jpg", 4, suffix=".jpg", seed=1)
    assert len(find_photos(tmp_path, domain).names) == count


def test_the_competitions_photos_alone(tmp_path):
    write_pictures(tmp_path / "photo_jpg", 5, suffix=".jpg")
    assert len(find_photos(tmp_path / "photo_jpg").names) == 5


def test_a_folder_of_shards(tmp_path):
    for number in range(2):
        records = [Record(f"{number}{place}", encoded(place), "") for place in range(3)]
        write_shard(tmp_path / f"photo{number}.tfrec", records)
    photos = find_photos(tmp_path)
    assert list(photos.names) == ["00", "01", "02", "10", "11", "12"]
    assert photos.read([0])[0].picture.shape == (32, 32, 3)


def test_both_splits_of_a_dataset(tmp_path):
    make_demo_data(tmp_path / "data", 32, images=6, pairs=4)
    assert len(find_photos(tmp_path / "data").names) == 10
    assert len(find_photos(tmp_path / "data", "y").names) == 10


def test_train_and_test_folders(tmp_path):
    folder = tmp_path / "monet2photo"
    for number, name in enumerate(("trainA", "trainB", "testA", "testB")):
        write_pictures(folder / name, 3 + number, seed=number)
    assert len(find_photos(folder).names) == 4 + 6


def test_no_pictures_at_all(tmp_path):
    with pytest.raises(InputError, match="holds no pictures"):
        find_photos(tmp_path)
    with pytest.raises(InputError, match="must exist"):
        find_photos(tmp_path / "nowhere")


def test_names_are_kept_where_they_may_be():
    assert names_in_zip(["0a1b.jpg", "0a1c", "B.JPEG"]) == ["0a1b.jpg", "0a1c.jpg", "B.jpg"]


def test_names_are_plain_and_at_the_top_level():
    names = names_in_zip(["sub/é ü.png", "../x.jpg", "日本.jpg", ".hidden.jpg", "v1.2.webp"])
    assert names == ["e_u.jpg", "x.jpg", "photo.jpg", "hidden.jpg", "v1.2.jpg"]


def test_no_two_names_are_equal_on_any_system():
    names = names_in_zip(["a/1.jpg", "b/1.png", "A.jpg", "a.jpg", "1-2.jpg"])
    assert names == ["1.jpg", "1-2.jpg", "A.jpg", "a-2.jpg", "1-2-2.jpg"]
    assert len({name.casefold() for name in names}) == len(names)


def test_very_long_names_are_cut():
    names = names_in_zip(["x" * 300 + ".jpg", "x" * 301 + ".jpg"])
    assert [len(name) for name in names] == [84, 86]


@pytest.mark.parametrize(
    ("count", "words"), [(6_999, "the competition's 7,038"), (10_001, "--count 10000")]
)
def test_too_few_and_too_many_photos_are_refused(count, words):
    with pytest.raises(InputError, match=f"holds 7,000 to 10,000 pictures, and DIR has .*{words}"):
        Rules().check_count(count, "DIR")


def test_rules_that_make_no_sense():
    with pytest.raises(InputError, match="fewest ≤ most, got 9 to 3"):
        Rules(fewest=9, most=3)
