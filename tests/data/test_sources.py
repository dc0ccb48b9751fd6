"""Every kind of folder that pictures come in, and what is said about those that will not do."""

import os

import pytest

from artnb.data import sources
from artnb.data.records import Record, write_shard
from artnb.data.sources import FilePicture, ShardPicture, find_source, pictures_in, two_folders
from artnb.errors import InputError

from .pictures import encoded, fill, picture


def fill_shards(folder, counts, target="monet", named=True):
    """Write shards that hold so many pictures each."""
    folder.mkdir(parents=True)
    number = 0
    for shard, count in enumerate(counts):
        records = []
        for _ in range(count):
            name = f"{number:04d}" if named else ""
            records.append(Record(name, encoded(picture(number), "JPEG"), target))
            number += 1
        write_shard(folder / f"{target}{shard:02d}-{count}.tfrec", records)


def sides(source):
    return (source.x.name, len(source.x.pictures)), (source.y.name, len(source.y.pictures))


# The competition's folder


def test_the_competition_turns_photos_into_paintings(tmp_path):
    fill(tmp_path / "monet_jpg", 2)
    fill(tmp_path / "photo_jpg", 3)
    source = find_source(tmp_path)
    assert sides(source) == (("photo", 3), ("monet", 2))
    assert source.remarks == (
        "photo: 3 pictures from photo_jpg",
        "monet: 2 pictures from monet_jpg",
    )


@pytest.mark.parametrize(
    ("files", "in_shards", "taken", "remark"),
    [
        (3, [1, 1], FilePicture, "monet: 3 pictures from monet_jpg rather than the 2 of the other"),
        (2, [2, 1], ShardPicture, "monet: 3 pictures from monet_tfrec rather than the 2 of the"),
        (3, [2, 1], ShardPicture, "monet: 3 pictures from monet_tfrec rather than the 3 of the"),
        (0, [2], ShardPicture, "monet: 2 pictures from monet_tfrec"),
    ],
)
def test_the_form_with_more_images_wins_and_shards_win_a_tie(
    tmp_path, files, in_shards, taken, remark
):
    fill(tmp_path / "monet_jpg", files, suffix=".jpg")
    fill_shards(tmp_path / "monet_tfrec", in_shards)
    fill(tmp_path / "photo_jpg", 2)
    source = find_source(tmp_path)
    assert {type(each) for each in source.y.pictures} == {taken}
    assert {type(each) for each in source.x.pictures} == {FilePicture}
    assert source.remarks[1].startswith(remark)
    assert ("rather" in source.remarks[1]) == ("rather" in remark)


def test_pictures_of_a_shard_have_its_names_and_bytes(tmp_path):
    fill_shards(tmp_path / "monet_tfrec", [2, 1])
    fill(tmp_path / "photo_jpg", 2)
    pictures = find_source(tmp_path).y.pictures
    assert [each.name for each in pictures] == ["0000", "0001", "0002"]
    assert [each.read() for each in pictures] == [encoded(picture(n), "JPEG") for n in range(3)]


def test_nameless_pictures_of_shards_get_unique_names(tmp_path):
    fill_shards(tmp_path / "monet_tfrec", [2, 1], named=False)
    fill(tmp_path / "photo_jpg", 2)
    names = [each.name for each in find_source(tmp_path).y.pictures]
    assert names == ["monet00-2-0", "monet00-2-1", "monet01-1-0"]


def test_a_damaged_shard_is_named(tmp_path):
    fill_shards(tmp_path / "monet_tfrec", [2])
    fill(tmp_path / "photo_jpg", 2)
    shard = tmp_path / "monet_tfrec" / "monet00-2.tfrec"
    shard.write_bytes(shard.read_bytes()[:-10])
    with pytest.raises(InputError, match=r"record 2 of .*monet00-2\.tfrec is truncated"):
        find_source(tmp_path)


def test_other_names_are_taken_in_alphabetical_order(tmp_path):
    fill(tmp_path / "realism_jpg", 2)
    fill(tmp_path / "baroque_jpg", 3)
    source = find_source(tmp_path)
    assert sides(source) == (("baroque", 3), ("realism", 2))
    assert (source.x.test_size, source.y.test_size) == (0.1, 0.1)


def test_an_empty_side_is_named(tmp_path):
    fill(tmp_path / "monet_jpg", 2)
    fill(tmp_path / "photo_jpg", 0)
    with pytest.raises(InputError, match="holds no photo pictures; download the data again"):
        find_source(tmp_path)


def test_300_photos_and_no_painting_are_held_out(tmp_path, monkeypatch):
    assert sources.COMPETITION_TEST_PHOTOS == 300
    monkeypatch.setattr(sources, "COMPETITION_TEST_PHOTOS", 3)
    fill(tmp_path / "monet_jpg", 2)
    fill(tmp_path / "photo_jpg", 40)
    source = find_source(tmp_path)
    assert (source.x.test_size, source.y.test_size) == (3, 0)


def test_of_a_part_of_the_photos_a_tenth_is_held_out(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "COMPETITION_TEST_PHOTOS", 3)
    fill(tmp_path / "monet_jpg", 2)
    fill(tmp_path / "photo_jpg", 20)
    source = find_source(tmp_path)
    assert (source.x.test_size, source.y.test_size) == (0.1, 0)


def test_the_real_competition_is_recognised(competition):
    source = find_source(competition)
    assert sides(source) == (("photo", 7038), ("monet", 300))
    assert (source.x.test_size, source.y.test_size) == (300, 0)
    assert source.remarks[1] == (
        "monet: 300 pictures from monet_jpg rather than the 60 of the other form"
    )


# trainA and trainB


@pytest.mark.parametrize(
    ("title", "x", "y", "remark"),
    [
        ("monet2photo", ("photo", 3), ("monet", 2), "X is photo (trainB), Y is monet (trainA)"),
        ("horse2zebra", ("horse", 2), ("zebra", 3), "X is horse (trainA), Y is zebra (trainB)"),
        ("photo2monet", ("photo", 2), ("monet", 3), "X is photo (trainA), Y is monet (trainB)"),
        ("my pictures", ("A", 2), ("B", 3), "X is A (trainA), Y is B (trainB)"),
        ("2photo", ("A", 2), ("B", 3), "X is A (trainA), Y is B (trainB)"),
        ("day2day", ("A", 2), ("B", 3), "X is A (trainA), Y is B (trainB)"),
    ],
)
def test_train_folders_are_named_by_their_parent(tmp_path, title, x, y, remark):
    fill(tmp_path / title / "trainA", 2)
    fill(tmp_path / title / "trainB", 3)
    source = find_source(tmp_path / title)
    assert sides(source) == (x, y)
    assert source.remarks[0].startswith(remark)


def test_the_title_is_found_from_within_the_folder(tmp_path, monkeypatch):
    fill(tmp_path / "monet2photo" / "trainA", 2)
    fill(tmp_path / "monet2photo" / "trainB", 3)
    monkeypatch.chdir(tmp_path / "monet2photo")
    assert find_source(sources.Path(".")).x.name == "photo"


def test_test_folders_are_kept(tmp_path):
    root = tmp_path / "monet2photo"
    for folder, count in {"trainA": 2, "testA": 1, "trainB": 3, "testB": 0}.items():
        fill(root / folder, count)
    source = find_source(root)
    assert [each.path for each in source.y.test_pictures] == [root / "testA" / "0000.png"]
    assert source.x.test_pictures is None  # an empty folder is no split


def test_trainA_alone_is_no_layout(tmp_path):
    fill(tmp_path / "trainA", 2)
    with pytest.raises(InputError, match="holds trainA, and training needs a Dataset"):
        find_source(tmp_path)


def test_an_empty_train_folder_is_named(tmp_path):
    fill(tmp_path / "trainA", 2)
    fill(tmp_path / "trainB", 0)
    with pytest.raises(InputError, match=r"trainB holds no pictures \(\.jpg, \.png"):
        find_source(tmp_path)


def test_domains_can_be_swapped(tmp_path):
    fill(tmp_path / "monet2photo" / "trainA", 2)
    fill(tmp_path / "monet2photo" / "trainB", 3)
    source = find_source(tmp_path / "monet2photo", swap_domains=True)
    assert sides(source) == (("monet", 2), ("photo", 3))
    assert source.remarks[-1] == "domains swapped as asked: X is monet, Y is photo"


# What will not do


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(InputError, match=r"must exist, and .*nowhere does not; check the path"):
        find_source(tmp_path / "nowhere")


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(encoded(picture(0), "JPEG"))
    with pytest.raises(InputError, match=r"photo\.jpg is a file, and a folder of training"):
        find_source(tmp_path / "photo.jpg")


def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(InputError, match="holds nothing, and training needs a Dataset"):
        find_source(tmp_path)


def test_an_unknown_layout_says_what_is_there_and_what_to_do(tmp_path):
    fill(tmp_path / "mine", 1)
    (tmp_path / "notes.txt").touch()
    with pytest.raises(
        InputError,
        match=r"holds mine, notes\.txt, and training needs .*trainA and trainB; make a Dataset "
        r"with artnb data prepare --photos DIR --paintings DIR --out DIR",
    ):
        find_source(tmp_path)


def test_one_or_three_domains_are_no_layout(tmp_path):
    fill(tmp_path / "photo_jpg", 2)
    with pytest.raises(InputError, match="holds photo_jpg, and training needs"):
        find_source(tmp_path)
    fill(tmp_path / "monet_jpg", 2)
    fill(tmp_path / "cezanne_jpg", 2)
    with pytest.raises(InputError, match="holds cezanne_jpg, monet_jpg, photo_jpg, and"):
        find_source(tmp_path)


# Two folders


def test_two_folders_hold_out_a_tenth(tmp_path):
    fill(tmp_path / "mine", 3)
    fill(tmp_path / "theirs", 2)
    source = two_folders(tmp_path / "mine", tmp_path / "theirs")
    assert sides(source) == (("photo", 3), ("painting", 2))
    assert (source.x.test_size, source.y.test_size) == (0.1, 0.1)
    assert source.path == f"{tmp_path / 'mine'} and {tmp_path / 'theirs'}"


def test_names_within_subfolders_are_unique(tmp_path):
    fill(tmp_path / "summer", 2)
    fill(tmp_path / "winter", 2)
    fill(tmp_path / ".thumbnails", 2)
    names = [each.name for each in pictures_in(tmp_path)]
    assert names == ["summer/0000.png", "summer/0001.png", "winter/0000.png", "winter/0001.png"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no names of raw bytes")
def test_a_name_that_is_no_unicode_can_be_written(tmp_path):
    try:
        with open(os.fsencode(tmp_path) + b"/caf\xe9.png", "wb") as file:
            file.write(encoded(picture(0)))
    except OSError:
        pytest.skip("this file system has no names of raw bytes")
    (found,) = pictures_in(tmp_path)
    assert found.name == r"caf\xe9.png"
    assert found.name.encode()
    assert found.read() == encoded(picture(0))


def test_a_folder_without_pictures_is_named(tmp_path):
    fill(tmp_path / "photos", 2)
    (tmp_path / "paintings").mkdir()
    (tmp_path / "paintings" / "list.txt").touch()
    with pytest.raises(InputError, match=r"paintings holds no pictures \(\.jpg, .*check the path"):
        two_folders(tmp_path / "photos", tmp_path / "paintings")


def test_a_missing_side_is_named(tmp_path):
    fill(tmp_path / "photos", 2)
    for missing in (tmp_path / "nowhere", tmp_path / "photos" / "nowhere"):
        with pytest.raises(InputError, match=r"of monet pictures must exist, and .*nowhere does"):
            two_folders(tmp_path / "photos", missing, y_name="monet")


def test_one_folder_is_not_two(tmp_path):
    fill(tmp_path / "mine", 2)
    with pytest.raises(InputError, match="need different folders, and both are"):
        two_folders(tmp_path / "mine", tmp_path / "other" / ".." / "mine")


@pytest.mark.parametrize("turned", [False, True])
def test_a_folder_within_the_other_is_refused(tmp_path, turned):
    fill(tmp_path / "mine", 2)
    fill(tmp_path / "mine" / "paintings", 2)
    pair = [tmp_path / "mine", tmp_path / "mine" / "paintings"]
    with pytest.raises(InputError, match=r"need separate folders, and .*paintings lies within"):
        two_folders(*(reversed(pair) if turned else pair))


def test_neighbours_with_alike_names_are_two_folders(tmp_path):
    fill(tmp_path / "mine", 2)
    fill(tmp_path / "mine-too", 2)
    two_folders(tmp_path / "mine", tmp_path / "mine-too")


@pytest.mark.parametrize("names", [("monet", "monet"), ("Monet", "monet")])
def test_equal_names_are_refused(tmp_path, names):
    with pytest.raises(InputError, match=r"need different names, got '[Mm]onet' and 'monet'"):
        two_folders(tmp_path / "a", tmp_path / "b", *names)


@pytest.mark.parametrize("name", ["", "a/b", "..", "a:b", "-x", "monet\n", " monet"])
def test_names_that_no_file_can_have_are_refused(tmp_path, name):
    with pytest.raises(InputError, match="name must be letters, digits, dots, dashes"):
        two_folders(tmp_path / "a", tmp_path / "b", "photo", name)


@pytest.mark.parametrize("name", ["van gogh", "Étretat", "ukiyo-e", "19th.century", "x", "浮世絵"])
def test_names_of_painters_are_accepted(tmp_path, name):
    fill(tmp_path / "a", 1)
    fill(tmp_path / "b", 1)
    assert two_folders(tmp_path / "a", tmp_path / "b", "photo", name).y.name == name


# The share that is held out


def test_another_share_is_taken_for_both_sides(tmp_path):
    fill(tmp_path / "a", 1)
    fill(tmp_path / "b", 1)
    source = two_folders(tmp_path / "a", tmp_path / "b").with_test_share(0.25)
    assert (source.x.test_size, source.y.test_size) == (0.25, 0.25)
    assert source.with_test_share(None) == source
    assert source.with_test_share(0).x.test_size == 0


@pytest.mark.parametrize("share", [-0.1, 1, 20, float("nan")])
def test_a_share_is_below_1(tmp_path, share):
    fill(tmp_path / "a", 1)
    fill(tmp_path / "b", 1)
    with pytest.raises(InputError, match=f"at least 0 and below 1, got {share}"):
        two_folders(tmp_path / "a", tmp_path / "b").with_test_share(share)
