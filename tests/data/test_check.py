"""The check says what is there, and every reason why data cannot be used whole."""

import json
import shutil

import pytest

from artnb.data.check import check_data
from artnb.data.prepare import prepare
from artnb.data.records import Record, read_shard, write_shard
from artnb.errors import InputError
from artnb.files import sha256_of

from .pictures import encoded, fill, picture, snapshot, two_filled

SIZE_PX = 32
TRAIN, TEST = "photo-train-00000-of-00001.tfrec", "photo-test-00000-of-00001.tfrec"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    root = tmp_path_factory.mktemp("prepared")
    source = two_filled(root).with_test_share(0.2)
    prepare(source, root / "dataset", SIZE_PX)
    return root / "dataset"


@pytest.fixture
def folder(prepared, tmp_path):
    """A prepared Dataset to damage: 8 and 2 photos, 3 and 1 paintings."""
    return shutil.copytree(prepared, tmp_path / "dataset")


@pytest.fixture
def competition_like(tmp_path):
    fill(tmp_path / "photo_jpg", 10, suffix=".jpg")
    fill(tmp_path / "monet_jpg", 4, first_seed=1000, suffix=".jpg")
    return tmp_path


def records_of(shard):
    return [record for _, record in read_shard(shard)]


def replace_shard(folder, title, records):
    """Write a shard anew and describe it in dataset.json as if it had always been so."""
    write_shard(folder / title, records)
    file = folder / "dataset.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    domain, split, *_ = title.split("-")
    described = manifest["domains"][domain]["splits"][split]
    described["count"] = len(records)
    described["shards"][0].update(count=len(records), sha256=sha256_of(folder / title))
    file.write_text(json.dumps(manifest), encoding="utf-8")


# Datasets


def test_a_sound_dataset_is_usable(folder):
    findings = check_data(folder)
    assert findings.usable
    assert findings.facts == (
        "Dataset of 32 px: photo → painting",
        "photo: 8 train, 2 test",
        "painting: 3 train, 1 test",
    )
    assert findings.remarks == findings.problems == ()


def test_an_altered_shard_is_a_problem(folder):
    data = bytearray((folder / TRAIN).read_bytes())
    data[100] ^= 1
    (folder / TRAIN).write_bytes(data)
    findings = check_data(folder)
    assert not findings.usable
    assert findings.problems[0] == f"{TRAIN} is not the file that dataset.json describes"
    assert f"record 1 of {folder / TRAIN} does not match its checksum" in findings.problems[1]


def test_an_exchanged_shard_is_a_problem(folder):
    """Its checksums are right, and only the hash in dataset.json tells."""
    records = records_of(folder / TRAIN)
    write_shard(folder / TRAIN, records[::-1])
    assert check_data(folder).problems == (f"{TRAIN} is not the file that dataset.json describes",)


def test_a_missing_shard_is_a_problem(folder):
    (folder / TEST).unlink()
    problems = check_data(folder).problems
    assert problems == (f"the Dataset {folder} lacks its shard {TEST}; copy it again",)


def test_a_picture_of_another_size_is_a_problem(folder):
    records = records_of(folder / TRAIN)
    records[3] = Record("odd", encoded(picture(3, 48, 40), "JPEG"), "photo")
    replace_shard(folder, TRAIN, records)
    assert check_data(folder).problems == (f"{TRAIN}, odd: 48×40, not 32 px",)


def test_a_picture_that_cannot_be_decoded_is_a_problem(folder):
    records = records_of(folder / TRAIN)
    records[0] = Record("odd", b"not a jpeg", "photo")
    replace_shard(folder, TRAIN, records)
    assert check_data(folder).problems == (f"{TRAIN}, odd: it is not a picture in a known format",)


def test_every_problem_is_named(folder):
    records = records_of(folder / TRAIN)
    records[0] = Record("one", b"not a jpeg", "photo")
    records[1] = Record("two", encoded(picture(3), "JPEG"), "photo")
    replace_shard(folder, TRAIN, records)
    (folder / TEST).unlink()
    problems = check_data(folder).problems
    assert [problem.split(":")[0] for problem in problems] == [
        f"{TRAIN}, one",
        f"{TRAIN}, two",
        f"the Dataset {folder} lacks its shard {TEST}; copy it again",
    ]


def test_a_training_picture_among_the_test_pictures_is_a_problem(folder):
    leak = records_of(folder / TRAIN)[0]
    replace_shard(folder, TEST, [*records_of(folder / TEST), leak])
    assert check_data(folder).problems == ("photo: 1 pictures are in both train and test",)


def test_too_few_training_pictures_are_a_problem(folder):
    replace_shard(folder, TRAIN, records_of(folder / TRAIN)[:1])
    assert check_data(folder).problems == ("photo: fewer than 2 training pictures",)


def test_repeats_among_training_pictures_are_remarked(folder):
    records = records_of(folder / TRAIN)
    replace_shard(folder, TRAIN, [*records, records[0], records[0], records[1]])
    findings = check_data(folder)
    assert findings.usable
    assert findings.remarks == ("photo: 3 training pictures repeat others exactly",)


def test_a_damaged_dataset_json_cannot_be_checked(folder):
    (folder / "dataset.json").write_text("{")
    with pytest.raises(InputError, match=r"dataset\.json is damaged"):
        check_data(folder)


# Folders of pictures


def test_a_sound_folder_is_usable(competition_like):
    findings = check_data(competition_like)
    assert findings.usable
    assert findings.facts == ("photo: 9 train, 1 test", "monet: 4 train, 0 test")
    assert findings.remarks == (
        "photo: 10 pictures from photo_jpg",
        "monet: 4 pictures from monet_jpg",
    )


def test_unreadable_files_are_problems(competition_like):
    (competition_like / "photo_jpg" / "0003.jpg").write_text("no picture")
    (competition_like / "monet_jpg" / "0001.jpg").write_text("no picture")
    findings = check_data(competition_like)
    assert not findings.usable
    assert findings.problems == (
        "0003.jpg: it is not a picture in a known format",
        "0001.jpg: it is not a picture in a known format",
    )


def test_repeats_are_remarked(competition_like):
    for copy in ("0007.jpg", "0008.jpg"):
        picture(0).save(competition_like / "photo_jpg" / copy)
    findings = check_data(competition_like)
    assert findings.usable
    assert findings.remarks[-1] == (
        "photo: 2 pictures repeat others exactly, such as 0007.jpg = 0000.jpg"
    )


def test_a_leak_between_existing_folders_is_a_problem(tmp_path):
    root = tmp_path / "monet2photo"
    fill(root / "trainA", 3)
    fill(root / "testA", 1, first_seed=2)
    fill(root / "trainB", 3, first_seed=10)
    findings = check_data(root)
    assert findings.problems == ("0000.png is a test picture of monet and a training picture too",)


def test_too_few_usable_pictures_cannot_be_checked(competition_like):
    for path in (competition_like / "monet_jpg").iterdir():
        path.write_text("no picture")
    with pytest.raises(InputError, match="at least 2 usable monet pictures, got 0; 4 cannot be"):
        check_data(competition_like)


@pytest.mark.parametrize("name", ["nowhere", "photo_jpg/0000.jpg"])
def test_what_is_no_folder_cannot_be_checked(competition_like, name):
    with pytest.raises(InputError, match=r"nowhere does not; check|0000\.jpg is a file, and a"):
        check_data(competition_like / name)


def test_checking_changes_nothing(folder):
    before = snapshot(folder)
    check_data(folder)
    assert snapshot(folder) == before
