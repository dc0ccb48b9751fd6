import hashlib
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas
import pytest
from PIL import Image, ImageOps

from artnb.cli import build_parser, main
from artnb.collection.clean import Cleaning, clean, kind_of
from artnb.collection.table import open_collection
from artnb.errors import InputError
from tests.collection.paintings import collection_of, edited, framed, painting, row
from tests.data.pictures import snapshot

SMALL = Cleaning(smallest_px=100)


def some(folder, **columns):
    pictures = {
        "a.png": painting(0),
        "b.png": painting(0).resize((300, 240)),
        "c.png": ImageOps.mirror(painting(0)),
        "d.png": painting(1),
        "e.png": framed(painting(2), 20, 20, 20, 20),
        "f.png": painting(3, 120, 90),
        "g.png": painting(4).convert("L"),
        "h.png": Image.fromarray(np.full((150, 150, 3), 240, np.uint8)),
        "i.jpg": b"<html>404 Not Found</html>",
        "j.jpg": b"",
    }
    return collection_of(folder, pictures, **columns)


def test_what_is_found_is_in_the_table_and_no_file_changes(tmp_path):
    collection = some(tmp_path)
    before = snapshot(collection.images)
    cleaned = clean(collection, SMALL)
    found = {i: (row(cleaned.collection, i)["keep"], row(cleaned.collection, i)["reason"])
             for i in "abcdefghij"}  # fmt: skip
    assert found == {
        "a": ("no", "repeats b"),
        "b": ("", ""),
        "c": ("no", "repeats b"),
        "d": ("", ""),
        "e": ("", ""),
        "f": ("no", "too small: 120×90 px"),
        "g": ("", "kept, but look at it: nearly grey"),
        "h": ("", "kept, but look at it: blank"),
        "i": ("no", "unreadable: it is not a picture in a known format"),
        "j": ("no", "unreadable: it is not a picture in a known format"),
    }
    assert row(cleaned.collection, "e")["crop"] == "20 20 220 180"
    assert [row(cleaned.collection, i)["group"] for i in "abcd"] == ["a", "a", "a", ""]
    assert (row(cleaned.collection, "b")["width"], cleaned.counts["in use"]) == ("300", 5)
    assert "      2 left out: repeat another" in cleaned.describe()
    assert snapshot(collection.images) == before
    assert "crop" not in collection.table.columns


def test_cleaning_twice_says_the_same(tmp_path):
    cleaned = clean(some(tmp_path), SMALL).collection
    cleaned.save()
    again = clean(open_collection(tmp_path), SMALL).collection
    again.save()
    assert again.table.equals(cleaned.table)


def test_what_the_user_wrote_wins(tmp_path):
    collection = clean(some(tmp_path), SMALL).collection
    collection = edited(collection, "a", keep="yes", reason="the better scan")
    collection = edited(collection, "d", keep="no", reason="hangs elsewhere")
    collection = edited(collection, "e", crop="none")
    collection = edited(collection, "f", keep="Yes")
    collection = edited(collection, "g", reason="a drawing")
    collection = edited(collection, "h", crop="10 10 140 140")
    again = clean(collection, SMALL).collection
    assert (row(again, "a")["keep"], row(again, "a")["reason"]) == ("yes", "the better scan")
    assert [row(again, i)["reason"] for i in "bc"] == ["repeats a", "repeats a"]
    assert (row(again, "d")["keep"], row(again, "d")["reason"]) == ("no", "hangs elsewhere")
    assert (row(again, "e")["crop"], row(again, "h")["crop"]) == ("none", "10 10 140 140")
    assert (row(again, "f")["keep"], row(again, "g")["reason"]) == ("Yes", "a drawing")


def test_what_repeats_a_picture_that_the_user_refused_is_kept(tmp_path):
    collection = edited(some(tmp_path), "b", keep="no")
    cleaned = clean(collection, SMALL).collection
    assert [row(cleaned, i)["reason"] for i in "abc"] == ["", "", "repeats a"]
    assert row(cleaned, "b")["group"] == row(cleaned, "a")["group"]


def test_other_settings_take_back_what_earlier_ones_said(tmp_path):
    collection = clean(some(tmp_path), SMALL).collection
    loose = Cleaning(smallest_px=0, crop=False, most_bits=None)
    again = clean(collection, loose).collection
    assert [row(again, i)["keep"] for i in "acf"] == ["", "", ""]
    assert row(again, "e")["crop"] == ""
    assert row(again, "i")["keep"] == "no"


def test_a_border_beyond_the_limit_is_said_and_stays(tmp_path):
    collection = collection_of(tmp_path, {"a.png": framed(painting(0), *[50] * 4)})
    cut = clean(collection, replace(SMALL, smallest_remainder=0.3)).collection
    assert row(cut, "a")["crop"] == "50 50 250 210"
    kept = clean(collection, replace(SMALL, smallest_remainder=0.9)).collection
    assert row(kept, "a")["crop"] == ""
    assert row(kept, "a")["reason"] == "kept, but look at it: more border than may be cut"


def test_size_counts_after_cropping(tmp_path):
    collection = collection_of(tmp_path, {"a.png": framed(painting(0), *[20] * 4)})
    cleaned = clean(collection, Cleaning(smallest_px=180)).collection
    assert row(cleaned, "a")["reason"] == "too small: 200×160 px"
    assert (
        row(clean(collection, Cleaning(smallest_px=180, crop=False)).collection, "a")["keep"] == ""
    )


def test_clusters_are_left_out_by_number(tmp_path):
    collection = some(tmp_path, cluster=[1, 1, 1, 2, 2, 3, 3, 3, "", ""])
    cleaned = clean(collection, replace(SMALL, without_clusters=(2,))).collection
    assert row(cleaned, "d")["reason"] == "left out: cluster 2"
    assert row(clean(cleaned, SMALL).collection, "d")["keep"] == ""
    with pytest.raises(InputError, match="must be in the table, got 7; there are 1, 2, 3"):
        clean(collection, replace(SMALL, without_clusters=(7,)))


def test_a_copy_of_what_a_cluster_leaves_out_does_not_take_its_place(tmp_path):
    collection = some(tmp_path, cluster=["", 1, "", 2, 2, 3, 3, 3, "", ""])
    cleaned = clean(collection, replace(SMALL, without_clusters=(1,))).collection
    reasons = [row(cleaned, i)["reason"] for i in "abc"]
    assert reasons == ["repeats b", "left out: cluster 1", "repeats b"]


def test_details_and_older_groups_stay_together(tmp_path):
    titles = ["", "", "", "Garden (detail)", "Garden", "", "", "", "", ""]
    groups = ["x", "", "", "", "old", "old", "", "", "", ""]
    cleaned = clean(some(tmp_path, artist=["Bosch"] * 10, title=titles, group=groups), SMALL)
    found = [row(cleaned.collection, i)["group"] for i in "abcdefg"]
    assert found == ["x", "x", "x", "old", "old", "old", ""]


def test_rows_without_a_file_are_passed_by(tmp_path):
    collection = edited(some(tmp_path), "a", file="", reason="cannot be fetched: 404")
    cleaned = clean(collection, SMALL)
    assert row(cleaned.collection, "a")["reason"] == "cannot be fetched: 404"
    assert (cleaned.counts["not there yet"], row(cleaned.collection, "a")["width"]) == (1, "")


@pytest.mark.parametrize("crop", ["1 2 3", "0 0 500 500"])
def test_a_crop_that_cannot_be_is_explained(tmp_path, crop):
    collection = clean(some(tmp_path), SMALL).collection
    with pytest.raises(InputError, match=r"crop .* of? ?d (must be|is)|crop of d must be"):
        clean(edited(collection, "d", crop=crop), SMALL)


@pytest.mark.parametrize(
    ("setting", "error"),
    [
        ({"smallest_px": -1}, "must be 0 px or more, got -1"),
        ({"smallest_remainder": 0}, "above 0 and at most 1, got 0"),
        ({"most_bits": 40}, "differ by 0 to 16 of 64 bits, got 40"),
    ],
)
def test_settings_that_cannot_be_are_refused(setting, error):
    with pytest.raises(InputError, match=error):
        Cleaning(**setting)


def test_the_command_and_the_package_have_the_same_defaults():
    options = build_parser().parse_args(["collection", "clean", "somewhere"])
    given = Cleaning(options.smallest_px, True, options.smallest_remainder, options.most_bits)
    assert given == Cleaning()


def test_the_command_writes_the_table_and_the_sheets(tmp_path, capsys):
    some(tmp_path).save()
    before = (tmp_path / "collection.csv").read_bytes()
    assert main(["collection", "clean", str(tmp_path), "--smallest-px", "100", "--preview"]) == 0
    assert (tmp_path / "collection.csv").read_bytes() == before
    assert main(["collection", "clean", str(tmp_path), "--smallest-px", "100"]) == 0
    assert "2 left out: repeat another" in capsys.readouterr().out
    assert row(open_collection(tmp_path), "a")["reason"] == "repeats b"
    with Image.open(tmp_path / "cleaning" / "crops.png") as sheet:
        assert sheet.size[0] > 400
    assert (tmp_path / "cleaning" / "repeats.png").exists()
    again = ["collection", "clean", str(tmp_path), "--keep-repeats", "--no-crop"]
    assert main(again) == 0
    assert not any((tmp_path / "cleaning").iterdir())


def test_the_nine_groups_of_identical_photos_are_found(competition, tmp_path):
    folder = competition / "photo_jpg"
    files = sorted(folder.glob("*.jpg"))
    by_bytes = {}
    for file in files:
        by_bytes.setdefault(hashlib.sha256(file.read_bytes()).hexdigest(), []).append(file.name)
    identical = [names for names in by_bytes.values() if len(names) > 1]
    assert (len(identical), sum(map(len, identical)) - len(identical)) == (9, 10)
    names = [name for group in identical for name in group] + [f.name for f in files[:20]]
    collection = collection_of(
        tmp_path, {n: (folder / n).read_bytes() for n in dict.fromkeys(names)}
    )
    cleaned = clean(collection).collection.table
    refused = cleaned[cleaned["reason"].str.startswith("repeats ")]
    groups = dict(zip(cleaned["file"], cleaned["group"], strict=True))
    for group in identical:
        assert len({groups[name] for name in group} - {""}) == 1
        assert refused["file"].isin(group).sum() == len(group) - 1
    assert Counter(groups.values())[""] >= 15


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("repeats sunflowers-2", "repeats"),
        ("too small: 10×12 px", "too small"),
        ("unreadable: it is empty", "unreadable"),
        ("left out: cluster 3", "cluster 3"),
        ("a forgery", "a forgery"),
        ("", ""),
    ],
)
def test_reasons_of_a_kind_are_counted_together(reason, kind):
    assert kind_of(reason) == kind


def test_of_copies_the_one_that_can_be_cropped_cleanly_is_kept(tmp_path):
    """The larger one has more border than may be cut: it would be trained on with its border."""
    pictures = {
        "clean.png": painting(1),
        "framed.png": framed(painting(1).resize((400, 320)), 20, 20, 20, 20),
        "sheet.png": framed(painting(1), 60, 60, 60, 60),
    }
    cleaned = clean(collection_of(tmp_path, pictures), SMALL).collection
    kept = {i: row(cleaned, i)["keep"] for i in ("clean", "framed", "sheet")}
    assert kept == {"clean": "no", "framed": "", "sheet": "no"}
    alone = {name: picture for name, picture in pictures.items() if name != "framed.png"}
    cleaned = clean(collection_of(tmp_path / "2", alone), SMALL).collection
    assert {i: row(cleaned, i)["keep"] for i in ("clean", "sheet")} == {"clean": "", "sheet": "no"}


def test_one_painting_under_two_styles_is_said(tmp_path):
    pictures = {"a.png": painting(0), "b.png": painting(0), "c.png": painting(1)}
    pictures |= {"d.png": painting(1), "e.png": painting(2)}
    styles = ["Early Qing", "Late Ming", "Late_Ming", "late ming", "Late Ming"]
    cleaned = clean(collection_of(tmp_path, pictures, style=styles), SMALL)
    reasons = {i: row(cleaned.collection, i)["reason"] for i in "abcde"}
    assert reasons == {
        "a": "kept, but look at it: also there under the style Late Ming, as b",
        "b": "repeats a",
        "c": "",
        "d": "repeats c",
        "e": "",
    }
    assert "      1 of them under two styles: choose one" in cleaned.describe()
    again = clean(cleaned.collection, SMALL).collection
    pandas.testing.assert_frame_equal(again.table, cleaned.collection.table)
