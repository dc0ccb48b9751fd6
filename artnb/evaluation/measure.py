"""Look at a set of pictures once and keep what was found: features, facts, sizes."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PIL import Image

from artnb.data.images import UnreadableImageError, hash_pixels
from artnb.errors import InputError
from artnb.evaluation.cache import Cache, Facts
from artnb.evaluation.pictures import Pictures, Seen
from artnb.progress import Progress, silent

# Decoded pictures that are in memory at a time.
_BATCH = 16
_THUMBNAIL_PX = 16


class Measure(Protocol):
    """Something that turns pictures into numbers.

    `key` names it with everything that its numbers depend on.
    """

    key: str

    def __call__(self, pictures: np.ndarray, sources: np.ndarray | None) -> np.ndarray:
        """Measure uint8 `(batch, height, width, 3)`; gives float32 `(batch, d)`.

        Args:
            pictures: to be measured.
            sources: the photos they were painted from, where they were painted.
        """


@dataclass(frozen=True)
class Measured:
    """A set of pictures after all of them were looked at.

    Args:
        name: of the set, for people.
        resize: how pictures were resized before, or nothing.
        names: of the pictures that could be read.
        places: of them in the set.
        facts: what is known of each.
        numbers: `(n, d)` float32 by the key of the measure that gave it.
        unreadable: names and reasons of files that were left out.
    """

    name: str
    resize: str
    names: tuple[str, ...]
    places: tuple[int, ...]
    facts: tuple[Facts, ...]
    numbers: dict[str, np.ndarray]
    unreadable: tuple[tuple[str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    @property
    def sha256(self) -> str:
        """One hash for the set's pixels, whatever the order and the file names."""
        pixels = sorted(facts.pixels for facts in self.facts)
        return hashlib.sha256("\n".join(pixels).encode()).hexdigest()

    @property
    def size_px(self) -> str:
        """The size of its pictures, such as `"256×256"`."""
        first = self.facts[0]
        return f"{first.width}×{first.height}"


def measure(
    pictures: Pictures,
    measures: Sequence[Measure],
    cache: Cache,
    progress: Progress = silent,
) -> Measured:
    """Measure every picture of a set that was not measured before.

    Pictures are read a few at a time, and every few are kept in the cache, so that memory is
    bounded and an interrupted measurement goes on where it was.

    Args:
        pictures: the set.
        measures: what to compute of each.
        cache: what was computed before.
        progress: shows how far it has got.

    Raises:
        InputError: no picture can be read, or they differ in size.
    """
    keys = list(pictures.keys)
    missing = _missing(keys, measures, cache)
    unreadable = _look(pictures, missing, measures, cache, progress) if missing else {}
    places = [place for place, key in enumerate(keys) if key not in unreadable]
    if not places:
        first = next(iter(unreadable.values()), "it is empty")
        raise InputError(f"no picture of {pictures.name} can be read ({first}); check the folder")
    facts = cache.facts(keys)
    numbers = {m.key: cache.numbers(keys, m.key) for m in measures}
    measured = Measured(
        name=pictures.name,
        resize=pictures.resize,
        names=tuple(pictures.names[place] for place in places),
        places=tuple(places),
        facts=tuple(facts[keys[place]] for place in places),
        numbers={
            name: np.stack([by_key[keys[place]] for place in places])
            for name, by_key in numbers.items()
        },
        unreadable=tuple(
            (name, unreadable[key])
            for name, key in zip(pictures.names, keys, strict=True)
            if key in unreadable
        ),
    )
    _check_one_size(measured.name, measured.facts)
    return measured


def _missing(keys: Sequence[str], measures: Sequence[Measure], cache: Cache) -> list[int]:
    """Find the places of pictures that some measure has not seen."""
    known = [cache.facts(keys).keys(), *(cache.numbers(keys, m.key).keys() for m in measures)]
    first = {key: place for place, key in reversed(list(enumerate(keys)))}
    return sorted(place for key, place in first.items() if not all(key in k for k in known))


def _look(
    pictures: Pictures,
    places: Sequence[int],
    measures: Sequence[Measure],
    cache: Cache,
    progress: Progress,
) -> dict[str, str]:
    """Read and measure pictures; give the keys of those that cannot be read, with the reason."""
    keys, unreadable = pictures.keys, {}
    advance = progress(f"measuring {pictures.name}", len(places))
    for batch in _batches(places):
        seen = dict(zip((keys[p] for p in batch), pictures.read(batch), strict=True))
        unreadable |= {k: str(s) for k, s in seen.items() if isinstance(s, UnreadableImageError)}
        readable = {k: s for k, s in seen.items() if isinstance(s, Seen)}
        if readable:
            facts = {key: _facts(s) for key, s in readable.items()}
            _check_one_size(pictures.name, list(facts.values()))
            cache.keep(facts, _numbers(readable, measures))
        for _ in batch:
            advance()
    return unreadable


def _batches(places: Sequence[int]) -> Iterator[Sequence[int]]:
    return (places[start : start + _BATCH] for start in range(0, len(places), _BATCH))


def _numbers(
    readable: dict[str, Seen], measures: Sequence[Measure]
) -> dict[str, dict[str, np.ndarray]]:
    pictures = np.stack([seen.picture for seen in readable.values()])
    sources = [seen.source for seen in readable.values() if seen.source is not None]
    stacked = np.stack(sources) if sources else None
    return {m.key: dict(zip(readable, m(pictures, stacked), strict=True)) for m in measures}


def _facts(seen: Seen) -> Facts:
    image = Image.fromarray(seen.picture)
    small = image.resize((_THUMBNAIL_PX, _THUMBNAIL_PX), Image.Resampling.BOX)
    return Facts(hash_pixels(image), *image.size, np.asarray(small), seen.is_painted)


def _check_one_size(name: str, facts: Sequence[Facts]) -> None:
    sizes = sorted({(f.width, f.height) for f in facts})
    if len(sizes) > 1:
        found = ", ".join(f"{width}×{height}" for width, height in sizes[:4])
        raise InputError(
            f"the pictures of {name} must be of one size, got {found}; "
            "name the size that they shall be brought to with --resize, such as --resize 256"
        )
