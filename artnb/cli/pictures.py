"""Actions of `artnb collection` that look at the pictures: clean, cluster, pair."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from artnb.cli import options
from artnb.errors import InputError
from artnb.progress import bar

if TYPE_CHECKING:
    from artnb.collection.pictures import Clustered, CollectionPictures
    from artnb.collection.table import Collection

_BY = ("genre", "style")

_Seed = Annotated[int, "the same gives the same clusters"]


def clean(
    collection: Annotated[Path, "its folder"],
    *,
    preview: Annotated[bool, "draw the sheets, leave the table as it is"] = False,
    smallest_px: Annotated[int, "of the shorter side"] = 192,
    no_crop: Annotated[bool, "find no borders and frames"] = False,
    smallest_remainder: Annotated[float, "share of the area that a cut must leave"] = 0.4,
    most_bits: Annotated[int, "of 64 by which near-duplicates' hashes differ"] = 6,
    keep_repeats: Annotated[bool, "find no near-duplicates"] = False,
    without_cluster: Annotated[Sequence[int], "leave this cluster out; may be repeated"] = (),
) -> None:
    """Find borders, repeats, small and unreadable pictures; the table says, no file changes.

    Edit keep, reason and crop in collection.csv and clean again: what you wrote wins.
    keep = yes keeps a picture whatever is found; crop = "none" leaves it whole.
    """
    from artnb.collection.clean import Cleaning, clean
    from artnb.collection.table import open_collection

    cleaning = Cleaning(
        smallest_px=smallest_px,
        crop=not no_crop,
        smallest_remainder=smallest_remainder,
        most_bits=None if keep_repeats else most_bits,
        without_clusters=tuple(without_cluster),
    )
    cleaned = clean(open_collection(collection), cleaning, progress=bar)
    print(cleaned.describe())
    if not preview:
        cleaned.collection.save()
    from artnb.collection.plots import draw_crops, draw_repeats

    folder = cleaned.collection.folder / "cleaning"
    _draw("Borders", folder / "crops.png", lambda: draw_crops(cleaned.collection))
    _draw("Repeats", folder / "repeats.png", lambda: draw_repeats(cleaned.collection))
    if preview:
        print("The table is as it was (--preview).")


def _draw(title: str, path: Path, draw: Callable) -> None:
    """Write a sheet and say where it lies, or remove that of an earlier time."""
    from artnb.drawing.grids import save_picture

    try:
        sheet = draw()
    except InputError:  # nothing to show
        path.unlink(missing_ok=True)
        return
    print(f"{title + ':':10}{save_picture(sheet, path)}")


def cluster(
    collection: Annotated[Path, "its folder"],
    *,
    clusters: Annotated[int | None, "how many (default: what silhouettes suggest, 2 to 12)"] = None,
    seed: _Seed = 0,
    extractor: options.Extractor = "squeezenet",
    backend: options.Backend = None,
) -> None:
    """Group the pictures by what a network sees in them, with a sheet for each cluster."""
    from artnb.collection.pictures import pictures_in_use
    from artnb.collection.table import open_collection

    sides = [pictures_in_use(open_collection(collection))]
    clustered = _find(sides, clusters, seed, extractor, backend)
    (paintings,) = _save_clusters(clustered)
    sizes = clustered.clusters.sizes.items()
    print(", ".join(f"cluster {number}: {size:,} pictures" for number, size in sizes))
    folder = paintings.folder / "clusters"
    _draw_clusters(clustered, folder, seed)
    _share(paintings, folder)
    print('Choose by them:  artnb collection choose DIR "cluster=1,2" --out NEW')


def _find(
    sides: "list[CollectionPictures]",
    count: int | None,
    seed: int,
    extractor: str,
    backend: str | None,
):
    from artnb.collection.pictures import cluster_pictures

    options.say_backend(backend)
    from artnb.evaluation.extractors import load_extractor

    network = load_extractor(extractor, progress=bar)
    clustered = cluster_pictures(sides, network, count, seed, progress=bar)
    for each in clustered.sets:
        for row_id, why in each.unreadable:
            print(f"{row_id} has no cluster: {why}")
    return clustered


def _draw_clusters(clustered: "Clustered", folder: Path, seed: int) -> None:
    from artnb.collection.plots import draw_cluster, draw_counts, draw_map
    from artnb.drawing.grids import save_picture

    for old in folder.glob("cluster-??.png"):
        old.unlink()
    for number in clustered.clusters.sizes:
        sheet = draw_cluster(clustered, number, seed)
        save_picture(sheet, folder / f"cluster-{number:02d}.png")
    draw_counts(clustered.clusters).savefig(folder / "counts.png")
    draw_map(clustered, seed).savefig(folder / "map.png")
    print(f"Sheets, map, and plot of how many:  {folder}")


def _share(collection: "Collection", folder: Path) -> None:
    """Say how genres and styles fall into clusters, where the table knows them."""
    from artnb.collection.clusters import agreement, share_by
    from artnb.collection.plots import draw_shares
    from artnb.files import write_whole

    rows = collection.kept[collection.kept["cluster"].notna()]
    for column in _BY:
        if rows[column].nunique() < 2:
            continue
        counts = share_by(rows, column)
        write_whole(folder / f"{column}.csv", counts.to_csv())
        draw_shares(counts).savefig(folder / f"{column}.png")
        print(
            f"{column} and clusters agree by {agreement(rows, column):.2f} "
            f"(0 is chance, 1 is all):  {folder / f'{column}.csv'}"
        )


def pair(
    collection: Annotated[Path, "with the pictures to be turned into others"],
    other: Annotated[Path | None, "with the others (default: the same)"] = None,
    *,
    x: Annotated[str | None, 'such as "style=Baroque" (default: all)'] = None,
    y: Annotated[str | None, 'such as "style=Realism" (default: all)'] = None,
    clusters: Annotated[int | None, "how many (default: 6)"] = None,
    seed: _Seed = 0,
    extractor: options.Extractor = "squeezenet",
    backend: options.Backend = None,
) -> None:
    """Compare what two sides show, and say which clusters to take on both."""
    from artnb.collection.pairing import CLUSTERS, pair

    sides = _sides(collection, other, x, y)
    count = CLUSTERS if clusters is None else clusters
    clustered = _find(sides, count, seed, extractor, backend)
    paired = pair(clustered, seed=seed)
    _save_clusters(clustered)
    print(paired.pairing.describe())
    folder = sides[0].collection.folder / "pairing"
    _draw_clusters(clustered, folder, seed)
    from artnb.collection.plots import draw_map, draw_pairing
    from artnb.files import write_whole

    draw_pairing(paired.pairing).savefig(folder / "shares.png")
    draw_map(clustered, seed, by_set=True).savefig(folder / "sides.png")
    for name, ids in (("x", paired.x_ids), ("y", paired.y_ids)):
        write_whole(folder / f"{name}-ids.txt", "".join(f"{row_id}\n" for row_id in ids))
        print(f"{name}: {len(ids):,} pictures to take:  {folder / f'{name}-ids.txt'}")


def _sides(
    folder: Path, other: Path | None, x: str | None, y: str | None
) -> "list[CollectionPictures]":
    """Choose two sides of one collection, or take one of each of two."""
    from artnb.collection.choose import choose, choose_pair
    from artnb.collection.pictures import pictures_in_use
    from artnb.collection.table import open_collection

    first = open_collection(folder)
    if other is not None:
        sides = ((first, x), (open_collection(other), y))
        return [
            pictures_in_use(
                each, which or "", choose(each, which).collection.table if which else None
            )
            for each, which in sides
        ]
    if not (x and y):
        raise InputError(
            "two sides of one collection are chosen by --x and --y, such as "
            '--x "style=Baroque" --y "style=Realism"; or name another collection'
        )
    chosen = choose_pair(first, x, y)
    return [
        pictures_in_use(first, w, c.collection.table) for w, c in zip((x, y), chosen, strict=True)
    ]


def _save_clusters(clustered: "Clustered") -> "list[Collection]":
    """Write the clusters into the table of each collection, once where both sides share it."""
    saved: dict[Path, Collection] = {}
    for each in clustered.sets:
        folder = each.pictures.collection.folder.resolve()
        saved[folder] = each.write(saved.get(folder, each.pictures.collection))
    for collection in saved.values():
        collection.save()
    return list(saved.values())
