"""Fill a gallery's store: the photos, and what each epoch of each Run makes of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from artnb.data.decoding import UnreadableImageError
from artnb.errors import InputError
from artnb.evaluation.pictures import Seen
from artnb.gallery.choice import ChosenLatents, ChosenRun, Section, ShownPhotos
from artnb.gallery.store import PictureStore, name_of
from artnb.parallel import in_parallel
from artnb.progress import Progress
from artnb.runs.painter import LatentSampler, LoadedNetworks, Painter
from artnb.translation import translate_images

# Kinds that a generator makes.
MADE_KINDS = ("painting", "reconstruction", "identity")
# Pictures, and pixels of them, that are in memory at a time, as photos and in every kind.
_BATCH = 16
_BATCH_PIXELS = 4 * 1024 * 1024


@dataclass(frozen=True)
class ReadablePhotos:
    """Photos that are in the store, by their keys; equal photos are there once.

    Args:
        sizes: width and height of those that are there.
        unreadable: the reasons of those that are not.
    """

    sizes: dict[str, tuple[int, int]]
    unreadable: dict[str, str]


def store_photos(photos: ShownPhotos, store: PictureStore, progress: Progress) -> ReadablePhotos:
    """Put photos into the store, where they are not there already."""
    places = {key: place for place, key in enumerate(photos.keys)}
    advance = progress(f"copying {photos.name}", len(places))

    def put(key: str) -> tuple[int, int] | UnreadableImageError:
        name = name_of(key, "source")
        if not store.has(name):
            seen = photos.read([places[key]])[0]
            if not isinstance(seen, Seen):
                return seen
            store.put(name, seen.picture, seen.is_painted)
        return store.size(name)

    readable = ReadablePhotos({}, {})
    for key, found in zip(places, in_parallel(put, places), strict=True):
        if isinstance(found, UnreadableImageError):
            readable.unreadable[key] = str(found)
        else:
            readable.sizes[key] = found
        advance()
    return readable


@dataclass(frozen=True)
class PaintingJob:
    """A section's photos to be painted by one epoch of a Run.

    Args:
        section: the photos.
        readable: those that can be read.
        chosen: the Run, in the direction in which it paints here.
        painter: its generator of the epoch.
        back: what leads back, or None.
        networks: gives the generators, built when something is to be painted.
        kinds: some of `MADE_KINDS`; with `back` None only paintings.
    """

    section: Section
    readable: ReadablePhotos
    chosen: ChosenRun
    painter: Painter
    back: Painter | None
    networks: LoadedNetworks
    kinds: Sequence[str]

    def name(self, place: int, kind: str) -> str:
        """Name what is made of a photo."""
        makers = {
            "painting": [self.painter],
            "reconstruction": [self.painter, self.back],
            "identity": [self.back],
        }
        maker = ", ".join(painter.key for painter in makers[kind])
        return name_of(self.section.photos.keys[place], kind, maker)

    def missing(self, store: PictureStore) -> list[int]:
        """Find photos of which some picture is not there yet; those of one size come together."""
        keys = self.section.photos.keys
        first = {key: place for place, key in reversed(list(enumerate(keys)))}
        missing = [
            first[key]
            for key in self.readable.sizes
            if not all(store.has(self.name(first[key], kind)) for kind in self.kinds)
        ]
        return sorted(missing, key=lambda place: self.readable.sizes[keys[place]])

    def paint(self, store: PictureStore, progress: Progress) -> int:
        """Put what is missing into the store; give of how many photos.

        Photos are read and painted a few at a time, so that memory is bounded; what is there is
        left alone, so that an interrupted gallery goes on where it was.
        """
        missing = self.missing(store)
        if not missing:
            return 0
        chosen = self.chosen
        title = f"{chosen.name}, epoch {self.painter.epoch}: {chosen.source} → {chosen.target}"
        advance = progress(title, len(missing))
        for batch in self._batches(missing):
            made = [
                (self.name(place, kind), picture)
                for kind, pictures in self._make(batch).items()
                for place, picture in zip(batch, pictures, strict=True)
            ]
            for _ in in_parallel(lambda one: store.put(*one, is_painted=True), made):
                pass
            for _ in batch:
                advance()
        return len(missing)

    def _batches(self, places: Sequence[int]) -> Iterator[Sequence[int]]:
        """Divide places into groups of one size that fit into memory."""
        keys = self.section.photos.keys
        for (width, height), group in groupby(places, key=lambda p: self.readable.sizes[keys[p]]):
            alike = list(group)
            step = max(1, min(_BATCH, _BATCH_PIXELS // (width * height)))
            yield from (alike[start : start + step] for start in range(0, len(alike), step))

    def _make(self, places: Sequence[int]) -> dict[str, Sequence[np.ndarray]]:
        """Paint photos, and send paintings and photos through the generator of the way back."""
        photos = []
        for place, seen in zip(places, self.section.photos.read(places), strict=True):
            if not isinstance(seen, Seen):
                raise InputError(
                    f"{self.section.photos.names[place]} could be read before and now cannot "
                    f"({seen}); make the gallery again, it goes on where it was"
                )
            photos.append(seen.picture)
        made = {"painting": self._translated(photos, self.painter)}
        for kind, pictures in (("reconstruction", made["painting"]), ("identity", photos)):
            if kind in self.kinds:
                made[kind] = self._translated(pictures, self.back)
        return made

    def _translated(self, pictures: Sequence[np.ndarray], painter: Painter) -> list[np.ndarray]:
        return translate_images(self.networks.ready(painter), pictures, painter.multiple_px)


@dataclass(frozen=True)
class SamplingJob:
    """Seeds to be painted by one epoch of a Run.

    Args:
        chosen: the Run.
        painter: its generator of the epoch.
        networks: gives the generator, built when something is to be painted.
        seeds: what is painted.
        truncation: see `generate`.
    """

    chosen: ChosenLatents
    painter: LatentSampler
    networks: LoadedNetworks
    seeds: Sequence[int]
    truncation: float

    def name(self, place: int, kind: str) -> str:
        """Name what is made of a seed."""
        key = f"seed {self.seeds[place]}, truncation {self.truncation:g}"
        return name_of(key, kind, self.painter.key)

    def paint(self, store: PictureStore, progress: Progress) -> None:
        """Put what is missing into the store."""
        from artnb.sampling.generating import generate

        names = {seed: self.name(place, "painting") for place, seed in enumerate(self.seeds)}
        missing = [seed for seed in self.seeds if not store.has(names[seed])]
        if not missing:
            return
        advance = progress(f"{self.chosen.name}, epoch {self.painter.epoch}", len(missing))
        generator = self.networks.load(self.painter)
        for seed, picture in zip(
            missing, generate(generator, missing, self.truncation), strict=True
        ):
            store.put(names[seed], picture, is_painted=True)
            advance()
