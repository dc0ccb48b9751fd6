"""Choosing by what the table says."""

import pandas
import pytest

from artnb.cli import main
from artnb.collection.choose import choose, choose_pair
from artnb.collection.table import Collection, complete_table, open_collection
from artnb.errors import InputError

ROWS = pandas.DataFrame(
    [
        ("a", "Baroque", "AACHEN, Hans von", "portrait", 1601, 1700, 3, "yes"),
        ("b", "Baroque", "Rembrandt", "landscape", 1642, 1642, 4, ""),
        ("c", "Rococo", "Goya", "portrait", 1780, 1790, 3, ""),
        ("d", "Realism", "Courbet", "landscape", 1850, 1850, 4, ""),
        ("e", "Post-Impressionism", "Émile Bernard", "landscape", None, None, None, ""),
        ("f", "Realism", "Courbet", "sculpture", None, None, 5, "no"),
    ],
    columns=["id", "style", "artist", "genre", "first_year", "last_year", "cluster", "keep"],
)


@pytest.fixture
def collection(tmp_path):
    folder = tmp_path / "art"
    collection = Collection(folder, complete_table(ROWS), folder / "images")
    collection.save()
    return collection


@pytest.mark.parametrize(
    ("conditions", "ids"),
    [
        ("style=Baroque", "ab"),
        ("style = baroque", "ab"),
        ("style=Baroque,Rococo", "abc"),
        ("style=Baroque, Rococo; genre=portrait", "ac"),
        ("style=post_impressionism", "e"),
        ("artist=emile bernard", "e"),
        ("artist=AACHEN, Hans von", "a"),
        ("artist=Rembrandt,AACHEN, Hans von,Goya", "abc"),
        ("genre!=sculpture", "abcde"),
        ("genre!=sculpture,portrait", "bde"),
        ("cluster=3", "ac"),
        ("cluster=3,4", "abcd"),
        ("cluster!=3,4", "ef"),
        ("Style=Realism;", "df"),
        ("date=1640-1645", "b"),
        ("date=17th century", "ab"),
        ("date=1780s", "c"),
        ("date=before 1700", "ab"),
        ("date=-1700", "ab"),
        ("date=after 1800", "d"),
        ("date=1700-", "cd"),
        ("date=from 1700 to 1800", "c"),
        ("date!=17th century", "cd"),
        ("id=a", "a"),
    ],
)
def test_conditions(collection, conditions, ids):
    assert "".join(choose(collection, conditions).collection.table["id"]) == ids


def test_those_without_a_date_are_counted(collection):
    choice = choose(collection, "style=Realism,Post-Impressionism; date=19th century")
    assert choice.without_date == 2
    assert choice.describe().endswith("1 pictures; 2 without a known date were left out.")


def test_those_not_in_use_are_counted(collection):
    said = choose(collection, "style=Realism").describe()
    assert said == "style=Realism: 2 pictures, 1 of them not in use (keep = no)."


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        (
            "style=Barok",
            r'style=Barok is in no row; did you mean "Baroque"\? There are Baroque \(2\)',
        ),
        ("artist=aachen", 'did you mean "AACHEN, Hans von"'),
        ("genre=nudes", r"there are landscape \(3\), portrait \(2\)"),
        ("styl=Baroque", "'styl' is no column of the table; did you mean \"style\""),
        ("Baroque", "a condition is written column=value"),
        ("style=", "a condition is written column=value"),
        ("", "conditions are written such as"),
        (" ; ", "conditions are written such as"),
        ("title=x", "title is empty in every row"),
        ("date=long ago", "date is written such as 1600-1700"),
        ("style=Baroque; date=19th century", "true of 1 pictures, but of none of the 2 that"),
        ("date=1200-1300", "date=1200-1300 is true of no picture"),
    ],
)
def test_what_cannot_be_chosen_is_told(collection, conditions, message):
    with pytest.raises(InputError, match=message):
        choose(collection, conditions)


def test_both_sides_at_once(collection):
    x, y = choose_pair(collection, "style=Baroque", "style=Realism")
    assert x.collection.table["id"].tolist() == ["a", "b"]
    assert y.collection.kept["id"].tolist() == ["d"]


def test_no_picture_is_on_both_sides(collection):
    with pytest.raises(
        InputError, match="1 are both style=Baroque and artist=rembrandt, such as b;"
    ):
        choose_pair(collection, "style=Baroque", "artist=rembrandt")
    choose_pair(collection, "style=Baroque; artist!=rembrandt", "artist=rembrandt")


def test_a_picture_that_is_not_in_use_may_be(collection):
    choose_pair(collection, "style=Realism; id!=d", "genre=landscape,sculpture")


def test_the_command_chooses_a_pair(collection, tmp_path, capsys):
    out = tmp_path / "pair"
    arguments = ["--x", "style=Baroque", "genre=portrait", "--y", "style=Realism", "--out", out]
    assert main(["collection", "choose", *map(str, [collection.folder, *arguments])]) == 0
    assert "x: style=Baroque; genre=portrait: 1 pictures." in capsys.readouterr().out
    chosen = open_collection(out / "x")
    assert chosen.table["id"].tolist() == ["a"]
    assert chosen.images == collection.images
    assert open_collection(out / "y").table["id"].tolist() == ["d", "f"]
    assert len(open_collection(collection.folder).table) == 6


def test_the_command_chooses_one_side(collection, tmp_path, capsys):
    out = tmp_path / "portraits"
    command = ["collection", "choose", str(collection.folder), "genre=portrait", "--out", str(out)]
    assert main(command) == 0
    assert open_collection(out).table["id"].tolist() == ["a", "c"]
    assert main(command) == 2
    assert "a new Collection is written to a new folder" in capsys.readouterr().err


@pytest.mark.parametrize("sides", [[], ["--x", "style=Baroque"], ["id=a", "--x", "id=a"]])
def test_the_command_wants_one_side_or_both(collection, tmp_path, capsys, sides):
    out = ["--out", str(tmp_path / "out")]
    assert main(["collection", "choose", str(collection.folder), *sides, *out]) == 2
    assert "or both --x and --y" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
