"""The real picture that is nearest to each translation of a gallery."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from artnb.data.dataset import Dataset
from artnb.errors import InputError
from artnb.evaluation.extractor import Extractor, load_extractor
from artnb.evaluation.measure import Measured, measure, open_cache
from artnb.evaluation.metrics.neighbours import nearest_real
from artnb.evaluation.pictures import EncodedPictures, encoded_pictures, pictures_of_splits
from artnb.gallery.painting import PaintingJob, SamplingJob
from artnb.gallery.store import PictureStore, name_of
from artnb.pretrained.weights import weights_at_hand
from artnb.progress import Progress, silent

_EXTRACTORS = ("inception", "squeezenet")


@dataclass(frozen=True)
class NearestPicture:
    """The real picture nearest to a translation.

    Args:
        name: of the real picture in the store.
        distance: 1 − |cos| of features; 0 is the same picture.
    """

    name: str
    distance: float


def extractor_at_hand(say: Callable[[str], None]) -> Extractor | None:
    """Load an extractor whose weights are here already, or say why there is none."""
    if not any(map(weights_at_hand, _EXTRACTORS)):
        say(
            "The nearest real pictures are left out: they need an extractor's weights, and none "
            "are here; artnb evaluate fetches them."
        )
        return None
    try:
        return load_extractor("auto", say=lambda _: None)
    except InputError as error:
        say(f"The nearest real pictures are left out: {error}")
        return None


class NearestReal:
    """The real pictures of a domain, measured, among which the nearest ones are found.

    Args:
        dataset: holds them.
        to: the domain's role, `"x"` or `"y"`.
        extractor: gives features.
        progress: shows how far it has got.
        size_px: edge at which pictures are compared; None takes the Dataset's.
    """

    def __init__(
        self,
        dataset: Dataset,
        to: str,
        extractor: Extractor,
        progress: Progress = silent,
        size_px: int | None = None,
    ) -> None:
        self.extractor, self.cache, self.progress = extractor, open_cache(), progress
        domain = dataset.x if to == "x" else dataset.y
        splits = [split for split in (domain.train, domain.test) if len(split)]
        self.size_px = size_px or dataset.size_px
        self.real = pictures_of_splits(domain.name, *splits, resize_px=size_px, progress=progress)
        self._measured = self._measure(self.real)

    def _measure(self, pictures: EncodedPictures) -> Measured:
        return measure(pictures, [self.extractor], self.cache, self.progress)

    def of(
        self, job: PaintingJob | SamplingJob, places: Sequence[int], store: PictureStore
    ) -> dict[int, NearestPicture]:
        """Find the nearest real picture to each painting, and store it.

        The paintings are measured as they are shown, brought to squares of the real pictures'
        size.

        Args:
            job: what was painted.
            places: of the photos.
            store: holds the paintings.

        Returns:
            The nearest pictures by the place of the photo.
        """
        files = [store.path(job.name(place, "painting")) for place in places]
        paintings = encoded_pictures(
            f"{job.chosen.name}, epoch {job.painter.epoch}",
            [file.name for file in files],
            lambda number: files[number].read_bytes(),
            self.size_px,
        )
        fake = self._measure(paintings)
        key = self.extractor.key
        nearest = nearest_real(self._measured.numbers[key], fake.numbers[key])
        return {
            places[place]: NearestPicture(self._put(int(index), store), float(distance))
            for place, index, distance in zip(
                fake.places, nearest.indices, nearest.distances, strict=True
            )
        }

    def _put(self, index: int, store: PictureStore) -> str:
        place = self._measured.places[index]
        name = name_of(self.real.keys[place], "nearest")
        if not store.has(name):
            store.put(name, self.real.read([place])[0].picture)
        return name
