"""Make a gallery: a folder of what Runs make of photos, epoch by epoch."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from artnb.data.decoding import decode_image
from artnb.errors import InputError
from artnb.evaluation.extractor import Extractor
from artnb.evaluation.rows import as_dictionaries, read_scores
from artnb.gallery.choice import (
    LARGEST_PX,
    ChosenRun,
    PhotoChoice,
    RunDatasets,
    Section,
    check_address,
    choose_kinds,
    choose_runs,
    choose_sections,
)
from artnb.gallery.latents import make_latent_gallery, refuse_what_latents_lack
from artnb.gallery.manifest import MANIFEST, Exhibit, Gallery, ShownRun, View
from artnb.gallery.nearest import NearestPicture, NearestReal, extractor_at_hand
from artnb.gallery.painting import MADE_KINDS, PaintingJob, ReadablePhotos, store_photos
from artnb.gallery.store import PictureStore, check_folder, name_of
from artnb.locks import locked
from artnb.progress import Progress, silent
from artnb.runs.painter import LoadedNetworks
from artnb.runs.run import Run
from artnb.runs.snapshots import MissingSnapshotError

# Both generators of a Run, one Run after the other.
_MOST_NETWORKS = 2


def make_gallery(
    runs: Sequence[Run],
    out: str | Path,
    photos: Path | None = None,
    epochs: str | Sequence[int] = "all",
    count: int | None = None,
    to: str = "y",
    kinds: Sequence[str] | None = None,
    largest_px: int | None = LARGEST_PX,
    data: Path | None = None,
    page: bool = True,
    extractor: Extractor | None = None,
    painter_page: str = "",
    progress: Progress = silent,
    say: Callable[[str], None] = lambda sentence: None,
) -> Gallery:
    """Paint photos with one or more Runs into a folder of pictures to browse.

    Pictures are WebP at quality 90, under names made of what they show. What an earlier call
    painted of the same photos with the same weights is not painted again, so that an interrupted
    gallery goes on where it was.

    Of Runs that make pictures out of latents seeds are shown in place of photos; see
    `make_latent_gallery`.

    Args:
        runs: the Runs; a photo is shown at its own size, whatever size a Run was trained at.
        out: folder for everything: a new or empty one, or an earlier gallery, which it replaces.
        photos: a file or a folder; None takes held-out photos of the first Run, or training
            photos where none were held out.
        epochs: `"all"` that are kept, `"latest"`, `"best"`, or numbers such as `"1,10,20"`.
        count: how many photos, spread evenly; None takes 12 held-out ones, or all of `photos`.
        to: `"y"`, `"x"` or a domain's name: which way is shown.
        kinds: of picture, some of `manifest.KINDS`; sources and paintings are always shown, None
            takes all. With both reconstruction and identity the other way is shown too.
        largest_px: larger photos are scaled down to this longer side; None leaves them.
        data: the Runs' data, where it is not where they were trained on it.
        page: write `index.html` too.
        extractor: finds the nearest real pictures; None takes one whose weights are at hand.
        painter_page: address of a page of `artnb.publish`, to which the gallery's leads: there
            visitors have photos of their own painted.
        progress: shows how far it has got.
        say: gets a sentence about what is shown and what is left out.

    Returns:
        What is in the folder now, as in its `gallery.json`.

    Raises:
        InputError: there is no such epoch, domain, kind or photo, a Run's data is needed and
            gone, `out` holds something that is no gallery, or `painter_page` is no address of a
            web page.
    """
    out = Path(out)
    check_address(painter_page)
    if any(run.method.latent_generator(run) for run in runs):
        refuse_what_latents_lack(runs, photos, kinds)
        return make_latent_gallery(
            runs, out, epochs, count, kinds, data, page, extractor, painter_page, progress, say
        )
    chosen = choose_runs(runs, epochs, to, say)
    kinds = choose_kinds(kinds, chosen, say)
    choice = PhotoChoice(photos, count, largest_px)
    check_folder(out, photos)
    datasets = RunDatasets(data, progress, say)
    sections = choose_sections(chosen, choice, kinds, datasets, progress)
    if "nearest" in kinds:
        extractor = extractor or extractor_at_hand(say)

    def find_nearest(run: ChosenRun) -> NearestReal | None:
        """Measure a Run's real pictures, where that is asked for and can be done."""
        dataset = datasets.if_at_hand(run.run) if "nearest" in kinds and extractor else None
        return dataset and NearestReal(dataset, run.to, extractor, progress=progress)

    with locked(out, f"the gallery {out}", say):
        making = _GalleryInTheMaking(out, chosen, sections, kinds, find_nearest, progress, say)
        try:
            making.paint()
        finally:
            gallery = making.gallery()
            if page and gallery.exhibits:
                from artnb.gallery.page import write_page

                write_page(out, painter_page)
    return gallery


@dataclass
class _SectionState:
    """How far a section has got: its photos in the store, and the jobs that were begun."""

    section: Section
    readable: ReadablePhotos
    truths: dict[str, str] = field(default_factory=dict)
    jobs: list[tuple[PaintingJob, dict[int, NearestPicture]]] = field(default_factory=list)

    @property
    def places(self) -> list[int]:
        """The places of photos that can be read."""
        return [n for n, key in enumerate(self.section.photos.keys) if key in self.readable.sizes]

    def unreadable(self) -> Iterator[tuple[str, str]]:
        """Give names of photos that cannot be read, and reasons."""
        for name, key in zip(self.section.photos.names, self.section.photos.keys, strict=True):
            if key in self.readable.unreadable:
                yield name, self.readable.unreadable[key]

    def describe(self) -> str:
        """Say in a line what there is to paint."""
        runs, epochs = self.section.runs, sum(len(run.epochs) for run in self.section.runs)
        return (
            f"{self.section.source} → {self.section.target}: {len(self.places):,} pictures, "
            f"{epochs} epoch{'s' * (epochs != 1)} of {', '.join(run.name for run in runs)}"
        )


class _GalleryInTheMaking:
    """Paints a gallery, epoch by epoch, and says at any time what is in it.

    Args:
        folder: of the gallery.
        chosen: the Runs.
        sections: photos, and who translates them.
        kinds: of picture.
        find_nearest: gives the real pictures that a Run's translations are compared with, or None.
        progress: shows how far it has got.
        say: gets a sentence about what is shown and what is left out.
    """

    def __init__(
        self,
        folder: Path,
        chosen: Sequence[ChosenRun],
        sections: Sequence[Section],
        kinds: Sequence[str],
        find_nearest: Callable[[ChosenRun], NearestReal | None],
        progress: Progress,
        say: Callable[[str], None],
    ) -> None:
        self.chosen, self.sections, self.kinds = chosen, sections, kinds
        self.find_nearest = find_nearest
        self.progress, self.say = progress, say
        self.store = PictureStore(folder)
        self.networks = LoadedNetworks(_MOST_NETWORKS, say)
        self.states: list[_SectionState] = []
        self.made = datetime.now(UTC).isoformat(timespec="seconds")

    def paint(self) -> None:
        """Put everything into the store that is not there yet.

        Raises:
            InputError: none of the photos can be read.
        """
        # The folder is a gallery, whatever happens from now on.
        self.store.folder.mkdir(parents=True, exist_ok=True)
        if not (self.store.folder / MANIFEST).is_file():
            self.gallery().save(self.store.folder)
        self.states = [self._store(section) for section in self.sections]
        if not self.states[0].places:
            name, why = next(self.states[0].unreadable())
            raise InputError(f"none of the photos can be read ({name}: {why}); choose others")
        for name, why in (one for state in self.states for one in state.unreadable()):
            self.say(f"{name} was skipped: {why}")
        for state in self.states:
            self.say(state.describe())
        for run in self.chosen:
            nearest_real = self.find_nearest(run)
            for epoch in run.epochs:
                try:
                    self._paint_epoch(run.name, epoch, nearest_real)
                except MissingSnapshotError as error:  # its training went on meanwhile
                    if sum(len(run.epochs) for run in self.chosen) == 1:
                        raise
                    self.say(f"Epoch {epoch} of {run.name} is left out: {error}.")
                finally:
                    self.gallery().save(self.store.folder)

    def _store(self, section: Section) -> _SectionState:
        readable = store_photos(section.photos, self.store, self.progress)
        state = _SectionState(section, readable)
        for place in state.places:
            name, key = section.photos.names[place], section.photos.keys[place]
            if name in section.truths:
                state.truths[key] = name_of(key, "truth")
                if not self.store.has(state.truths[key]):
                    truth = np.asarray(decode_image(section.truths[name]))
                    self.store.put(state.truths[key], truth)
        return state

    def _paint_epoch(self, name: str, epoch: int, nearest_real: NearestReal | None) -> None:
        """Let an epoch of a Run translate the photos of every section it is in."""
        kinds = tuple(kind for kind in MADE_KINDS if kind in self.kinds)
        for state in self.states:
            for run in (run for run in state.section.runs if run.name == name):
                painter = run.painters[run.epochs.index(epoch)]
                job = PaintingJob(
                    state.section, state.readable, run, painter, painter.back, self.networks, kinds
                )
                painter.key  # noqa: B018 (raises where the snapshot is gone)
                nearest: dict[int, NearestPicture] = {}
                state.jobs.append((job, nearest))
                job.paint(self.store, self.progress)
                # The photos that are nearest, the other way round, would say little.
                if nearest_real and state is self.states[0]:
                    nearest |= nearest_real.of(job, state.places, self.store)

    def gallery(self) -> Gallery:
        """Describe what there is so far."""
        sources = ", ".join(dict.fromkeys(run.source for run in self.chosen))
        targets = ", ".join(dict.fromkeys(run.target for run in self.chosen))
        return Gallery(
            title=f"{sources} → {targets}",
            runs=tuple(_shown_run(run) for run in self.chosen),
            exhibits=tuple(self._exhibit(s, place) for s in self.states for place in s.places),
            made=self.made,
        )

    def _exhibit(self, state: _SectionState, place: int) -> Exhibit:
        section = state.section
        key = section.photos.keys[place]
        width, height = state.readable.sizes[key]
        return Exhibit(
            section.photos.names[place],
            section.source,
            section.target,
            width,
            height,
            tuple(self._views(state, place, key)),
        )

    def _views(self, state: _SectionState, place: int, key: str) -> Iterator[View]:
        size = state.readable.sizes[key]
        yield self.store.view(name_of(key, "source"), "source", size)
        if key in state.truths:
            name = state.truths[key]
            yield self.store.view(name, "truth", self.store.size(name))
        for job, nearest in state.jobs:
            facts = {"run": job.chosen.name, "epoch": job.painter.epoch}
            for kind in job.kinds:
                name = job.name(place, kind)
                if self.store.has(name):  # after an interruption some are not
                    yield self.store.view(name, kind, size, **facts)
            if place in nearest:
                name, distance = nearest[place].name, nearest[place].distance
                facts |= {"note": f"distance {distance:.3f}", "distance": distance}
                yield self.store.view(name, "nearest", self.store.size(name), **facts)


def _shown_run(chosen: ChosenRun) -> ShownRun:
    x, y = chosen.run.domains
    scores = tuple(as_dictionaries(read_scores(chosen.run.scores_file)))
    return ShownRun(chosen.name, x, y, chosen.epochs, chosen.run.best_epoch(), scores)
