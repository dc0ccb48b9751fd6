"""Actions of `artnb collection` that look at the pictures: clean, cluster, pair."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.cli.command import add_backend, add_command, add_extractor, say_backend
from artnb.errors import InputError
from artnb.progress import bar

if TYPE_CHECKING:
    from artnb.collection.pictures import Clustered, CollectionPictures
    from artnb.collection.table import Collection

_BY = ("genre", "style")


def add_looks(actions: argparse._SubParsersAction) -> None:
    """Add the actions."""
    _add_clean(actions)
    _add_cluster(actions)
    _add_pair(actions)


def _add_clean(actions: argparse._SubParsersAction) -> None:
    text = "Find borders, repeats, small and unreadable pictures; the table says, no file changes."
    parser = add_command(actions, "clean", _clean, text)
    parser.epilog = (
        "Edit keep, reason and crop in collection.csv and clean again: what you wrote wins.\n"
        'keep = yes keeps a picture whatever is found; crop = "none" leaves it whole.'
    )
    parser.add_argument("collection", type=Path, help="its folder")
    parser.add_argument(
        "--preview", action="store_true", help="draw the sheets, leave the table as it is"
    )
    parser.add_argument("--smallest-px", type=int, default=192, help="of the shorter side")
    parser.add_argument("--no-crop", action="store_true", help="find no borders and frames")
    parser.add_argument(
        "--smallest-remainder",
        type=float,
        default=0.4,
        metavar="SHARE",
        help="of a picture's area that cutting its border must leave",
    )
    parser.add_argument(
        "--most-bits", type=int, default=6, help="of 64 by which near-duplicates' hashes differ"
    )
    parser.add_argument("--keep-repeats", action="store_true", help="find no near-duplicates")
    parser.add_argument(
        "--without-cluster",
        action="append",
        type=int,
        default=[],
        metavar="N",
        help="leave out a cluster, such as one of text pages; may be repeated",
    )


def _clean(options: argparse.Namespace) -> None:
    from artnb.collection.clean import Cleaning, clean
    from artnb.collection.table import open_collection

    cleaning = Cleaning(
        smallest_px=options.smallest_px,
        crop=not options.no_crop,
        smallest_remainder=options.smallest_remainder,
        most_bits=None if options.keep_repeats else options.most_bits,
        without_clusters=tuple(options.without_cluster),
    )
    cleaned = clean(open_collection(options.collection), cleaning, progress=bar)
    print(cleaned.describe())
    if not options.preview:
        cleaned.collection.save()
    from artnb.collection.plots import draw_crops, draw_repeats

    folder = cleaned.collection.folder / "cleaning"
    _draw("Borders", folder / "crops.png", lambda: draw_crops(cleaned.collection))
    _draw("Repeats", folder / "repeats.png", lambda: draw_repeats(cleaned.collection))
    if options.preview:
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


def _add_cluster(actions: argparse._SubParsersAction) -> None:
    text = "Group the pictures by what a network sees in them, with a sheet for each cluster."
    parser = add_command(actions, "cluster", _cluster, text)
    parser.add_argument("collection", type=Path, help="its folder")
    _add_network(parser, "how many (default: what silhouettes suggest, 2 to 12)")


def _add_network(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("--clusters", type=int, metavar="N", help=text)
    parser.add_argument("--seed", type=int, default=0, help="the same gives the same clusters")
    add_extractor(parser)
    parser.set_defaults(extractor="squeezenet")
    add_backend(parser)


def _cluster(options: argparse.Namespace) -> None:
    from artnb.collection.pictures import pictures_in_use
    from artnb.collection.table import open_collection

    collection = open_collection(options.collection)
    clustered = _find([pictures_in_use(collection)], options, options.clusters)
    collection = clustered.sets[0].write(collection)
    collection.save()
    sizes = clustered.clusters.sizes.items()
    print(", ".join(f"cluster {number}: {size:,} pictures" for number, size in sizes))
    folder = collection.folder / "clusters"
    _draw_clusters(clustered, folder, options.seed)
    _share(collection, folder)
    print('Choose by them:  artnb collection choose DIR "cluster=1,2" --out NEW')


def _find(
    sides: "list[CollectionPictures]", options: argparse.Namespace, count: int | None
) -> "Clustered":
    from artnb.collection.pictures import cluster_pictures

    say_backend(options)
    from artnb.evaluation.extractors import load_extractor

    extractor = load_extractor(options.extractor, progress=bar)
    clustered = cluster_pictures(sides, extractor, count, options.seed, progress=bar)
    for of_set in clustered.sets:
        for row_id, why in of_set.unreadable:
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

    for column in _BY:
        rows = collection.kept[collection.kept["cluster"].notna()]
        if rows[column].nunique() < 2:
            continue
        counts = share_by(rows, column)
        write_whole(folder / f"{column}.csv", counts.to_csv())
        draw_shares(counts).savefig(folder / f"{column}.png")
        print(
            f"{column} and clusters agree by {agreement(rows, column):.2f} "
            f"(0 is chance, 1 is all):  {folder / f'{column}.csv'}"
        )


def _add_pair(actions: argparse._SubParsersAction) -> None:
    text = "Compare what two sides show, and say which clusters to take on both."
    parser = add_command(actions, "pair", _pair, text)
    parser.add_argument("collection", type=Path, help="with the pictures to be turned into others")
    parser.add_argument("other", type=Path, nargs="?", help="with the others (default: the same)")
    parser.add_argument("--x", metavar="WHICH", help='such as "style=Baroque" (default: all)')
    parser.add_argument("--y", metavar="WHICH", help='such as "style=Realism" (default: all)')
    _add_network(parser, "how many (default: 6)")


def _pair(options: argparse.Namespace) -> None:
    from artnb.collection.pairing import CLUSTERS, pair

    sides = _sides(options)
    clustered = _find(sides, options, CLUSTERS if options.clusters is None else options.clusters)
    paired = pair(clustered, seed=options.seed)
    _save_clusters(clustered)
    print(paired.pairing.describe())
    folder = sides[0].collection.folder / "pairing"
    _draw_clusters(clustered, folder, options.seed)
    from artnb.collection.plots import draw_map, draw_pairing
    from artnb.files import write_whole

    draw_pairing(paired.pairing).savefig(folder / "shares.png")
    draw_map(clustered, options.seed, by_set=True).savefig(folder / "sides.png")
    for name, ids in (("x", paired.x_ids), ("y", paired.y_ids)):
        write_whole(folder / f"{name}-ids.txt", "".join(f"{row_id}\n" for row_id in ids))
        print(f"{name}: {len(ids):,} pictures to take:  {folder / f'{name}-ids.txt'}")


def _sides(options: argparse.Namespace) -> "list[CollectionPictures]":
    from artnb.collection.choose import choose, choose_pair
    from artnb.collection.pictures import pictures_in_use
    from artnb.collection.table import open_collection

    x = open_collection(options.collection)
    if options.other is None:
        if not (options.x and options.y):
            raise InputError(
                "two sides of one collection are chosen by --x and --y, such as "
                '--x "style=Baroque" --y "style=Realism"; or name another collection'
            )
        chosen = choose_pair(x, options.x, options.y)
        names = (options.x, options.y)
        return [
            pictures_in_use(x, name, choice.collection.table)
            for name, choice in zip(names, chosen, strict=True)
        ]
    sides = []
    for name, collection, which in (
        ("x", x, options.x),
        ("y", open_collection(options.other), options.y),
    ):
        rows = choose(collection, which).collection.table if which else None
        sides.append(
            pictures_in_use(collection, which or collection.folder.resolve().name or name, rows)
        )
    return sides


def _save_clusters(clustered: "Clustered") -> None:
    """Write the clusters into the table of each collection, once where both sides share it."""
    saved: dict[Path, Collection] = {}
    for of_set in clustered.sets:
        collection = of_set.pictures.collection
        folder = collection.folder.resolve()
        saved[folder] = of_set.write(saved.get(folder, collection))
    for collection in saved.values():
        collection.save()
