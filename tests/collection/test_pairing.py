import numpy as np
import pytest
from PIL import Image

from artnb.cli import main
from artnb.collection.pairing import compare_clusters, pair
from artnb.collection.pictures import cluster_pictures, pictures_in_use
from artnb.collection.table import open_collection
from artnb.errors import InputError
from artnb.evaluation.measure import Cache
from tests.collection.paintings import row, three_tints
from tests.evaluation.stand_in import Colours


def dealt(**counts):
    """Clusters of pictures: `a=3` are three of cluster 1."""
    return [number for number, count in enumerate(counts.values(), 1) for _ in range(count)]


def test_the_distance_is_one_where_nothing_is_shared_and_zero_where_all_is():
    apart = compare_clusters([1] * 2000, [2] * 2000)
    assert apart.distance == pytest.approx(1, abs=0.001)
    assert compare_clusters([1, 2] * 500, [1, 2] * 300).distance == 0
    half = compare_clusters(dealt(a=2000, b=2000), dealt(a=4000))
    divergence = 0.5 * (0.5 * np.log2(2 / 3) + 0.5 * 1) + 0.5 * np.log2(4 / 3)
    assert half.distance == pytest.approx(divergence**0.5, abs=0.001)
    other_way = compare_clusters(dealt(a=4000), dealt(a=2000, b=2000))
    assert other_way.distance == pytest.approx(half.distance, abs=0.001)


def test_two_that_differ_are_told_in_a_sentence():
    pairing = compare_clusters(
        dealt(a=720, b=200, c=80), dealt(a=9, b=190, c=101), ("Baroque", "Realism")
    )
    assert pairing.differs
    assert pairing.of_both == [2]
    sentence = pairing.describe()
    assert "Baroque and Realism differ in kind (0.66 of 1, by chance up to 0.0" in sentence
    assert "72 % of Baroque are in clusters that hold 3 % of Realism (1)" in sentence
    assert "on both sides take cluster=2 (200 of Baroque, 190 of Realism)" in sentence


def test_the_side_that_stands_alone_is_named_first():
    pairing = compare_clusters(dealt(a=9, b=291), dealt(a=720, b=280), ("x", "y"))
    assert "72 % of y are in clusters that hold 3 % of x (1)" in pairing.describe()


def test_small_sets_of_one_kind_do_not_cry_wolf():
    random = np.random.default_rng(0)
    warned = [
        compare_clusters(*random.integers(1, 7, (2, 20)).tolist(), permutations=200).differs
        for _ in range(60)
    ]
    assert sum(warned) <= 2


def test_nothing_in_common_is_no_proposal():
    pairing = compare_clusters([1] * 100, [2] * 100)
    assert pairing.of_both == []
    assert "no cluster has a fair share of both, so choose other pictures" in pairing.describe()


def test_a_cluster_of_a_few_is_no_proposal():
    pairing = compare_clusters(dealt(a=40, b=4, c=6), dealt(a=2, b=4, c=44), permutations=50)
    assert pairing.of_both == []
    pairing = compare_clusters(dealt(a=40, b=5, c=6), dealt(a=2, b=5, c=44), permutations=50)
    assert pairing.of_both == [2]


def test_the_same_kind_is_said_too():
    sentence = compare_clusters([1, 2, 3] * 100, [1, 2, 3] * 80, ("photo", "Monet")).describe()
    assert sentence.startswith("photo and Monet show the same kinds of thing as far as clusters")


def test_the_same_seed_gives_the_same_interval():
    sides = dealt(a=30, b=20), dealt(a=10, b=25)
    assert compare_clusters(*sides, seed=1).by_chance == compare_clusters(*sides, seed=1).by_chance


def test_an_empty_side_is_explained():
    with pytest.raises(InputError, match="both sides need pictures with a cluster"):
        compare_clusters([1, 2], [])


def sides_of(collection, x, y):
    table = collection.table
    return [
        pictures_in_use(collection, name, table[table["genre"].isin(genres)])
        for name, genres in (("x", x), ("y", y))
    ]


def test_ids_to_take_are_those_of_shared_clusters(tmp_path):
    one, other = three_tints(tmp_path / "one", (12, 8, 0)), three_tints(tmp_path / "two", (0, 8, 9))
    sides = [pictures_in_use(one, "x"), pictures_in_use(other, "y")]
    clustered = cluster_pictures(sides, Colours(), 3, cache=Cache(None))
    paired = pair(clustered, seed=0)
    assert paired.pairing.differs
    assert set(paired.x_ids) == set(paired.y_ids) == {f"green{number}" for number in range(8)}
    shared = paired.pairing.of_both
    others = [number for number in (1, 2, 3) if number not in shared]
    assert len(pair(clustered, others).x_ids) == 12
    with pytest.raises(InputError, match="clusters are numbered 1 to 3, got 7"):
        pair(clustered, [7])


def test_a_difference_of_medium_alone_is_half_taken_away(tmp_path):
    """Two sides with the same three kinds, one of them lighter all over."""
    one, other = three_tints(tmp_path / "one", (8, 8, 8)), three_tints(tmp_path / "two", (8, 8, 8))
    for file in other.table["file"]:
        with Image.open(other.images / file) as image:
            lighter = image.point(lambda value: min(255, value + 40))
        lighter.save(other.images / file)
    clustered = cluster_pictures(
        [pictures_in_use(one), pictures_in_use(other)], Colours(), 3, cache=Cache(None)
    )
    assert not pair(clustered).pairing.differs
    assert pair(clustered).pairing.of_both == [1, 2, 3]


def test_a_pair_has_two_sides(tmp_path):
    clustered = cluster_pictures(
        [pictures_in_use(three_tints(tmp_path))], Colours(), 3, cache=Cache(None)
    )
    with pytest.raises(InputError, match="a pair has two sides, got 1"):
        pair(clustered)


@pytest.mark.backend
@pytest.mark.usefixtures("colours_for_a_network")
def test_the_command_compares_two_choices_of_one_collection(tmp_path, capsys):
    folder = tmp_path / "c"
    three_tints(folder, (20, 20, 20)).save()
    sides = ["--x", "genre=red,green", "--y", "genre=blue"]
    assert main(["collection", "pair", str(folder), *sides, "--clusters", "3"]) == 0
    said = capsys.readouterr().out
    assert "genre=red,green and genre=blue differ in kind" in said
    assert (folder / "pairing" / "x-ids.txt").read_text() == ""
    assert (folder / "pairing" / "sides.png").exists()
    written = open_collection(folder)
    assert len({row(written, f"{tint}0")["cluster"] for tint in ("red", "green", "blue")}) == 3
    assert main(["collection", "pair", str(folder), "--x", "genre=red"]) == 2
    assert "two sides of one collection are chosen by --x and --y" in capsys.readouterr().err


@pytest.mark.backend
@pytest.mark.usefixtures("colours_for_a_network")
def test_the_command_compares_two_collections(tmp_path, capsys):
    folders = [tmp_path / "baroque", tmp_path / "realism"]
    for folder in folders:
        three_tints(folder, (8, 8, 8)).save()
    assert main(["collection", "pair", *map(str, folders), "--clusters", "3"]) == 0
    assert "baroque and realism show the same kinds of thing" in capsys.readouterr().out
    for folder in folders:
        assert open_collection(folder).table["cluster"].notna().all()
    assert len((folders[0] / "pairing" / "y-ids.txt").read_text().splitlines()) == 24
