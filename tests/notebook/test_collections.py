"""What the notebook on collections shows, and what it does without weights."""

import numpy as np
import pytest

from artnb.collection.pictures import cluster_pictures, pictures_in_use
from artnb.errors import InputError
from artnb.evaluation import extractor
from artnb.evaluation.measure import Cache
from artnb.notebook.collections import (
    Thumbnails,
    draw_clusters,
    draw_rows,
    network_or_thumbnails,
    where_there_is_any,
)
from tests.collection.paintings import TINTS, collection_of, painting, three_tints
from tests.evaluation.stand_in import Colours


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    return three_tints(tmp_path_factory.mktemp("tints"), (12, 6, 4))


def average(sheet):
    return np.asarray(sheet, float).reshape(-1, 3).mean(axis=0)


def test_rows_hang_side_by_side(collection):
    table = collection.table
    reds, blues = (
        draw_rows(collection, table[table["genre"] == name], caption="genre")
        for name in ("red", "blue")
    )
    assert reds.height > blues.height
    assert reds.width > blues.width
    assert average(reds).argmax() == 0
    assert average(blues).argmax() == 2


def test_of_many_rows_some_are_taken_evenly(collection):
    few = draw_rows(collection, collection.table, most=3, caption="id", columns=3)
    parts = [few.crop((left, 0, left + 150, 150)) for left in (10, 170, 330)]
    assert [int(average(part).argmax()) for part in parts] == [0, 0, 1]


def test_what_is_not_there_leaves_an_empty_frame(tmp_path):
    files = {"a.png": painting(0), "b.png": b"no picture", "c.png": painting(1)}
    broken = collection_of(tmp_path, files, title=["one", "two", "x" * 200])
    table = broken.table.copy()
    table.loc[2, "file"] = ""
    sheet = draw_rows(broken.with_table(table), table)
    assert sheet.height == draw_rows(broken, table[:1]).height
    assert np.asarray(sheet)[:150, 200:].mean() > 230


def test_without_rows_there_is_nothing_to_show(collection, capsys):
    with pytest.raises(InputError, match="there is no such picture to show"):
        draw_rows(collection, collection.table[:0])
    with where_there_is_any():
        draw_rows(collection, collection.table[:0])
    assert "Nothing to show: there is no such picture" in capsys.readouterr().out


def test_only_what_a_person_causes_is_passed_by():
    with pytest.raises(ZeroDivisionError), where_there_is_any():
        1 / 0  # noqa: B018


def test_each_cluster_has_a_row_the_largest_on_top(collection):
    clustered = cluster_pictures([pictures_in_use(collection)], Colours(), 3, cache=Cache(None))
    sheet = draw_clusters(clustered)
    rows = [sheet.crop((16, top, 128, top + 100)) for top in (50, 168, 286)]
    assert [int(average(row).argmax()) for row in rows] == list(range(len(TINTS)))
    assert sheet.width > 10 * 112


def test_thumbnails_know_colour_vividness_and_grain():
    plain = np.full((1, 64, 64, 3), 128, np.uint8)
    red = plain.copy()
    red[..., 0] = 255
    striped = plain.copy()
    striped[:, ::2] = 160
    base, coloured, grained = (Thumbnails()(pictures)[0] for pictures in (plain, red, striped))
    colours, vividness, grain = slice(192), slice(192, 256), slice(256, 320)
    assert base[vividness].max() == base[grain].max() == 0
    assert coloured[vividness].min() == pytest.approx(2 * 127 / 255)
    assert coloured[grain].max() == 0
    assert grained[grain].min() > 1
    assert grained[colours] == pytest.approx(0.3 * (144 / 255 - 0.5), abs=1e-5)


def test_without_weights_thumbnails_take_the_place_and_say_so(monkeypatch, tmp_path):
    monkeypatch.setenv("ARTNB_WEIGHTS", str(tmp_path))
    monkeypatch.setenv("ARTNB_CACHE", str(tmp_path))
    said = []
    assert isinstance(network_or_thumbnails(fetch=False, say=said.append), Thumbnails)
    assert "the weights of SqueezeNet are not here" in said[0]

    def refuse(*_):
        raise InputError("the server cannot be reached")

    monkeypatch.setattr(extractor, "load_extractor", refuse)
    assert isinstance(network_or_thumbnails(fetch=True, say=said.append), Thumbnails)
    assert "the server cannot be reached" in said[1]


def test_weights_at_hand_are_used(monkeypatch):
    monkeypatch.setattr("artnb.notebook.collections.weights_at_hand", lambda kind: "here")
    monkeypatch.setattr(extractor, "load_extractor", lambda name, *_: f"the network {name}")
    assert network_or_thumbnails(fetch=False) == "the network squeezenet"
