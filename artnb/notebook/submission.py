"""How long a submission takes here, measured before training, and pictures of one."""

import io
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from artnb.data.decoding import decode_image
from artnb.data.images import JPEG_QUALITY, decode_rgb, encode_jpeg, fit_square
from artnb.drawing.grids import titled_grid
from artnb.evaluation.pictures import EncodedPictures, encoded_pictures
from artnb.methods.cyclegan.config import CycleGANConfig
from artnb.methods.cyclegan.model import build_generator
from artnb.models.painting import PaintingNetwork
from artnb.platform.deadline import Deadline, in_words
from artnb.platform.machine import suitable_precision
from artnb.runs.run import Run
from artnb.submission.check import check_submission
from artnb.submission.painting import ReadingNotes, SharedGenerator, on_all_devices, painted_jpegs
from artnb.submission.photos import names_in_zip
from artnb.submission.rules import COMPETITION, SESSION_MINUTES, ZIP_NAME, Rules
from artnb.submission.unfinished import Unfinished

_BATCHES = 2
# What was measured is taken half as long again: a shared machine may be slower later, and
# photos differ. The two minutes are for reading the photos' hashes and for what nobody foresaw.
MARGIN = 1.5
MARGIN_S = 120.0


@dataclass(frozen=True)
class Reserve:
    """How long making and checking a submission takes.

    Args:
        pictures: in it.
        first_s: until the first batch is painted: building and compiling.
        picture_s: for each picture: read, paint, encode, write, zip and check.
    """

    pictures: int
    first_s: float
    picture_s: float

    @property
    def measured_s(self) -> float:
        """The seconds as they were measured."""
        return self.first_s + self.pictures * self.picture_s

    @property
    def seconds(self) -> float:
        """The seconds to keep free, with the margin."""
        return MARGIN * self.measured_s + MARGIN_S

    def describe(self) -> str:
        """Say it in a sentence."""
        return (
            f"{self.pictures:,} pictures at {1 / self.picture_s:.3g} a second take "
            f"{in_words(self.measured_s)}; with half as much again and 2 minutes more, "
            f"{in_words(self.seconds)} are kept for painting, zipping and checking."
        )

    def deadline(self, minutes: float = SESSION_MINUTES, started: float | None = None) -> Deadline:
        """Give the deadline that leaves training the rest of the session.

        Args:
            minutes: of the whole session.
            started: its first moment, as `time.time()` gives it; None is this process's.

        Raises:
            InputError: nothing would be left for training.
        """
        return Deadline(minutes, self.seconds / 60, started)


def measure_reserve(
    of: Run | CycleGANConfig,
    pictures: int,
    rules: Rules = COMPETITION,
) -> Reserve:
    """Make a small submission and see how long it takes; nothing of it is kept.

    Args:
        of: a trained Run, or the settings of a training to come: an untrained generator takes as
            long as a trained one.
        pictures: how many the real one will hold.
        rules: what they are like.

    Returns:
        The time to keep free.
    """
    began = time.perf_counter()
    with on_all_devices(_generator(of), say=lambda _line: None) as generator:
        # The first batch compiles.
        generator(np.zeros((1, rules.size_px, rules.size_px, 3), np.uint8))
        first_s = time.perf_counter() - began
        few = _BATCHES * generator.batch_size
        began = time.perf_counter()
        _make_and_check(generator, few, rules)
    return Reserve(pictures, first_s, (time.perf_counter() - began) / few)


def _generator(of: Run | CycleGANConfig) -> Callable[[], PaintingNetwork]:
    if isinstance(of, Run):
        return lambda: of.painter().ready()
    precision = suitable_precision()[0] if of.precision == "auto" else of.precision
    config = of.replace(precision=precision)
    return lambda: PaintingNetwork(build_generator(config, "generator_g"), config.multiple_px)


def _make_and_check(generator: SharedGenerator, count: int, rules: Rules) -> None:
    photos = _invented(count, rules.size_px)
    with TemporaryDirectory() as folder:
        out = Path(folder) / ZIP_NAME
        unfinished = Unfinished(out, {})
        names = [f"{number}.jpg" for number in range(count)]
        batches = painted_jpegs(generator, photos, range(count), rules.size_px, ReadingNotes())
        for batch in batches:
            unfinished.add({names[place]: jpeg for place, jpeg in batch.items()})
        unfinished.finish(names, {})
        check_submission(out, replace(rules, fewest=1))


def _invented(count: int, size_px: int) -> EncodedPictures:
    """Invent photos with as much detail as real ones: noise over colours that change slowly."""
    random = np.random.default_rng(0)
    colours = Image.fromarray(random.integers(0, 256, (8, 8, 3), np.uint8))
    smooth = np.asarray(colours.resize((size_px, size_px), Image.Resampling.BICUBIC), np.int16)
    noise = random.integers(-16, 17, smooth.shape)
    photo = encode_jpeg(np.clip(smooth + noise, 0, 255).astype(np.uint8))
    names = [str(number) for number in range(count)]
    return encoded_pictures("invented photos", names, lambda _place: photo)


_CROP_PX, _ENLARGED_PX = 64, 256


def draw_submission(path: Path, photos: EncodedPictures, count: int = 8) -> Image.Image:
    """Show some of a submission's pictures below the photos they were painted from.

    Args:
        path: the zip.
        photos: the set that was painted; see `find_photos`.
        count: how many, spread evenly.

    Returns:
        An RGB image of two rows.
    """
    names = names_in_zip(photos.names)
    with zipfile.ZipFile(path) as archive:
        there = set(archive.namelist())
        places = [place for place, name in enumerate(names) if name in there]
        chosen = np.linspace(0, len(places) - 1, min(count, len(places))).round().astype(int)
        places = [places[number] for number in chosen]
        paintings = [decode_rgb(archive.read(names[place])) for place in places]
    edge = paintings[0].shape[0]
    originals = [
        np.asarray(fit_square(decode_image(photos.read_bytes(place)), edge)) for place in places
    ]
    return titled_grid([originals, paintings], edge_px=140)


def draw_compression(painting: np.ndarray, others: Sequence[int] = (75, 40)) -> Image.Image:
    """Show the middle of a painting, enlarged, as it is and as JPEGs.

    Args:
        painting: uint8 `(height, width, 3)`.
        others: qualities beside the submission's own, with colours at half resolution as most
            programs write them.

    Returns:
        An RGB image of one row.
    """
    jpegs = {JPEG_QUALITY: encode_jpeg(painting)}
    jpegs |= {quality: _usual_jpeg(painting, quality) for quality in others}
    titles = [f"quality {quality}, {len(jpeg) / 1000:.0f} KB" for quality, jpeg in jpegs.items()]
    pictures = [painting, *(decode_rgb(jpeg) for jpeg in jpegs.values())]
    title = f"as painted, {painting.nbytes / 1000:.0f} KB"
    return titled_grid([[_enlarged(picture) for picture in pictures]], [title, *titles])


def _usual_jpeg(painting: np.ndarray, quality: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(painting).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def _enlarged(picture: np.ndarray) -> np.ndarray:
    """Cut out the middle and show every pixel as a square."""
    top, left = ((edge - _CROP_PX) // 2 for edge in picture.shape[:2])
    crop = Image.fromarray(picture[top : top + _CROP_PX, left : left + _CROP_PX])
    return np.asarray(crop.resize((_ENLARGED_PX, _ENLARGED_PX), Image.Resampling.NEAREST))
