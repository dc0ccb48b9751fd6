import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from urllib.parse import unquote

import pytest

from artnb.errors import InputError
from artnb.gallery.choice import check_address
from artnb.gallery.manifest import KINDS, Gallery, View
from artnb.gallery.page import (
    ALTS,
    EXHIBITS_OF_PAGE,
    LABELS,
    describe_epochs,
    split_into_pages,
    write_page,
)
from tests.gallery.made import MADE, invent_exhibit, invent_gallery, invent_run

HOSTILE = "<script>alert(1)</script> \"x\" 'y' & <!-- Gärten 🌻.jpg"


class Elements(HTMLParser):
    """What a browser would make of a page: elements with attributes, texts, scripts."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.scripts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        inside_script = self.elements and self.elements[-1][0] == "script"
        (self.scripts if inside_script else self.texts).append(data)

    def all(self, tag, **attributes):
        wanted = attributes.items()
        return [its for name, its in self.elements if name == tag and wanted <= its.items()]


def page(folder, name="index.html"):
    return Elements((folder / name).read_text(encoding="utf-8"))


def data(folder, name="index.html"):
    (text,) = [script for script in page(folder, name).scripts if script.startswith("{")]
    return json.loads(text)


def write(folder, **settings):
    invent_gallery(folder, paint=None, **settings)
    return page(write_page(folder).parent)


def test_the_first_page_is_given(tmp_path):
    invent_gallery(tmp_path, paint=None)
    assert write_page(tmp_path) == tmp_path / "index.html"


def test_language_title_and_landmarks(tmp_path):
    written = write(tmp_path, title="Mein Garten & Meer")
    assert written.all("html", lang="en")
    assert "Mein Garten & Meer" in written.texts
    for landmark in ("header", "main", "footer", "aside"):
        assert len(written.all(landmark)) == 1
    assert "21 November 2026" in written.texts
    assert written.all("time", datetime=MADE)


def test_a_name_is_shown_as_it_is_and_is_no_markup(tmp_path):
    before = write(tmp_path / "plain", names=["a.jpg"])
    hostile = invent_run(HOSTILE, y=HOSTILE)
    written = write(tmp_path / "hostile", names=[HOSTILE], title=HOSTILE, runs=[hostile])
    assert [tag for tag, _ in written.elements] == [tag for tag, _ in before.elements]
    assert written.texts.count(HOSTILE) >= 3
    assert data(tmp_path / "hostile")["exhibits"][0][0] == HOSTILE
    assert f"{HOSTILE}, photo" in {image.get("alt") for image in written.all("img")}


def test_nothing_is_asked_of_a_network(tmp_path):
    write(tmp_path)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert not re.findall(r"(?i)https?:|@import|url\(|fetch\(|XMLHttp|<link|src=\"//", text)


def test_pictures_without_script(tmp_path):
    written = write(tmp_path)
    images = [image for image in written.all("img") if "src" in image]
    assert [image["alt"] for image in images[:3]] == [
        "a.jpg, photo",
        "a.jpg as monet, epoch 20",
        "b.jpg, photo",
    ]
    assert {(image["width"], image["height"]) for image in images[2:4]} == {("64", "40")}
    assert all(image["loading"] == "lazy" for image in images)
    links = written.all("a", **{"class": "picture"})
    assert len(links) == len(images) == 6
    # Controls that would do nothing are not there.
    (controls,) = written.all("form", **{"class": "controls"})
    assert "hidden" in controls


def test_addresses_keep_what_has_a_meaning_in_addresses(tmp_path):
    gallery = invent_gallery(tmp_path, names=["a.jpg"], paint=None)
    links = page(write_page(tmp_path).parent).all("a", **{"class": "picture"})
    assert links[0]["href"] == "pictures/0000%20100%25/source%23-0.webp"
    known = {view.file for view in gallery.exhibits[0].views}
    assert {unquote(link["href"]) for link in links} <= known


@pytest.mark.parametrize(
    ("runs", "shown"),
    [
        ([invent_run(best=10)], [10]),
        ([invent_run(best=None)], [20]),
        ([invent_run(best=7)], [20]),
        # The second has no epoch 20 and shows the one before; the third begins later.
        (
            [invent_run(), invent_run("cezanne", (5, 15, 25)), invent_run("late", (30,))],
            [20, 25, 30],
        ),
    ],
)
def test_what_is_seen_first(tmp_path, runs, shown):
    written = write(tmp_path, names=["a.jpg"], runs=runs)
    alts = [image["alt"] for image in written.all("img") if image.get("alt")]
    assert [int(alt.rpartition("epoch ")[2]) for alt in alts[1:]] == shown


def test_a_run_that_is_not_called_by_its_style_is_named(tmp_path):
    written = write(tmp_path, runs=[invent_run("long", y="monet"), invent_run("monet")])
    alts = [image["alt"] for image in written.all("img") if image.get("alt")]
    assert alts[1:3] == ["a.jpg as monet (long), epoch 20", "a.jpg as monet, epoch 20"]


def test_views_in_any_order_are_shown_in_one(tmp_path):
    gallery = invent_gallery(tmp_path / "a", paint=None)
    turned = tuple(replace(e, views=e.views[::-1]) for e in gallery.exhibits)
    (tmp_path / "b").mkdir()
    replace(gallery, exhibits=turned).save(tmp_path / "b")
    pages = [write_page(tmp_path / name).read_text(encoding="utf-8") for name in "ab"]
    assert pages[0] == pages[1]


def test_kinds_can_be_chosen_and_both_words_fit(tmp_path):
    written = write(tmp_path / "photos")
    boxes = written.all("input", type="checkbox")
    assert [box["value"] for box in boxes] == ["source", "painting", "reconstruction", "identity"]
    assert ["checked" in box for box in boxes] == [True, True, False, False]
    assert {"photo", "painting"} <= set(written.texts)


def test_each_direction_has_its_section(tmp_path):
    runs, kinds = (invent_run(),), ("source", "painting")
    exhibits = (
        invent_exhibit(0, "a.jpg", runs, kinds),
        invent_exhibit(1, "b.jpg", runs, kinds),
        invent_exhibit(2, "m.jpg", runs, kinds, domains=("monet", "photo")),
    )
    Gallery("Both ways", runs, exhibits, MADE).save(tmp_path)
    written = page(write_page(tmp_path).parent)
    assert {"photo → monet", "monet → photo", "original", "translation", "3 originals, "} <= set(
        written.texts
    )
    assert "m.jpg as photo, epoch 20" in {image.get("alt") for image in written.all("img")}
    assert [exhibit[3] for exhibit in data(tmp_path)["exhibits"]] == [0, 0, 1]


def test_without_scores_there_is_no_room_for_them(tmp_path):
    assert not write(tmp_path, runs=[invent_run(is_scored=False)]).all("aside")


def test_scores_and_what_must_be_known_of_them(tmp_path):
    written = write(tmp_path)
    assert len(written.all("svg", role="img")) == 2
    assert "140 (130 to 152)" in written.texts
    assert "FID: only <b>few</b>" in written.texts


def test_one_epoch_needs_no_slider(tmp_path):
    one = write(tmp_path / "one", runs=[invent_run(epochs=(20,))])
    two = write(tmp_path / "two", runs=[invent_run(epochs=(10, 20))])
    assert not one.all("input", **{"class": "epochs"})
    assert {its["max"] for its in two.all("input", **{"class": "epochs"})} == {"1"}


def test_real_pictures_alone(tmp_path):
    written = write(tmp_path, kinds=("source",), runs=[invent_run(is_scored=False)])
    assert len([image for image in written.all("img") if "src" in image]) == 3


def test_made_at_some_other_time(tmp_path):
    gallery = invent_gallery(tmp_path, paint=None)
    replace(gallery, made="once").save(tmp_path)
    assert "once" in page(write_page(tmp_path).parent).texts


def test_many_photos_are_divided_into_pages_that_are_linked(tmp_path):
    names = [f"{number}.jpg" for number in range(2 * EXHIBITS_OF_PAGE + 1)]
    written = write(tmp_path, names=names, kinds=("source", "painting"))
    assert sorted(path.name for path in tmp_path.glob("*.html")) == [
        *("index.html", "page-2.html", "page-3.html"),
    ]
    assert [link["href"] for link in written.all("a", rel="next")] == ["page-2.html"]
    assert not written.all("a", rel="prev")
    shown = [
        exhibit[0] for n in ("index", "page-2", "page-3") for exhibit in _exhibits(tmp_path, n)
    ]
    assert shown == names
    assert data(tmp_path, "page-2.html")["first"] == EXHIBITS_OF_PAGE + 1
    assert (data(tmp_path)["before"], data(tmp_path)["after"]) == (None, "page-2.html")
    assert page(tmp_path, "page-3.html").all("a", **{"aria-current": "page"})


def _exhibits(folder, name):
    return data(folder, f"{name}.html")["exhibits"]


def test_pages_of_an_earlier_and_larger_gallery_go(tmp_path):
    names = [f"{number}.jpg" for number in range(EXHIBITS_OF_PAGE + 1)]
    write(tmp_path, names=names, kinds=("source",))
    (tmp_path / "page-of-mine.html").write_text("kept")
    write(tmp_path, names=names[:3], kinds=("source",))
    kept = sorted(path.name for path in tmp_path.glob("*.html"))
    assert kept == ["index.html", "page-of-mine.html"]


def test_photos_with_many_views_have_shorter_pages():
    run = invent_run(epochs=range(1, 401))
    exhibits = [invent_exhibit(n, f"{n}.jpg", [run], ("source", "painting")) for n in range(8)]
    pages = list(split_into_pages(exhibits))
    assert [len(page.exhibits) for page in pages] == [3, 3, 2]
    assert [(page.first, page.last) for page in pages] == [(1, 3), (4, 6), (7, 8)]


def test_a_full_page_is_small(tmp_path):
    run = invent_run(epochs=(1, 5, 10, 20, 40))
    names = [f"photo number {number}.jpg" for number in range(EXHIBITS_OF_PAGE)]
    write(tmp_path, names=names, runs=[run])
    assert (tmp_path / "index.html").stat().st_size < 250_000


def test_an_empty_gallery_is_said_to_be_empty(tmp_path):
    Gallery("Nothing", (invent_run(),), ()).save(tmp_path)
    with pytest.raises(InputError, match="must hold a photo"):
        write_page(tmp_path)


def test_a_folder_that_is_no_gallery(tmp_path):
    with pytest.raises(InputError, match="is no gallery"):
        write_page(tmp_path)


def test_notes_travel_with_the_views(tmp_path):
    run = invent_run()
    exhibit = invent_exhibit(0, "a.jpg", [run], ("source", "painting"))
    near = View("nearest", "n.webp", "n.webp", note="distance 0.31")
    with_nearest = replace(exhibit, views=(*exhibit.views, near))
    Gallery("Near", (run,), (with_nearest,)).save(tmp_path)
    write_page(tmp_path)
    assert data(tmp_path)["exhibits"][0][4][-1] == [4, None, None, "n.webp", "", near.note]


def test_it_leads_to_where_visitors_paint(tmp_path):
    invent_gallery(tmp_path)
    address = 'https://paint.example/?q="&lang=de'
    text = write_page(tmp_path, address).read_text(encoding="utf-8")
    assert '<a href="https://paint.example/?q=&#34;&amp;lang=de">Try your own photo</a>' in text
    assert "Try your own" not in write_page(tmp_path).read_text(encoding="utf-8")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "file:///etc"])
def test_it_leads_to_web_pages_alone(address):
    with pytest.raises(InputError, match=r"must be an address that begins with https://"):
        check_address(address)
    check_address("../painter/index.html")


def test_templates_are_part_of_the_package():
    rooms = [files(room) / "templates" for room in ("artnb.gallery", "artnb.pages")]
    names = {file.name for room in rooms for file in room.iterdir()}
    text = (files("artnb.gallery") / "templates" / "page.html").read_text(encoding="utf-8")
    assert set(re.findall(r'include "([\w.]+)"', text)) <= names


def test_every_kind_has_words():
    assert set(LABELS) == set(ALTS) == set(KINDS)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (invent_run(epochs=(1, 10, 20)), "epochs 1 to 20"),
        (invent_run(epochs=(1, 20), best=20), "epochs 1 to 20, best by its scores: 20"),
        (invent_run(epochs=(7,)), "epoch 7"),
        (invent_run(epochs=()), "no epoch"),
    ],
)
def test_epochs_of_a_run(run, words):
    assert describe_epochs(run) == words
