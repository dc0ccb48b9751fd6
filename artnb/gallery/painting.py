"""Fill a gallery's shelf: the photos, and what each epoch of each Run makes of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import keras
import numpy as np

from artnb.data.images import UnreadableImageError
from artnb.errors import InputError
from artnb.evaluation.painted import painted
from artnb.evaluation.pictures import PaintedPictures, Painter, Seen
from artnb.gallery.chosen import OTHER, ChosenRun
from artnb.gallery.sections import Section, ShownPhotos
from artnb.gallery.shelf import Shelf, name_of
from artnb.parallel import in_parallel
from artnb.progress import Progress
from artnb.runs.run import Run
from artnb.runs.snapshots import read_snapshot
from artnb.translation import translate_images

# Kinds that a generator makes.
MADE_KINDS = ("painting", "reconstruction", "identity")
_NETWORKS = {"y": "generator_g", "x": "generator_f"}
# Pictures, and pixels of them, that are in memory at a time, as photos and in every kind.
_BATCH = 16
_BATCH_PIXELS = 4 * 1024 * 1024


@dataclass(frozen=True)
class Hung:
    """Photos that are on the shelf, by their keys; equal photos hang once.

    Args:
        sizes: width and height of those that are there.
        unreadable: the reasons of those that are not.
    """

    sizes: dict[str, tuple[int, int]]
    unreadable: dict[str, str]


def hang_photos(photos: ShownPhotos, shelf: Shelf, progress: Progress) -> Hung:
    """Put photos on the shelf, where they are not there already."""
    places = {key: place for place, key in enumerate(photos.keys)}
    advance = progress(f"copying {photos.name}", len(places))

    def hang(key: str) -> tuple[int, int] | UnreadableImageError:
        name = name_of(key, "source")
        if not shelf.has(name):
            seen = photos.read([places[key]])[0]
            if not isinstance(seen, Seen):
                return seen
            shelf.put(name, seen.picture, seen.is_painted)
        return shelf.size(name)

    hung = Hung({}, {})
    for key, found in zip(places, in_parallel(hang, places), strict=True):
        if isinstance(found, UnreadableImageError):
            hung.unreadable[key] = str(found)
        else:
            hung.sizes[key] = found
        advance()
    return hung


@dataclass(frozen=True)
class Painters:
    """Both generators of an epoch, by the letter of the domain that they paint.

    They are built when something is to be painted.
    """

    epoch: int
    by_letter: dict[str, Painter]

    def name(self, key: str, kind: str, letter: str) -> str:
        """Name what they make of a photo.

        Args:
            key: of the photo.
            kind: one of `MADE_KINDS`.
            letter: of the domain that photos are translated to.
        """
        there, back = self.by_letter[letter].key, self.by_letter[OTHER[letter]].key
        makers = {"painting": there, "reconstruction": f"{there}, {back}", "identity": back}
        return name_of(key, kind, makers[kind])


class Studio:
    """The generators of a Run, built once and given the weights of one epoch after the other.

    Building and compiling them anew would take longer than painting a few photos does.

    Args:
        run: the Run.
        photos: what is painted first.
    """

    def __init__(self, run: Run, photos: ShownPhotos) -> None:
        self.run, self.photos = run, photos
        self._generators: dict[str, keras.Model] = {}

    def painters(self, epoch: int) -> Painters:
        """Give both generators of an epoch; those of the epoch before are gone then."""
        return Painters(epoch, {letter: self._painter(epoch, letter) for letter in OTHER})

    def _painter(self, epoch: int, letter: str) -> Painter:
        painter = painted(self.run, epoch, letter, self.photos).painter

        def load() -> keras.Model:
            if letter not in self._generators:
                self._generators[letter] = painter.generator
            else:
                weights = read_snapshot(self.run.snapshot(epoch), _NETWORKS[letter])
                self._generators[letter].set_weights(weights)
            return self._generators[letter]

        return replace(painter, load=load)


@dataclass(frozen=True)
class Sitting:
    """An epoch of a Run before a section's photos.

    Args:
        section: the photos.
        hung: those that can be read.
        chosen: the Run, in the direction in which it paints here.
        painters: its generators of the epoch.
        kinds: some of `MADE_KINDS`.
    """

    section: Section
    hung: Hung
    chosen: ChosenRun
    painters: Painters
    kinds: Sequence[str]

    def name(self, place: int, kind: str) -> str:
        """Name what is made of a photo."""
        return self.painters.name(self.section.photos.keys[place], kind, self.chosen.letter)

    def missing(self, shelf: Shelf) -> list[int]:
        """Find photos of which some picture is not there yet; those of one size come together."""
        keys = self.section.photos.keys
        first = {key: place for place, key in reversed(list(enumerate(keys)))}
        missing = [
            first[key]
            for key in self.hung.sizes
            if not all(shelf.has(self.name(first[key], kind)) for kind in self.kinds)
        ]
        return sorted(missing, key=lambda place: self.hung.sizes[keys[place]])

    def paint(self, shelf: Shelf, progress: Progress) -> int:
        """Put what is missing on the shelf; give of how many photos.

        Photos are read and painted a few at a time, so that memory is bounded; what is there is
        left alone, so that an interrupted gallery goes on where it was.
        """
        missing = self.missing(shelf)
        if not missing:
            return 0
        chosen = self.chosen
        title = f"{chosen.name}, epoch {self.painters.epoch}: {chosen.source} → {chosen.target}"
        advance = progress(title, len(missing))
        for batch in self._batches(missing):
            made = [
                (self.name(place, kind), picture)
                for kind, pictures in self._make(batch).items()
                for place, picture in zip(batch, pictures, strict=True)
            ]
            for _ in in_parallel(lambda one: shelf.put(*one, is_painted=True), made):
                pass
            for _ in batch:
                advance()
        return len(missing)

    def _batches(self, places: Sequence[int]) -> Iterator[Sequence[int]]:
        """Divide places into groups of one size that fit into memory."""
        keys = self.section.photos.keys
        for (width, height), group in groupby(places, key=lambda p: self.hung.sizes[keys[p]]):
            alike = list(group)
            step = max(1, min(_BATCH, _BATCH_PIXELS // (width * height)))
            yield from (alike[start : start + step] for start in range(0, len(alike), step))

    def _make(self, places: Sequence[int]) -> dict[str, Sequence[np.ndarray]]:
        """Paint photos, and send paintings and photos through the generator of the way back."""
        letter, photos = self.chosen.letter, self.section.photos
        back = self.painters.by_letter[OTHER[letter]]
        there = PaintedPictures(photos.name, photos, self.painters.by_letter[letter])
        seen = there.read(places)
        for place, one in zip(places, seen, strict=True):
            if not isinstance(one, Seen):
                raise InputError(
                    f"{photos.names[place]} could be read before and now cannot ({one}); "
                    "make the gallery again, it goes on where it was"
                )
        made = {"painting": [one.picture for one in seen]}
        for kind, pictures in (
            ("reconstruction", made["painting"]),
            ("identity", [one.source for one in seen]),
        ):
            if kind in self.kinds:
                made[kind] = translate_images(back.generator, pictures, back.multiple_px)
        return made
