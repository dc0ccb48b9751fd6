"""Look at every picture of a source once: can it be decoded, is it a repeat, where does it go.

Preparing a Dataset and training straight from a folder both start here, so they agree on
names, splits and what is left out.
"""

from dataclasses import replace

from artnb.data.images import UnreadableImageError, prepare_image
from artnb.data.sources import Picture, Source, SourceDomain
from artnb.data.split import Entry, ScannedDomain, split_domain
from artnb.parallel import in_parallel
from artnb.progress import Progress, silent

# Encoded pictures stay in memory up to this size; beyond it they are read again when needed.
MEMORY_LIMIT_GB = 2.0


def scan(
    source: Source,
    size_px: int,
    seed: int = 0,
    memory_limit_gb: float = MEMORY_LIMIT_GB,
    progress: Progress = silent,
) -> tuple[ScannedDomain, ScannedDomain]:
    """Decode, hash and split every picture of both domains.

    Args:
        source: the two domains.
        size_px: edge of the squares that training will see, pixels.
        seed: of the split.
        memory_limit_gb: how many GB of encoded pictures are kept for later.
        progress: shows how far it has got.

    Returns:
        The domains X and Y.

    Raises:
        InputError: a domain has fewer than two usable training pictures.
    """
    budget = _Budget(int(memory_limit_gb * 1e9))
    domains = [_scan_domain(d, size_px, seed, budget, progress) for d in (source.x, source.y)]
    if budget.exhausted:
        domains = [_forget_bytes(domain) for domain in domains]
    return domains[0], domains[1]


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
        jpeg, pixel_sha256 = prepare_image(picture.read(), size_px)
    except (UnreadableImageError, OSError) as error:
        return Entry(picture, "unreadable", problem=str(error))
    return Entry(picture, "train", pixel_sha256, jpeg=jpeg)
