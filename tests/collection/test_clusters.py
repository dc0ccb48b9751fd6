import numpy as np
import pandas
import pytest

from artnb.cli import main
from artnb.collection.clusters import (
    agreement,
    centred,
    find_clusters,
    group_rows,
    principal_components,
    share_by,
    suggest_count,
    try_counts,
)
from artnb.collection.pictures import cluster_pictures, pictures_in_use
from artnb.collection.table import Collection, complete_table, open_collection
from artnb.errors import InputError
from artnb.evaluation.extractor import load_extractor
from artnb.evaluation.measure import Cache
from artnb.pretrained.weights import weights_at_hand
from tests.collection.paintings import (
    TINTS,
    collection_of,
    edited,
    framed,
    row,
    three_tints,
    tinted,
)
from tests.evaluation.stand_in import Colours


def heaps(sizes=(60, 40, 25), dimensions=20, spread=0.05, seed=0):
    """Rows around so many corners, and which corner each is of."""
    random = np.random.default_rng(seed)
    corners = np.eye(dimensions)[: len(sizes)]
    labels = np.repeat(range(len(sizes)), sizes)
    return corners[labels] + spread * random.normal(size=(len(labels), dimensions)), labels


def keys_of(count):
    return [f"{number:04d}" for number in range(count)]


def test_heaps_are_found_and_numbered_by_size():
    rows, labels = heaps()
    found = find_clusters(rows, keys_of(len(rows)))
    assert found.labels.tolist() == (labels + 1).tolist()
    assert found.sizes == {1: 60, 2: 40, 3: 25}
    assert max(found.silhouettes, key=found.silhouettes.get) == 3
    assert found.inertias[3] < 0.2 * found.inertias[2]


def test_the_same_seed_gives_the_same_clusters_whatever_the_order():
    rows = np.random.default_rng(1).normal(size=(120, 10))
    keys = keys_of(120)
    found = find_clusters(rows, keys, 5, seed=3)
    order = np.random.default_rng(2).permutation(120)
    shuffled = find_clusters(rows[order], [keys[place] for place in order], 5, seed=3)
    assert (shuffled.labels == found.labels[order]).all()
    assert shuffled.silhouettes == found.silhouettes
    assert (find_clusters(rows, keys, 5, seed=4).labels != found.labels).any()


def test_the_nearest_to_the_middle_come_first():
    rows, _ = heaps((30, 20), spread=0.2)
    found = find_clusters(rows, keys_of(50), 2)
    places = found.nearest_first(2)
    assert sorted(places) == list(range(30, 50))
    assert (np.diff(found.distances[places]) >= 0).all()


def test_components_hold_four_fifths_of_the_variance():
    random = np.random.default_rng(0)
    rows = random.normal(size=(400, 30)) * np.array([10, 8, *[0.3] * 28])
    points, explained = principal_components(rows)
    assert points.shape == (400, 2)
    assert explained == pytest.approx(164 / (164 + 28 * 0.09), abs=0.01)
    assert principal_components(random.normal(size=(500, 100)))[0].shape[1] == 64


def test_features_are_of_length_one_around_zero():
    rows = centred(np.array([[3.0, 4.0], [0.0, 2.0], [0.0, 0.0]]))
    assert rows.mean(axis=0) == pytest.approx([0, 0])
    assert rows[0] - rows[1] == pytest.approx([0.6, -0.2])


@pytest.mark.parametrize(
    ("silhouettes", "count"),
    [
        ({2: 0.8, 3: 0.5, 4: 0.7}, 2),
        ({2: 0.24, 3: 0.23, 4: 0.1}, 4),
        ({2: 0.10, 3: 0.09, 4: 0.07, 5: 0.08}, 5),
        ({2: 0.3, 3: 0.31}, 3),
        ({2: 0.1, 7: 0.2}, 7),
        ({2: -0.1, 3: -0.2, 4: -0.3}, 4),
        ({}, 2),
    ],
)
def test_few_clusters_are_suggested_where_groups_are_clear(silhouettes, count):
    assert suggest_count(silhouettes) == count


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_few_or_equal_pictures_are_no_hindrance():
    assert find_clusters(np.ones((5, 4)), keys_of(5)).count >= 1
    assert max(try_counts(heaps((40, 40))[0])[0]) <= 80 // 15
    labels, distances = group_rows(heaps((3, 2))[0], 2)
    assert labels.tolist() == [1, 1, 1, 2, 2]
    assert len(distances) == 5


@pytest.mark.parametrize("count", [1, 0, 9])
def test_a_number_of_clusters_that_cannot_be(count):
    with pytest.raises(InputError, match=f"got {count} for 8; name another number"):
        find_clusters(np.eye(8), keys_of(8), count)


def clustered_once(collection, count=3, **options):
    return cluster_pictures(
        [pictures_in_use(collection)], Colours(), count, cache=Cache(None), **options
    )


def test_clusters_come_into_the_table(tmp_path):
    collection = three_tints(tmp_path)
    table = clustered_once(collection).sets[0].write(collection).table
    assert [row(collection.with_table(table), f"{tint}0")["cluster"] for tint in TINTS] == [1, 2, 3]
    counts = share_by(table, "genre")
    assert counts.index.tolist() == ["red", "green", "blue"]
    assert counts.to_numpy().tolist() == [[8, 0, 0], [0, 6, 0], [0, 0, 4]]
    assert agreement(table, "genre") == pytest.approx(1)


def test_the_order_of_the_table_plays_no_part(tmp_path):
    collection = three_tints(tmp_path)
    turned = collection.with_table(collection.table.iloc[::-1])
    found = [clustered_once(c, 4).sets[0] for c in (collection, turned)]
    one, other = (dict(zip(side.ids, side.labels.tolist(), strict=True)) for side in found)
    assert one == other


def test_rows_left_out_and_unreadable_files_have_no_cluster(tmp_path):
    collection = edited(three_tints(tmp_path), "red0", keep="no")
    (collection.images / "red1.png").write_bytes(b"")
    (collection.images / "red2.png").unlink()
    side = clustered_once(collection).sets[0]
    assert [row_id for row_id, _ in side.unreadable] == ["red1", "red2"]
    written = side.write(collection)
    assert written.table["cluster"].isna().sum() == 3
    assert row(written, "red3")["cluster"] == 2


def test_what_is_cut_is_not_looked_at(tmp_path):
    bordered = {f"{tint}{n}.png": framed(tinted(tint, n), *[16] * 4, colour=(0, 0, 0))
                for tint in TINTS for n in range(4)}  # fmt: skip
    whole = collection_of(tmp_path, bordered)
    cut = whole.with_table(whole.table.assign(crop="16 16 80 80"))
    picture = pictures_in_use(cut).thumbnail("red0")
    assert picture.shape == (256, 256, 3)
    assert picture[:4].mean() > 50 > pictures_in_use(whole).thumbnail("red0")[:4].mean()
    assert set(pictures_in_use(cut).keys).isdisjoint(pictures_in_use(whole).keys)


def test_features_are_measured_once(tmp_path):
    collection, colours, cache = three_tints(tmp_path), Colours(), Cache(None)
    for _ in range(2):
        cluster_pictures([pictures_in_use(collection)], colours, 3, cache=cache)
    assert colours.seen == 18


def test_a_collection_without_pictures_is_explained(tmp_path):
    collection = three_tints(tmp_path)
    empty = collection.with_table(collection.table.assign(keep="no"))
    with pytest.raises(InputError, match="has no picture in use that is there yet"):
        pictures_in_use(empty, "Baroque")
    with pytest.raises(InputError, match="there is no column 'school'"):
        share_by(collection.table, "school")
    with pytest.raises(InputError, match="no row has a cluster yet"):
        share_by(collection.table, "genre")


@pytest.mark.backend
@pytest.mark.usefixtures("colours_for_a_network")
def test_the_command_writes_table_sheets_and_map(tmp_path, capsys):
    three_tints(tmp_path / "c").save()
    assert main(["collection", "cluster", str(tmp_path / "c"), "--clusters", "3"]) == 0
    said = capsys.readouterr().out
    assert "cluster 1: 8 pictures, cluster 2: 6 pictures, cluster 3: 4 pictures" in said
    assert "genre and clusters agree by 1.00" in said
    assert row(open_collection(tmp_path / "c"), "blue1")["cluster"] == 3
    assert {path.name for path in (tmp_path / "c" / "clusters").iterdir()} == {
        *(f"cluster-{number:02d}.png" for number in (1, 2, 3)),
        *("counts.png", "map.png", "genre.csv", "genre.png"),
    }
    assert main(["collection", "cluster", str(tmp_path / "c"), "--clusters", "99"]) == 2
    assert "got 99 for 18" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.backend
def test_photos_and_monets_come_apart(competition, tmp_path):
    if not weights_at_hand("squeezenet"):
        pytest.skip("needs SqueezeNet's weights: set ARTNB_WEIGHTS")
    files = [
        f"{kind}_jpg/{file.name}"
        for kind in ("photo", "monet")
        for file in sorted((competition / f"{kind}_jpg").glob("*.jpg"))[:60]
    ]
    table = {"id": files, "file": files, "genre": [file[:5] for file in files]}
    collection = Collection(tmp_path, complete_table(pandas.DataFrame(table)), competition)
    squeezenet = load_extractor("squeezenet")
    found = cluster_pictures([pictures_in_use(collection)], squeezenet, 4, cache=Cache(None)).sets[
        0
    ]
    assert agreement(found.write(collection).table, "genre") > 0.1
