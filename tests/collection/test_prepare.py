"""Two Collections become a Dataset: crops applied, groups together, a card beside it."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from artnb.cli import main
from artnb.collection.prepare import CARD, SHEET, CroppedPicture, prepare_pair, with_ids
from artnb.collection.table import Collection, complete_table, open_collection
from artnb.data.dataset import open_dataset
from artnb.data.decoding import UnreadableImageError
from artnb.data.images import decode_rgb
from artnb.errors import InputError
from tests.collection.paintings import painting

NAMES = ("baroque", "realism")


def noise(seed, size=(48, 40)):
    pixels = np.random.default_rng(seed).integers(0, 256, (*size[::-1], 3), np.uint8)
    return Image.fromarray(pixels)


def make_collection(folder, count, first_seed=0, **columns):
    import pandas

    (folder / "images").mkdir(parents=True)
    for number in range(count):
        noise(first_seed + number).save(folder / "images" / f"{number}.png")
    rows = pandas.DataFrame(
        {
            "id": [f"picture-{number:02d}" for number in range(count)],
            "file": [f"{number}.png" for number in range(count)],
            **columns,
        }
    )
    collection = Collection(folder, complete_table(rows), folder / "images")
    collection.save()
    return collection


@pytest.fixture
def sides(tmp_path):
    return make_collection(tmp_path / "x", 12), make_collection(tmp_path / "y", 10, 100)


def test_a_dataset_like_any_other(sides, tmp_path):
    dataset = prepare_pair(*sides, tmp_path / "out", NAMES, size_px=32, test_share=0.25)
    assert (dataset.x.name, dataset.y.name) == NAMES
    assert (len(dataset.x.train), len(dataset.x.test)) == (9, 3)
    assert open_dataset(tmp_path / "out").fingerprint == dataset.fingerprint


def test_what_is_not_kept_or_not_here_stays_out(tmp_path, sides):
    x = make_collection(
        tmp_path / "some",
        8,
        keep=["no", "", "yes", "No", *[""] * 4],
        reason=["repeats a", *[""] * 7],
    )
    (x.images / "7.png").unlink()
    dataset = prepare_pair(x, sides[1], tmp_path / "out", NAMES, size_px=32, test_share=0)
    assert dataset.x.train.names == [f"picture-0{number}" for number in (1, 2, 4, 5, 6)]
    card = (tmp_path / "out" / CARD).read_text(encoding="utf-8")
    assert "left out: 2: repeats (1), no reason given (1)" in card
    assert "not here: 1" in card


def test_crops_are_taken_from_the_upright_picture(tmp_path):
    path = tmp_path / "turned.jpg"
    image = Image.new("RGB", (60, 40), "white")
    image.paste("red", (0, 0, 30, 40))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned right by a quarter: red is above then
    image.save(path, quality=95, exif=exif)
    from artnb.collection.borders import Box

    cropped = decode_rgb(CroppedPicture("a", path, box=Box(0, 0, 40, 30)).read())
    assert cropped.shape == (30, 40, 3)
    assert np.abs(cropped[:28].astype(int) - (255, 0, 0)).max() < 30
    with pytest.raises(UnreadableImageError, match="0 0 50 30 leads out of its 40×60 pixels"):
        CroppedPicture("a", path, box=Box(0, 0, 50, 30)).read()


def test_without_a_crop_a_picture_keeps_its_bytes(tmp_path):
    noise(0).save(tmp_path / "a.png")
    assert CroppedPicture("a", tmp_path / "a.png").read() == (tmp_path / "a.png").read_bytes()


def test_a_crop_that_is_none_names_its_row(sides, tmp_path):
    x = make_collection(tmp_path / "bad", 3, crop=["", "1 2 3", ""])
    with pytest.raises(InputError, match="crop of picture-01 must be"):
        prepare_pair(x, sides[1], tmp_path / "out", NAMES, size_px=32)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("seed", range(6))
def test_groups_stay_on_one_side(sides, tmp_path, seed):
    x = make_collection(
        tmp_path / f"grouped-{seed}", 12, group=["a", "b", "b", "a", *["c"] * 3, *[""] * 5]
    )
    dataset = prepare_pair(
        x, sides[1], tmp_path / f"out-{seed}", NAMES, size_px=32, test_share=0.5, seed=seed
    )
    held_out = set(dataset.x.test.names)
    assert 4 <= len(held_out) <= 6
    for group in ((0, 3), (1, 2), (4, 5, 6)):
        assert len({f"picture-{number:02d}" in held_out for number in group}) == 1


def test_the_order_of_rows_plays_no_part(sides, tmp_path):
    x, y = sides
    turned = x.with_table(x.table.iloc[::-1])
    first = prepare_pair(x, y, tmp_path / "a", NAMES, size_px=32)
    second = prepare_pair(turned, y, tmp_path / "b", NAMES, size_px=32)
    for path in sorted((tmp_path / "a").glob("*.tfrec")):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
    assert first.fingerprint == second.fingerprint


def test_the_card_says_what_is_in_it(tmp_path):
    x = make_collection(
        tmp_path / "x",
        6,
        style=["Baroque"] * 4 + ["Rococo"] * 2,
        first_year=[1650] * 6,
        last_year=[1700] * 6,
        urls=["https://paintings.example/a.jpg"] * 6,
    )
    y = make_collection(tmp_path / "y", 5, 100)
    prepare_pair(x, y, tmp_path / "out", NAMES, size_px=32, licence="CC0")
    card = (tmp_path / "out" / CARD).read_text(encoding="utf-8")
    for part in (
        "# baroque → realism",
        "Licence: CC0",
        "| baroque | 5 | 1 |",
        "style: Baroque (4), Rococo (2)",
        "from: paintings.example (6)",
        "painted 1650 to 1700",
    ):
        assert part in card
    sheet = np.asarray(Image.open(tmp_path / "out" / SHEET))
    assert sheet.shape[1] > 5 * 32
    assert sheet.std() > 20
    assert str(tmp_path) not in card


def test_sides_that_share_a_picture_are_refused(sides, tmp_path):
    with pytest.raises(InputError, match=r"must not share pictures, and 12 are on both, such as 0"):
        prepare_pair(sides[0], sides[0], tmp_path / "out", NAMES)


def test_nothing_in_use_says_what_to_do(sides, tmp_path):
    x = make_collection(tmp_path / "none", 3, keep=["no"] * 3)
    with pytest.raises(InputError, match="none of its 3 rows has one here; fetch them with artnb"):
        prepare_pair(x, sides[1], tmp_path / "out", NAMES)


def test_ids_of_a_pairing_choose(sides, tmp_path):
    ids = tmp_path / "x-ids.txt"
    ids.write_text("picture-03\npicture-05\n", encoding="utf-8")
    assert list(with_ids(sides[0], ids).table["id"]) == ["picture-03", "picture-05"]
    ids.write_text("picture-03\nsunset\n", encoding="utf-8")
    with pytest.raises(InputError, match="1 of its ids are in none, such as sunset; pair"):
        with_ids(sides[0], ids)
    with pytest.raises(InputError, match="must be a text file with an id in each line"):
        with_ids(sides[0], tmp_path / "nothere.txt")


def test_the_command(sides, tmp_path, capsys):
    ids = tmp_path / "x-ids.txt"
    ids.write_text("".join(f"picture-{number:02d}\n" for number in range(6)), encoding="utf-8")
    x, y = (str(side.folder) for side in sides)
    command = ["collection", "prepare", x, y, "--out", str(tmp_path / "out"), "--size-px", "32"]
    command += ["--x-name", "baroque", "--y-name", "realism", "--x-ids", str(ids)]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "baroque (5 train, 1 test) → realism (9 train, 1 test), 32 px" in said
    assert f"Next:               artnb train --data {tmp_path / 'out'}" in said
    assert open_collection(sides[0].folder).table.equals(sides[0].table), "the table has changed"
    assert main(command) == 2
    assert "must be new or empty" in capsys.readouterr().err


def test_a_picture_on_both_sides_is_said(sides, tmp_path, capsys):
    x, y = sides
    for side in sides:
        painting(3, 160, 120).save(side.images / "9.png")
        painting(4 + (side is y), 160, 120).save(side.images / "8.png")
    ImageOps.mirror(painting(3, 160, 120)).resize((200, 150)).save(y.images / "9.png")
    prepare_pair(x, y, tmp_path / "out", NAMES, size_px=32)
    told = "1 pictures are on both sides, such as picture-09 = picture-09; write keep = no for one"
    assert told in capsys.readouterr().out
    assert told in (tmp_path / "out" / "dataset.md").read_text()
    table = y.table.copy()
    table.loc[table["id"] == "picture-09", "keep"] = "no"
    prepare_pair(x, y.with_table(table), tmp_path / "decided", NAMES, size_px=32)
    assert "on both sides" not in capsys.readouterr().out
