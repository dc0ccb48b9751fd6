"""Datasets, opened: what they hold, how they are told apart, and what is said of damage."""

import json
from dataclasses import replace

import pytest

from artnb.data.dataset import Images, open_dataset
from artnb.data.images import decode_rgb, hash_pixels, prepare_image
from artnb.data.prepare import prepare
from artnb.data.records import Record, read_shard, write_shard
from artnb.data.sources import two_folders
from artnb.errors import InputError
from artnb.files import sha256_of

from .pictures import encoded, fill, picture, two_filled
from .profiles import ADOBE, rgb_profile

SIZE_PX = 32


@pytest.fixture
def folder(tmp_path):
    """A prepared Dataset of 9 and 1 photos, 4 paintings."""
    prepare(two_filled(tmp_path), tmp_path / "dataset", SIZE_PX)
    return tmp_path / "dataset"


@pytest.fixture
def competition_like(tmp_path):
    """A folder in the competition's layout, 10 photos and 4 paintings."""
    fill(tmp_path / "kaggle" / "photo_jpg", 10, suffix=".jpg")
    fill(tmp_path / "kaggle" / "monet_jpg", 4, first_seed=1000, suffix=".jpg")
    return tmp_path / "kaggle"


def change_manifest(folder, change):
    file = folder / "dataset.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    change(manifest)
    file.write_text(json.dumps(manifest), encoding="utf-8")


def all_images(dataset) -> list[tuple[list[str], list[bytes]]]:
    splits = (dataset.x.train, dataset.x.test, dataset.y.train, dataset.y.test)
    return [(images.names, list(images)) for images in splits]


# What is opened


def test_a_prepared_dataset_says_what_it_holds(folder):
    dataset = open_dataset(folder)
    assert dataset.describe() == "photo (9 train, 1 test) → painting (4 train, 0 test), 32 px"
    assert (dataset.path, dataset.size_px) == (str(folder), SIZE_PX)
    assert not dataset.paired_test
    assert dataset.remarks == ()
    assert open_dataset(str(folder)).fingerprint == dataset.fingerprint


def test_pictures_of_a_dataset_are_the_prepared_ones(folder):
    dataset = open_dataset(folder)
    expected = [prepare_image(encoded(picture(1000 + n)), SIZE_PX)[0] for n in range(4)]
    assert list(dataset.y.train) == expected
    assert dataset.y.train.names == [f"{n:04d}.png" for n in range(4)]
    assert decode_rgb(dataset.y.train[2]).shape == (SIZE_PX, SIZE_PX, 3)


def test_a_folder_of_pictures_opens_without_preparing(competition_like):
    dataset = open_dataset(competition_like, SIZE_PX)
    assert dataset.describe() == "photo (9 train, 1 test) → monet (4 train, 0 test), 32 px"
    assert dataset.remarks[0] == "photo: 10 pictures from photo_jpg"
    jpeg = encoded(picture(1000), "JPEG")
    assert dataset.y.train[0] == prepare_image(jpeg, SIZE_PX)[0]
    assert open_dataset(competition_like).size_px == 256


def test_unreadable_pictures_are_remarked(competition_like):
    (competition_like / "photo_jpg" / "0004.jpg").write_text("no picture")
    dataset = open_dataset(competition_like, SIZE_PX)
    assert dataset.remarks[-1] == (
        "1 photo pictures cannot be read and are skipped, such as 0004.jpg "
        "(it is not a picture in a known format)"
    )


def test_looking_goes_to_what_is_held_out_or_else_to_the_training_pictures(folder):
    dataset = open_dataset(folder)
    assert dataset.x.shown() is dataset.x.test
    assert dataset.y.shown() is dataset.y.train


@pytest.mark.parametrize("prepared", [True, False])
def test_domains_can_be_swapped(folder, competition_like, prepared):
    path, painting = (folder, "painting") if prepared else (competition_like, "monet")
    dataset = open_dataset(path, SIZE_PX, swap_domains=True)
    assert (dataset.x.name, dataset.y.name) == (painting, "photo")
    assert (len(dataset.x.train), len(dataset.y.train)) == (4, 9)
    assert dataset.remarks[-1] == f"domains swapped as asked: X is {painting}, Y is photo"


def test_opening_twice_gives_the_same(folder, competition_like):
    for path in (folder, competition_like):
        first, second = open_dataset(path, SIZE_PX), open_dataset(path, SIZE_PX)
        assert first.fingerprint == second.fingerprint
        assert all_images(first) == all_images(second)


def test_the_real_competition_holds_out_300_photos(competition_dataset):
    dataset = competition_dataset
    assert dataset.describe() == "photo (6,738 train, 300 test) → monet (300 train, 0 test), 256 px"
    photo = dataset.x.train.names.index("000910d219.jpg")
    path = f"{dataset.path}/photo_jpg/000910d219.jpg"
    with open(path, "rb") as file:
        assert dataset.x.train[photo] == file.read()  # ready as it is
    # ten photos of the competition's repeat others; none of them leaks into the test split
    assert not set(dataset.x.train) & set(dataset.x.test)


# Streaming


@pytest.mark.parametrize("prepared", [True, False])
def test_streamed_pictures_are_those_in_memory(folder, competition_like, prepared):
    path = folder if prepared else competition_like
    kept = open_dataset(path, SIZE_PX)
    streamed = open_dataset(path, SIZE_PX, memory_limit_gb=0)
    assert kept.x.train.in_memory
    assert not streamed.x.train.in_memory
    assert all_images(kept) == all_images(streamed)
    assert kept.fingerprint == streamed.fingerprint


def test_streaming_is_remarked(folder, competition_like):
    assert open_dataset(folder, memory_limit_gb=0).remarks == (
        "0.0 GB of pictures are streamed from the shards",
    )
    assert open_dataset(competition_like, SIZE_PX, memory_limit_gb=0).remarks[-1] == (
        "more than 0 GB of pictures are scaled anew in every epoch; "
        "artnb data prepare would spare that"
    )


def test_the_limit_is_the_size_of_all_shards(folder):
    size_gb = sum(shard.stat().st_size for shard in folder.glob("*.tfrec")) / 1e9
    assert open_dataset(folder, memory_limit_gb=size_gb).x.train.in_memory
    assert not open_dataset(folder, memory_limit_gb=size_gb * 0.999).x.train.in_memory


def test_images_without_bytes_read_them_when_asked():
    class Watched:
        name = "watched"
        times_read = 0

        def read(self):
            self.times_read += 1
            return encoded(picture(0))

    watched = Watched()
    images = Images([watched], SIZE_PX)
    assert watched.times_read == 0
    assert images[0] == images[0] == prepare_image(encoded(picture(0)), SIZE_PX)[0]
    assert watched.times_read == 2


# The fingerprint


def prepared_fingerprint(root, out: str) -> str:
    source = two_folders(root / "photos", root / "paintings")
    return prepare(source, root / out, SIZE_PX).fingerprint


def test_the_fingerprint_is_of_pictures_not_of_places(folder, tmp_path):
    before = open_dataset(folder).fingerprint
    assert len(before) == 64
    assert prepared_fingerprint(tmp_path, "again") == before
    folder.rename(tmp_path / "moved")
    assert open_dataset(tmp_path / "moved").fingerprint == before


def test_the_fingerprint_changes_with_one_pixel(tmp_path):
    two_filled(tmp_path)
    before = prepared_fingerprint(tmp_path, "before")
    changed = picture(3)
    changed.putpixel((20, 20), (0, 0, 0))
    changed.save(tmp_path / "photos" / "0003.png")
    assert prepared_fingerprint(tmp_path, "after") != before


@pytest.mark.parametrize("change", ["pixel", "name", "split"])
def test_the_fingerprint_of_a_folder_changes_too(competition_like, change, monkeypatch):
    before = open_dataset(competition_like, SIZE_PX).fingerprint
    first = competition_like / "photo_jpg" / "0000.jpg"
    if change == "pixel":
        picture(99).save(first)
    elif change == "name":
        first.rename(first.with_name("00000.jpg"))
    else:
        monkeypatch.setattr("artnb.data.sources.DEFAULT_TEST_SHARE", 0.2)
    assert open_dataset(competition_like, SIZE_PX).fingerprint != before


# Damage


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(InputError, match=r"must exist, and .*nowhere does not"):
        open_dataset(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["", "{", "[1]", "3", "null", "{}", '{"format": "one"}', "\x00"])
def test_a_damaged_dataset_json_is_named(folder, text):
    (folder / "dataset.json").write_text(text)
    with pytest.raises(InputError, match=r"dataset\.json is damaged \(.*\); prepare the Dataset"):
        open_dataset(folder)


def test_a_dataset_json_that_is_no_text_is_named(folder):
    (folder / "dataset.json").write_bytes(b"\xff\xfe\x80")
    with pytest.raises(InputError, match=r"dataset\.json is damaged \(.*decode"):
        open_dataset(folder)


def test_a_newer_dataset_json_asks_for_an_update(folder):
    change_manifest(folder, lambda manifest: manifest.update(format=2))
    with pytest.raises(InputError, match=r"has format 2, and this artnb reads up to 1; update"):
        open_dataset(folder)


def test_missing_parts_of_dataset_json_are_named(folder):
    for name in ("size_px", "domains"):
        before = (folder / "dataset.json").read_text()
        change_manifest(folder, lambda manifest, name=name: manifest.pop(name))
        with pytest.raises(InputError, match=rf"json is damaged \(.* field `{name}`\); prepare"):
            open_dataset(folder)
        (folder / "dataset.json").write_text(before)


def remove_domain(manifest):
    del manifest["domains"]["painting"]


def remove_splits(manifest):
    manifest["domains"]["painting"]["splits"] = {}


def miscount(manifest):
    for split in manifest["domains"]["painting"]["splits"].values():
        split["count"] += 1


@pytest.mark.parametrize("change", [remove_domain, remove_splits, miscount])
def test_incomplete_domains_of_dataset_json_are_named(folder, change):
    change_manifest(folder, change)
    with pytest.raises(InputError, match=r"json lacks painting train, painting test; prepare"):
        open_dataset(folder)


@pytest.mark.parametrize("shards", [None, [{"file": "a.tfrec"}], [{"file": 1, "count": 2}]])
def test_shards_that_are_not_described_are_named(folder, shards):
    def change(manifest):
        manifest["domains"]["painting"]["splits"]["test"]["shards"] = shards

    change_manifest(folder, change)
    with pytest.raises(InputError, match=r"json is damaged \(.*\.shards.*\); prepare the Dataset"):
        open_dataset(folder)


def test_a_missing_shard_is_named(folder):
    (folder / "painting-train-00000-of-00001.tfrec").unlink()
    with pytest.raises(
        InputError, match=r"lacks its shard painting-train-00000-of-00001\.tfrec; copy it again"
    ):
        open_dataset(folder)


def test_an_altered_shard_is_named(folder):
    shard = folder / "painting-train-00000-of-00001.tfrec"
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(data)
    with pytest.raises(InputError, match=r"record \d of .*painting-train-.* its checksum"):
        open_dataset(folder)


def test_a_shard_cut_between_two_records_is_named(folder):
    """Every checksum of what is left is right."""
    shard = folder / "painting-train-00000-of-00001.tfrec"
    write_shard(shard, [Record("0000.png", encoded(picture(0), "JPEG"), "painting")])
    with pytest.raises(InputError, match=r"painting-train.* holds 1 pictures, and .* says 4"):
        open_dataset(folder)


def test_the_hash_of_pixels_is_that_of_the_file(folder):
    """report.csv lets a person find a picture again by its pixels."""
    report = (folder / "report.csv").read_text(encoding="utf-8")
    assert all(hash_pixels(picture(seed)) in report for seed in (0, 9, 1000, 1003))


# Shards that are whole, and pictures in them that are not


def with_records(folder, change) -> str:
    """Write the first shard of photos anew, its checksums right; give the third record's name."""
    shard = next(folder.glob("photo-train-*"))
    records = [record for _, record in read_shard(shard)]
    write_shard(shard, [change(n, record) for n, record in enumerate(records)])
    return records[2].image_name


@pytest.mark.parametrize("memory_limit_gb", [2, 0])
@pytest.mark.parametrize("damage", [lambda _jpeg: b"no picture", lambda jpeg: jpeg[:-40]])
def test_pictures_that_cannot_be_decoded_are_left_out_and_said(folder, damage, memory_limit_gb):
    def change(number, record):
        return replace(record, image=damage(record.image)) if number == 2 else record

    name = with_records(folder, change)
    dataset = open_dataset(folder, memory_limit_gb=memory_limit_gb)
    assert len(dataset.x.train) == 8
    assert name not in dataset.x.train.names
    assert all(decode_rgb(jpeg).shape == (SIZE_PX, SIZE_PX, 3) for jpeg in dataset.x.train)
    (remark,) = (remark for remark in dataset.remarks if "left out" in remark)
    for part in ("photo-train-00000", "1 of its 9 pictures", name, f"artnb data check {folder}"):
        assert part in remark


@pytest.mark.parametrize("memory_limit_gb", [2, 0])
def test_pictures_of_another_size_or_colours_are_brought_into_form(folder, memory_limit_gb):
    adobe = encoded(picture(7, SIZE_PX, SIZE_PX), "JPEG", icc_profile=rgb_profile(ADOBE))
    images = {2: encoded(picture(7, 50, 40), "JPEG"), 3: adobe}

    def change(number, record):
        return replace(record, image=images.get(number, record.image))

    with_records(folder, change)
    dataset = open_dataset(folder, memory_limit_gb=memory_limit_gb)
    assert len(dataset.x.train) == 9
    for number, data in images.items():
        assert dataset.x.train[number] == prepare_image(data, SIZE_PX)[0] != data


def test_older_datasets_with_colour_profiles_in_them_are_converted_too(folder):
    adobe = encoded(picture(7, SIZE_PX, SIZE_PX), "JPEG", icc_profile=rgb_profile(ADOBE))
    with_records(folder, lambda _number, record: replace(record, image=adobe))
    shard = next(folder.glob("photo-train-*"))

    def described(manifest):
        facts = manifest["domains"]["photo"]["splits"]["train"]["shards"][0]
        facts["sha256"] = sha256_of(shard)

    change_manifest(folder, described)
    assert open_dataset(folder).x.train[0] == prepare_image(adobe, SIZE_PX)[0] != adobe


def test_a_dataset_of_hardly_anything_that_can_be_decoded_is_refused(folder):
    with_records(folder, lambda _number, record: replace(record, image=b"no picture"))
    with pytest.raises(InputError, match=r"2 usable photo pictures.+9 of its 9 pictures"):
        open_dataset(folder)


# Classes


@pytest.fixture
def two_kinds(tmp_path):
    """A Dataset of one domain, whose pictures lie in the folders blues and reds."""
    for kind in ("blues", "reds"):
        fill(tmp_path / "kinds" / kind, 4, first_seed=len(kind) * 100)
    return tmp_path / "kinds"


def test_folders_are_classes(two_kinds):
    dataset = open_dataset(two_kinds, domains=1)
    told_apart = dataset.with_classes(dataset.folders())
    assert told_apart.classes == ("blues", "reds")
    assert set(told_apart.class_numbers(range(len(dataset.y.train)))) == {0, 1}


@pytest.mark.parametrize(
    ("classes", "text"),
    [
        (["blues"], "two folders or more"),
        (["blues", "greens"], "some lie in reds; name it"),
        (["blues", "reds", "greens"], "greens has none; leave it out, or choose among blues, reds"),
        (["blues", "reds", "reds"], "one is named twice; leave it out"),
    ],
)
def test_classes_that_no_picture_teaches_are_refused(two_kinds, classes, text):
    with pytest.raises(InputError, match=text):
        open_dataset(two_kinds, domains=1).with_classes(classes)


@pytest.mark.parametrize("name", ["red, dark", " reds"])
def test_a_class_that_no_setting_could_name_is_refused(two_kinds, name):
    """Settings name classes with commas between, and leave out spaces beside them."""
    (two_kinds / "reds").rename(two_kinds / name)
    dataset = open_dataset(two_kinds, domains=1)
    with pytest.raises(InputError, match=f"has no commas .*, got '{name}'; rename it"):
        dataset.with_classes(dataset.folders())
