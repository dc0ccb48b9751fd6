"""Which pictures a Run is scored on: the real ones, and the photos that it paints."""

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from artnb.data.dataset import Dataset, Images, open_dataset
from artnb.errors import InputError
from artnb.evaluation.pictures import (
    EncodedPictures,
    PaintedPictures,
    Pictures,
    SampledPictures,
    pictures_of_folder,
    pictures_of_splits,
)
from artnb.progress import Progress, silent
from artnb.runs.painter import LatentSampler, LoadedNetworks, Painter, other_role
from artnb.runs.run import Run

# Epochs are scored on so many photos where nobody asks for another number; all of them where
# there are fewer.
DEFAULT_PHOTOS = 300
_FEWEST_PHOTOS = 2


@dataclass(frozen=True)
class Choice:
    """What a person chose; None leaves it to the Run and its Dataset.

    Args:
        data: the Dataset, where it is not where the Run was trained on it.
        real: a folder of real pictures as reference, such as one that several Runs share.
        photos: a folder of photos to paint.
        count: how many photos, spread evenly; None takes 300.
        resize_px: bring all pictures to a square of this edge first.

    Raises:
        InputError: fewer than two photos are asked for.
    """

    data: Path | None = None
    real: Path | None = None
    photos: Path | None = None
    count: int | None = None
    resize_px: int | None = None

    @property
    def needs_data(self) -> bool:
        """Whether a Run's own data is needed beside what was chosen."""
        return self.real is None or self.photos is None

    def __post_init__(self) -> None:
        if self.count is not None and self.count < _FEWEST_PHOTOS:
            raise InputError(
                f"photos to paint must be at least {_FEWEST_PHOTOS}, got {self.count}; "
                "scores want hundreds"
            )


@dataclass(frozen=True)
class Sets:
    """A reference, and what generated pictures are made of: photos to be painted, or seeds.

    `split` says which of the Run's photos they are; it is empty where somebody chose them.
    """

    reference: EncodedPictures
    photos: EncodedPictures | None
    split: str
    seeds: range = range(0)

    def made_by(self, maker: Painter | LatentSampler, networks: LoadedNetworks) -> Pictures:
        """Give the set of what a generator makes."""
        if self.photos is None:
            return SampledPictures(maker, self.seeds, networks)
        return PaintedPictures(maker, self.photos, networks)

    @property
    def source_sha256(self) -> str:
        """What stands for the photos, or for the seeds."""
        return self.photos.sha256 if self.photos else f"seeds 0 to {len(self.seeds) - 1}"


class RunSets:
    """The sets that a Run can be scored on, hashed when they are first asked for.

    Args:
        run: the Run.
        choice: what a person chose.
        to: `"y"` for translations of X, `"x"` for those of Y.
        dataset: the Run's Dataset where it is open already.
        progress: shows how far reading has got.

    Raises:
        InputError: the Run's data is gone or is not what it was trained on.
    """

    def __init__(
        self,
        run: Run,
        choice: Choice,
        to: str = "y",
        dataset: Dataset | None = None,
        progress: Progress = silent,
    ) -> None:
        self.progress, self.to, self.is_latent = progress, to, run.is_latent
        if self.is_latent and choice.photos:
            raise InputError(
                f"the Run {run.path.name} makes pictures out of nothing, and --photos names "
                "some to be painted; leave it out"
            )
        # Real pictures are compared at the size at which pictures are made.
        if self.is_latent and choice.resize_px is None:
            choice = replace(choice, resize_px=run.config().image_size_px)
        self.choice = choice
        self.source = self.target = None
        if choice.needs_data or dataset is not None:
            dataset = dataset or open_run_data(run, choice.data, progress)
            domains = (dataset.x, dataset.y) if to == "y" else (dataset.y, dataset.x)
            self.source, self.target = domains

    def held_out(self) -> Sets:
        """Give all real pictures, and held-out photos; training photos where none were held out."""
        if self.is_latent:
            seeds = range(self.choice.count or DEFAULT_PHOTOS)
            return Sets(self.reference(), None, "", seeds)
        if self.choice.photos:
            photos = self._folder(self.choice.photos, other_role(self.to), "photos")
            return Sets(self.reference(), photos.some(self.choice.count), "")
        split = "test" if len(self.source.test) else "train"
        photos = self._photos(split, self.choice.count or DEFAULT_PHOTOS)
        return Sets(self.reference(), photos, split)

    def reference(self) -> EncodedPictures:
        """Give the real pictures: a folder, or both splits of the target domain."""
        if self.choice.real:
            return self._folder(self.choice.real, self.to, "real pictures")
        splits = [split for split in (self.target.train, self.target.test) if len(split)]
        return self.of_splits(self.target.name, *splits)

    def of_both_splits(self) -> tuple[Sets, Sets]:
        """Give equally many training and held-out photos, to compare what a Run makes of them.

        Where paintings were held out too, each is measured against those of its own split, as
        many of one as of the other; otherwise both against the whole reference.

        Raises:
            InputError: no photos were held out.
        """
        if self.is_latent:
            raise InputError("a gap is between photos, and this Run paints none; leave out --gap")
        if self.source is None or not len(self.source.test):
            raise InputError(
                "a gap between training and held-out photos needs held-out photos, and the Run's "
                "Dataset has none; prepare it with --test-share, or leave out --gap"
            )
        count = min(
            len(self.source.train), len(self.source.test), self.choice.count or DEFAULT_PHOTOS
        )
        return tuple(
            Sets(reference, self._photos(split, count), f"gap {split}")
            for split, reference in self._references_of_both_splits().items()
        )

    def _references_of_both_splits(self) -> dict[str, EncodedPictures]:
        target, splits = self.target, ("train", "test")
        if self.choice.real or not len(target.test):
            return dict.fromkeys(splits, self.reference())
        count = min(len(target.train), len(target.test))
        return {
            split: self.of_splits(f"{target.name} ({split})", getattr(target, split)).some(count)
            for split in splits
        }

    def _photos(self, split: str, count: int) -> EncodedPictures:
        images: Images = getattr(self.source, split)
        return self.of_splits(f"{self.source.name} ({split})", images).some(count)

    def _folder(self, folder: Path, side: str, what: str) -> EncodedPictures:
        return pictures_of_folder(folder, self.choice.resize_px, self.progress, side, what)

    def of_splits(self, name: str, *splits: Images) -> EncodedPictures:
        """Give the pictures of splits as a set."""
        return pictures_of_splits(
            name, *splits, resize_px=self.choice.resize_px, progress=self.progress
        )


def open_run_data(run: Run, data: Path | None = None, progress: Progress = silent) -> Dataset:
    """Open what a Run was trained on.

    Args:
        run: the Run.
        data: where it is now; None looks where it was, then beside the Run, where a demo's is.
        progress: shows how far reading has got.

    Raises:
        InputError: it is not there, or it is not the same data.
    """
    recorded = run.facts()["data"]
    if data is None and run.is_imported:
        raise InputError(
            f"the Run {run.path.name} was imported and has no pictures of its own; name a Dataset "
            "with --data, or pictures with --photos (and with --real, where they are compared)"
        )
    path = data or Path(recorded["path"])
    beside = run.path.parent / path.name
    if data is None and path.name and not path.exists() and beside.exists():
        path = beside
    if not path.exists():
        raise InputError(
            f"the Run {run.path.name} was trained on {path}, and that is not here; say where it "
            "is with --data, or name other pictures with --real and --photos"
        )
    opened = partial(
        open_dataset,
        path,
        size_px=recorded.get("size_px"),
        progress=progress,
        domains=run.method.domains,
    )
    dataset = opened()
    if dataset.y.name != recorded["y"]:
        with suppress(InputError):  # a folder of one kind of pictures has nothing to swap
            dataset = opened(swap_domains=True)
    if not run.is_imported and dataset.fingerprint != recorded["fingerprint"]:
        raise InputError(
            f"{path} is not what the Run {run.path.name} was trained on; say where that is with "
            "--data, or name other pictures with --real and --photos"
        )
    return dataset
