"""The photos of a gallery: from a folder or from a Run's data, and who translates them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import Image

from artnb.data.dataset import Dataset
from artnb.data.images import UnreadableImageError
from artnb.data.sources import FilePicture, existing_folder, pictures_in
from artnb.errors import InputError
from artnb.evaluation.pictures import (
    EncodedPictures,
    Seen,
    encoded_pictures,
    pictures_of_splits,
)
from artnb.evaluation.sets import open_run_data
from artnb.gallery.chosen import ChosenRun, shows_both_ways
from artnb.gallery.walls import spread
from artnb.progress import Progress, silent
from artnb.runs.run import Run
from artnb.synthetic.dataset import held_out_pairs
from artnb.translation import scaled_down

# Of a Run's held-out pictures where nobody asks for another number.
DEFAULT_PHOTOS = 12
# Strokes are as wide as a network learnt them: on larger photos they are too fine to be seen,
# and a processor paints those for minutes.
LARGEST_PX = 1024


@dataclass(frozen=True)
class ShownPhotos(EncodedPictures):
    """Pictures as a gallery shows and paints them: upright, and not larger than a limit.

    Args:
        largest_px: of the longer side; None sets no limit.
    """

    largest_px: int | None = None

    def _read(self, place: int) -> Seen | UnreadableImageError:
        seen = super()._read(place)
        if not isinstance(seen, Seen) or not self.largest_px:
            return seen
        smaller = scaled_down(Image.fromarray(seen.picture), self.largest_px)
        return replace(seen, picture=np.asarray(smaller))


@dataclass(frozen=True)
class Section:
    """Photos, and the Runs that translate them.

    Args:
        photos: what is translated.
        runs: each in the direction in which it is shown here.
        truths: encoded true translations by the names of photos, where they are known.
    """

    photos: ShownPhotos
    runs: tuple[ChosenRun, ...]
    truths: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """The name of the photos' domain."""
        return self.runs[0].source

    @property
    def target(self) -> str:
        """The names of the domains that they are translated to."""
        return ", ".join(dict.fromkeys(run.target for run in self.runs))


@dataclass(frozen=True)
class PhotoChoice:
    """Which photos a person asks for.

    Args:
        path: a file or a folder; None takes held-out photos of the first Run.
        count: how many, spread evenly; None takes 12 held-out ones, or all at `path`.
        largest_px: larger ones are scaled down to this longer side; None leaves them.

    Raises:
        InputError: fewer than one are asked for, or a size of less than a pixel.
    """

    path: Path | None = None
    count: int | None = None
    largest_px: int | None = LARGEST_PX

    def __post_init__(self) -> None:
        for what, number in (("photo", self.count), ("pixel", self.largest_px)):
            if number is not None and number < 1:
                raise InputError(f"there must be at least one {what}, got {number}; ask for more")


class RunDatasets:
    """The Datasets of Runs, opened when they are first needed.

    Args:
        data: where they are, if not where the Runs were trained on them.
        progress: shows how far reading has got.
        say: gets a sentence where one is gone.
    """

    def __init__(self, data: Path | None, progress: Progress, say: Callable[[str], None]) -> None:
        self.data, self.progress, self.say = data, progress, say
        self._open: dict[Path, Dataset | None] = {}

    def of(self, run: Run) -> Dataset:
        """Give a Run's Dataset.

        Raises:
            InputError: it is gone, or it is other data.
        """
        if self._open.get(run.path) is None:
            self._open[run.path] = open_run_data(run, self.data, self.progress)
        return self._open[run.path]

    def if_at_hand(self, run: Run) -> Dataset | None:
        """Give a Run's Dataset; where there is none, say so once."""
        if run.path not in self._open:
            try:
                self.of(run)
            except InputError as error:
                self._open[run.path] = None
                self.say(f"Real pictures of this Run are left out: {error}")
        return self._open[run.path]


def choose_sections(
    chosen: Sequence[ChosenRun],
    choice: PhotoChoice,
    kinds: Sequence[str],
    datasets: RunDatasets,
    progress: Progress = silent,
) -> list[Section]:
    """Find the photos of a gallery, and paintings where the other direction is shown too.

    Raises:
        InputError: there are no photos, or the first Run's data is needed and gone.
    """
    sections = [_photos(chosen, choice, kinds, datasets, progress)]
    few = min(choice.count or DEFAULT_PHOTOS, DEFAULT_PHOTOS)
    for run in (run.turned() for run in chosen if shows_both_ways(kinds)):
        dataset = datasets.if_at_hand(run.run)
        if dataset:
            sections.append(_held_out(dataset, (run,), few, kinds, progress))
    return sections


def _photos(
    chosen: Sequence[ChosenRun],
    choice: PhotoChoice,
    kinds: Sequence[str],
    datasets: RunDatasets,
    progress: Progress,
) -> Section:
    if choice.path is None:
        count = choice.count or DEFAULT_PHOTOS
        return _held_out(datasets.of(chosen[0].run), chosen, count, kinds, progress)
    if choice.path.is_file():
        files = [FilePicture(choice.path.name, choice.path)]
    else:
        files = spread(pictures_in(existing_folder(choice.path, "photos")), choice.count)
    found = encoded_pictures(
        choice.path.name,
        [file.name for file in files],
        lambda place: files[place].read(),
        progress=progress,
    )
    return Section(_shown(found, choice.largest_px), tuple(chosen))


def _held_out(
    dataset: Dataset,
    chosen: Sequence[ChosenRun],
    count: int,
    kinds: Sequence[str],
    progress: Progress,
) -> Section:
    """Take pictures that were held out from training, others where none were."""
    forth = chosen[0].letter == "y"
    domain = dataset.x if forth else dataset.y
    found = pictures_of_splits(domain.name, domain.shown(), progress=progress)
    pairs = held_out_pairs(dataset) if "truth" in kinds else []
    truths = {name: of_y if forth else of_x for name, of_x, of_y in pairs}
    return Section(_shown(found.some(count), None), tuple(chosen), truths)


def _shown(pictures: EncodedPictures, largest_px: int | None) -> ShownPhotos:
    limit = f" at most {largest_px} px" if largest_px else ""
    keys = [f"{key}{limit}" for key in pictures.keys]
    return ShownPhotos(
        pictures.name, pictures.names, keys, pictures.read_bytes, largest_px=largest_px
    )
