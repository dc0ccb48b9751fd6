"""Pictures that a collection holds twice: other sizes, other files, mirrored; and details."""

import re
from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image, ImageOps

# Of 64 bits. Among the 7,038 photos of gan-getting-started, 31 pairs are this near, all of them
# the same scene; from 8 bits on, other photos with a like composition come in.
MOST_BITS = 6
# The second hash must agree as well, within this multiple of the first one's bits.
_SECOND_HASH = 2
# Hashes are made of the picture at this size, whatever size it has.
_HASHED_PX = 64
# Pairs that are compared at a time: 32 MB of differing bits.
_PAIRS_AT_A_TIME = 4_000_000
_DETAIL_WORDS = ("detail", "details", "détail", "dettaglio", "particolare", "detalle", "ausschnitt")
_DETAIL = re.compile(rf"\b({'|'.join(_DETAIL_WORDS)})\b", re.IGNORECASE)
_LITTLE_WORDS = frozenset(("a", "an", "the", "of", "from", "le", "la", "les", "der", "die", "das"))


def hash_picture(image: Image.Image) -> tuple[int, int, int, int]:
    """Hash what a picture looks like: its coarse pattern, its gradients, and both mirrored.

    Args:
        image: RGB.

    Returns:
        Four numbers of 64 bits: imagehash's phash and dhash, of the picture and of its mirror
        image.

    Source: Zauner 2010, Implementation and Benchmarking of Perceptual Image Hash Functions, as
        imagehash has it; made of the picture at 64 × 64 pixels.
    """
    import imagehash

    small = image.resize((_HASHED_PX, _HASHED_PX), Image.Resampling.BOX)
    return tuple(
        int(str(make(side)), 16)
        for side in (small, ImageOps.mirror(small))
        for make in (imagehash.phash, imagehash.dhash)
    )


def find_near(
    hashes: Sequence[tuple[int, int, int, int]], most_bits: int = MOST_BITS
) -> list[tuple[int, int]]:
    """Find pairs of pictures that look the same, or the same mirrored.

    Args:
        hashes: of each picture, see `hash_picture`.
        most_bits: of 64 by which the coarse patterns may differ; the gradients by twice as many.

    Returns:
        Pairs of places, the smaller first, in order.
    """
    if not len(hashes):
        return []
    table = np.array(hashes, np.uint64)
    pattern, gradient, mirrored_pattern, mirrored_gradient = table.T
    step = max(1, _PAIRS_AT_A_TIME // len(table))
    pairs: set[tuple[int, int]] = set()
    for start in range(0, len(table), step):
        some = pattern[start : start + step, None]
        for patterns, gradients in ((pattern, gradient), (mirrored_pattern, mirrored_gradient)):
            one, other = (np.bitwise_count(some ^ patterns[None]) <= most_bits).nonzero()
            one += start
            agree = np.bitwise_count(gradient[one] ^ gradients[other]) <= _SECOND_HASH * most_bits
            chosen = agree & (one < other)
            pairs.update(zip(one[chosen].tolist(), other[chosen].tolist(), strict=True))
    return sorted(pairs)


def find_repeats(pairs: Iterable[tuple[int, int]], ranks: Sequence) -> dict[int, int]:
    """Choose of pictures that look the same the one to keep, and say what repeats it.

    A chain of pictures, each near to the next, is not one picture: only what is near to one that
    is kept repeats it.

    Args:
        pairs: of places that look the same.
        ranks: of each place, the first to keep having the lowest.

    Returns:
        By the place of a picture to leave out, the place of the one that it repeats.
    """
    neighbours: dict[int, set[int]] = {}
    for one, other in pairs:
        neighbours.setdefault(one, set()).add(other)
        neighbours.setdefault(other, set()).add(one)
    repeats: dict[int, int] = {}
    for place in sorted(neighbours, key=lambda place: ranks[place]):
        if place not in repeats:
            free = neighbours[place] - repeats.keys()
            later = (other for other in free if ranks[other] > ranks[place])
            repeats |= dict.fromkeys(later, place)
    return repeats


def find_details(artists: Sequence[str], titles: Sequence[str]) -> list[tuple[int, int]]:
    """Find pictures whose title says that they are a detail, and the painting they are part of.

    Args:
        artists: of each picture.
        titles: of each picture, such as `"The Night Watch (detail)"` or `"night-watch-detail-2"`.

    Returns:
        Pairs of places of one artist: a detail, and another picture whose title is the same but
        for the words that say so, or begins the detail's.
    """
    stems = [_words(title) for title in titles]
    places: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for place, (artist, stem) in enumerate(zip(artists, stems, strict=True)):
        places.setdefault((artist.casefold(), stem), []).append(place)
    pairs: set[tuple[int, int]] = set()
    for place, title in enumerate(titles):
        if not _DETAIL.search(_plain(title)):
            continue
        stem = stems[place]
        # A title whole, and what it begins with as far as that says something by itself.
        for begun in [stem, *(stem[:length] for length in range(2, len(stem)))] if stem else []:
            others = places.get((artists[place].casefold(), begun), ())
            pairs.update((min(place, o), max(place, o)) for o in others if o != place)
    return sorted(pairs)


def _plain(title: str) -> str:
    return re.sub(r"[-_]+", " ", title)


def _words(title: str) -> tuple[str, ...]:
    """Give the words of a title without those for details, numbers, and little ones."""
    text = re.sub(rf"\(([^)]*{_DETAIL.pattern}[^)]*)\)", " ", _plain(title), flags=re.IGNORECASE)
    words = re.findall(r"[^\W\d_]+", _DETAIL.sub(" ", text).casefold())
    return tuple(word for word in words if word not in _LITTLE_WORDS)
