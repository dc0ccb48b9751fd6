"""Embedded data: invented landscapes and an invented painter, made rather than downloaded.

Training pictures are unpaired, as real photos and paintings are. The held-out ones are pairs
whose true painting is known, which gives a number that no real data can: how near a
translation is to the painting that the painter would have made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from artnb.data.dataset import Dataset, open_dataset
from artnb.data.images import encode_jpeg
from artnb.data.prepare import check_size, new_folder
from artnb.data.shards import Part, shards_of, write_manifest, write_planned
from artnb.data.sources import FilePicture
from artnb.errors import InputError
from artnb.locks import locked
from artnb.parallel import in_parallel
from artnb.progress import Progress, silent
from artnb.synthetic.landscapes import render_painting, render_photo

DEMO_SIZE_PX = 128
DEMO_IMAGES = 300
DEMO_PAIRS = 24
_PICTURES = "pictures"
# Scenes of different groups, and of different seeds, never coincide.
_SEEDS_PER_GROUP = 1_000_000

Renderer = Callable[[int, int], np.ndarray]


@dataclass(frozen=True)
class DemoSizes:
    """How much embedded data: edge, training pictures of each domain, held-out pairs."""

    size_px: int = DEMO_SIZE_PX
    images: int = DEMO_IMAGES
    pairs: int = DEMO_PAIRS


def demo_sizes(preset: str) -> DemoSizes:
    """Give the sizes that suit a preset: little for `"smoke"`, whose result does not matter."""
    return DemoSizes(size_px=64, images=24, pairs=4) if preset == "smoke" else DemoSizes()


def make_demo_data(
    out: Path,
    size_px: int = DEMO_SIZE_PX,
    images: int = DEMO_IMAGES,
    pairs: int = DEMO_PAIRS,
    seed: int = 0,
    progress: Progress = silent,
) -> Dataset:
    """Make the embedded data: a Dataset, and its pictures as files to look at.

    Args:
        out: the folder to make; it must not exist or be empty.
        size_px: edge of the pictures, pixels, a multiple of 4.
        images: training photos, and as many training paintings of other scenes.
        pairs: held-out scenes, each as photo and as painting under one name.
        seed: another seed gives other scenes.
        progress: shows how far it has got.

    Returns:
        The Dataset; `pictures/` in it holds the files.

    Raises:
        InputError: `size_px`, `seed` or `out` will not do.
    """
    check_size(size_px)
    if seed < 0:
        raise InputError(f"the seed must be 0 or more, got {seed}; use a whole number from 0 on")
    first = 3 * seed * _SEEDS_PER_GROUP
    photo_seeds = range(first, first + images)
    painting_seeds = range(first + _SEEDS_PER_GROUP, first + _SEEDS_PER_GROUP + images)
    pair_seeds = range(first + 2 * _SEEDS_PER_GROUP, first + 2 * _SEEDS_PER_GROUP + pairs)
    with locked(out, f"the Dataset {out}"), new_folder(out) as folder:
        pictures = folder / _PICTURES
        advance = progress("inventing pictures", 2 * (images + pairs))

        def part(domain: str, split: str, place: str, render: Renderer, seeds: range) -> Part:
            made = _render_all(pictures / place, render, seeds, size_px, advance)
            return Part(domain, split, made)

        parts = [
            part("photo", "train", "photos", render_photo, photo_seeds),
            part("photo", "test", "pairs/photos", render_photo, pair_seeds),
            part("painting", "train", "paintings", render_painting, painting_seeds),
            part("painting", "test", "pairs/paintings", render_painting, pair_seeds),
        ]
        details = {"source": f"artnb's embedded data, seed {seed}", "licence": "Apache-2.0"}
        written = [write_planned(folder, shard) for part in parts for shard in shards_of(part)]
        write_manifest(folder, parts, written, size_px, details, paired_test=True)
    return open_dataset(out)


def _render_all(
    folder: Path, render: Renderer, seeds: range, size_px: int, advance: Callable[[], None]
) -> list[FilePicture]:
    folder.mkdir(parents=True)
    files = []
    rendered = in_parallel(lambda seed: encode_jpeg(render(seed, size_px)), seeds)
    for number, jpeg in enumerate(rendered):
        path = folder / f"scene-{number:04d}.jpg"
        path.write_bytes(jpeg)
        files.append(FilePicture(path.name, path))
        advance()
    return files


def make_demo_photos(out: Path, size_px: int = 512, count: int = 2, seed: int = 0) -> Path:
    """Make a few large photos of other scenes, in landscape format, as a camera would.

    Args:
        out: the folder to write to; it is made.
        size_px: their width, pixels; the height is two thirds of it.
        count: how many.
        seed: another seed gives other scenes.

    Returns:
        The folder.
    """
    out.mkdir(parents=True, exist_ok=True)
    top, height = size_px // 4, size_px * 2 // 3
    first = 3 * (seed + 1) * _SEEDS_PER_GROUP - count  # beyond every scene of `make_demo_data`
    for number in range(count):
        photo = render_photo(first + number, size_px)[top : top + height]
        (out / f"landscape-{number + 1}.jpg").write_bytes(encode_jpeg(photo))
    return out


def large_demo_pictures(
    photos: int = 3, paintings: int = 12, size_px: int = 256, seed: int = 0
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Invent scenes large enough to see strokes on, none of them in `make_demo_data`'s.

    Args:
        photos, paintings: how many of each, of different scenes.
        size_px: their edge, pixels.
        seed: another seed gives other scenes.

    Returns:
        Photos and paintings, uint8 `(size_px, size_px, 3)` each.
    """
    last = 3 * (seed + 1) * _SEEDS_PER_GROUP - 1000
    seeds = range(last - photos - paintings, last)
    return (
        list(in_parallel(lambda scene: render_photo(scene, size_px), seeds[:photos])),
        list(in_parallel(lambda scene: render_painting(scene, size_px), seeds[photos:])),
    )


def held_out_pairs(dataset: Dataset) -> list[tuple[str, bytes, bytes]]:
    """List a Dataset's pairs as name, JPEG of X and JPEG of Y; empty where it has none."""
    if not dataset.paired_test:
        return []
    of_y = {name: number for number, name in enumerate(dataset.y.test.names)}
    return [
        (name, dataset.x.test[number], dataset.y.test[of_y[name]])
        for number, name in enumerate(dataset.x.test.names)
        if name in of_y
    ]
