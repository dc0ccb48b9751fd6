import csv
import hashlib
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from artnb.collection.clean import clean
from artnb.collection.pairing import pair
from artnb.collection.pictures import cluster_pictures, pictures_in_use
from artnb.collection.read import read_collection
from artnb.collection.table import open_collection
from artnb.errors import InputError
from artnb.evaluation.measure import Cache
from artnb.notebook.collections import Thumbnails
from artnb.synthetic.collection import (
    Work,
    clusters_beside,
    make_demo_collection,
    make_picture,
)
from artnb.synthetic.collection.epochs import BAROQUE, REALISM

PICTURES = 60


@pytest.fixture(scope="module")
def invented(tmp_path_factory):
    """A small collection: its table, as it was read, and cleaned."""
    folder = tmp_path_factory.mktemp("demo")
    table = make_demo_collection(folder / "museum", PICTURES)
    reading = read_collection([table], folder / "paintings")
    reading.save()
    return SimpleNamespace(
        table=table, reading=reading, cleaned=clean(reading.collection).collection.table
    )


@pytest.fixture(scope="module")
def clustered(invented):
    collection = invented.reading.collection.with_table(invented.cleaned)
    found = cluster_pictures([pictures_in_use(collection)], Thumbnails(), 6, cache=Cache(None))
    return found.sets[0].write(collection).table


def titled(table, beginning):
    return table[table["title"].str.startswith(beginning)]


def of_file(invented, file):
    return Image.open(invented.reading.collection.path_of(file))


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*.*")
    }


def test_equal_seeds_give_equal_bytes(tmp_path):
    one, same = (
        digests(make_demo_collection(tmp_path / name, 24, 3).parent) for name in ("one", "same")
    )
    assert one == same
    assert len(one) == 24 + 2


@pytest.mark.parametrize("kind", ["portrait", "landscape", "still life", "statue", "page"])
def test_another_seed_number_or_epoch_gives_another_picture(kind):
    numbers = ((1, BAROQUE, 0), (1, BAROQUE, 1), (2, BAROQUE, 0), (2, REALISM, 1))
    jpegs = {make_picture(Work(n, epoch, kind, "", n), seed) for n, epoch, seed in numbers}
    assert len(jpegs) == 4


def test_the_table_has_the_columns_of_such_tables(invented):
    with invented.table.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["Id", "File", "Author", "Style", "Title", "Date", "Genre"]
    assert {style for _, _, _, style, *_ in rows[:-1]} == {"Baroque", "Realism"}
    assert len(rows) == PICTURES + 4


def test_every_picture_is_there_in_its_own_format(invented):
    rows = invented.cleaned[invented.cleaned["width"] != ""]
    assert len(rows) == PICTURES
    assert rows["style"].value_counts().to_dict() == {"Baroque": 30, "Realism": 30}
    assert len(set(zip(rows["width"], rows["height"], strict=True))) > PICTURES / 2
    assert rows[["width", "height"]].astype(int).min(axis=None) >= 192


def test_reading_lists_each_broken_row(invented):
    problems = {problem.problem: problem.left_out for problem in invented.reading.problems}
    assert problems == {
        "has 2 fields instead of 7": True,
        "has the id of a row before it": True,
        "has a date that was not understood": False,
    }
    table = invented.reading.collection.table
    assert list(table[table["file"] == ""]["title"]) == ["Lost in the fire"]


def test_dates_come_in_many_forms_within_the_epoch(invented):
    table = invented.reading.collection.table
    dated = table[table["first_year"].notna()]
    assert len({"".join("0" if c.isdigit() else c for c in text) for text in dated["date"]}) > 6
    for style, first, last in (("Baroque", 1577, 1800), ("Realism", 1801, 1914)):
        years = dated[dated["style"] == style]
        assert years["first_year"].min() >= first
        assert years["last_year"].max() <= last


def test_cleaning_finds_the_file_that_is_broken(invented):
    rows = invented.cleaned[invented.cleaned["reason"].str.startswith("unreadable")]
    assert list(rows["file"]) == ["Realism/torn-off.jpg"]


def test_cleaning_finds_all_borders_and_takes_no_painting_for_one(invented):
    """A page's margin may count as a border."""
    crops = invented.cleaned[invented.cleaned["crop"] != ""]
    crops = crops[~crops["title"].str.startswith(("Treatise", "Bust", "Canvas"))]
    bordered = [row.id for row in invented.cleaned.itertuples() if has_border(invented, row)]
    assert len(bordered) >= 4
    assert sorted(crops["id"]) == sorted(bordered)


def has_border(invented, row):
    """Margins and frames keep their tone along an edge; paintings do not."""
    if not row.width or row.title.startswith(("Treatise", "Bust", "Canvas")):
        return False
    pixels = np.asarray(of_file(invented, row.file).convert("L"), float)
    edges = (pixels[2], pixels[-3], pixels[:, 2], pixels[:, -3])
    return max(edge.std() for edge in edges) < 6


def test_cleaning_finds_copies_and_keeps_the_larger(invented):
    repeats = invented.cleaned[invented.cleaned["reason"].str.startswith("repeats ")]
    files = invented.cleaned.set_index("id")
    kept = files.loc[repeats["reason"].str.removeprefix("repeats ")]
    assert len(repeats) == 4
    assert list(repeats["title"]) == list(kept["title"])
    assert (kept["width"].astype(int).to_numpy() > repeats["width"].astype(int)).all()


def test_details_share_the_group_of_their_painting(invented):
    details = invented.cleaned[invented.cleaned["title"].str.endswith(" (detail)")]
    assert len(details) == 2
    for row in details.itertuples():
        whole = invented.cleaned[invented.cleaned["title"] == row.title.removesuffix(" (detail)")]
        assert row.group
        assert row.group in set(whole[whole["artist"] == row.artist]["group"])


def test_blank_and_grey_pictures_are_flagged(invented):
    flagged = invented.cleaned[invented.cleaned["reason"].str.startswith("kept, but look at it")]
    blank = flagged[flagged["reason"].str.endswith("blank")]
    assert sorted(blank["title"]) == ["Canvas, not begun"] * 2
    grey = flagged[flagged["reason"].str.endswith("nearly grey")]
    assert {"Baroque", "Realism"} <= set(grey["style"])
    channels = np.asarray(of_file(invented, grey["file"].iloc[0]), int)
    assert np.ptp(channels, axis=-1).max() <= 4


def test_pages_and_statues_fall_into_clusters_of_their_own_even_by_thumbnails(clustered):
    beside = clusters_beside(clustered)
    for beginning in ("Treatise", "Bust"):
        rows = titled(clustered, beginning)
        largest = rows["cluster"].value_counts()
        assert largest.iloc[0] >= 0.75 * len(rows)
        assert largest.index[0] in beside
    left_out = clustered[clustered["cluster"].isin(beside)]
    assert left_out["title"].str.match("Treatise|Bust").mean() >= 0.8


def test_pairing_has_something_to_warn_of(invented):
    collection = invented.reading.collection.with_table(invented.cleaned)
    table = invented.cleaned[~invented.cleaned["title"].str.match("Treatise|Bust|Canvas")]
    sides = [
        pictures_in_use(collection, style, table[table["style"] == style])
        for style in ("Baroque", "Realism")
    ]
    paired = pair(cluster_pictures(sides, Thumbnails(), 6, cache=Cache(None)))
    assert paired.pairing.differs
    assert "differ in kind" in paired.pairing.describe()


def test_the_epochs_differ_in_light_as_epochs_do(invented):
    rows = invented.cleaned[invented.cleaned["title"].str.match("Portrait|Meadow|River|Mountain")]
    grey = {
        style: np.mean([np.asarray(of_file(invented, f).convert("L")).mean() for f in some["file"]])
        for style, some in rows.groupby("style")
    }
    assert grey["Baroque"] < 0.6 * grey["Realism"]


def test_only_a_folder_that_is_new_is_filled(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="must be new or empty"):
        make_demo_collection(tmp_path, 24)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [((23,), "24 pictures or more, got 23"), ((24, -1), "seed must be 0 or more, got -1")],
)
def test_what_cannot_be_made_is_explained(tmp_path, arguments, why):
    with pytest.raises(InputError, match=why):
        make_demo_collection(tmp_path / "new", *arguments)
    assert not (tmp_path / "new").exists()


def test_the_command_names_the_next_step_and_it_works(tmp_path, capsys):
    from artnb.cli import main

    assert main(["collection", "demo", "--out", str(tmp_path / "m"), "--pictures", "24"]) == 0
    said = capsys.readouterr().out
    table = tmp_path / "m" / "paintings.csv"
    assert f"artnb collection read {table} --out paintings" in said
    assert main(["collection", "read", str(table), "--out", str(tmp_path / "p")]) == 0
    assert len(open_collection(tmp_path / "p").table) == 26
    assert main(["collection", "demo", "--out", str(tmp_path / "m")]) == 2
    assert "must be new or empty" in capsys.readouterr().err
