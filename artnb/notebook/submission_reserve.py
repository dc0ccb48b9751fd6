"""How long a submission takes on this machine: measured before training, not guessed."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import numpy as np
from PIL import Image

from artnb.config import CycleGANConfig
from artnb.data.images import encode_jpeg
from artnb.evaluation.pictures import EncodedPictures, encoded_pictures
from artnb.methods.cyclegan.model import build_generator
from artnb.platform.deadline import Deadline, in_words
from artnb.platform.machine import suitable_precision
from artnb.runs.run import Run
from artnb.runs.snapshots import load_painter
from artnb.submission.check import check_submission
from artnb.submission.painting import Looked, SharedPainter, on_all_devices, painted_jpegs
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
    with on_all_devices(_generator(of), say=lambda _line: None) as painter:
        # The first batch compiles.
        painter(np.zeros((1, rules.size_px, rules.size_px, 3), np.uint8))
        first_s = time.perf_counter() - began
        few = _BATCHES * painter.batch_size
        began = time.perf_counter()
        _make_and_check(painter, few, rules)
    return Reserve(pictures, first_s, (time.perf_counter() - began) / few)


def _generator(of: Run | CycleGANConfig) -> Callable[[], keras.Model]:
    if isinstance(of, Run):
        return lambda: load_painter(of)
    precision = suitable_precision()[0] if of.precision == "auto" else of.precision
    return lambda: build_generator(of.replace(precision=precision), "generator_g")


def _make_and_check(painter: SharedPainter, count: int, rules: Rules) -> None:
    photos = _invented(count, rules.size_px)
    with TemporaryDirectory() as folder:
        out = Path(folder) / ZIP_NAME
        unfinished = Unfinished(out, {})
        names = [f"{number}.jpg" for number in range(count)]
        batches = painted_jpegs(painter, photos, range(count), rules.size_px, Looked())
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
