"""The table that a Collection is: read, edited by people, written, checked."""

import json

import pandas
import pytest

from artnb.collection.table import COLUMNS, TABLE, Collection, complete_table, open_collection
from artnb.errors import InputError


@pytest.fixture
def collection(tmp_path):
    rows = {
        "id": ["b", "a", 'Müller, "M"'],
        "title": ["Two\nlines", "NA", ""],
        "first_year": ["1650", "", "1651.0"],
        "keep": ["No", "", "yes"],
        "medium": ["oil", "", "ink"],
    }
    folder = tmp_path / "art"
    return Collection(folder, complete_table(pandas.DataFrame(rows)), folder / "images")


def edit(collection, **cells):
    """Write a table with one row changed as a person might, and give its folder."""
    collection.save()
    path = collection.folder / TABLE
    table = pandas.read_csv(path, dtype=str, keep_default_na=False)
    for column, value in cells.items():
        table.loc[1, column] = value
    table.to_csv(path, index=False)
    return collection.folder


def test_what_is_saved_is_what_is_opened(collection):
    collection.save()
    opened = open_collection(collection.folder)
    expected = collection.table.sort_values("id").reset_index(drop=True)
    pandas.testing.assert_frame_equal(opened.table, expected)
    assert opened.images == collection.images
    assert tuple(opened.table.columns) == (*COLUMNS, "medium")
    assert opened.table["title"].tolist() == ["", "NA", "Two\nlines"]
    assert opened.table["first_year"].tolist() == [1651, pandas.NA, 1650]


def test_saving_twice_gives_the_same_bytes(collection):
    collection.save()
    first = (collection.folder / TABLE).read_bytes()
    open_collection(collection.folder / TABLE).save()
    assert (collection.folder / TABLE).read_bytes() == first
    assert first.decode("utf-8").startswith("id,file,urls,artist,")
    assert [path.name for path in collection.folder.iterdir()] == [TABLE]


def test_kept_are_those_that_are_not_said_to_be_left_out(collection):
    assert collection.kept["id"].tolist() == ["a", 'Müller, "M"']


def test_images_may_lie_elsewhere(collection, tmp_path):
    elsewhere = Collection(collection.folder, collection.table, tmp_path / "photos")
    elsewhere.save()
    assert open_collection(collection.folder).images == tmp_path / "photos"
    note = json.loads((collection.folder / "collection.json").read_text())
    assert note == {"images": "../photos"}
    collection.save()
    assert open_collection(collection.folder).images == collection.images


def test_a_damaged_note_is_told(collection):
    collection.save()
    (collection.folder / "collection.json").write_text("[")
    with pytest.raises(InputError, match="must name the folder of images"):
        open_collection(collection.folder)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"keep": "nein"}, r"line 3 \('a', keep 'nein': choose one of no, yes\) has a keep"),
        ({"keep": "yse"}, 'did you mean "yes"'),
        ({"id": ""}, r"line 3 \(''\) has no id"),
        ({"id": "b"}, r"line 4 \('b'\) has the id of a row before it"),
        ({"file": "../secret.jpg"}, r"line 3 \('a'\) has a file that is not within"),
        ({"file": "/etc/passwd"}, "is not within the folder of images"),
        ({"file": r"C:\pictures\a.jpg"}, "is not within the folder of images"),
        ({"cluster": "three"}, "cluster must be a whole number or empty, and line 3 .* 'three'"),
        ({"first_year": "16.5"}, "first_year must be a whole number or empty"),
        ({"first_year": "inf"}, "first_year must be a whole number or empty"),
    ],
)
def test_rows_that_are_wrong_are_named(collection, cells, message):
    folder = edit(collection, **cells)
    with pytest.raises(InputError, match=message):
        open_collection(folder)


def test_nothing_is_written_while_rows_are_wrong(collection):
    collection.save()
    before = (collection.folder / TABLE).read_bytes()
    with pytest.raises(InputError, match="has the id of a row before it"):
        collection.with_table(collection.table.assign(id="same")).save()
    assert (collection.folder / TABLE).read_bytes() == before


@pytest.mark.parametrize(
    ("encoding", "separator"), [("utf-8-sig", ";"), ("utf-16", "\t"), ("cp1252", ";")]
)
def test_what_spreadsheets_make_of_it_is_understood(collection, encoding, separator):
    collection.save()
    table = pandas.read_csv(collection.folder / TABLE, dtype=str, keep_default_na=False)
    text = table.to_csv(index=False, sep=separator, lineterminator="\r\n")
    (collection.folder / TABLE).write_bytes(text.encode(encoding))
    opened = open_collection(collection.folder)
    assert opened.table["id"].tolist() == ['Müller, "M"', "a", "b"]
    assert opened.table["cluster"].isna().all()


def test_a_broken_row_is_named(collection):
    collection.save()
    with (collection.folder / TABLE).open("a") as file:
        file.write("just,three,fields\n")
    with pytest.raises(InputError, match=r"line 6 has 3 fields instead of 15 \(1 such rows\)"):
        open_collection(collection.folder)


def test_a_table_needs_an_id():
    with pytest.raises(InputError, match="must have the column id, and it has title"):
        complete_table(pandas.DataFrame({"title": ["a"]}))


def test_missing_values_of_any_kind_are_empty():
    rows = {
        "id": [1, 2, 3, 4],
        "title": [None, float("nan"), pandas.NA, "x"],
        "cluster": [0, 1, 2, None],
    }
    table = complete_table(pandas.DataFrame(rows))
    assert table["id"].tolist() == ["1", "2", "3", "4"]
    assert table["title"].tolist() == ["", "", "", "x"]
    assert table["cluster"].tolist() == [0, 1, 2, pandas.NA]


def test_there_is_none(tmp_path):
    with pytest.raises(InputError, match="artnb collection read SOURCE --out"):
        open_collection(tmp_path)
