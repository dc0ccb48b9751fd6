"""Paint many photos of one size: on all devices, while others are read and encoded."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import keras
import numpy as np
from PIL import Image

from artnb.data.decoding import UnreadableImageError
from artnb.data.images import PAINTED_MARK, encode_jpeg, fit_square, to_float, to_uint8
from artnb.evaluation.pictures import EncodedPictures
from artnb.models.painting import PaintingNetwork
from artnb.parallel import in_parallel
from artnb.platform.devices import replicas, use_devices
from artnb.translation import paint

# On each device at a time: a megapixel, as in `translate_images`.
PICTURES_A_DEVICE = 16

Item = TypeVar("Item")


class SharedGenerator:
    """A generator that paints batches of always the same shape, shared over all devices.

    It is made by `on_all_devices` and used within it.

    Args:
        generator: the network.
        batch_size: pictures in a batch, over all devices.
    """

    def __init__(self, generator: PaintingNetwork, batch_size: int) -> None:
        self.generator, self.batch_size = generator, batch_size
        self._paint = _painting_function(generator)

    def __call__(self, photos: np.ndarray) -> np.ndarray:
        """Paint uint8 `(n, height, width, 3)`, n up to `batch_size`; gives the same shape."""
        missing = self.batch_size - len(photos)
        # One shape compiles once, and can always be shared equally.
        whole = np.pad(photos, ((0, missing), (0, 0), (0, 0), (0, 0)), mode="edge")
        return self._paint(whole)[: len(photos)]


@contextmanager
def on_all_devices(
    load: Callable[[], PaintingNetwork], say: Callable[[str], None] = print
) -> Iterator[SharedGenerator]:
    """Give a generator on every device of this machine.

    Args:
        load: builds it.
        say: gets a line where there are several devices.
    """
    batch_size = PICTURES_A_DEVICE * len(keras.distribution.list_devices())
    with use_devices(batch_size, say=lambda _line: None):
        if replicas() > 1:
            say(f"Painting on {replicas()} devices: each takes {PICTURES_A_DEVICE} "
                f"of {batch_size} pictures.")  # fmt: skip
        yield SharedGenerator(load(), batch_size)


def _painting_function(generator: PaintingNetwork) -> Callable[[np.ndarray], np.ndarray]:
    if replicas() == 1:
        return lambda photos: paint(generator, photos)
    if keras.backend.backend() == "jax":
        return lambda photos: _paint_on_mesh(generator, photos)
    return _painting_on_replicas(generator)


def _paint_on_mesh(generator: PaintingNetwork, photos: np.ndarray) -> np.ndarray:
    """Share a batch on JAX: given as it is, every device would paint all of it."""
    batch = to_float(photos)
    layout = keras.distribution.distribution().get_data_layout(batch.shape)
    shared = keras.distribution.distribute_tensor(batch, layout)
    return to_uint8(generator.predict_on_batch(shared))


def _painting_on_replicas(generator: PaintingNetwork) -> Callable[[np.ndarray], np.ndarray]:
    """Share a batch on TensorFlow; `predict_on_batch` would give all of it to every replica."""
    import tensorflow as tf

    strategy = tf.distribute.get_strategy()

    @tf.function
    def painted(shares: Any) -> Any:
        return strategy.run(lambda share: generator(share, training=False), args=(shares,))

    def paint_shared(photos: np.ndarray) -> np.ndarray:
        shares = np.split(to_float(photos), strategy.num_replicas_in_sync)
        given = strategy.experimental_distribute_values_from_function(
            lambda context: tf.constant(shares[context.replica_id_in_sync_group])
        )
        parts = strategy.experimental_local_results(painted(given))
        return to_uint8(np.concatenate([part.numpy() for part in parts]))

    return paint_shared


@dataclass
class ReadingNotes:
    """What was noticed of the photos while they were read.

    Args:
        other_sizes: how many were brought to the right size.
        unreadable: names and reasons of those that were left out.
    """

    other_sizes: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)


def painted_jpegs(
    generator: SharedGenerator,
    photos: EncodedPictures,
    places: Sequence[int],
    size_px: int,
    notes: ReadingNotes,
) -> Iterator[Mapping[int, bytes]]:
    """Paint photos batch by batch; the next is read and the last encoded meanwhile.

    Args:
        generator: on all devices.
        photos: the set.
        places: of those to paint.
        size_px: edge of the squares that they are brought to.
        notes: gets what was noticed.

    Yields:
        JPEGs by place; photos that cannot be read are missing.
    """
    starts = range(0, len(places), generator.batch_size)
    batches = (places[start : start + generator.batch_size] for start in starts)
    read = (_read(photos, batch, size_px, notes) for batch in batches)
    with ThreadPoolExecutor(1) as thread:
        encoding = None
        for squares in _one_ahead(read):
            painted = generator(np.stack(list(squares.values()))) if squares else ()
            upcoming = thread.submit(_encoded, list(squares), painted)
            if encoding:
                yield encoding.result()
            encoding = upcoming
        if encoding:
            yield encoding.result()


def _read(
    photos: EncodedPictures, places: Sequence[int], size_px: int, notes: ReadingNotes
) -> dict[int, np.ndarray]:
    """Read squares by place; what is no picture is noted and left out."""
    squares = {}
    for place, seen in zip(places, photos.read(places), strict=True):
        if isinstance(seen, UnreadableImageError):
            notes.unreadable.append((photos.names[place], str(seen)))
            continue
        image = Image.fromarray(seen.picture)
        notes.other_sizes += image.size != (size_px, size_px)
        squares[place] = np.asarray(fit_square(image, size_px))
    return squares


def _encoded(places: Sequence[int], painted: Sequence[np.ndarray]) -> dict[int, bytes]:
    """Encode paintings, marked as such: no check of pixels or features sees the mark."""
    jpegs = in_parallel(lambda painting: encode_jpeg(painting, PAINTED_MARK), painted)
    return dict(zip(places, jpegs, strict=True))


def _one_ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Make the next item in a thread while this one is worked on."""
    with ThreadPoolExecutor(1) as thread:
        upcoming = thread.submit(next, items, None)
        while (item := upcoming.result()) is not None:
            upcoming = thread.submit(next, items, None)
            yield item
