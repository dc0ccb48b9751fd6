from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from artnb.collection import layout
from artnb.collection.clean import Cleaning, clean
from artnb.collection.clusters import share_by
from artnb.collection.pairing import pair
from artnb.collection.pictures import cluster_pictures, pictures_in_use
from artnb.collection.plots import (
    draw_cluster,
    draw_counts,
    draw_crops,
    draw_map,
    draw_pairing,
    draw_repeats,
    draw_shares,
)
from artnb.drawing.figures import COLOURS
from artnb.errors import InputError
from artnb.evaluation.measure import Cache
from tests.collection.paintings import collection_of, framed, painting, three_tints
from tests.evaluation.stand_in import Colours

CUT = (214, 39, 140)


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory):
    pictures = {
        "a.png": framed(painting(0), 30, 20, 25, 20),
        "b.png": painting(1),
        "c.png": painting(1).resize((180, 144)),
        "d.png": framed(painting(2), 10, 10, 10, 10, colour=(0, 0, 0)),
    }
    collection = collection_of(tmp_path_factory.mktemp("cleaned"), pictures)
    return clean(collection, Cleaning(smallest_px=0)).collection


@pytest.fixture(scope="module")
def clustered(tmp_path_factory):
    collection = three_tints(tmp_path_factory.mktemp("tints"), (30, 10, 6))
    return cluster_pictures([pictures_in_use(collection)], Colours(), 3, cache=Cache(None))


def holds(sheet, colour):
    return bool((np.asarray(sheet) == colour).all(axis=2).any())


def test_crops_show_the_rectangle_and_what_is_left(cleaned):
    sheet = draw_crops(cleaned)
    assert holds(sheet, CUT)
    assert holds(sheet, (245, 240, 230))
    left, right = sheet.crop((0, 40, 218, 400)), sheet.crop((220, 40, 424, 400))
    assert holds(left, CUT)
    assert not holds(right, CUT)
    assert not holds(right, (245, 240, 230))
    assert draw_crops(cleaned, most=1).height < sheet.height + 1


def test_repeats_stand_beside_what_they_repeat(cleaned):
    assert draw_repeats(cleaned).width > 400


def test_what_there_is_none_of_is_explained(tmp_path):
    collection = collection_of(tmp_path, {"a.png": painting(0)})
    with pytest.raises(InputError, match="no picture has anything to cut"):
        draw_crops(collection)
    with pytest.raises(InputError, match="no picture repeats another"):
        draw_repeats(clean(collection).collection)


def test_a_file_that_is_gone_leaves_a_gap(cleaned, tmp_path):
    gone = replace(cleaned, images=tmp_path)
    with pytest.raises(InputError, match="none of the pictures can be read"):
        draw_crops(gone)


def test_a_cluster_shows_its_middle_and_some_others(clustered):
    sheet, small = draw_cluster(clustered, 1), draw_cluster(clustered, 3)
    assert sheet.width == small.width
    assert sheet.height > 2 * small.height
    average = np.asarray(sheet)[40:, 20:].reshape(-1, 3).mean(axis=0)
    assert average[0] > average[1] + 20
    with pytest.raises(InputError, match="clusters are numbered 1 to 3, got 4"):
        draw_cluster(clustered, 4)


def test_the_same_seed_draws_the_same_sheet(clustered):
    assert draw_cluster(clustered, 1, seed=1) == draw_cluster(clustered, 1, seed=1)
    assert draw_cluster(clustered, 1, seed=1) != draw_cluster(clustered, 1, seed=2)


def test_the_plot_marks_how_many_were_taken(clustered):
    figure = draw_counts(clustered.clusters)
    for panel in figure.axes:
        assert list(panel.lines[1].get_xdata()) == [3, 3]
    assert list(figure.axes[0].lines[0].get_ydata()) == list(
        clustered.clusters.silhouettes.values()
    )


def test_the_map_has_a_point_for_each_picture_and_thumbnails(clustered):
    panel = draw_map(clustered).axes[0]
    assert [len(points.get_offsets()) for points in panel.collections] == [30, 10, 6]
    assert len(panel.artists) > 5
    colours = [tuple(points.get_facecolor()[0][:3]) for points in panel.collections]
    assert colours == [pytest.approx(to_rgb(colour)) for colour in COLOURS[:3]]


def test_the_map_may_be_of_sides(tmp_path):
    one, other = three_tints(tmp_path / "1", (9, 3, 0)), three_tints(tmp_path / "2", (0, 3, 9))
    sides = [pictures_in_use(one, "photo"), pictures_in_use(other, "Monet")]
    clustered = cluster_pictures(sides, Colours(), 3, cache=Cache(None))
    figure = draw_map(clustered, by_set=True)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "photo (12)",
        "Monet (12)",
    ]
    paired = pair(clustered).pairing
    panel = draw_pairing(paired).axes[0]
    bold = [label.get_text() for label in panel.get_xticklabels() if label.get_weight() == "bold"]
    assert bold == [str(number) for number in paired.of_both]
    assert [bar.get_height() for bar in panel.containers[0]] == pytest.approx(paired.shares[:, 0])


def test_maps_of_clusters_and_of_sides_are_laid_out_once(tmp_path, monkeypatch):
    made = []
    quick = lambda points, seed: made.append(seed) or np.repeat(points, 2, 1)[:, :2]  # noqa: E731
    monkeypatch.setattr(layout, "_t_sne", quick)
    monkeypatch.setenv("ARTNB_CACHE", str(tmp_path / "cache"))
    layout.this_machines_cache.cache_clear()
    sides = [
        pictures_in_use(three_tints(tmp_path / name, (4, 4, 0)), name) for name in ("x", "Monet")
    ]
    clustered = cluster_pictures(sides, Colours(), 3, cache=Cache(None))
    maps = [draw_map(clustered).axes[0], draw_map(clustered, by_set=True).axes[0]]
    layout.this_machines_cache.cache_clear()  # as in another process
    maps.append(draw_map(clustered).axes[0])
    assert len(made) == 1
    places = [np.concatenate([p.get_offsets() for p in panel.collections]) for panel in maps]
    np.testing.assert_array_equal(places[0], places[2])
    assert {tuple(point) for point in places[0]} == {tuple(point) for point in places[1]}


def test_shares_are_written_into_the_heat_map(clustered):
    side = clustered.sets[0]
    table = side.write(side.pictures.collection).table
    panel = draw_shares(share_by(table, "genre")).axes[0]
    assert [label.get_text() for label in panel.get_yticklabels()] == ["red", "green", "blue"]
    assert [text.get_text() for text in panel.texts] == ["30", "", "", "", "10", "", "", "", "6"]


def test_pictures_keep_their_proportions(cleaned):
    wide = collection_of(
        cleaned.folder / "wide", {"w.png": framed(painting(3, 400, 60), 20, 8, 20, 8)}
    )
    sheet = draw_crops(clean(wide, Cleaning(smallest_px=0)).collection)
    assert isinstance(sheet, Image.Image)
    assert sheet.height < 160
