"""What `dataset.json` says of a Dataset, read and checked."""

from pathlib import Path
from typing import TypedDict

from artnb.documents import Count, Positive, read_document
from artnb.errors import InputError

MANIFEST = "dataset.json"
FORMAT = 1
SPLITS = ("train", "test")


class ShardFacts(TypedDict):
    """A shard as `dataset.json` describes it."""

    file: str
    count: Count
    sha256: str


class SplitFacts(TypedDict):
    """A split of a domain."""

    count: Count
    shards: list[ShardFacts]


class DomainFacts(TypedDict):
    """A domain with its splits by name."""

    splits: dict[str, SplitFacts]


class DatasetManifest(TypedDict):
    """What `dataset.json` must say; more is in it, to be read by people."""

    size_px: Positive
    x: str
    y: str
    domains: dict[str, DomainFacts]
    paired_test: bool


def read_manifest(path: Path) -> DatasetManifest:
    """Read and check a Dataset's `dataset.json`.

    Raises:
        InputError: it is no JSON, has a later format, or a part is missing or of another type.
    """
    file = path / MANIFEST
    manifest = read_document(file, DatasetManifest, "prepare the Dataset again", newest=FORMAT)
    missing = [
        f"{name} {split}"
        for name in (manifest["x"], manifest["y"])
        for split in SPLITS
        if not _is_described(manifest, name, split)
    ]
    if missing:
        raise InputError(f"{file} lacks {', '.join(missing)}; prepare the Dataset again")
    return manifest


def _is_described(manifest: DatasetManifest, domain: str, split: str) -> bool:
    splits = manifest["domains"].get(domain, {"splits": {}})["splits"]
    shards = splits[split]["shards"] if split in splits else None
    return shards is not None and splits[split]["count"] == sum(s["count"] for s in shards)


def shard_paths(path: Path, manifest: DatasetManifest, domain: str, split: str) -> list[Path]:
    """List the shards of one domain and split, checking that each is there.

    Raises:
        InputError: a shard is missing.
    """
    shards = [path / s["file"] for s in manifest["domains"][domain]["splits"][split]["shards"]]
    for shard in shards:
        if not shard.is_file():
            raise InputError(f"the Dataset {path} lacks its shard {shard.name}; copy it again")
    return shards
