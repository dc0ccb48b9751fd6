"""Score the pictures of one folder, or of a zip, against those of another."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from artnb.data.decoding import UnreadableImageError
from artnb.data.listing import IMAGE_SUFFIXES
from artnb.errors import InputError
from artnb.evaluation.beforehand import check_sizes
from artnb.evaluation.evaluator import Evaluator
from artnb.evaluation.measure import Measured, measure
from artnb.evaluation.metrics.pixels import SSIM
from artnb.evaluation.pictures import EncodedPictures, Seen, pictures_of_folder
from artnb.evaluation.rows import Row
from artnb.evaluation.zips import pictures_of_zip
from artnb.progress import Progress, silent
from artnb.runs.painter import other_role


def evaluate_folders(
    real: Path,
    fake: Path,
    evaluator: Evaluator,
    resize_px: int | None = None,
    to: str = "y",
    photos: Path | None = None,
) -> list[Row]:
    """Score the pictures of one folder against those of another.

    Args:
        real: the reference, real pictures; of a place with two sides, such as the competition's
            folder, what is painted: the paintings.
        fake: generated pictures, a folder or a zip.
        evaluator: what measures.
        resize_px: bring all pictures to a square of this edge first; without it both folders
            must hold pictures of one size.
        to: `"y"` where the generated pictures are translations of X, `"x"` of Y.
        photos: what they were painted from, under the same names: for SSIM, and to score the photos
            themselves beside them.

    Returns:
        A row for each score; those of the photos themselves have the split `"photos"`.

    Raises:
        InputError: a folder cannot be used, or a rule forbids the comparison.
    """
    progress = evaluator.progress
    reference = pictures_of_folder(real, resize_px, progress, to, "real pictures")
    fakes = generated_pictures(fake, resize_px, progress)
    check_sizes(reference, fakes)
    sources = None
    if photos:
        found = pictures_of_folder(photos, resize_px, progress, other_role(to), "photos")
        sources = found.at(_partners(fakes, found))
        check_sizes(sources, fakes)
    measured, painted = evaluator.measure(reference), evaluator.measure(fakes)
    if sources and evaluator.needs("sources"):
        painted = _with_ssim(painted, fakes, sources, evaluator)
    rows = evaluator.rows(measured, painted, source_sha256=sources.sha256 if sources else "")
    return rows + (evaluator.of_photos(measured, sources) if sources else [])


def generated_pictures(
    path: Path, resize_px: int | None = None, progress: Progress = silent
) -> EncodedPictures:
    """Take generated pictures, of a zip or of whatever `pictures_of_folder` takes.

    Raises:
        InputError: as for `pictures_of_zip` and `pictures_of_folder`.
    """
    if path.suffix.lower() == ".zip" and path.is_file():
        return pictures_of_zip(path, resize_px, progress)
    return pictures_of_folder(path, resize_px, progress, None, "generated pictures")


def _partners(fakes: EncodedPictures, photos: EncodedPictures) -> list[int]:
    """Find the place of each painting's photo by their names, which may differ in the ending.

    Raises:
        InputError: one has no photo, or more than one.
    """
    # `artnb translate` makes a.jpg of a.png, and a.webp.jpg of the a.webp beside it. In a zip
    # pictures have lost their folders.
    by_name = [
        _places_by(photos.names, name)
        for name in (str, _stem, lambda n: PurePosixPath(_stem(n)).name)
    ]
    partners, without = [], []
    for name in fakes.names:
        asked = (_stem(name), _stem(name), PurePosixPath(_stem(name)).name)
        found = [places.get(wanted, []) for places, wanted in zip(by_name, asked, strict=True)]
        only = next((places[0] for places in found if len(places) == 1), None)
        partners += [] if only is None else [only]
        without += [name] if only is None else []
    if without:
        raise InputError(
            f"SSIM pairs each picture with the photo of its name, and {len(without)} of "
            f"{len(fakes.names)} pictures of {fakes.name} have none, or several, in {photos.name}, "
            f"such as {without[0]}; name the photos that were painted with --photos"
        )
    return partners


def _places_by(names: Sequence[str], change) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(change(name), []).append(place)
    return places


def _stem(name: str) -> str:
    path = PurePosixPath(name)
    return str(path.with_suffix("")) if path.suffix.lower() in IMAGE_SUFFIXES else name


@dataclass(frozen=True)
class _Pairs:
    """Paintings with the photo of each."""

    paintings: EncodedPictures
    photos: EncodedPictures

    @property
    def name(self) -> str:
        return f"{self.paintings.name} beside {self.photos.name}"

    @property
    def resize(self) -> str:
        return self.paintings.resize

    @property
    def names(self) -> Sequence[str]:
        return self.paintings.names

    @property
    def as_found(self) -> Sequence[tuple[int, int] | None]:
        return self.paintings.as_found

    @property
    def sizes(self) -> Sequence[tuple[int, int] | None]:
        return self.paintings.sizes

    @property
    def keys(self) -> Sequence[str]:
        both = zip(self.paintings.keys, self.photos.keys, strict=True)
        return [f"{painting} beside {photo}" for painting, photo in both]

    def read(self, places: Sequence[int]) -> list[Seen | UnreadableImageError]:
        both = zip(self.paintings.read(places), self.photos.read(places), strict=True)
        return [
            replace(painting, source=photo.picture)
            if isinstance(painting, Seen) and isinstance(photo, Seen)
            else next(each for each in (painting, photo) if not isinstance(each, Seen))
            for painting, photo in both
        ]


def _with_ssim(
    painted: Measured, fakes: EncodedPictures, sources: EncodedPictures, evaluator: Evaluator
) -> Measured:
    """Add to paintings that were measured how like their photos they are.

    Raises:
        InputError: a photo cannot be read.
    """
    pairs = measure(_Pairs(fakes, sources), [SSIM], evaluator.cache, evaluator.progress)
    if pairs.places != painted.places:
        name, why = next(each for each in pairs.unreadable if each not in painted.unreadable)
        raise InputError(
            f"SSIM needs every painting's photo, and that of {name} cannot be read ({why}); take "
            "the painting away, or leave ssim out of --metrics"
        )
    return replace(painted, numbers=painted.numbers | pairs.numbers)
