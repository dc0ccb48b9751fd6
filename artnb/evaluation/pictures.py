"""Sets of pictures to be measured: files, a Dataset's pictures, and what a generator paints.

Every picture has a key that stands for its content, so that what was measured once need not be
read, and not be painted, again.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from artnb.data.dataset import Images
from artnb.data.decoding import Header, UnreadableImageError, decode_image, read_header
from artnb.data.images import fit_square, hash_pixels, is_marked_as_painted
from artnb.data.sources import Picture, pictures_of_side
from artnb.errors import InputError
from artnb.parallel import in_parallel
from artnb.progress import Progress, silent
from artnb.runs.painter import LatentSampler, LoadedNetworks, Painter

# Below the first there is nothing to see; a picture of the second takes 50 MB.
_SMALLEST_EDGE_PX, _LARGEST_EDGE_PX = 16, 4096


@dataclass(frozen=True)
class Seen:
    """A picture as it was read.

    Args:
        picture: uint8 `(height, width, 3)`.
        is_painted: a generator made it; a file's mark tells (see `mark_as_painted`).
        source: the photo that it was painted from.
    """

    picture: np.ndarray
    is_painted: bool = False
    source: np.ndarray | None = None


class Pictures(Protocol):
    """A set of pictures: a name for people, and a name and a key for each picture.

    `as_found` are widths and heights of the files, `sizes` those that are measured; None, or
    nothing at all, where headers were not read.
    """

    name: str
    resize: str
    names: Sequence[str]
    keys: Sequence[str]
    as_found: Sequence[tuple[int, int] | None]
    sizes: Sequence[tuple[int, int] | None]

    def read(self, places: Sequence[int]) -> list[Seen | UnreadableImageError]:
        """Read some of them; what is no picture gives the reason instead."""


@dataclass(frozen=True)
class EncodedPictures:
    """Pictures that lie somewhere as encoded files.

    Args:
        name: of the set, for people.
        names: of the pictures.
        keys: hashes of their bytes.
        read_bytes: gives the bytes of a picture by its place.
        resize_px: bring every picture to a square of this edge (the shorter side scaled by
            Lanczos, the middle cropped); None leaves them as they are.
        as_found: width and height of each as it lies there, None where its header tells none.
    """

    name: str
    names: Sequence[str]
    keys: Sequence[str]
    read_bytes: Callable[[int], bytes]
    resize_px: int | None = None
    as_found: Sequence[tuple[int, int] | None] = ()

    @property
    def sizes(self) -> Sequence[tuple[int, int] | None]:
        """Width and height of each when it is measured."""
        if self.resize_px is None:
            return self.as_found
        return [size and (self.resize_px, self.resize_px) for size in self.as_found]

    @property
    def resize(self) -> str:
        """Say how pictures are resized before they are measured."""
        return f"{self.resize_px} px square (Lanczos, middle)" if self.resize_px else ""

    @property
    def sha256(self) -> str:
        """One hash for the set, whatever the order and the names."""
        # A picture of the right size keeps its plain key, which the set's hash does not know.
        resized = f" at {self.resize_px} px" if self.resize_px else ""
        keys = sorted(key.removesuffix(resized) + resized for key in self.keys)
        return hashlib.sha256("\n".join(keys).encode()).hexdigest()

    def read(self, places: Sequence[int]) -> list[Seen | UnreadableImageError]:
        """Decode some of them, in threads."""
        return list(in_parallel(self._read, places))

    def _read(self, place: int) -> Seen | UnreadableImageError:
        try:
            data = self.read_bytes(place)
            picture = decode_image(data)
        except UnreadableImageError as error:
            return error
        except OSError as error:
            return UnreadableImageError(str(error))
        if self.resize_px:
            picture = fit_square(picture, self.resize_px)
        return Seen(np.asarray(picture), is_marked_as_painted(data))

    def some(self, count: int | None) -> "EncodedPictures":
        """Give so many of them, spread evenly; None, or more than there are, gives all."""
        total = len(self.names)
        if count is None or count >= total:
            return self
        places = np.linspace(0, total - 1, count).round().astype(int)
        return replace(self.at(places.tolist()), name=f"{self.name}, {count} of {total}")

    def at(self, places: Sequence[int]) -> "EncodedPictures":
        """Give those at some places, in their order."""
        return replace(
            self,
            names=[self.names[place] for place in places],
            keys=[self.keys[place] for place in places],
            read_bytes=lambda place: self.read_bytes(places[place]),
            as_found=[self.as_found[place] for place in places] if self.as_found else (),
        )


def key_of_colours(header: Header) -> str:
    """Give what the key of a picture says of its colours: earlier versions measured others."""
    return " in sRGB" if header.converted else ""


def encoded_pictures(
    name: str,
    names: Sequence[str],
    read_bytes: Callable[[int], bytes],
    resize_px: int | None = None,
    progress: Progress = silent,
) -> EncodedPictures:
    """Hash encoded pictures, to make a set of them; see `EncodedPictures`.

    What already is a square of the right edge is the same picture resized and not, and has one key.

    Raises:
        InputError: the edge that they shall be resized to is too small or too large.
    """
    if resize_px is not None and not _SMALLEST_EDGE_PX <= resize_px <= _LARGEST_EDGE_PX:
        raise InputError(
            f"pictures are resized to squares of {_SMALLEST_EDGE_PX} to {_LARGEST_EDGE_PX:,} px, "
            f"got {resize_px}; give such an edge with --resize"
        )
    advance = progress(f"hashing {name}", len(names))

    def key_and_size(place: int) -> tuple[str, tuple[int, int] | None]:
        try:
            data = read_bytes(place)
        except UnreadableImageError as error:  # a record without a picture, known by its name
            data = f"{names[place]}: {error}".encode()
        digest, header = hashlib.sha256(data).hexdigest(), read_header(data)
        advance()
        digest += key_of_colours(header)
        as_it_is = not resize_px or header.size == (resize_px, resize_px)
        return (digest if as_it_is else f"{digest} at {resize_px} px"), header.size

    found = list(in_parallel(key_and_size, range(len(names))))
    keys, sizes = [key for key, _ in found], [size for _, size in found]
    return EncodedPictures(name, list(names), keys, read_bytes, resize_px, sizes)


def pictures_of_folder(
    folder: Path,
    resize_px: int | None = None,
    progress: Progress = silent,
    side: str | None = None,
    what: str = "pictures",
) -> EncodedPictures:
    """Take the pictures of a folder and its subfolders, or of one side of a place that has two.

    Args:
        folder: where they lie; see `pictures_of_side`.
        resize_px: bring every picture to a square of this edge.
        progress: shows how far hashing has got.
        side: `"x"` or `"y"`, where there are two.
        what: is looked for, in a message.

    Raises:
        InputError: as for `pictures_of_side` and `encoded_pictures`; or it is a file of statistics.
    """
    if folder.suffix.lower() in (".npz", ".npy") and folder.is_file():
        raise InputError(
            f"{folder} holds numbers, such as mu and sigma of features, and {what} are needed: "
            "with these alone nobody can see whether both sets differ in size, share pictures or "
            "were measured by one network; name the folder of pictures, or, where that is sure, "
            "call artnb.evaluation.frechet_distance(mu1, sigma1, mu2, sigma2)"
        )
    found = pictures_of_side(folder, side, what)
    return as_encoded(found.name, found.pictures, resize_px, progress)


def as_encoded(
    name: str,
    pictures: Sequence[Picture],
    resize_px: int | None = None,
    progress: Progress = silent,
) -> EncodedPictures:
    """Make a set of pictures as they lie in their source; see `encoded_pictures`."""
    names = [picture.name for picture in pictures]
    return encoded_pictures(name, names, lambda n: pictures[n].read(), resize_px, progress)


def pictures_of_splits(
    name: str, *splits: Images, resize_px: int | None = None, progress: Progress = silent
) -> EncodedPictures:
    """Take the pictures of one or more splits of a Dataset's domain."""
    where = [(split, place) for split in splits for place in range(len(split))]
    names = [split.names[place] for split, place in where]

    def read_bytes(number: int) -> bytes:
        split, place = where[number]
        return split[place]

    return encoded_pictures(name, names, read_bytes, resize_px, progress)


@dataclass(frozen=True)
class GivenPictures:
    """Pictures that are in memory, such as those that were painted just now.

    Args:
        name: of the set, for people.
        pictures: uint8 `(height, width, 3)` each.
        sources: the photos that they were painted from, in the same order; empty for none.
    """

    name: str
    pictures: Sequence[np.ndarray]
    sources: Sequence[np.ndarray] = ()
    resize: str = ""

    def __post_init__(self) -> None:
        if self.sources and len(self.sources) != len(self.pictures):
            raise InputError(
                f"each picture needs the photo that it was painted from, got {len(self.pictures)} "
                f"pictures and {len(self.sources)} photos of {self.name}; give as many"
            )

    @property
    def names(self) -> Sequence[str]:
        """Their numbers."""
        return [str(number + 1) for number in range(len(self.pictures))]

    @cached_property
    def keys(self) -> Sequence[str]:
        """Hashes of their pixels, and of those of their sources."""
        hashes = [hash_pixels(Image.fromarray(picture)) for picture in self.pictures]
        of_sources = [f" of {hash_pixels(Image.fromarray(source))}" for source in self.sources]
        return [f"{one}{of}" for one, of in zip_longest(hashes, of_sources, fillvalue="")]

    @property
    def sizes(self) -> Sequence[tuple[int, int]]:
        """Width and height of each."""
        return [(picture.shape[1], picture.shape[0]) for picture in self.pictures]

    as_found = sizes

    def read(self, places: Sequence[int]) -> list[Seen]:
        """Give some of them."""
        sources = self.sources or [None] * len(self.pictures)
        return [Seen(self.pictures[p], bool(self.sources), sources[p]) for p in places]


@dataclass(frozen=True)
class SampledPictures:
    """What a generator makes of latents, made when it is read.

    Args:
        sampler: the generator of an epoch.
        seeds: one for each picture; see `generate`.
        networks: where it is loaded when something is to be made.
    """

    sampler: LatentSampler
    seeds: Sequence[int]
    networks: LoadedNetworks = field(default_factory=LoadedNetworks)

    resize = ""

    @property
    def name(self) -> str:
        """The Run, the epoch and how many, for people."""
        run = self.sampler.run.path.name
        return f"{run}, epoch {self.sampler.epoch}: {len(self.seeds)} samples"

    @property
    def names(self) -> Sequence[str]:
        """Their seeds."""
        return [f"seed {seed}" for seed in self.seeds]

    @property
    def sizes(self) -> Sequence[tuple[int, int]]:
        """All are of one size."""
        return [(self.sampler.size_px,) * 2] * len(self.seeds)

    as_found = sizes

    @property
    def keys(self) -> Sequence[str]:
        """A key for each, made of the generator's and the seed."""
        return [f"{self.sampler.key} of seed {seed}" for seed in self.seeds]

    def read(self, places: Sequence[int]) -> list[Seen]:
        """Make some of them."""
        from artnb.sampling import generate

        generator = self.networks.load(self.sampler)
        made = generate(generator, [self.seeds[place] for place in places])
        return [Seen(picture, is_painted=True) for picture in made]


@dataclass(frozen=True)
class PaintedPictures:
    """What a generator makes of a set of pictures, painted when it is read.

    Args:
        painter: the generator of an epoch.
        sources: the pictures that are painted.
        networks: where it is loaded when something is to be painted.
    """

    painter: Painter
    sources: EncodedPictures
    networks: LoadedNetworks = field(default_factory=LoadedNetworks)

    @property
    def name(self) -> str:
        """The Run, the epoch and the sources, for people."""
        return f"{self.painter.run.path.name}, epoch {self.painter.epoch}: {self.sources.name}"

    @property
    def resize(self) -> str:
        """Say how pictures are resized before they are painted."""
        return self.sources.resize

    @property
    def names(self) -> Sequence[str]:
        """The names of the sources."""
        return self.sources.names

    @property
    def as_found(self) -> Sequence[tuple[int, int] | None]:
        """Paintings have the sizes of what is painted."""
        return self.sizes

    @property
    def sizes(self) -> Sequence[tuple[int, int] | None]:
        """Paintings have the sizes of what is painted."""
        return self.sources.sizes

    @property
    def keys(self) -> Sequence[str]:
        """A key for each, made of the painter's and the source's."""
        return [f"{self.painter.key} of {key}" for key in self.sources.keys]

    def read(self, places: Sequence[int]) -> list[Seen | UnreadableImageError]:
        """Paint some of them."""
        from artnb.translation import translate_images

        sources = self.sources.read(places)
        photos = [seen.picture for seen in sources if isinstance(seen, Seen)]
        generator = self.networks.ready(self.painter)
        painted = iter(translate_images(generator, photos, self.painter.multiple_px))
        return [
            Seen(next(painted), is_painted=True, source=seen.picture)
            if isinstance(seen, Seen)
            else seen
            for seen in sources
        ]
