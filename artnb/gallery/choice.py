"""What a gallery shows: which Runs, epochs and kinds of picture, and which photos."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from PIL import Image

from artnb.data.dataset import Dataset
from artnb.data.decoding import UnreadableImageError
from artnb.data.images import scaled_down
from artnb.data.sources import pictures_to_paint
from artnb.errors import InputError, nearest
from artnb.evaluation.pictures import (
    EncodedPictures,
    Seen,
    as_encoded,
    pictures_of_splits,
)
from artnb.evaluation.sets import open_run_data
from artnb.gallery.manifest import KINDS, spread
from artnb.progress import Progress, silent
from artnb.runs.painter import LatentSampler, Painter, other_role
from artnb.runs.run import Run
from artnb.synthetic.dataset import held_out_pairs

# A gallery without these would show nothing.
_ALWAYS = ("source", "painting")
# These are painted by the generator of the way back.
_BY_BOTH = ("reconstruction", "identity")
# Of a Run's held-out pictures where nobody asks for another number.
DEFAULT_PHOTOS = 12
# Strokes are as wide as a network learnt them: on larger photos they are too fine to be seen,
# and a processor paints those for minutes.
LARGEST_PX = 1024


def check_address(painter_page: str) -> None:
    """Refuse what a page cannot lead to.

    Raises:
        InputError: it is an address, but not one of a web page or of a file beside the gallery.
    """
    scheme = urlsplit(painter_page).scheme
    if scheme not in ("", "http", "https"):
        raise InputError(
            "the page to paint on must be an address that begins with https://, or a path from the "
            f"gallery to it, and it is {painter_page!r}"
        )


@dataclass(frozen=True)
class ChosenRun:
    """A Run with what is shown of it.

    Args:
        run: the Run.
        name: what it is called in the gallery; no other is called so.
        painters: its generators of the epochs that are shown, in order; all paint one domain.
    """

    run: Run
    name: str
    painters: tuple[Painter, ...]

    @property
    def epochs(self) -> tuple[int, ...]:
        """The epochs that are shown."""
        return tuple(painter.epoch for painter in self.painters)

    @property
    def to(self) -> str:
        """The role of the domain that is translated to, `"y"` or `"x"`."""
        return self.painters[0].to

    @property
    def source(self) -> str:
        """The name of the domain that is translated."""
        return self.painters[0].source

    @property
    def target(self) -> str:
        """The name of the domain that is translated to."""
        return self.painters[0].target

    @property
    def back(self) -> "ChosenRun":
        """The same Run, painting the other way."""
        return replace(self, painters=tuple(painter.back for painter in self.painters))


@dataclass(frozen=True)
class ChosenLatents:
    """A Run that makes pictures out of latents, with what is shown of it.

    Args:
        run: the Run.
        name: what it is called in the gallery; no other is called so.
        samplers: its generators of the epochs that are shown, in order.
    """

    run: Run
    name: str
    samplers: tuple[LatentSampler, ...]

    @property
    def epochs(self) -> tuple[int, ...]:
        """The epochs that are shown."""
        return tuple(sampler.epoch for sampler in self.samplers)

    @property
    def target(self) -> str:
        """What its pictures are like."""
        return self.run.domains[1]


def choose_latents(
    runs: Sequence[Run], epochs: str | Sequence[int], say: Callable[[str], None]
) -> tuple[ChosenLatents, ...]:
    """Find the epochs of each Run that makes pictures out of latents; see `choose_runs`."""
    runs = list({run.path.resolve(): run for run in runs}.values())
    return tuple(
        ChosenLatents(
            run,
            name,
            tuple(run.sampler(e) for e in run.find_epochs(kept_epochs(run, name, epochs, say))),
        )
        for run, name in zip(runs, names_of_runs(runs), strict=True)
    )


def choose_runs(
    runs: Sequence[Run], epochs: str | Sequence[int], to: str, say: Callable[[str], None]
) -> tuple[ChosenRun, ...]:
    """Find the epochs of each Run that are asked for and kept.

    Args:
        runs: one or more; one that comes twice is shown once.
        epochs: `"all"`, `"latest"`, `"best"`, or numbers such as `"1,10,20"`, of which a Run
            may lack some.
        to: `"y"`, `"x"` or a domain's name.
        say: gets a sentence about what a Run lacks.

    Raises:
        InputError: there is no Run, or one has none of these epochs or no such domain.
    """
    runs = list({run.path.resolve(): run for run in runs}.values())
    if not runs:
        raise InputError("a gallery shows at least one Run, and none was given; name one")
    chosen = []
    for run, name in zip(runs, names_of_runs(runs), strict=True):
        painters = run.painters(kept_epochs(run, name, epochs, say), to)
        chosen.append(ChosenRun(run, name, tuple(painters)))
    return tuple(chosen)


def kept_epochs(
    run: Run, name: str, epochs: str | Sequence[int], say: Callable[[str], None]
) -> str:
    """Leave out epochs that a Run lacks, if it has some of them."""
    asked = epochs.split(",") if isinstance(epochs, str) else list(map(str, epochs))
    asked = [epoch.strip() for epoch in asked]
    kept = run.snapshot_epochs()
    missing = [epoch for epoch in asked if epoch.isdigit() and int(epoch) not in kept]
    if missing and len(missing) < len(asked):
        say(f"The Run {name} keeps no epoch {', '.join(missing)}; the others are shown.")
        asked = [epoch for epoch in asked if epoch not in missing]
    return ",".join(asked)


def names_of_runs(runs: Sequence[Run]) -> list[str]:
    """Name Runs by their folders, and by the folders around those where two are called alike."""
    paths = [run.path.resolve() for run in runs]
    names, depth = [path.name for path in paths], 1
    while len(set(names)) < len(names):
        depth += 1
        twice = {name for name, count in Counter(names).items() if count > 1}
        longer = ["/".join(path.parts[-depth:]) for path in paths]
        names = [long if name in twice else name for name, long in zip(names, longer, strict=True)]
    return names


def choose_kinds(
    kinds: Sequence[str] | None, chosen: Sequence[ChosenRun], say: Callable[[str], None]
) -> tuple[str, ...]:
    """Check kinds of picture and put them in order.

    Args:
        kinds: of picture; None asks for all.
        chosen: the Runs.
        say: gets a sentence where kinds are left out, since a Run has one generator.

    Raises:
        InputError: there is no such kind.
    """
    for kind in kinds or ():
        if kind not in KINDS:
            raise InputError(f"there is no kind of picture {kind!r}; {nearest(kind, KINDS)}")
    asked = set(KINDS if kinds is None else (*_ALWAYS, *kinds))
    one_way = [run for run in chosen if not run.painters[0].back]
    if one_way and asked & set(_BY_BOTH):
        asked -= set(_BY_BOTH)
        names = ", ".join(run.name for run in one_way)
        were = all(run.run.is_imported for run in one_way)
        why = "was imported without a" if were else "has no"
        say(
            f"Reconstructions and identities are left out: {names} {why} generator for the way "
            "back."
        )
    return tuple(kind for kind in KINDS if kind in asked)


def shows_both_ways(kinds: Sequence[str]) -> bool:
    """Say whether all four kinds that a generator is judged by are among these."""
    return set(_BY_BOTH) <= set(kinds)


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
    for run in (run.back for run in chosen if shows_both_ways(kinds)):
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
    side = pictures_to_paint(choice.path, other_role(chosen[0].to))
    files = spread(side.pictures, choice.count)
    found = as_encoded(choice.path.name, files, progress=progress)
    return Section(_shown(found, choice.largest_px), tuple(chosen))


def _held_out(
    dataset: Dataset,
    chosen: Sequence[ChosenRun],
    count: int,
    kinds: Sequence[str],
    progress: Progress,
) -> Section:
    """Take pictures that were held out from training, others where none were."""
    forth = chosen[0].to == "y"
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
