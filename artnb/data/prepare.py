"""Make a Dataset: prepared pictures in shards, a dataset.json, a report on every file."""

import csv
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import artnb
from artnb.data.dataset import FORMAT, MANIFEST, SPLITS, Dataset, Images, as_images, open_dataset
from artnb.data.records import Record, write_shard
from artnb.data.scan import Entry, Progress, ScannedDomain, scan, silent
from artnb.data.sources import SHARD_SUFFIX, Source
from artnb.errors import InputError
from artnb.files import sha256_of

REPORT = "report.csv"
# Small enough to copy one by one to a slow drive, large enough to be few.
RECORDS_PER_SHARD = 1024
SMALLEST_SIZE_PX = 32


@dataclass(frozen=True)
class Part:
    """The pictures of one domain and split, as they go into shards."""

    domain: str
    split: str
    images: Images


def check_size(size_px: int) -> int:
    """Check an edge length that the networks can work with.

    Raises:
        InputError: it is below 32 or not divisible by 4.
    """
    if size_px < SMALLEST_SIZE_PX:
        raise InputError(f"size_px must be at least {SMALLEST_SIZE_PX}, got {size_px}; use 256")
    if size_px % 4:
        below = size_px - size_px % 4
        raise InputError(
            f"size_px must be a multiple of 4, got {size_px}; use {below} or {below + 4}"
        )
    return size_px


def prepare(
    source: Source,
    out: Path,
    size_px: int = 256,
    seed: int = 0,
    licence: str = "",
    progress: Progress = silent,
) -> Dataset:
    """Turn a source into a Dataset.

    Every picture is decoded, turned upright, brought to RGB, scaled with antialiasing, cropped
    to the middle square and stored as JPEG; what already is such a JPEG keeps its bytes. No
    input file is changed. What cannot be read is skipped and stands in `report.csv`, as do
    repeats.

    Args:
        source: where the pictures come from.
        out: the folder to make; it must not exist or be empty.
        size_px: edge of the squares, pixels, a multiple of 4.
        seed: of the split; it is kept in dataset.json.
        licence: under which the pictures may be used, for the record.
        progress: shows how far it has got.

    Returns:
        The Dataset, opened.

    Raises:
        InputError: `size_px` or `out` will not do, or a domain has fewer than two usable
            pictures.
    """
    check_size(size_px)
    with new_folder(out) as folder:
        x, y = scan(source, size_px, seed, progress=progress)
        parts = [
            Part(domain.name, split, as_images(domain.split(split), size_px))
            for domain in (x, y)
            for split in SPLITS
        ]
        details = {
            "source": source.path,
            "licence": licence,
            "split": {"rule": "sha256 of seed and pixels", "seed": seed},
            "problems": {domain.name: _count_problems(domain) for domain in (x, y)},
        }
        write_report(folder / REPORT, (x, y))
        write_parts(folder, parts, size_px, details, progress)
    return open_dataset(out)


def _count_problems(domain: ScannedDomain) -> dict[str, int]:
    return {
        "unreadable": len(domain.split("unreadable")),
        "duplicates": len(domain.duplicates),
    }


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Fill a folder under a temporary name; it gets its own name when it is complete.

    Raises:
        InputError: `out` is a file, a folder that is not empty or cannot be replaced, or lies
            where nothing can be made.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out} must be new or empty, and it is not; choose another --out")
    if out.is_mount() or out.resolve() == Path.cwd():
        raise InputError(f"{out} cannot be replaced by a finished folder; name a folder in it")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise InputError(f"{out} cannot be made ({error}); choose another --out") from error
    try:
        yield unfinished
        if out.exists():
            out.rmdir()
        os.replace(unfinished, out)
        out.chmod(0o755)  # mkdtemp's folders are private
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def write_parts(
    folder: Path,
    parts: Sequence[Part],
    size_px: int,
    details: dict[str, Any],
    progress: Progress = silent,
    paired_test: bool = False,
) -> None:
    """Write the shards and dataset.json of a Dataset.

    Args:
        folder: where to; it exists.
        parts: X's train and test, then Y's.
        size_px: edge of all pictures, pixels.
        details: what else dataset.json shall say.
        progress: shows how far it has got.
        paired_test: whether test pictures of equal names show the same scene.
    """
    advance = progress("writing shards", sum(len(part.images) for part in parts))
    domains: dict[str, Any] = {}
    for part in parts:
        splits = domains.setdefault(part.domain, {"splits": {}})["splits"]
        shards = [_write_one(folder, *shard, advance) for shard in _shards(part)]
        splits[part.split] = {"count": len(part.images), "shards": shards}
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


def _shards(part: Part) -> Iterator[tuple[str, Iterator[Record]]]:
    total = -(-len(part.images) // RECORDS_PER_SHARD)
    names = iter(part.images.names)
    records = (
        Record(name, jpeg, part.domain) for name, jpeg in zip(names, part.images, strict=True)
    )
    for number in range(total):
        title = f"{part.domain}-{part.split}-{number:05d}-of-{total:05d}{SHARD_SUFFIX}"
        yield title, islice(records, RECORDS_PER_SHARD)


def _write_one(folder: Path, title: str, records: Iterator[Record], advance: Any) -> dict[str, Any]:
    def counted() -> Iterator[Record]:
        for record in records:
            advance()
            yield record

    path = folder / title
    count = write_shard(path, counted())
    return {"file": title, "count": count, "bytes": path.stat().st_size, "sha256": sha256_of(path)}


def write_report(path: Path, domains: Sequence[ScannedDomain]) -> None:
    """Write what became of every file, a row each."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["domain", "name", "outcome", "duplicate_of", "problem", "pixel_sha256"])
        for domain in domains:
            writer.writerows(_report_row(domain.name, entry) for entry in domain.entries)


def _report_row(domain: str, entry: Entry) -> list[str]:
    return [
        domain,
        entry.picture.name,
        entry.split,
        entry.duplicate_of,
        entry.problem,
        entry.pixel_sha256,
    ]
