"""Look at every picture of a source once: can it be decoded, is it a repeat, is it held out.

Preparing a Dataset and training straight from a folder both start here, so they agree on
names, splits and what is left out.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from artnb.data.decoding import UnreadableImageError, read_header
from artnb.data.images import is_marked_as_painted, prepare_image
from artnb.data.sources import Picture, SourceDomain
from artnb.errors import InputError
from artnb.parallel import in_parallel
from artnb.progress import Progress, silent

# Encoded pictures stay in memory up to this size; beyond it they are read again when needed.
MEMORY_LIMIT_GB = 2.0
FEWEST_USABLE_IMAGES = 2


@dataclass(frozen=True)
class Entry:
    """What was found out about one picture."""

    picture: Picture
    split: str  # "train", "test" or "unreadable"
    pixel_sha256: str = ""
    problem: str = ""
    duplicate_of: str = ""
    jpeg: bytes | None = None  # None: read it again when it is needed
    is_painted: bool = False  # it carries the mark of artnb's own paintings
    edge_px: int = 0  # shorter side of the original, where it is known


@dataclass(frozen=True)
class ScannedDomain:
    """One domain after the look at every picture, in the source's order."""

    name: str
    entries: tuple[Entry, ...]

    def split(self, name: str) -> list[Entry]:
        """Give the entries of `"train"`, `"test"` or `"unreadable"`."""
        return [entry for entry in self.entries if entry.split == name]

    @property
    def duplicates(self) -> list[Entry]:
        """The entries whose pixels repeat those of an earlier one."""
        return [entry for entry in self.entries if entry.duplicate_of]


def scan(
    domains: Sequence[SourceDomain],
    size_px: int,
    seed: int = 0,
    memory_limit_gb: float = MEMORY_LIMIT_GB,
    progress: Progress = silent,
) -> list[ScannedDomain]:
    """Decode, hash and split every picture of some domains.

    Args:
        domains: of a source.
        size_px: edge of the squares that training will see, pixels.
        seed: of the split.
        memory_limit_gb: how many GB of encoded pictures are kept for later.
        progress: shows how far it has got.

    Returns:
        The domains, in their order.

    Raises:
        InputError: a domain has fewer than two usable training pictures.
    """
    budget = _Budget(int(memory_limit_gb * 1e9))
    scanned = [_scan_domain(d, size_px, seed, budget, progress) for d in domains]
    return [_forget_bytes(domain) for domain in scanned] if budget.exhausted else scanned


class _Budget:
    """How many bytes may still be kept."""

    def __init__(self, limit_bytes: int) -> None:
        self.left = limit_bytes

    @property
    def exhausted(self) -> bool:
        return self.left < 0

    def keep(self, data: bytes) -> bytes | None:
        self.left -= len(data)
        return None if self.exhausted else data


def _forget_bytes(domain: ScannedDomain) -> ScannedDomain:
    return replace(domain, entries=tuple(replace(e, jpeg=None) for e in domain.entries))


def _scan_domain(
    domain: SourceDomain, size_px: int, seed: int, budget: _Budget, progress: Progress
) -> ScannedDomain:
    advance = progress(f"reading {domain.name}", len(domain.all_pictures))
    entries = []
    for entry in in_parallel(lambda picture: look_at(picture, size_px), domain.all_pictures):
        entries.append(replace(entry, jpeg=budget.keep(entry.jpeg) if entry.jpeg else None))
        advance()
    return split_domain(domain, entries, seed)


def look_at(picture: Picture, size_px: int) -> Entry:
    """Bring one picture into the form that shards hold, or say why it cannot be read."""
    try:
        data = picture.read()
        jpeg, pixel_sha256 = prepare_image(data, size_px)
    except (UnreadableImageError, OSError) as error:
        return Entry(picture, "unreadable", problem=str(error))
    edge_px = min(read_header(data).size or (0,))
    return Entry(picture, "train", pixel_sha256, "", "", jpeg, is_marked_as_painted(data), edge_px)


def remarks_on(domains: Sequence[ScannedDomain], size_px: int) -> list[str]:
    """Say what spoils a training though every picture can be read.

    Args:
        domains: one, or X and Y.
        size_px: edge of the squares that they become.

    Returns:
        Sentences: own paintings among the pictures, pictures on both sides, one side enlarged.
    """
    remarks = [remark for domain in domains if (remark := _own_paintings(domain))]
    return remarks + (_remarks_on_both(*domains, size_px) if len(domains) == 2 else [])


def _remarks_on_both(x: ScannedDomain, y: ScannedDomain, size_px: int) -> list[str]:
    remarks = []
    names = {entry.pixel_sha256: entry.picture.name for entry in x.entries if entry.pixel_sha256}
    shared = [entry for entry in y.entries if entry.pixel_sha256 in names]
    if shared:
        first = f"{names[shared[0].pixel_sha256]} = {shared[0].picture.name}"
        remarks.append(
            f"{len(shared):,} pictures are both {x.name} and {y.name}, such as {first}; leave them "
            "out on one side"
        )
    for one, other in ((x, y), (y, x)):
        if _share_enlarged(one, size_px) > 0.5 and _share_enlarged(other, size_px) < 0.1:
            remarks.append(
                f"most {one.name} pictures are enlarged to {size_px} px and {other.name} pictures "
                "are not, so blur is learnt as a part of the style; find larger ones, or prepare "
                "with a smaller --size-px"
            )
    return remarks


def _own_paintings(domain: ScannedDomain) -> str:
    painted = [entry for entry in domain.entries if entry.is_painted]
    if not painted:
        return ""
    return (
        f"{len(painted):,} of {len(domain.entries):,} {domain.name} pictures were painted by "
        f"artnb, such as {painted[0].picture.name}; leave them out, unless you mean them"
    )


def _share_enlarged(domain: ScannedDomain, size_px: int) -> float:
    known = [entry.edge_px for entry in domain.entries if entry.edge_px]
    return sum(edge < size_px for edge in known) / len(known) if known else 0.0


def split_domain(domain: SourceDomain, entries: Sequence[Entry], seed: int) -> ScannedDomain:
    """Mark the repeats of a domain and say which of its pictures are held out.

    Args:
        domain: as it came; the split that it brings is kept.
        entries: of `pictures` and then of `test_pictures`, each "train" or "unreadable" so far.
        seed: of the split.

    Raises:
        InputError: the domain has fewer than two usable training pictures.
    """
    entries = _mark_duplicates(entries)
    if domain.test_pictures is None:
        entries = _hold_out(entries, domain.test_size, seed)
    else:
        entries = _keep_split(entries, len(domain.pictures))
    scanned = ScannedDomain(domain.name, tuple(entries))
    _check_enough(scanned)
    return scanned


def _mark_duplicates(entries: Sequence[Entry]) -> list[Entry]:
    first_with: dict[str, Entry] = {}
    marked = []
    for entry in entries:
        first = first_with.setdefault(entry.pixel_sha256, entry)
        # Names will not do: trainA and testA may hold the same picture under the same name.
        repeated = entry.pixel_sha256 and first is not entry
        marked.append(replace(entry, duplicate_of=first.picture.name) if repeated else entry)
    return marked


def _keep_split(entries: Sequence[Entry], training: int) -> list[Entry]:
    """Put all but the first ones into the test split."""
    return [
        entry if number < training or entry.problem else replace(entry, split="test")
        for number, entry in enumerate(entries)
    ]


def _hold_out(entries: Sequence[Entry], test_size: float, seed: int) -> list[Entry]:
    """Move a share or a count to the test split, chosen by a hash of seed and pixels.

    Equal pictures go the same way, and so do those of a group, so no training picture is also a
    test picture; names and order of the files play no part.
    """
    counts = Counter(entry.pixel_sha256 for entry in entries if entry.split == "train")
    wanted = test_size if test_size >= 1 else round(test_size * counts.total())
    chosen: set[str] = set()
    held_out = 0
    for bundle in sorted(_bundles(entries), key=lambda bundle: split_key(seed, min(bundle))):
        size = sum(counts[pixel_sha256] for pixel_sha256 in bundle)
        if held_out + size <= wanted:
            chosen |= bundle
            held_out += size
    return [replace(e, split="test") if e.pixel_sha256 in chosen else e for e in entries]


def _bundles(entries: Sequence[Entry]) -> list[set[str]]:
    """Give the hashes of pictures that must stay on one side, put together."""
    usable = [entry for entry in entries if entry.split == "train"]
    places = {pixels: place for place, pixels in enumerate({e.pixel_sha256: 0 for e in usable})}
    grouped: dict[str, list[int]] = {}
    for entry in usable:
        if entry.picture.group:
            grouped.setdefault(entry.picture.group, []).append(places[entry.pixel_sha256])
    pairs = [pair for together in grouped.values() for pair in pairwise(together)]
    hashes = list(places)
    bundles = [{hashes[place] for place in group} for group in group_pairs(len(hashes), pairs)]
    together = set().union(*bundles)
    return [*bundles, *({pixels} for pixels in hashes if pixels not in together)]


def split_key(seed: int, pixel_sha256: str) -> str:
    """Give the hash by which pictures are ranked for the test split."""
    return hashlib.sha256(f"{seed}:{pixel_sha256}".encode()).hexdigest()


def _check_enough(domain: ScannedDomain) -> None:
    usable = len(domain.split("train"))
    if usable >= FEWEST_USABLE_IMAGES:
        return
    unreadable = domain.split("unreadable")
    why = (
        f"; {len(unreadable)} cannot be read ({unreadable[0].picture.name}: " if unreadable else ""
    )
    why += f"{unreadable[0].problem})" if unreadable else ""
    raise InputError(
        f"training needs at least {FEWEST_USABLE_IMAGES} usable {domain.name} pictures, "
        f"got {usable}{why}; add pictures or hold out fewer with --test-share"
    )


def group_pairs(count: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Put everything that is connected by pairs into one group.

    Args:
        count: how many things there are.
        pairs: of places.

    Returns:
        Groups of two and more places.
    """
    pairs = list(pairs)
    if not pairs:
        return []
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    rows, columns = np.array(pairs, int).T
    graph = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(count, count))
    _, labels = connected_components(graph, directed=False)
    groups: dict[int, list[int]] = {}
    for place, label in enumerate(labels.tolist()):
        groups.setdefault(label, []).append(place)
    return [group for group in groups.values() if len(group) > 1]
