"""A gallery of Runs that make pictures out of latents: seeds in place of photos."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from artnb.data.images import PAINTED_MARK
from artnb.drawing.animation import save_animation
from artnb.errors import InputError
from artnb.evaluation.extractor import Extractor
from artnb.evaluation.rows import as_dictionaries, read_scores
from artnb.gallery.choice import ChosenLatents, RunDatasets, choose_latents
from artnb.gallery.manifest import LATENTS, Exhibit, Gallery, GalleryReader, ShownRun, View
from artnb.gallery.nearest import NearestPicture, NearestReal, extractor_at_hand
from artnb.gallery.painting import SamplingJob
from artnb.gallery.sheets import write_sheet
from artnb.gallery.store import PictureStore, check_folder
from artnb.locks import locked
from artnb.progress import Progress
from artnb.runs.painter import LoadedNetworks
from artnb.runs.run import Run
from artnb.runs.snapshots import MissingSnapshotError
from artnb.sampling.choice import DEFAULT_TRUNCATION, SampleChoice

KINDS = ("painting", "nearest")
_DEFAULT_SEEDS = 24
_TRUNCATIONS = (0.0, 0.3, 0.5, 0.7, 1.0)
# Of a sheet or an animation; more are too much to look at.
_MOST_SEEDS = 8


def refuse_what_latents_lack(
    runs: Sequence[Run], photos: Path | None, kinds: Sequence[str] | None
) -> None:
    """Check that nothing is asked for that pictures out of latents do not have.

    Raises:
        InputError: there are photos, other kinds of picture, or Runs that paint photos.
    """
    painting = [run.path.name for run in runs if not run.method.latent_generator(run)]
    if painting:
        raise InputError(
            f"{painting[0]} paints photos, and others of these Runs make pictures out of latents: "
            "they have nothing in common to be shown side by side; make a gallery of each"
        )
    if photos:
        raise InputError(
            f"the Run {runs[0].path.name} makes pictures out of latents and paints no photos; "
            "leave out --photos"
        )
    for kind in kinds or ():
        if kind not in KINDS:
            raise InputError(
                f"a gallery of pictures out of latents shows {' and '.join(KINDS)}, got {kind!r}; "
                "leave it out of --kinds"
            )


def make_latent_gallery(
    runs: Sequence[Run],
    out: Path,
    epochs: str | Sequence[int],
    count: int | None,
    kinds: Sequence[str] | None,
    data: Path | None,
    page: bool,
    extractor: Extractor | None,
    painter_page: str,
    progress: Progress,
    say: Callable[[str], None],
) -> Gallery:
    """Show what each epoch makes of the seeds 0, 1, 2 …, with truncation 0.7.

    Into the folder go also a sheet of truncations, one of mixed styles and an animation between
    seeds, of each Run's shown epoch. Arguments as of `make_gallery`; `count` are seeds, 24 where
    nobody asks for another number.

    Raises:
        InputError: there is no such epoch, or `out` holds something that is no gallery.
    """
    choice = SampleChoice(_DEFAULT_SEEDS if count is None else count)
    chosen = choose_latents(runs, epochs, say)
    check_folder(out)
    datasets = RunDatasets(data, progress, say)
    wants_nearest = kinds is None or "nearest" in kinds
    if wants_nearest:
        extractor = extractor or extractor_at_hand(say)

    def find_nearest(run: ChosenLatents, size_px: int) -> NearestReal | None:
        """Measure a Run's real pictures, where that is asked for and can be done."""
        if not (wants_nearest and extractor):
            return None
        dataset = datasets.if_at_hand(run.run)
        return dataset and NearestReal(dataset, "y", extractor, progress, size_px)

    with locked(out, f"the gallery {out}", say):
        making = _LatentGalleryInTheMaking(out, chosen, choice, find_nearest, progress, say)
        try:
            making.paint()
        finally:
            gallery = making.gallery()
            gallery.save(out)
            if page and gallery.exhibits:
                from artnb.gallery.page import write_page

                write_page(out, painter_page)
        making.draw()
    return gallery


class _LatentGalleryInTheMaking:
    """Paints seeds, epoch by epoch, and says at any time what there is."""

    def __init__(
        self,
        folder: Path,
        chosen: Sequence[ChosenLatents],
        choice: SampleChoice,
        find_nearest: Callable[[ChosenLatents, int], NearestReal | None],
        progress: Progress,
        say: Callable[[str], None],
    ) -> None:
        self.folder, self.chosen, self.choice = folder, chosen, choice
        self.find_nearest, self.progress, self.say = find_nearest, progress, say
        self.store, self.networks = PictureStore(folder), LoadedNetworks(1)
        self.jobs: list[tuple[SamplingJob, dict[int, NearestPicture]]] = []
        self.made = datetime.now(UTC).isoformat(timespec="seconds")

    def paint(self) -> None:
        """Put everything into the store that is not there yet."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.gallery().save(self.folder)
        for run in self.chosen:
            self.say(
                f"{LATENTS} → {run.target}: {self.choice.count:,} seeds, "
                f"{len(run.epochs)} epoch{'s' * (len(run.epochs) != 1)} of {run.name}"
            )
            nearest_real = None
            for sampler in run.samplers:
                job = SamplingJob(
                    run, sampler, self.networks, self.choice.seeds, self.choice.truncation
                )
                try:
                    self._paint_epoch(job)
                except MissingSnapshotError as error:  # its training went on meanwhile
                    if sum(len(run.epochs) for run in self.chosen) == 1:
                        raise
                    self.say(f"Epoch {sampler.epoch} of {run.name} is left out: {error}.")
                    continue
                nearest_real = nearest_real or self.find_nearest(run, self._size_px)
                if nearest_real:
                    places = range(self.choice.count)
                    self.jobs[-1][1].update(nearest_real.of(job, places, self.store))
                self.gallery().save(self.folder)

    def _paint_epoch(self, job: SamplingJob) -> None:
        job.painter.key  # noqa: B018 (raises where the snapshot is gone)
        self.jobs.append((job, {}))
        job.paint(self.store, self.progress)

    @property
    def _size_px(self) -> int:
        return self.store.size(self.jobs[-1][0].name(0, "painting"))[0]

    def draw(self) -> None:
        """Draw truncations, mixed styles and the way between seeds, of each Run's shown epoch."""
        from artnb.sampling.sheets import FRAME_MS, draw_frames, draw_mixing, draw_truncations

        seeds, reader = self.choice.seeds[:_MOST_SEEDS], GalleryReader(self.folder)
        for run in self.chosen:
            shown = reader.run(run.name)
            sampler = run.samplers[run.epochs.index(shown.shown_epoch)]
            generator, of = self.networks.load(sampler), f"{run.name}, epoch {sampler.epoch}"
            suffix, sheets = reader.file_suffix(shown), self.folder / "sheets"
            sheet = draw_truncations(generator, seeds, _TRUNCATIONS, of)
            self.say(f"Sheet:      {write_sheet(sheet, sheets / f'truncations{suffix}.webp')}")
            if len(seeds) < 2:
                continue
            sheet = draw_mixing(generator, seeds, DEFAULT_TRUNCATION, of)
            self.say(f"Sheet:      {write_sheet(sheet, sheets / f'mixing{suffix}.webp')}")
            frames = list(draw_frames(generator, seeds, DEFAULT_TRUNCATION))
            path = self.folder / f"interpolation{suffix}.webp"
            save_animation(frames, FRAME_MS, path, f"{PAINTED_MARK}: {of}")
            self.say(f"Animation:  {path}")

    def gallery(self) -> Gallery:
        """Describe what there is so far."""
        targets = ", ".join(dict.fromkeys(run.target for run in self.chosen))
        exhibits = (self._exhibit(place, targets) for place in range(self.choice.count))
        return Gallery(
            title=f"{LATENTS} → {targets}",
            runs=tuple(_shown_run(run) for run in self.chosen),
            exhibits=tuple(exhibit for exhibit in exhibits if exhibit),
            made=self.made,
        )

    def _exhibit(self, place: int, targets: str) -> Exhibit | None:
        """Describe a seed; None where nothing of it is there yet."""
        views = tuple(self._views(place))
        if not views:
            return None
        width, height = self._size_px, self._size_px
        name = f"seed {self.choice.seeds[place]}"
        return Exhibit(name, LATENTS, targets, width, height, views)

    def _views(self, place: int) -> Iterator[View]:
        for job, nearest in self.jobs:
            facts = {"run": job.chosen.name, "epoch": job.painter.epoch}
            name = job.name(place, "painting")
            if self.store.has(name):  # after an interruption some are not
                yield self.store.view(name, "painting", self.store.size(name), **facts)
            if place in nearest:
                name, distance = nearest[place].name, nearest[place].distance
                facts |= {"note": f"distance {distance:.3f}", "distance": distance}
                yield self.store.view(name, "nearest", self.store.size(name), **facts)


def _shown_run(chosen: ChosenLatents) -> ShownRun:
    rows = as_dictionaries(read_scores(chosen.run.scores_file))
    best = chosen.run.best_epoch()
    return ShownRun(chosen.name, LATENTS, chosen.target, chosen.epochs, best, tuple(rows))
