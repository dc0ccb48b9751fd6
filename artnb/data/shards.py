"""The shards of a Dataset: which picture goes into which, and the dataset.json beside them."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import artnb
from artnb.data.manifest import FORMAT, MANIFEST
from artnb.data.records import Record, write_shard
from artnb.data.sources import SHARD_SUFFIX, Picture
from artnb.files import sha256_of

# Small enough to copy one by one to a slow drive, large enough to be few.
RECORDS_PER_SHARD = 1024


@dataclass(frozen=True)
class Part:
    """The pictures of one domain and split, prepared, in the order in which they are stored."""

    domain: str
    split: str
    pictures: Sequence[Picture]


@dataclass(frozen=True)
class Shard:
    """A shard to be written: the name of its file, and the pictures of one part that it holds."""

    file: str
    domain: str
    pictures: Sequence[Picture]


def shards_of(part: Part) -> list[Shard]:
    """Divide a part into shards; it depends on nothing but the number of pictures."""
    starts = range(0, len(part.pictures), RECORDS_PER_SHARD)
    return [
        Shard(
            f"{part.domain}-{part.split}-{number:05d}-of-{len(starts):05d}{SHARD_SUFFIX}",
            part.domain,
            part.pictures[start : start + RECORDS_PER_SHARD],
        )
        for number, start in enumerate(starts)
    ]


def write_planned(
    folder: Path, shard: Shard, advance: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """Write a shard, and give what dataset.json says of it.

    Args:
        folder: where to; it exists.
        shard: what it shall hold.
        advance: called after each picture.
    """

    def records() -> Iterator[Record]:
        for picture in shard.pictures:
            yield Record(picture.name, picture.read(), shard.domain)
            advance()

    path = folder / shard.file
    count = write_shard(path, records())
    return {
        "file": shard.file,
        "count": count,
        "bytes": path.stat().st_size,
        "sha256": sha256_of(path),
    }


def write_manifest(
    folder: Path,
    parts: Sequence[Part],
    written: Sequence[dict[str, Any]],
    size_px: int,
    details: dict[str, Any],
    paired_test: bool = False,
) -> None:
    """Write the dataset.json of a Dataset.

    Args:
        folder: where to; it exists.
        parts: X's train and test, then Y's.
        written: what `write_planned` gave for their shards, in their order.
        size_px: edge of all pictures, pixels.
        details: what else dataset.json shall say.
        paired_test: whether test pictures of equal names show the same scene.
    """
    by_file = {facts["file"]: facts for facts in written}
    domains: dict[str, Any] = {}
    for part in parts:
        splits = domains.setdefault(part.domain, {"splits": {}})["splits"]
        shards = [by_file[shard.file] for shard in shards_of(part)]
        splits[part.split] = {"count": len(part.pictures), "shards": shards}
    manifest = {
        "format": FORMAT,
        "artnb": artnb.__version__,
        "x": parts[0].domain,
        "y": parts[-1].domain,
        "size_px": size_px,
        "paired_test": paired_test,
        "domains": domains,
        **details,
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
