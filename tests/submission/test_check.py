"""What `submit check` turns down, and by which words; a MiFID has its name with Inception alone."""

import struct
import warnings
import zipfile
from dataclasses import replace

import pytest

from artnb.errors import InputError
from artnb.evaluation.zips import pictures_of_zip
from artnb.submission import check
from artnb.submission.check import check_submission, listed, local_mifid
from artnb.submission.rules import Rules
from tests.evaluation.stand_in import Colours, write_pictures
from tests.submission.made import FEW, SIZE_PX, encoded, some_pictures, write_zip


@pytest.fixture
def submission(tmp_path):
    def write(pictures, *more, name="images.zip"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the standard library's, of duplicate names
            return write_zip(tmp_path / name, pictures, *more)

    return write


def problems_of(path, rules=FEW):
    return check_submission(path, rules).problems


def test_a_right_one_passes(submission):
    checked = check_submission(submission(some_pictures(5)), FEW)
    assert checked.is_right
    assert (checked.pictures, checked.warnings, checked.notes) == (5, (), ())
    assert "is right by the rules given here (3 to 40 pictures): 5 pictures" in checked.describe()


def test_the_competitions_own_figures():
    rules = Rules()
    assert (rules.fewest, rules.most, rules.size_px) == (7_000, 10_000, 256)


def test_300_pictures_are_too_few(submission):
    (problem,) = problems_of(submission(some_pictures(300)), Rules(size_px=SIZE_PX))
    assert problem == "it must hold 7,000 to 10,000 pictures, and it holds 300"


def test_10_001_pictures_are_too_many(submission):
    tiny = encoded(size_px=2)
    path = submission({f"{number}.jpg": tiny for number in range(10_001)})
    problems = problems_of(path, Rules(size_px=2))
    assert problems[0] == "it must hold 7,000 to 10,000 pictures, and it holds 10,001"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (encoded(9, size_px=16), "pictures must be 32×32, and these are 16×16"),
        (encoded(9, mode="L"), "pictures must have three colours, and these are grey"),
        (encoded(9, mode="CMYK"), "pictures must have three colours, and these are CMYK"),
        (encoded(9, form="PNG"), "pictures must be JPEGs, and these are PNG"),
        (encoded(9)[:-200], "pictures must be whole, and these are cut off or damaged"),
        (b"no picture at all", "pictures are needed, and these are none"),
        (b"", "pictures are needed, and these are none"),
        (b"\xff\xd8" + bytes(3_000_000), "no picture of this size has more than 2 MB"),
    ],
    ids=["size", "grey", "CMYK", "PNG", "truncated", "text", "empty", "huge"],
)
def test_a_wrong_picture_is_named(submission, wrong, sentence):
    path = submission(some_pictures(5), ("wrong.jpg", wrong))
    assert problems_of(path) == (f"{sentence}: wrong.jpg",)


def test_128_pixels_are_not_256(submission):
    path = submission(some_pictures(5, size_px=128))
    (problem,) = problems_of(path, replace(FEW, size_px=256))
    assert problem == (
        "pictures must be 256×256, and these are 128×128: 0000.jpg, 0001.jpg, 0002.jpg and 2 more"
    )


@pytest.mark.parametrize("name", ["monet/a.jpg", "monet\\a.jpg", "../a.jpg", "/a.jpg"])
def test_folders_are_turned_down(submission, name):
    (problem,) = problems_of(submission(some_pictures(5), (name, encoded(9))))
    assert problem.startswith("pictures must lie at the top level, without folders: ")


def test_an_empty_folder_counts_as_one(submission):
    (problem,) = problems_of(submission(some_pictures(5), ("monet/", b"")))
    assert problem == "pictures must lie at the top level, without folders: monet/"


def test_other_files_are_turned_down(submission):
    problems = problems_of(submission(some_pictures(5), ("notes.txt", b"text")))
    assert problems[0] == "only .jpg files belong into it: notes.txt"


def test_names_that_are_there_twice(submission):
    (problem,) = problems_of(submission(some_pictures(5), ("0001.jpg", encoded(9))))
    assert problem == "names must differ, and these are there again: 0001.jpg"


def test_another_name_of_the_zip_is_a_warning(submission):
    checked = check_submission(submission(some_pictures(5), name="submission.zip"), FEW)
    assert checked.is_right
    assert checked.warnings == (
        "the competition looks for images.zip, and this is submission.zip: rename it",
    )


def test_a_few_repeats_are_a_note(submission):
    path = submission(some_pictures(200, size_px=8), ("again.jpg", encoded(7, size_px=8)))
    checked = check_submission(path, Rules(fewest=3, most=300, size_px=8))
    assert checked.is_right
    assert checked.notes == (
        "1 picture repeats another, as the official photos do: again.jpg = 0007.jpg",
    )


def test_many_repeats_are_an_error(submission):
    (problem,) = problems_of(submission(some_pictures(20), ("again.jpg", encoded(7))))
    assert problem.startswith("1 picture repeats another, 4.8% of all")
    assert problem.endswith("at most 1% should: again.jpg = 0007.jpg")


def test_a_wrong_checksum_is_noticed(submission):
    path = submission(some_pictures(5))
    data = bytearray(path.read_bytes())
    data[data.index(b"\xff\xd8\xff") + 100] ^= 0xFF
    path.write_bytes(data)
    assert problems_of(path) == ("entries must be readable, and their checksum is wrong: 0000.jpg",)


def test_a_zip_without_its_end(submission):
    path = submission(some_pictures(5))
    path.write_bytes(path.read_bytes()[:-100])
    (problem,) = problems_of(path)
    assert "it is no zip file, or its end is missing" in problem


def test_something_else_that_is_called_zip(tmp_path):
    path = tmp_path / "images.zip"
    path.write_bytes(b"an error page of a server" * 100)
    (problem,) = problems_of(path)
    assert "it is no zip file" in problem


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(InputError, match="must be a zip file"):
        check_submission(tmp_path / "images.zip")


def test_encrypted_entries_are_turned_down(submission):
    path = submission(some_pictures(5))
    data = bytearray(path.read_bytes())
    directory = data.index(b"PK\x01\x02")
    data[directory + 8] |= 1  # the flags of the first entry in the table of contents
    path.write_bytes(data)
    assert problems_of(path) == ("entries must not be encrypted: 0000.jpg",)


def test_other_compressions_are_turned_down(tmp_path):
    path = tmp_path / "images.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for name, data in some_pictures(4).items():
            archive.writestr(name, data)
    (problem,) = problems_of(path)
    assert problem.startswith("entries must be stored or deflated")


def test_a_bomb_is_not_unpacked(tmp_path):
    path = tmp_path / "images.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.jpg", bytes(40_000_000))
        for name, data in some_pictures(4).items():
            archive.writestr(name, data)
    assert problems_of(path) == ("no picture of this size has more than 2 MB: bomb.jpg",)


def test_a_bomb_that_lies_about_its_size(tmp_path):
    path = tmp_path / "images.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.jpg", bytes(40_000_000))
        for name, data in some_pictures(4).items():
            archive.writestr(name, data)
    data = bytearray(path.read_bytes())
    directory = data.index(b"PK\x01\x02")
    struct.pack_into("<L", data, directory + 24, 1000)
    path.write_bytes(data)
    (problem,) = problems_of(path)
    assert problem.endswith("bomb.jpg")


def test_a_table_of_contents_beyond_all_measure_is_not_read(submission):
    path = submission(some_pictures(5))
    data = bytearray(path.read_bytes())
    end = data.rindex(b"PK\x05\x06")
    struct.pack_into("<L", data, end + 12, 900_000_000)
    path.write_bytes(data)
    (problem,) = problems_of(path)
    assert "its table of contents has 900 MB" in problem


def test_a_picture_of_many_pixels_is_not_decoded(submission):
    path = submission(some_pictures(5), ("large.jpg", encoded(1, size_px=6000)))
    (problem,) = problems_of(path)
    assert problem == "pictures must be 32×32, and these are 6000×6000: large.jpg"


def test_long_lists_are_cut():
    assert listed(["a", "b", "c"]) == "a, b, c"
    assert listed(list("abcdefg")) == "a, b, c and 4 more"


def test_a_zips_pictures_can_be_measured(submission):
    pictures = pictures_of_zip(submission(some_pictures(5)))
    assert list(pictures.names) == [f"{number:04d}.jpg" for number in range(5)]
    (seen,) = pictures.read([3])
    assert seen.picture.shape == (SIZE_PX, SIZE_PX, 3)


@pytest.fixture
def measured(tmp_path):
    return write_zip(tmp_path / "images.zip", some_pictures(12))


@pytest.fixture
def real(tmp_path):
    return write_pictures(tmp_path / "monet", 10, seed=5)


@pytest.fixture
def colours(monkeypatch, tmp_path):
    """Stand in for the extractors, whose weights not every machine has."""

    def load(name, *_):
        extractor = Colours()
        extractor.name, extractor.title = name, name.capitalize()
        return extractor

    monkeypatch.setenv("ARTNB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("artnb.evaluation.extractor.load_extractor", load)


def test_without_real_paintings_it_is_not_computed(measured):
    (line,) = local_mifid(measured, None)
    assert line.startswith("MiFID: not computed, since there are no real paintings")


def test_without_weights_it_is_not_computed_and_says_why(measured, real, monkeypatch):
    monkeypatch.setattr(check, "weights_at_hand", lambda _kind: None)
    (line,) = local_mifid(measured, real)
    assert line.startswith("MiFID: not computed, since it is defined on Inception, whose weights")


def test_with_inception_it_has_its_name_and_is_called_a_proxy(measured, real, colours):
    lines = local_mifid(measured, real, "inception")
    assert any(line.startswith("MiFID: ") and line[7].isdigit() for line in lines)
    assert any("stands in for Kaggle's" in line for line in lines)


def test_another_extractor_never_gives_a_mifid(measured, real, colours):
    lines = local_mifid(measured, real, "squeezenet")
    assert lines[0] == "MiFID: not computed: it is defined on Inception alone"
    assert lines[1].startswith("memorisation-informed Fréchet distance (Squeezenet): ")
    assert not any(line.startswith("MiFID") for line in lines[1:])


def test_what_must_not_be_compared_is_not(tmp_path, measured, colours):
    own = tmp_path / "own"
    own.mkdir()
    for name, data in some_pictures(12).items():
        (own / name).write_bytes(data)
    (line,) = local_mifid(measured, own, "inception")
    assert line.startswith("MiFID: not computed: a reference set must share no picture")


def test_an_unknown_extractor_is_told(measured, real):
    (line,) = local_mifid(measured, real, "resnet")
    assert "there is no extractor 'resnet'" in line


# What others put into zips, and what is no zip


RUBBISH = [
    *((f"__MACOSX/._{number}.jpg", b"\0\5\x16\7 resource fork") for number in range(5)),
    *((".DS_Store", b"\0\0\0\1Bud1"), ("._a.jpg", b"\0\5\x16\7"), ("__MACOSX/", b"")),
]


def test_what_macos_adds_is_named_and_is_no_picture(submission):
    checked = check_submission(submission(some_pictures(5), *RUBBISH), FEW)
    assert checked.pictures == 5
    (problem,) = checked.problems
    assert problem.startswith("macOS or Windows put these into the zip")
    assert "zip -d" in problem
    assert "__MACOSX/._0.jpg, __MACOSX/._1.jpg, __MACOSX/._2.jpg and 5 more" in problem


def test_what_macos_adds_does_not_make_enough_pictures(submission):
    problems = problems_of(submission(some_pictures(2), *RUBBISH))
    assert problems[0] == "it must hold 3 to 40 pictures, and it holds 2"


def test_what_macos_adds_does_not_make_too_many(submission):
    more = ((f"__MACOSX/._{number}.jpg", b"") for number in range(90))
    checked = check_submission(submission(some_pictures(30), *more), FEW)
    assert (checked.pictures, len(checked.problems)) == (30, 1)


@pytest.mark.parametrize("content", [b"Rar!\x1a\7\0", b"", b"PK\3\4 cut off"])
def test_what_is_no_zip_is_not_told_to_be_renamed(tmp_path, content):
    path = tmp_path / "mine.rar"
    path.write_bytes(content)
    checked = check_submission(path, FEW)
    assert checked.problems[0].startswith("it is no zip file")
    assert checked.warnings == ()


def test_a_measured_zip_is_taken_without_what_macos_adds(submission):
    names = pictures_of_zip(submission(some_pictures(3), *RUBBISH)).names
    assert len(names) == 3
