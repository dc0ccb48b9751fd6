"""Actions of `artnb collection` that look at the pictures: clean, cluster, pair."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import artnb
from artnb import collection
from artnb.cli import options
from artnb.cli.maker import Option
from artnb.errors import InputError
from artnb.files import write_whole

_Collection = Annotated[Path, "its folder", Option(metavar="collection")]
_Seed = Annotated[int, "the same gives the same clusters"]


def clean(
    folder: _Collection,
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
    from artnb.collection.clean import clean

    cleaning = collection.Cleaning(
        smallest_px=smallest_px,
        crop=not no_crop,
        smallest_remainder=smallest_remainder,
        most_bits=None if keep_repeats else most_bits,
        without_clusters=tuple(without_cluster),
    )
    cleaned = clean(collection.open_collection(folder), cleaning, progress=artnb.bar)
    print(cleaned.describe())
    if not preview:
        cleaned.collection.save()
    sheets = cleaned.collection.folder / "cleaning"
    _draw("Borders", sheets / "crops.png", collection.draw_crops, cleaned.collection)
    _draw("Repeats", sheets / "repeats.png", collection.draw_repeats, cleaned.collection)
    if preview:
        print("The table is as it was (--preview).")


def _draw(title: str, path: Path, draw: Callable, pictures) -> None:
    """Write a sheet and say where it lies, or remove that of an earlier time."""
    try:
        sheet = draw(pictures)
    except InputError:  # nothing to show
        path.unlink(missing_ok=True)
        return
    print(f"{title + ':':10}{artnb.save_picture(sheet, path)}")


def cluster(
    folder: _Collection,
    *,
    clusters: Annotated[int | None, "how many (default: what silhouettes suggest, 2 to 12)"] = None,
    seed: _Seed = 0,
    extractor: options.Extractor = "squeezenet",
    backend: options.Backend = None,
) -> None:
    """Group the pictures by what a network sees in them, with a sheet for each cluster."""
    sides = [collection.pictures_in_use(collection.open_collection(folder))]
    clustered = _find(sides, clusters, seed, extractor, backend)
    (paintings,) = _save_clusters(clustered)
    sizes = clustered.clusters.sizes.items()
    print(", ".join(f"cluster {number}: {size:,} pictures" for number, size in sizes))
    sheets = paintings.folder / "clusters"
    _draw_clusters(clustered, sheets, seed)
    _share(paintings, sheets)
    print('Choose by them:  artnb collection choose DIR "cluster=1,2" --out NEW')


def _find(sides, count, seed, extractor, backend):
    # A backend takes longer to start than all the rest where every picture was measured before.
    network = artnb.load_extractor(
        extractor, progress=artnb.bar, begin=lambda: options.say_backend(backend)
    )
    clustered = collection.cluster_pictures(sides, network, count, seed, progress=artnb.bar)
    for each in clustered.sets:
        for row_id, why in each.unreadable:
            print(f"{row_id} has no cluster: {why}")
    return clustered


def _draw_clusters(clustered, folder: Path, seed: int) -> None:
    for old in folder.glob("cluster-??.png"):
        old.unlink()
    for number in clustered.clusters.sizes:
        sheet = collection.draw_cluster(clustered, number, seed)
        artnb.save_picture(sheet, folder / f"cluster-{number:02d}.png")
    collection.draw_counts(clustered.clusters).savefig(folder / "counts.png")
    collection.draw_map(clustered, seed).savefig(folder / "map.png")
    print(f"Sheets, map, and plot of how many:  {folder}")


def _share(paintings, folder: Path) -> None:
    """Say how genres and styles fall into clusters, where the table knows them."""
    rows = paintings.kept[paintings.kept["cluster"].notna()]
    for column in ("genre", "style"):
        if rows[column].nunique() < 2:
            continue
        counts = collection.share_by(rows, column)
        write_whole(folder / f"{column}.csv", counts.to_csv())
        collection.draw_shares(counts).savefig(folder / f"{column}.png")
        print(
            f"{column} and clusters agree by {collection.agreement(rows, column):.2f} "
            f"(0 is chance, 1 is all):  {folder / f'{column}.csv'}"
        )


def pair(
    folder: Annotated[_Collection, "with the pictures to be turned into others"],
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
    from artnb.collection.both_sides import describe_both, find_on_both

    sides = _sides(folder, other, x, y)
    count = collection.CLUSTERS if clusters is None else clusters
    clustered = _find(sides, count, seed, extractor, backend)
    paired = collection.pair(clustered, seed=seed)
    _save_clusters(clustered)
    print(paired.pairing.describe())
    sheets = sides[0].collection.folder / "pairing"
    both = find_on_both(*((s.collection, s.rows) for s in sides), progress=artnb.bar)
    if both:
        print(f"{describe_both(both)}.")
    _draw_clusters(clustered, sheets, seed)
    lines = [f"{one}\t{other}\n" for one, other in [("x", "y"), *both]]
    write_whole(sheets / "on-both-sides.tsv", "".join(lines))
    collection.draw_pairing(paired.pairing).savefig(sheets / "shares.png")
    collection.draw_map(clustered, seed, by_set=True).savefig(sheets / "sides.png")
    for name, ids in (("x", paired.x_ids), ("y", paired.y_ids)):
        write_whole(sheets / f"{name}-ids.txt", "".join(f"{row_id}\n" for row_id in ids))
        print(f"{name}: {len(ids):,} pictures to take:  {sheets / f'{name}-ids.txt'}")


def _sides(folder: Path, other: Path | None, x: str | None, y: str | None) -> list:
    """Choose two sides of one collection, or take one of each of two."""
    from artnb.collection.choose import choose

    first = collection.open_collection(folder)
    if other is None:
        if not (x and y):
            raise InputError(
                "two sides of one collection are chosen by --x and --y, such as "
                '--x "style=Baroque" --y "style=Realism"; or name another collection'
            )
        chosen = collection.choose_pair(first, x, y)
        pairs = [(first, x, chosen[0]), (first, y, chosen[1])]
    else:
        second = collection.open_collection(other)
        pairs = [(each, w, choose(each, w) if w else None) for each, w in ((first, x), (second, y))]
    return [
        collection.pictures_in_use(each, which or "", choice and choice.collection.table)
        for each, which, choice in pairs
    ]


def _save_clusters(clustered) -> list:
    """Write the clusters into the table of each collection, once where both sides share it."""
    saved = {}
    for each in clustered.sets:
        whole = each.pictures.collection
        place = whole.folder.resolve()
        saved[place] = each.write(saved.get(place, whole))
    for whole in saved.values():
        whole.save()
    return list(saved.values())
