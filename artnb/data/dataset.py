"""The Dataset: a folder of TFRecord shards with a dataset.json, or a source read as one."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from artnb.data.images import decode_rgb, is_prepared, prepare_image
from artnb.data.manifest import (
    MANIFEST,
    SPLITS,
    DatasetManifest,
    ShardFacts,
    read_manifest,
    shard_paths,
)
from artnb.data.records import Frame, Record, read_shard
from artnb.data.scan import (
    FEWEST_USABLE_IMAGES,
    MEMORY_LIMIT_GB,
    Entry,
    ScannedDomain,
    look_at,
    remarks_on,
    scan,
)
from artnb.data.sources import (
    Picture,
    ShardPicture,
    SourceDomain,
    existing_folder,
    find_domain,
    find_source,
    notes_on,
)
from artnb.errors import InputError
from artnb.files import sha256_of
from artnb.parallel import in_parallel
from artnb.progress import Progress, silent

DEFAULT_SIZE_PX = 256
_PROFILE_MARK = b"ICC_PROFILE\0"


class Images(Sequence[bytes]):
    """Prepared JPEGs of one split, in memory or read from their place when asked for.

    Args:
        pictures: where they lie.
        size_px: their edge.
        jpegs: the bytes to hold in memory, or None.
        prepared: whether they lie there prepared, or are scaled each time they are read.
    """

    def __init__(
        self,
        pictures: Sequence[Picture],
        size_px: int,
        jpegs: Sequence[bytes] | None = None,
        prepared: bool = False,
    ) -> None:
        self.names = [picture.name for picture in pictures]
        self.size_px = size_px
        self.prepared = prepared
        self._pictures = pictures
        self._jpegs = jpegs

    @property
    def in_memory(self) -> bool:
        """Whether the bytes are held, rather than read again each time."""
        return self._jpegs is not None

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int) -> bytes:
        if self._jpegs is not None:
            return self._jpegs[index]
        data = self._pictures[index].read()
        return data if self.prepared else prepare_image(data, self.size_px)[0]

    def __iter__(self) -> Iterator[bytes]:
        return (self[index] for index in range(len(self)))


def fixed_pictures(images: Images, count: int, size_px: int) -> np.ndarray:
    """Take pictures spread evenly over a split.

    Args:
        images: the split.
        count: how many, at most as many as there are.
        size_px: edge that they are scaled to.

    Returns:
        uint8 `(count, size_px, size_px, 3)`.
    """
    places = np.linspace(0, len(images) - 1, min(count, len(images))).round().astype(int)
    pictures = [Image.fromarray(decode_rgb(images[place])) for place in places]
    if images.size_px != size_px:
        pictures = [p.resize((size_px, size_px), Image.Resampling.LANCZOS) for p in pictures]
    return np.stack([np.asarray(picture) for picture in pictures])


@dataclass(frozen=True)
class Domain:
    """One kind of pictures of a Dataset: its name, and those to train on and those held out."""

    name: str
    train: Images
    test: Images

    def shown(self) -> Images:
        """The pictures to look at: those held out, or the training ones where none are."""
        return self.test if len(self.test) else self.train


@dataclass(frozen=True)
class Dataset:
    """Domains of square RGB pictures; of two, X is to be turned into Y. One alone is Y.

    `paired_test` says that test pictures of both domains with equal names show the same
    scene. `fingerprint` is a sha256 that changes when any picture, name or split does. `classes`
    are kinds of Y's pictures that a training tells apart; see `with_classes`.
    """

    path: str
    size_px: int
    domains: tuple[Domain, ...]
    fingerprint: str
    paired_test: bool = False
    remarks: tuple[str, ...] = field(default=())
    classes: tuple[str, ...] = field(default=())

    @property
    def x(self) -> Domain:
        """The first domain: what is turned into the other; where there is but one, that."""
        return self.domains[0]

    @property
    def y(self) -> Domain:
        """The last domain: what the first is turned into, or what is generated."""
        return self.domains[-1]

    def folders(self) -> tuple[str, ...]:
        """Name the folders in which Y's training pictures lie, in alphabetical order."""
        return tuple(sorted({folder_of(name) for name in self.y.train.names}))

    def with_classes(self, classes: Sequence[str]) -> "Dataset":
        """Tell Y's pictures apart by the folders in which they lie.

        Raises:
            InputError: fewer than two are named, one twice or one that has no training pictures;
                pictures lie in others or in none; or a folder's name has commas.
        """
        folders = self.folders()
        # Settings name classes with commas between.
        if unclear := [folder for folder in folders if "," in folder or folder != folder.strip()]:
            raise InputError(
                "a class must be a folder whose name has no commas and neither begins nor ends "
                f"with a space, got {unclear[0]!r}; rename it"
            )
        named = [name for name in classes if name]
        if len(named) < 2:
            raise InputError(
                f"classes must be two folders or more, and {self.y.name} has {len(named)} with "
                "pictures; put the pictures of each kind into a folder of its own (artnb "
                "collection folders does it by a column), or leave classes out"
            )
        if others := [folder for folder in folders if folder not in classes]:
            raise InputError(
                f"all training pictures must lie in one of the folders {', '.join(classes)}, and "
                f"some lie in {others[0] or 'none'}; name it among the classes, or move them"
            )
        if len(classes) > len(folders):
            idle = [name for name in classes if name not in folders]
            what = f"{idle[0]} has none" if idle else "one is named twice"
            raise InputError(
                f"each class must have training pictures of its own, and of {', '.join(classes)} "
                f"{what}; leave it out, or choose among {', '.join(folders)}"
            )
        return replace(self, classes=tuple(classes))

    def class_numbers(self, places: Sequence[int]) -> np.ndarray:
        """Give the number of the class of some of Y's training pictures, int32."""
        names = self.y.train.names
        numbers = [self.classes.index(folder_of(names[place])) for place in places]
        return np.array(numbers, np.int32)

    def describe(self) -> str:
        """Say in a line what this Dataset holds."""
        held = " → ".join(
            f"{domain.name} ({len(domain.train):,} train, {len(domain.test):,} test)"
            for domain in self.domains
        )
        return f"{held}, {self.size_px} px"


def folder_of(name: str) -> str:
    """Give the first folder of a picture's name; nothing where it lies in none."""
    return name.partition("/")[0] if "/" in name else ""


def open_dataset(
    path: str | Path,
    size_px: int | None = None,
    swap_domains: bool = False,
    memory_limit_gb: float = MEMORY_LIMIT_GB,
    progress: Progress = silent,
    domains: int = 2,
) -> Dataset:
    """Open whatever training can start from.

    Args:
        path: a Dataset, the competition's folder, or a folder with `trainA` and `trainB`; where one
            domain is enough, also any folder of pictures.
        size_px: edge of the pictures, pixels; None takes the Dataset's own, else 256. Only
            sources that are no Dataset yet can be brought to another size here.
        swap_domains: take X for Y and Y for X.
        memory_limit_gb: up to this size the encoded pictures are held in memory.
        progress: shows how far it has got.
        domains: 2, or 1 to take Y alone; see `Method.domains`.

    Returns:
        The Dataset; its `remarks` say what was chosen on the way.

    Raises:
        InputError: the folder is missing, empty, damaged or in no known layout.
    """
    path = Path(path)
    existing_folder(path, "training pictures")
    if (path / MANIFEST).exists():
        return _open_prepared(path, swap_domains, memory_limit_gb, progress, domains)
    sources, notes = _find_domains(path, swap_domains, domains)
    return _open_source(path, sources, notes, size_px or DEFAULT_SIZE_PX, memory_limit_gb, progress)


def _find_domains(
    path: Path, swap_domains: bool, domains: int
) -> tuple[tuple[SourceDomain, ...], tuple[str, ...]]:
    """Give one domain, or X and Y, and what is to be said of how they were found."""
    if domains == 1:
        only = find_domain(path, swap_domains)
        return (only,), tuple(notes_on([only]))
    source = find_source(path, swap_domains)
    return source.domains, source.notes


def _open_source(
    path: Path,
    sources: Sequence[SourceDomain],
    notes: tuple[str, ...],
    size_px: int,
    memory_limit_gb: float,
    progress: Progress,
) -> Dataset:
    scanned = scan(sources, size_px, memory_limit_gb=memory_limit_gb, progress=progress)
    skipped = tuple(
        f"{len(bad)} {domain.name} pictures cannot be read and are skipped, "
        f"such as {bad[0].picture.name} ({bad[0].problem})"
        for domain in scanned
        if (bad := domain.split("unreadable"))
    )
    domains = tuple(_as_domain(domain, size_px) for domain in scanned)
    streamed = (
        f"more than {memory_limit_gb:g} GB of pictures are scaled anew in every epoch; "
        "artnb data prepare would spare that",
    )
    in_memory = all(domain.train.in_memory for domain in domains)
    return Dataset(
        path=str(path),
        size_px=size_px,
        domains=domains,
        fingerprint=_fingerprint_of_entries(scanned),
        remarks=notes
        + tuple(remarks_on(scanned, size_px))
        + skipped
        + (() if in_memory else streamed),
    )


def _as_domain(scanned: ScannedDomain, size_px: int) -> Domain:
    train, test = (as_images(scanned.split(split), size_px) for split in SPLITS)
    return Domain(scanned.name, train, test)


def as_images(entries: Sequence[Entry], size_px: int) -> Images:
    """Give scanned entries as a sequence of prepared JPEGs."""
    jpegs = [entry.jpeg for entry in entries if entry.jpeg is not None]
    pictures = [entry.picture for entry in entries]
    return Images(pictures, size_px, jpegs if len(jpegs) == len(pictures) else None)


def _fingerprint_of_entries(domains: Sequence[ScannedDomain]) -> str:
    rows = [
        [domain.name, entry.split, entry.picture.name, entry.pixel_sha256]
        for domain in domains
        for entry in domain.entries
    ]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _open_prepared(
    path: Path, swap_domains: bool, memory_limit_gb: float, progress: Progress, domains: int
) -> Dataset:
    manifest = read_manifest(path)
    names = [manifest["x"], manifest["y"]]
    remarks = []
    if swap_domains:
        names.reverse()
        remarks.append(f"domains swapped as asked: X is {names[0]}, Y is {names[1]}")
    names = names[-domains:]
    shards = [shard_paths(path, manifest, name, split) for name in names for split in SPLITS]
    total_bytes = sum(shard.stat().st_size for group in shards for shard in group)
    keep = total_bytes <= memory_limit_gb * 1e9
    if not keep:
        remarks.append(f"{total_bytes / 1e9:.1f} GB of pictures are streamed from the shards")
    loaded = {
        name: [_load_split(path, manifest, name, split, keep, advance) for split in SPLITS]
        for name in names
        for advance in [progress(f"reading {name}", _count_of(manifest, name))]
    }
    for name, (train, _) in loaded.items():
        if train.left_out and len(train.images) < FEWEST_USABLE_IMAGES:
            raise InputError(
                f"training needs at least {FEWEST_USABLE_IMAGES} usable {name} pictures, got "
                f"{len(train.images)}: {train.left_out[0]}"
            )
    remarks += [line for splits in loaded.values() for one in splits for line in one.left_out]
    return Dataset(
        path=str(path),
        size_px=manifest["size_px"],
        domains=tuple(Domain(name, *(one.images for one in loaded[name])) for name in names),
        fingerprint=fingerprint_of_manifest(manifest),
        paired_test=manifest["paired_test"],
        remarks=tuple(remarks),
    )


def _count_of(manifest: DatasetManifest, name: str) -> int:
    return sum(manifest["domains"][name]["splits"][split]["count"] for split in SPLITS)


@dataclass(frozen=True)
class _Loaded:
    """The pictures of a split, and a sentence for each shard of which some are left out."""

    images: Images
    left_out: list[str]


def _load_split(
    path: Path,
    manifest: DatasetManifest,
    name: str,
    split: str,
    keep: bool,
    advance: Callable[[], None],
) -> _Loaded:
    size_px, entries, left_out, prepared = manifest["size_px"], [], [], True
    described = manifest["domains"][name]["splits"][split]["shards"]
    for shard, facts in zip(shard_paths(path, manifest, name, split), described, strict=True):
        found = _load_shard(shard, facts, size_px, advance)
        bad = [entry for entry in found if entry.problem]
        if bad:
            left_out.append(
                f"{shard} is not the file that {MANIFEST} describes: {len(bad)} of its "
                f"{len(found)} pictures cannot be read and are left out, such as "
                f"{bad[0].picture.name} ({bad[0].problem}); artnb data check {path} names all; "
                "copy the shard again, or prepare the Dataset again"
            )
        good = [entry for entry in found if not entry.problem]
        prepared = prepared and all(not entry.pixel_sha256 for entry in good)
        entries += good if keep else [replace(entry, jpeg=None) for entry in good]
    pictures, jpegs = [e.picture for e in entries], [e.jpeg for e in entries if e.jpeg is not None]
    return _Loaded(Images(pictures, size_px, jpegs if keep else None, prepared), left_out)


def _load_shard(
    shard: Path, facts: ShardFacts, size_px: int, advance: Callable[[], None]
) -> list[Entry]:
    """Read a shard; what may not be as `prepare` leaves it is looked at, and then has a hash."""
    is_own = sha256_of(shard) == facts["sha256"]

    def entry_of(read: tuple[Frame, Record]) -> Entry:
        frame, record = read
        picture = ShardPicture(record.image_name, shard, frame)
        # Earlier versions kept the profiles of pictures that had the right size.
        has_profile = _PROFILE_MARK in record.image
        if is_own and not (has_profile and not is_prepared(record.image, size_px)):
            return Entry(picture, "train", jpeg=record.image)
        return look_at(picture, size_px)

    entries = []
    for entry in (map if is_own else in_parallel)(entry_of, read_shard(shard)):
        entries.append(entry)
        advance()
    # Cut between two records, a file is a whole shard to every checksum.
    if len(entries) != facts["count"]:
        raise InputError(
            f"{shard} holds {len(entries)} pictures, and {MANIFEST} says {facts['count']}; "
            "copy or download this shard again"
        )
    return entries


def fingerprint_of_manifest(manifest: dict[str, Any]) -> str:
    """Give a sha256 over the hashes of all shards of a Dataset."""
    hashes = [
        [name, split, [shard["sha256"] for shard in splits["splits"][split]["shards"]]]
        for name, splits in sorted(manifest["domains"].items())
        for split in SPLITS
    ]
    return hashlib.sha256(json.dumps(hashes).encode()).hexdigest()
