"""Is this data usable, whole: counts, sizes, splits and every problem there is."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artnb.data.dataset import DEFAULT_SIZE_PX
from artnb.data.decoding import UnreadableImageError, decode_image
from artnb.data.images import hash_pixels
from artnb.data.manifest import MANIFEST, SPLITS, DatasetManifest, read_manifest, shard_paths
from artnb.data.records import read_shard
from artnb.data.scan import FEWEST_USABLE_IMAGES, ScannedDomain, remarks_on, scan
from artnb.data.sources import existing_folder, find_source
from artnb.errors import InputError
from artnb.files import sha256_of
from artnb.parallel import in_parallel
from artnb.progress import Progress, silent


@dataclass(frozen=True)
class Findings:
    """What a check found: facts to read, remarks to know, problems that make it unusable."""

    facts: tuple[str, ...]
    remarks: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def usable(self) -> bool:
        """Whether the data can be used whole."""
        return not self.problems


def check_data(path: Path, progress: Progress = silent) -> Findings:
    """Look at every picture of a Dataset or of a folder that training can start from.

    Args:
        path: the folder.
        progress: shows how far it has got.

    Returns:
        The findings; repeated pictures are remarks, or problems where a training picture is
        also a test picture.

    Raises:
        InputError: there is nothing that could be checked.
    """
    existing_folder(path, "training pictures")
    if (path / MANIFEST).exists():
        return _check_prepared(path, progress)
    source = find_source(path)
    domains = scan(source.domains, DEFAULT_SIZE_PX, memory_limit_gb=0, progress=progress)
    facts = tuple(
        f"{domain.name}: {len(domain.split('train')):,} train, {len(domain.split('test')):,} test"
        for domain in domains
    )
    repeats = tuple(_describe_repeats(d.name, d.duplicates) for d in domains if d.duplicates)
    problems = [f"{e.picture.name}: {e.problem}" for d in domains for e in d.split("unreadable")]
    problems += [leak for domain in domains for leak in _leaks_of(domain)]
    spoils = tuple(remarks_on(domains, DEFAULT_SIZE_PX))
    return Findings(facts, source.notes + repeats + spoils, tuple(problems))


def _describe_repeats(name: str, duplicates: list[Any]) -> str:
    first = duplicates[0]
    return (
        f"{name}: {len(duplicates)} pictures repeat others exactly, "
        f"such as {first.picture.name} = {first.duplicate_of}"
    )


def _leaks_of(domain: ScannedDomain) -> list[str]:
    trained = {e.pixel_sha256 for e in domain.split("train")}
    return [
        f"{entry.picture.name} is a test picture of {domain.name} and a training picture too"
        for entry in domain.split("test")
        if entry.pixel_sha256 in trained
    ]


def _check_prepared(path: Path, progress: Progress) -> Findings:
    manifest = read_manifest(path)
    facts = [f"Dataset of {manifest['size_px']} px: {manifest['x']} → {manifest['y']}"]
    remarks: list[str] = []
    problems: list[str] = []
    pixels: dict[str, set[str]] = {}
    for name in (manifest["x"], manifest["y"]):
        found = {split: _check_split(path, manifest, name, split, progress) for split in SPLITS}
        counts = ", ".join(f"{len(found[split].pixels):,} {split}" for split in SPLITS)
        facts.append(f"{name}: {counts}")
        problems += [problem for split in SPLITS for problem in found[split].problems]
        shared = set(found["train"].pixels) & set(found["test"].pixels)
        if shared:
            problems.append(f"{name}: {len(shared)} pictures are in both train and test")
        pixels[name] = set(found["train"].pixels) | set(found["test"].pixels)
        if len(found["train"].pixels) < FEWEST_USABLE_IMAGES:
            problems.append(f"{name}: fewer than {FEWEST_USABLE_IMAGES} training pictures")
        repeats = sum(Counter(found["train"].pixels).values()) - len(set(found["train"].pixels))
        if repeats:
            remarks.append(f"{name}: {repeats} training pictures repeat others exactly")
    if both := set.intersection(*pixels.values()):
        remarks.append(f"{len(both)} pictures are both {manifest['x']} and {manifest['y']}")
    remarks += manifest.get("remarks", ())
    return Findings(tuple(facts), tuple(remarks), tuple(problems))


@dataclass
class _SplitFindings:
    pixels: list[str]
    problems: list[str]


def _check_split(
    path: Path, manifest: DatasetManifest, domain: str, split: str, progress: Progress
) -> _SplitFindings:
    described = manifest["domains"][domain]["splits"][split]
    found = _SplitFindings([], [])
    advance = progress(f"checking {domain} {split}", described["count"])
    try:
        paths = shard_paths(path, manifest, domain, split)
    except InputError as error:
        found.problems.append(str(error))
        return found
    for shard, facts in zip(paths, described["shards"], strict=True):
        if sha256_of(shard) != facts["sha256"]:
            found.problems.append(f"{shard.name} is not the file that dataset.json describes")
        _check_shard(shard, manifest["size_px"], found, advance)
    if len(found.pixels) != described["count"] and not found.problems:
        found.problems.append(
            f"{domain} {split} has {len(found.pixels)} pictures, not {described['count']}"
        )
    return found


def _check_shard(shard: Path, size_px: int, found: _SplitFindings, advance: Any) -> None:
    def look_at(named: tuple[str, bytes]) -> tuple[str, str]:
        name, jpeg = named
        try:
            image = decode_image(jpeg)
        except UnreadableImageError as error:
            return "", f"{shard.name}, {name}: {error}"
        if image.size != (size_px, size_px):
            return "", f"{shard.name}, {name}: {image.width}×{image.height}, not {size_px} px"
        return hash_pixels(image), ""

    try:
        named = ((record.image_name, record.image) for _, record in read_shard(shard))
        for pixels, problem in in_parallel(look_at, named):
            found.pixels += [pixels] if pixels else []
            found.problems += [problem] if problem else []
            advance()
    except InputError as error:
        found.problems.append(str(error))
