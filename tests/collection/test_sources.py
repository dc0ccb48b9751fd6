"""Lists, tables and folders as they are met, whole and broken."""

import gzip
import json
import os

import pandas
import pytest
from PIL import Image

from artnb.cli import main
from artnb.collection import text_tables
from artnb.collection.read import PROBLEMS, read_collection
from artnb.collection.sources.tables import find_addresses
from artnb.collection.table import open_collection
from artnb.errors import InputError

WIKIART = (
    "Baroque/rembrandt_night-watch-1642.jpg,4\n"
    "Realism/camille-corot_mantes-cathedral.jpg,21\n"
    "Post_Impressionism/vincent-van-gogh_head-1885(3).jpg,20\n"
)


def save_pictures(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), "teal").save(folder / name)


@pytest.fixture
def read(tmp_path):
    """Read a file of this text: `read("a,b\\n1,2", "table.csv")`."""

    def read(text, name="table.csv", **options):
        data = text if isinstance(text, bytes) else text.encode()
        (tmp_path / name).write_bytes(data)
        return read_collection([tmp_path / name], tmp_path / "art", **options)

    return read


def rows_of(reading, *columns):
    return list(reading.collection.table[list(columns)].itertuples(index=False, name=None))


def problems_of(reading):
    return [(problem.line, problem.problem, problem.left_out) for problem in reading.problems]


def test_wikiart_lists(read):
    reading = read(WIKIART, "train.csv")
    assert rows_of(reading, "artist", "title", "style", "date", "first_year") == [
        ("Rembrandt", "Night watch", "Baroque", "1642", 1642),
        ("Camille Corot", "Mantes cathedral", "Realism", "", pandas.NA),
        ("Vincent Van Gogh", "Head", "Post Impressionism", "1885", 1885),
    ]
    table = reading.collection.table
    assert table["id"][0] == table["path"][0] == "Baroque/rembrandt_night-watch-1642.jpg"
    assert table["class"].tolist() == ["4", "21", "20"]
    assert table["list"].tolist() == ["train.csv"] * 3
    assert reading.remarks[0] == "train.csv was read as a WikiArt list."
    assert not reading.problems


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gene-davis_untitled-1979(3)", ("Gene Davis", "Untitled", "1979")),
        ("pablo-picasso_bottles-1912-1", ("Pablo Picasso", "Bottles", "1912")),
        ("john-constable_clouds-1830s(1)", ("John Constable", "Clouds", "1830s")),
        ("master_altar-15th-century", ("Master", "Altar", "15th century")),
        ("sano-di-pietro_madonna-c-1470", ("Sano Di Pietro", "Madonna", "c. 1470")),
        ("max-ernst_the-wood-1033-1927", ("Max Ernst", "The wood 1033", "1927")),
        ("claude-monet_park-monceau-1", ("Claude Monet", "Park monceau 1", "")),
        ("claude-monet_cliff(2)", ("Claude Monet", "Cliff (2)", "")),
        ("m.c.-escher_not_detected_204709", ("M.c. Escher", "", "")),
        ("lynd-ward_not-detected-272492", ("Lynd Ward", "", "")),
        ("joaquã\xadn-sorolla_boats-1904", ("Joaquín Sorolla", "Boats", "1904")),
        ("arnold-bã¶cklin_1827", ("Arnold Böcklin", "1827", "")),
        ("georgia-o'keeffe_it-was-yellow", ("Georgia O'keeffe", "It was yellow", "")),
        ("artist-without-title", ("Artist Without Title", "", "")),
    ],
)
def test_names_of_wikiart_files(read, name, expected):
    reading = read(f"Baroque/{name}.jpg,4\n")
    assert rows_of(reading, "artist", "title", "date") == [expected]


def test_broken_rows_of_a_list_are_named(read, tmp_path):
    text = f"{WIKIART}Baroque/b.jpg\nno-style.jpg,4\nBaroque/c_d.jpg,four\n\n{WIKIART[:41]}"
    reading = read(text, "list.csv")
    assert len(reading.collection.table) == 3
    assert sorted(problems_of(reading)) == [
        (4, "has 1 fields instead of 2", True),
        (5, "has no path such as Baroque/rembrandt_night-watch-1642.jpg", True),
        (6, "has 'four' where the number of a style must be", True),
        (8, "has the id of a row before it", True),
    ]
    assert reading.describe()[-1].startswith(
        "Left out as broken: 4 (1 × has 1 fields instead of 2, 1 × has no path"
    )
    reading.save()
    listed = pandas.read_csv(tmp_path / "art" / PROBLEMS)
    assert listed["line"].tolist() == [4, 5, 6, 8]
    assert listed["row"][0] == "Baroque/b.jpg"


def test_several_lists_are_one_collection(tmp_path):
    (tmp_path / "train.csv.gz").write_bytes(gzip.compress(WIKIART.encode()))
    (tmp_path / "val.csv").write_text("Baroque/rubens_fall.jpg,4\n" + WIKIART.splitlines()[0])
    reading = read_collection([tmp_path / "train.csv.gz", tmp_path / "val.csv"], tmp_path / "art")
    assert len(reading.collection.table) == 4
    assert [(one.source, one.line) for one in reading.problems] == [("val.csv", 2)]


def test_the_pictures_of_a_list(read, tmp_path):
    images = tmp_path / "wikiart"
    save_pictures(images, "Baroque/rembrandt_night-watch-1642.jpg")
    reading = read(WIKIART, images=images)
    assert reading.collection.images == images
    assert reading.collection.table["file"].tolist() == [
        "Baroque/rembrandt_night-watch-1642.jpg",
        "",
        "",
    ]


def test_the_eleven_columns(read):
    header = "Id,Author,Style,Title,Date,Genre,Image_urls,URL,Cluster_ind,Notes\n"
    rows = (
        """7,Goya,Rococo,The "Swing",c. 1779,pastoral,"['https://a.org/1.jpg', "https://b.org/2.jpg"]","""
        "https://a.org/page,3,x\n"
        "8,Goya,Rococo,Dog,1819-23,,,https://a.org/dog.jpg!Large.jpg,4.0,\n"
        "9,Goya,Rococo,Cat,n.d.,,,https://a.org/page,many,\n"
        "10,Goya,Rococo,Cow,long ago,,,,,\n"
    )
    reading = read(
        header
        + rows.replace("\"['", "\"['")
        .replace('"https://b', '""https://b')
        .replace('2.jpg"]"', '2.jpg""]"')
    )
    assert rows_of(reading, "id", "artist", "cluster", "first_year", "last_year") == [
        ("7", "Goya", 3, 1774, 1784),
        ("8", "Goya", 4, 1819, 1823),
        ("9", "Goya", pandas.NA, pandas.NA, pandas.NA),
        ("10", "Goya", pandas.NA, pandas.NA, pandas.NA),
    ]
    table = reading.collection.table
    assert table["urls"].tolist() == [
        "https://a.org/1.jpg https://b.org/2.jpg",
        "https://a.org/dog.jpg!Large.jpg",
        "",
        "",
    ]
    assert table["Notes"].tolist() == ["x", "", "", ""]
    assert problems_of(reading) == [
        (4, "has 'many' where the number of a cluster must be", False),
        (5, "has a date that was not understood", False),
    ]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("", []),
        ("none", []),
        ("https://a.org/1.jpg", ["https://a.org/1.jpg"]),
        (" http://a.org/1.jpg \n http://a.org/2.jpg", ["http://a.org/1.jpg", "http://a.org/2.jpg"]),
        ("http://a.org/1.jpg,http://a.org/2.jpg", ["http://a.org/1.jpg", "http://a.org/2.jpg"]),
        ("http://a.org/1.jpg; http://a.org/2.jpg;", ["http://a.org/1.jpg", "http://a.org/2.jpg"]),
        ("http://a.org/1.jpg|http://a.org/1.jpg", ["http://a.org/1.jpg"]),
        (
            "['http://a.org/1.jpg', 'http://a.org/2.jpg']",
            ["http://a.org/1.jpg", "http://a.org/2.jpg"],
        ),
        ('["http://a.org/o\'hara.jpg"]', ["http://a.org/o'hara.jpg"]),
        (json.dumps({"large": "http://a.org/1.jpg"}), ["http://a.org/1.jpg"]),
        (r'["http:\/\/a.org\/1.jpg"]', ["http://a.org/1.jpg"]),
        ("[http://a.org/1.jpg, http://a.org/2.jpg]", ["http://a.org/1.jpg", "http://a.org/2.jpg"]),
        ("('http://a.org/1.jpg' 'http://a.org/2.jpg", ["http://a.org/1.jpg", "http://a.org/2.jpg"]),
        ("http://a.org/dog(1).jpg!Large.jpg", ["http://a.org/dog(1).jpg!Large.jpg"]),
        ("http://a.org/dog_(animal)", ["http://a.org/dog_(animal)"]),
        ("http://a.org/a,b;c.jpg", ["http://a.org/a,b;c.jpg"]),
        ("http://a.org/a b.jpg", ["http://a.org/a%20b.jpg"]),
        ("//upload.org/1.jpg", ["https://upload.org/1.jpg"]),
        ("see http://a.org/1.jpg", ["http://a.org/1.jpg"]),
        ("[" * 5000, []),
        ("[nan]", []),
    ],
)
def test_addresses_in_a_field(text, addresses):
    assert find_addresses(text) == addresses


def test_any_table_with_a_mapping_of_columns(read):
    text = "who;when;where\nGoya;1819;http://a.org/1.jpg\n"
    reading = read(text, columns={"artist": "who", "date": "when", "urls": "where"})
    assert rows_of(reading, "id", "artist", "first_year", "urls") == [
        ("http://a.org/1.jpg", "Goya", 1819, "http://a.org/1.jpg")
    ]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"artist": "Autor"},
            "needs a column 'Autor', and table.csv has Id, Author; did you mean \"Author\"",
        ),
        ({"artst": "Author"}, 'did you mean "artist"'),
    ],
)
def test_a_mapping_that_does_not_fit(read, columns, message):
    with pytest.raises(InputError, match=message):
        read("Id,Author\n1,Goya\n", columns=columns)


def test_a_table_that_says_nothing_of_pictures(read):
    with pytest.raises(
        InputError, match=r"table.csv has height, width; say which, such as: --columns"
    ):
        read("height,width\n1,2\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_ends_of_lines_and_separators(read, encoding, end, separator):
    rows = [["id", "artist", "title"], ["1", "Dürer", '"a, b; c | d"'], ["2", "Émile", "x"]]
    text = end.join(separator.join(row) for row in rows) + end
    if separator == "\t":
        text = text.replace('"', "")
    reading = read(text.encode(encoding))
    assert rows_of(reading, "id", "artist") == [("1", "Dürer"), ("2", "Émile")]
    assert reading.collection.table["title"][0] == "a, b; c | d"
    assert any("not UTF-8; it was read as Windows-1252" in one for one in reading.remarks) == (
        encoding == "cp1252"
    )


def test_bytes_that_no_encoding_of_windows_has(read):
    reading = read(b"id,artist\n1,D\x81rer\n")
    assert "it was read as latin-1" in reading.remarks[1]


def test_a_quote_that_is_not_closed_costs_one_row(read):
    reading = read('id,title\n1,a\n2,"never closed\n3,b\n4,"c ""d"" \ne"\n5,f\n')
    assert rows_of(reading, "id", "title") == [
        ("1", "a"),
        ("3", "b"),
        ("4", 'c "d" \ne'),
        ("5", "f"),
    ]
    assert problems_of(reading) == [(3, "has a quote that is not closed", True)]


def test_a_quote_that_is_not_closed_in_a_long_file(read):
    rows = "".join(f"{number},title {number}\n" for number in range(20_000))
    reading = read(f'id,title\nx,"open\n{rows}')
    assert len(reading.collection.table) == 20_000
    assert [one.line for one in reading.problems] == [2]


def test_rows_that_are_too_long_or_short(read):
    reading = read("id,artist,title\n1,a,b\n2,a\n,,\n\n3,a,b,c\n4,a,b,,\n,a,b\n")
    assert rows_of(reading, "id") == [("1",), ("4",)]
    assert problems_of(reading) == [
        (3, "has 2 fields instead of 3", True),
        (6, "has 4 fields instead of 3", True),
        (8, "names no picture", True),
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a table is a file of text"),
        (b"PK\x03\x04\0\0", "a table is a file of text"),
        (b"\x1f\x8b\x08broken", "it cannot be decompressed"),
        (b"id,title\n", "none of the rows of table.csv is whole"),
        (b"id,id\n1,2\n", "has 'id' twice"),
        (b"just some words\n", "a table of pictures needs a column"),
    ],
)
def test_files_that_are_no_table(read, data, message):
    with pytest.raises(InputError, match=message):
        read(data)


def test_there_is_no_such_source(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        read_collection([tmp_path / "none.csv"], tmp_path / "art")


def test_folders_whose_subfolders_are_classes(tmp_path):
    source = tmp_path / "paintings"
    save_pictures(source, "Baroque/a.jpg", "Baroque/more/b.png", "Early_Gothic/c.jpg", "d.jpg")
    (source / "notes.txt").write_text("x")
    reading = read_collection([source], tmp_path / "art")
    assert rows_of(reading, "id", "file", "style") == [
        ("Baroque/a.jpg", "Baroque/a.jpg", "Baroque"),
        ("Baroque/more/b.png", "Baroque/more/b.png", "Baroque"),
        ("Early_Gothic/c.jpg", "Early_Gothic/c.jpg", "Early Gothic"),
        ("d.jpg", "d.jpg", ""),
    ]
    assert reading.collection.images == source
    assert "Baroque (2), Early Gothic (1)" in reading.remarks[0]
    assert "1 files are no pictures and were passed over: 1 with .txt." in reading.remarks[1]
    reading.save()
    assert open_collection(tmp_path / "art").images == source


def test_folders_of_artists(tmp_path):
    save_pictures(tmp_path / "paintings", "Francisco_Goya/a.jpg")
    reading = read_collection([tmp_path / "paintings"], tmp_path / "art", classes="artist")
    assert rows_of(reading, "artist", "style") == [("Francisco Goya", "")]
    with pytest.raises(InputError, match="got 'artists'; did you mean \"artist\""):
        read_collection([tmp_path / "paintings"], tmp_path / "art", classes="artists")


def test_folders_of_wikiart(tmp_path):
    save_pictures(tmp_path / "wikiart", "Baroque/rembrandt_night-watch-1642.jpg", "Ukiyo_e/a_b.jpg")
    reading = read_collection([tmp_path / "wikiart"], tmp_path / "art")
    assert rows_of(reading, "artist", "style", "first_year") == [
        ("Rembrandt", "Baroque", 1642),
        ("A", "Ukiyo e", pandas.NA),
    ]


def test_a_name_that_no_table_can_hold(tmp_path):
    source = tmp_path / "paintings"
    save_pictures(source, "Baroque/a.jpg")
    odd = os.fsencode(source / "Baroque") + b"/D\xfcrer.jpg"
    try:
        os.rename(os.fsencode(source / "Baroque/a.jpg"), odd)
    except OSError:
        pytest.skip("this file system takes only names in UTF-8")
    save_pictures(source, "Baroque/b.jpg")
    reading = read_collection([source], tmp_path / "art")
    reading.save()
    assert rows_of(reading, "id") == [("Baroque/b.jpg",)]
    assert problems_of(reading) == [(0, "has a name that is not UTF-8", True)]


def test_an_empty_folder(tmp_path):
    with pytest.raises(InputError, match="must hold pictures"):
        read_collection([tmp_path], tmp_path / "art")


@pytest.fixture
def historic_art(tmp_path):
    folder = tmp_path / "historic-art" / "complete"
    save_pictures(folder / "artwork", "0.jpg", "2.jpg")
    (folder / "artwork_dataset.csv").write_text(
        "ID,artist,title,picture data,file info,jpg url\n"
        '0,"AACHEN, Hans von",venus,"1574-88, oil on canvas, 56 x 47 cm, private",42 kb,http://w.hu/0.jpg\n'
        '1,"CLAESZ, Pieter",still life,"oil on panel, 1627, 24 x 35 cm",9 kb,http://w.hu/1.jpg\n'
        '2,UNKNOWN MASTER,altar,"wood, height 185 cm",9 kb,http://w.hu/2.jpg\n'
    )
    (folder / "info_dataset.csv").write_text(
        "artist,born-died,period,school,url,base,nationality\n"
        '"AACHEN, Hans von",(1552-1615),Mannerism,German,http://w.hu/a,Prague,German\n'
        '"CLAESZ, Pieter",(1597-1660),Baroque,Dutch,http://w.hu/c,Haarlem,Dutch\n'
    )
    return folder.parent


def test_historic_art(historic_art, tmp_path):
    reading = read_collection([historic_art], tmp_path / "art")
    assert rows_of(reading, "id", "file", "style", "date", "first_year", "last_year", "urls") == [
        ("0", "0.jpg", "Mannerism", "1574-88", 1574, 1588, "http://w.hu/0.jpg"),
        ("1", "", "Baroque", "1627", 1627, 1627, "http://w.hu/1.jpg"),
        ("2", "2.jpg", "", "", pandas.NA, pandas.NA, "http://w.hu/2.jpg"),
    ]
    assert reading.collection.table["artist nationality"].tolist() == ["German", "Dutch", ""]
    assert reading.collection.images == historic_art / "complete" / "artwork"
    assert not reading.problems


def test_historic_art_without_its_artists(historic_art, tmp_path):
    (historic_art / "complete" / "info_dataset.csv").unlink()
    reading = read_collection([historic_art / "complete"], tmp_path / "art")
    assert reading.collection.table["style"].tolist() == ["", "", ""]
    assert "styles are not known" in reading.remarks[1]


def test_kinds_that_do_not_fit(tmp_path):
    with pytest.raises(InputError, match=r"artwork_dataset.csv, and it is not in"):
        read_collection([tmp_path], tmp_path / "art", kind="historic-art")
    with pytest.raises(InputError, match="a source of the kind table is a file"):
        read_collection([tmp_path], tmp_path / "art", kind="table")
    with pytest.raises(InputError, match="--kind is one of"):
        read_collection([tmp_path], tmp_path / "art", kind="wikiarts")


def test_choices_that_were_made_are_not_overwritten(read):
    read(WIKIART).save()
    with pytest.raises(InputError, match="in which you may have made choices"):
        read(WIKIART)


def test_a_collections_own_table_is_a_source_too(read, tmp_path):
    """What was corrected in it stays, and so does what its own source had."""
    read("id,date,keep,reason,path\n1,1650,no,blurred,x\n").save()
    path = tmp_path / "art" / "collection.csv"
    path.write_text(path.read_text().replace("1650,1650,1650", "1650,1640,1641"))
    again = read_collection([path], tmp_path / "more")
    columns = ("id", "date", "first_year", "last_year", "keep", "reason")
    assert rows_of(again, *columns) == [("1", "1650", 1640, 1641, "no", "blurred")]
    assert again.collection.table["path of collection.csv"].tolist() == ["x"]


def test_a_column_of_images_that_are_addresses(read):
    reading = read("Painter,Image\nGoya,\nGoya,http://a.org/1.jpg\n")
    assert rows_of(reading, "artist", "urls")[1:] == [("Goya", "http://a.org/1.jpg")]
    assert reading.collection.table["file"].tolist() == ["", ""]


def test_files_that_a_table_names(read, tmp_path):
    save_pictures(tmp_path, "images/a.jpg", "images/more/b.png")
    reading = read("id,file\n1,./a.jpg\n2,more\\b\n3,c.jpg\n4,../a.jpg\n")
    assert reading.collection.images == tmp_path / "images"
    assert reading.collection.table["file"].tolist() == ["a.jpg", "more/b.png", "", ""]


def test_files_whose_folder_is_said(read, tmp_path):
    save_pictures(tmp_path / "scans", "a.jpg")
    text = f"id,file\n1,a.jpg\n2,images/a.jpg\n3,{tmp_path.as_posix()}/scans/a.jpg\n"
    reading = read(text, images=tmp_path / "scans")
    assert reading.collection.table["file"].tolist() == ["a.jpg"] * 3
    with pytest.raises(InputError, match="--images is the folder of the pictures"):
        read(text, images=tmp_path / "nowhere")


def test_the_command_reads(tmp_path, capsys):
    (tmp_path / "t.csv").write_text("Nr,Maler,Jahr,Name\n1,Goya,bald,x\n2,Goya,1819,y\n3\n")
    out = tmp_path / "art"
    command = ["collection", "read", str(tmp_path / "t.csv"), "--out", str(out)]
    assert main([*command, "--columns", "id=Nr,artist=Maler, date=Jahr"]) == 0
    said = capsys.readouterr().out
    assert "t.csv was read as a table (id from 'Nr', artist from 'Maler', date from 'Jahr'" in said
    assert "2 pictures; 0 are here, 0 have an address; 1 have a date that was understood." in said
    assert "Left out as broken: 1 (1 × has 1 fields instead of 4)." in said
    assert "In the table all the same: 1 (1 × has a date that was not understood)." in said
    assert len(open_collection(out).table) == 2
    assert len(pandas.read_csv(out / PROBLEMS)) == 2
    assert main([*command[:-1], str(tmp_path / "b"), "--columns", "artist"]) == 2
    assert "--columns is written NAME=COLUMN" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("names", "rows", "baroque", "realism"),
    [(("train",), 57_025, 2_969, 7_514), (("train", "val"), 81_446, 4_241, 10_733)],
)
def test_the_real_lists(real_data, tmp_path, names, rows, baroque, realism):
    folder = real_data / "wikiart-metadata"
    if not folder.is_dir():
        pytest.skip(f"needs WikiArt's lists, and {folder} does not exist")
    lists = [folder / f"artgan_wikiart_style_{name}.csv.gz" for name in names]
    reading = read_collection(lists, tmp_path / "art")
    styles = reading.collection.table["style"].value_counts()
    assert len(reading.collection.table) == rows
    assert (styles["Baroque"], styles["Realism"], len(styles)) == (baroque, realism, 27)
    assert not reading.problems


def test_the_real_table_of_van_gogh(real_data, tmp_path):
    path = real_data / "wikiart-metadata" / "vangogh_wikiart_df.csv"
    if not path.is_file():
        pytest.skip(f"needs the table of Van Gogh's paintings, and {path} does not exist")
    table = read_collection([path], tmp_path / "art").collection.table
    assert len(table) == 1_931
    assert table["first_year"].between(1862, 1890).all()
    assert table["urls"].str.startswith("https://uploads").all()
    assert (table["genre"] == "landscape").sum() == 350


# What is not read: see `artnb.limits`.


def test_a_table_that_unpacks_a_thousandfold_is_refused_at_once(tmp_path):
    rows = b"id,artist\n" + b"a,b\n" * 3_000_000
    bomb = tmp_path / "bomb.csv.gz"
    bomb.write_bytes(gzip.compress(rows))
    assert bomb.stat().st_size < 61_000
    with pytest.raises(InputError, match=r"bomb\.csv\.gz is not read: .*more than 10 MB"):
        read_collection([bomb], tmp_path / "art")


def test_a_table_that_repeats_itself_is_read_all_the_same(tmp_path):
    rows = "".join(f"{number},Claude Monet,Impressionism\n" for number in range(40_000))
    packed = tmp_path / "monet.csv.gz"
    packed.write_bytes(gzip.compress(b"id,artist,style\n" + rows.encode()))
    assert len(read_collection([packed], tmp_path / "art").collection.table) == 40_000


@pytest.mark.parametrize("rows", ["a\n" * 101, '"a\n' * 101, "a,b\n" * 101, "\n" * 101])
def test_more_rows_than_any_collection_has_are_refused(rows, tmp_path, monkeypatch):
    monkeypatch.setattr(text_tables, "MOST_ROWS", 100)
    (tmp_path / "long.csv").write_text("id\n" + rows)
    with pytest.raises(InputError, match=r"at most 100 rows, and .* has 102"):
        read_collection([tmp_path / "long.csv"], tmp_path / "art")


def test_more_cells_than_any_collection_has_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(text_tables, "MOST_CELLS", 100)
    names = ",".join(f"column{number}" for number in range(20))
    (tmp_path / "wide.csv").write_text(f"id,{names}\n" + f"a,{',' * 19}\n" * 5)
    with pytest.raises(InputError, match=r"at most 100 cells, and .* has 126"):
        read_collection([tmp_path / "wide.csv"], tmp_path / "art")


def test_a_table_of_gigabytes_is_not_taken_into_memory(tmp_path, monkeypatch):
    with (tmp_path / "sparse.csv").open("wb") as file:
        file.write(b"id\n")
        file.truncate(3_000_000_000)
    with pytest.raises(InputError, match=r"3\.0 GB, and at most 1\.0 GB"):
        read_collection([tmp_path / "sparse.csv"], tmp_path / "art")
