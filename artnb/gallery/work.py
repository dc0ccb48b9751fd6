"""A gallery in the making: what is painted already, and what there is to show of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from artnb.data.images import decode_image
from artnb.errors import InputError
from artnb.evaluation.rows import as_dictionaries, read_scores
from artnb.gallery.chosen import ChosenRun
from artnb.gallery.manifest import MANIFEST, Exhibit, Gallery, ShownRun, View
from artnb.gallery.neighbours import Neighbour, Neighbourhood
from artnb.gallery.painting import MADE_KINDS, Hung, Painters, Sitting, Studio, hang_photos
from artnb.gallery.sections import Section
from artnb.gallery.shelf import Shelf, name_of
from artnb.progress import Progress


@dataclass
class _Room:
    """A section on the walls: its photos, and the sittings that there were."""

    section: Section
    hung: Hung
    truths: dict[str, str] = field(default_factory=dict)
    sittings: list[tuple[Sitting, dict[int, Neighbour]]] = field(default_factory=list)

    @property
    def places(self) -> list[int]:
        """The places of photos that can be read."""
        return [n for n, key in enumerate(self.section.photos.keys) if key in self.hung.sizes]


class GalleryWork:
    """Paints a gallery, epoch by epoch, and says at any time what is in it.

    Args:
        folder: of the gallery.
        chosen: the Runs.
        sections: photos, and who translates them.
        kinds: of picture.
        find_neighbourhood: gives the real pictures that a Run's translations are compared with,
            or None.
        progress: shows how far it has got.
        say: gets a sentence about what is shown and what is left out.
    """

    def __init__(
        self,
        folder: Path,
        chosen: Sequence[ChosenRun],
        sections: Sequence[Section],
        kinds: Sequence[str],
        find_neighbourhood: Callable[[ChosenRun], Neighbourhood | None],
        progress: Progress,
        say: Callable[[str], None],
    ) -> None:
        self.chosen, self.sections, self.kinds = chosen, sections, kinds
        self.find_neighbourhood = find_neighbourhood
        self.progress, self.say = progress, say
        self.shelf = Shelf(folder)
        self.rooms: list[_Room] = []

    def do(self) -> None:
        """Put everything on the shelf that is not there yet.

        Raises:
            InputError: none of the photos can be read.
        """
        self._claim_folder()
        self.rooms = [self._hang(section) for section in self.sections]
        if not self.rooms[0].places:
            name, why = next(self._unreadable(self.rooms[0]))
            raise InputError(f"none of the photos can be read ({name}: {why}); choose others")
        for room in self.rooms:
            for name, why in self._unreadable(room):
                self.say(f"{name} was skipped: {why}")
        self._say_extent()
        for run in self.chosen:
            neighbourhood = self.find_neighbourhood(run)
            studio = Studio(run.run, self.sections[0].photos)
            for epoch in run.epochs:
                try:
                    self._paint(run, studio.painters(epoch), neighbourhood)
                finally:
                    self.gallery().save(self.shelf.folder)

    def _claim_folder(self) -> None:
        """Make the folder a gallery, whatever happens from now on."""
        self.shelf.folder.mkdir(parents=True, exist_ok=True)
        if not (self.shelf.folder / MANIFEST).is_file():
            self.gallery().save(self.shelf.folder)

    def _hang(self, section: Section) -> _Room:
        room = _Room(section, hang_photos(section.photos, self.shelf, self.progress))
        for place in room.places:
            name, key = section.photos.names[place], section.photos.keys[place]
            if name in section.truths:
                room.truths[key] = name_of(key, "truth")
                if not self.shelf.has(room.truths[key]):
                    truth = np.asarray(decode_image(section.truths[name]))
                    self.shelf.put(room.truths[key], truth)
        return room

    def _unreadable(self, room: _Room) -> Iterator[tuple[str, str]]:
        photos = room.section.photos
        for name, key in zip(photos.names, photos.keys, strict=True):
            if key in room.hung.unreadable:
                yield name, room.hung.unreadable[key]

    def _say_extent(self) -> None:
        for room in self.rooms:
            section, epochs = room.section, sum(len(run.epochs) for run in room.section.runs)
            self.say(
                f"{section.source} → {section.target}: {len(room.places):,} pictures, "
                f"{epochs} epoch{'s' * (epochs != 1)} of {', '.join(r.name for r in section.runs)}"
            )

    def _paint(
        self, run: ChosenRun, painters: Painters, neighbourhood: Neighbourhood | None
    ) -> None:
        """Let both generators of an epoch translate the photos of every section they are in."""
        made = tuple(kind for kind in MADE_KINDS if kind in self.kinds)
        for room in self.rooms:
            mine = [one for one in room.section.runs if one.name == run.name]
            for one in mine:
                sitting = Sitting(room.section, room.hung, one, painters, made)
                neighbours: dict[int, Neighbour] = {}
                room.sittings.append((sitting, neighbours))
                sitting.paint(self.shelf, self.progress)
                # Neighbours of photos, the other way round, would say little.
                if neighbourhood and room is self.rooms[0]:
                    neighbours |= neighbourhood.of(sitting, room.places, self.shelf)

    def gallery(self) -> Gallery:
        """Describe what there is so far."""
        ways = dict.fromkeys((run.source, run.target) for run in self.chosen)
        sources, targets = (", ".join(dict.fromkeys(names)) for names in zip(*ways, strict=True))
        return Gallery(
            title=f"{sources} → {targets}",
            runs=tuple(_shown_run(run) for run in self.chosen),
            exhibits=tuple(self._exhibit(r, place) for r in self.rooms for place in r.places),
            made=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def _exhibit(self, room: _Room, place: int) -> Exhibit:
        section = room.section
        key = section.photos.keys[place]
        width, height = room.hung.sizes[key]
        return Exhibit(
            section.photos.names[place],
            section.source,
            section.target,
            width,
            height,
            tuple(self._views(room, place, key)),
        )

    def _views(self, room: _Room, place: int, key: str) -> Iterator[View]:
        size = room.hung.sizes[key]
        yield self.shelf.view(name_of(key, "source"), "source", size)
        if key in room.truths:
            name = room.truths[key]
            yield self.shelf.view(name, "truth", self.shelf.size(name))
        for sitting, neighbours in room.sittings:
            facts = {"run": sitting.chosen.name, "epoch": sitting.painters.epoch}
            names = {kind: sitting.name(place, kind) for kind in sitting.kinds}
            for kind, name in names.items():
                if self.shelf.has(name):  # after an interruption some are not
                    yield self.shelf.view(name, kind, size, **facts)
            if place in neighbours:
                yield self._nearest(neighbours[place], facts)

    def _nearest(self, neighbour: Neighbour, facts: dict) -> View:
        note = f"distance {neighbour.distance:.3f}"
        size = self.shelf.size(neighbour.name)
        return self.shelf.view(
            neighbour.name, "nearest", size, note=note, distance=neighbour.distance, **facts
        )


def _shown_run(chosen: ChosenRun) -> ShownRun:
    x, y = chosen.run.domains
    scores = tuple(as_dictionaries(read_scores(chosen.run.scores_file)))
    return ShownRun(chosen.name, x, y, chosen.epochs, chosen.run.best_epoch(), scores)
