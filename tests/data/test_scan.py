"""The look at every picture: what is usable, what repeats, what is held out."""

import random
import threading

import pytest

from artnb.data.dataset import as_images
from artnb.data.images import hash_pixels, prepare_image
from artnb.data.scan import scan, split_key
from artnb.data.sources import FilePicture, SourceDomain, find_source
from artnb.errors import InputError
from artnb.parallel import in_parallel

from .pictures import CountedProgress, encoded, fill, picture, two_filled

SIZE_PX = 32


def names(entries) -> list[str]:
    return [entry.picture.name for entry in entries]


def hashes(entries) -> set[str]:
    return {entry.pixel_sha256 for entry in entries}


def held_out(domain: SourceDomain, seed: int = 0) -> list[str]:
    """Scan a domain as X and give the hashes of its test pictures."""
    (x,) = scan([domain], SIZE_PX, seed)
    return sorted(hashes(x.split("test")))


def pictures_of(folder, count: int, first_seed: int = 0):
    return tuple(FilePicture(path.name, path) for path in fill(folder, count, first_seed))


# Splits


@pytest.mark.parametrize(
    ("test_size", "expected"), [(0, 0), (0.1, 2), (0.5, 10), (0.9, 18), (1, 1), (7, 7)]
)
def test_as_many_are_held_out_as_asked(tmp_path, test_size, expected):
    domain = SourceDomain("photo", pictures_of(tmp_path, 20), test_size=test_size)
    (x,) = scan([domain], SIZE_PX)
    assert (len(x.split("test")), len(x.split("train"))) == (expected, 20 - expected)


def test_the_split_is_a_ranking_by_seed_and_pixels(tmp_path):
    domain = SourceDomain("photo", pictures_of(tmp_path, 20), test_size=3)
    pixels = [hash_pixels(picture(seed)) for seed in range(20)]
    assert held_out(domain, seed=5) == sorted(sorted(pixels, key=lambda p: split_key(5, p))[:3])


def test_the_ranking_is_what_it_always_was():
    """Another hash would move pictures from test to train in everybody's Datasets."""
    # printf 7:abc | sha256sum
    expected = "d9d02ef46913e78745d85b7ee05d3e0e27006b67a080a426be4414c506b82aab"
    assert split_key(7, "abc") == expected


def test_the_split_ignores_names_order_and_format(tmp_path):
    domain = SourceDomain("photo", pictures_of(tmp_path / "a", 20), test_size=0.3)
    order = list(range(20))
    random.Random(0).shuffle(order)
    renamed = []
    for number, seed in enumerate(order):
        path = tmp_path / f"renamed-{number}.bmp"
        picture(seed).save(path)
        renamed.append(FilePicture(path.name, path))
    again = SourceDomain("photo", tuple(renamed), test_size=0.3)
    assert held_out(domain) == held_out(again)
    assert held_out(domain, seed=1) == held_out(again, seed=1)


def test_another_seed_gives_another_split(tmp_path):
    domain = SourceDomain("photo", pictures_of(tmp_path, 20), test_size=0.5)
    assert held_out(domain, seed=0) != held_out(domain, seed=1)


def test_existing_test_folders_are_the_split(tmp_path):
    root = tmp_path / "monet2photo"
    fill(root / "trainA", 4)
    fill(root / "testA", 2, first_seed=10)
    fill(root / "trainB", 20, first_seed=20)
    photo, monet = scan(find_source(root).domains, SIZE_PX)
    assert names(monet.split("train")) == ["0000.png", "0001.png", "0002.png", "0003.png"]
    assert hashes(monet.split("test")) == {hash_pixels(picture(seed)) for seed in (10, 11)}
    assert len(photo.split("test")) == 2


def test_the_order_within_a_split_is_the_source_s(tmp_path):
    domain = SourceDomain("photo", pictures_of(tmp_path, 20), test_size=0.5)
    (x,) = scan([domain], SIZE_PX)
    assert names(x.entries) == [f"{number:04d}.png" for number in range(20)]
    assert names(x.split("train")) == sorted(names(x.split("train")))


# Repeats


def with_repeats(root, copies: int) -> tuple[FilePicture, ...]:
    """Ten pictures, the first of them so many times more in another file format."""
    paths = fill(root, 10)
    for copy in range(copies):
        paths.append(root / f"copy-{copy}.bmp")
        picture(0).save(paths[-1])
    return tuple(FilePicture(path.name, path) for path in paths)


def test_repeats_are_reported(tmp_path):
    domain = SourceDomain("photo", with_repeats(tmp_path, 2))
    (x,) = scan([domain], SIZE_PX)
    assert [(e.picture.name, e.duplicate_of) for e in x.duplicates] == [
        ("copy-0.bmp", "0000.png"),
        ("copy-1.bmp", "0000.png"),
    ]


def test_repeats_under_one_name_are_reported(tmp_path):
    root = tmp_path / "monet2photo"
    fill(root / "trainA", 3)
    fill(root / "testA", 1)
    fill(root / "trainB", 3, first_seed=10)
    _, monet = scan(find_source(root).domains, SIZE_PX)
    assert [(e.split, e.picture.name, e.duplicate_of) for e in monet.duplicates] == [
        ("test", "0000.png", "0000.png")
    ]


@pytest.mark.parametrize("seed", range(6))
def test_repeats_go_the_same_way(tmp_path, seed):
    domain = SourceDomain("photo", with_repeats(tmp_path, 4), test_size=6)
    (x,) = scan([domain], SIZE_PX, seed)
    assert not hashes(x.split("train")) & hashes(x.split("test"))
    assert len(x.split("test")) == 6


def test_counts_are_exact_beside_repeats_that_do_not_fit(tmp_path):
    """Wherever the five equal pictures rank, four others are found."""
    domain = SourceDomain("photo", with_repeats(tmp_path, 4), test_size=4)
    for seed in range(6):
        assert len(held_out(domain, seed)) == 4


# What cannot be read


def test_unreadable_files_are_listed_and_skipped(tmp_path):
    source = two_filled(tmp_path)
    (tmp_path / "photos" / "0003.png").write_text("no picture")
    (tmp_path / "photos" / "0005.png").write_bytes(encoded(picture(5))[:60])
    (tmp_path / "photos" / "0007.png").unlink()
    x, y = scan(source.domains, SIZE_PX)
    assert names(x.split("unreadable")) == ["0003.png", "0005.png", "0007.png"]
    problems = [entry.problem for entry in x.split("unreadable")]
    assert problems[0] == "it is not a picture in a known format"
    assert problems[1].startswith("it cannot be decoded (")
    assert "No such file" in problems[2]
    assert len(x.split("train")) + len(x.split("test")) == 7
    assert x.duplicates == []  # files without pixels are not equal
    assert y.split("unreadable") == []


def test_an_unreadable_file_of_a_test_folder_is_no_test_picture(tmp_path):
    root = tmp_path / "monet2photo"
    fill(root / "trainA", 3)
    fill(root / "testA", 2)
    fill(root / "trainB", 3, first_seed=10)
    (root / "testA" / "0001.png").write_text("no picture")
    _, monet = scan(find_source(root).domains, SIZE_PX)
    assert names(monet.split("test")) == ["0000.png"]
    assert names(monet.split("unreadable")) == ["0001.png"]


def test_too_few_usable_pictures_say_why(tmp_path):
    source = two_filled(tmp_path, paintings=3)
    for name in ("0000.png", "0001.png"):
        (tmp_path / "paintings" / name).write_text("no picture")
    with pytest.raises(
        InputError,
        match=r"at least 2 usable painting pictures, got 1; 2 cannot be read \(0000\.png: it is "
        r"not a picture in a known format\); add pictures",
    ):
        scan(source.domains, SIZE_PX)


def test_a_share_that_leaves_too_few_says_so(tmp_path):
    source = two_filled(tmp_path).with_test_share(0.9)
    with pytest.raises(InputError, match=r"photo pictures, got 1; add pictures or hold out fewer"):
        scan(source.domains, SIZE_PX)


# Memory and threads


def test_bytes_are_kept_within_the_limit_and_read_again_beyond(tmp_path):
    domains = two_filled(tmp_path).domains
    for kept, streamed in zip(
        scan(domains, SIZE_PX), scan(domains, SIZE_PX, memory_limit_gb=0), strict=True
    ):
        in_memory, again = (as_images(d.split("train"), SIZE_PX) for d in (kept, streamed))
        assert in_memory.in_memory
        assert not again.in_memory
        assert all(entry.jpeg is None for entry in streamed.entries)
        assert list(in_memory) == list(again)
        assert in_memory.names == again.names


def test_a_limit_reached_in_the_second_domain_frees_the_first_too(tmp_path):
    source = two_filled(tmp_path)
    photos = sum(len(prepare_image(each.read(), SIZE_PX)[0]) for each in source.x.pictures)
    x, y = scan(source.domains, SIZE_PX, memory_limit_gb=(photos + 1) / 1e9)
    assert all(entry.jpeg is None for entry in (*x.entries, *y.entries))


def test_progress_is_called_for_every_picture(tmp_path):
    progress = CountedProgress()
    scan(two_filled(tmp_path).domains, SIZE_PX, progress=progress)
    assert progress.calls == {"reading photo": [10, 10], "reading painting": [4, 4]}


def test_in_parallel_keeps_the_order_and_runs_in_threads():
    seen = set()

    def work(number):
        seen.add(threading.current_thread().name)
        return number * number

    assert list(in_parallel(work, range(300))) == [n * n for n in range(300)]
    assert threading.current_thread().name not in seen


def test_in_parallel_takes_no_more_than_it_can_hold():
    taken = []

    def endless():
        while True:
            taken.append(None)
            yield len(taken)

    results = in_parallel(lambda number: number, endless())
    assert [next(results) for _ in range(3)] == [1, 2, 3]
    assert len(taken) <= 3 + 64
    results.close()


def test_in_parallel_passes_errors_on():
    def fail_at_5(number):
        if number == 5:
            raise OSError("five")
        return number

    results = in_parallel(fail_at_5, range(10))
    assert [next(results) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(OSError, match="five"):
        next(results)
