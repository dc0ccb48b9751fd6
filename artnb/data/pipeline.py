"""From a Dataset to batches, the same ones through tf.data and without TensorFlow.

The order is a pure function of (seed, epoch): resuming in the middle of an epoch means
starting at that batch. Augmentation is no part of this, it happens on the device within the
training step, so nothing here can freeze it.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import keras
import numpy as np
from keras import ops

from artnb.data.dataset import Dataset, Domain
from artnb.data.images import decode_rgb
from artnb.errors import InputError
from artnb.platform.devices import this_host

_BATCHES_AHEAD = 4


def shuffled(count: int, seed: int, domain: str, round_number: int) -> np.ndarray:
    """Give a permutation of `range(count)` that is the same on every machine and version.

    It ranks raw Philox output, whose stream NumPy guarantees, unlike that of its
    distributions.
    """
    key = (seed & 0xFFFFFFFF) << 32 | zlib.crc32(domain.encode())
    generator = np.random.Philox(key=key, counter=[0, 0, 0, round_number])
    return np.argsort(generator.random_raw(count), kind="stable")


@lru_cache(maxsize=8)
def epoch_order(count: int, length: int, seed: int, domain: str, epoch: int) -> np.ndarray:
    """Say which picture fills which place of an epoch.

    Args:
        count: pictures the domain has.
        length: places to fill; beyond `count`, further permutations follow, so that each
            picture comes equally often, give or take one.
        seed: of the Run.
        domain: its name, so that both domains are shuffled apart.
        epoch: zero-based.

    Returns:
        int64 `(length,)`, values in [0, count).
    """
    rounds = -(-length // count)
    permutations = [shuffled(count, seed, domain, epoch * rounds + r) for r in range(rounds)]
    return np.concatenate(permutations)[:length]


class BatchOrder:
    """Which pictures make up which batch, or a host's share of it.

    A pass over the data is as long as its larger domain, so every photo is seen once while
    300 paintings repeat; `zip` of both would stop at the 300th photo.

    Args:
        dataset: what to train on.
        batch_size: pictures of each domain in a batch, over all hosts.
        seed: of the order.
        host: which of several hosts reads, counted from 0.
        hosts: how many read each their part of every batch.
    """

    def __init__(
        self, dataset: Dataset, batch_size: int, seed: int, host: int = 0, hosts: int = 1
    ) -> None:
        self.dataset = dataset
        self.batch_size = batch_size
        self.seed = seed
        self.host = host
        self.share_size = batch_size // hosts
        larger = max(len(domain.train) for domain in dataset.domains)
        self.batches_per_pass = -(-larger // batch_size)

    def indices(self, domain: Domain, batch: int) -> np.ndarray:
        """Give the pictures of a domain in this host's share of a batch.

        Batches are counted from the Run's start.
        """
        epoch, within = divmod(batch, self.batches_per_pass)
        length = self.batches_per_pass * self.batch_size
        order = epoch_order(len(domain.train), length, self.seed, domain.name, epoch)
        start = within * self.batch_size + self.host * self.share_size
        return order[start : start + self.share_size]

    def class_numbers(self, batch: int) -> np.ndarray:
        """Give the numbers of the classes of Y's pictures in this host's share of a batch."""
        return self.dataset.class_numbers(self.indices(self.dataset.y, batch))

    def encoded(self, batch: int) -> tuple[list[bytes], ...]:
        """Give the JPEGs of a batch, or of this host's share, of each domain."""
        return tuple(
            [domain.train[index] for index in self.indices(domain, batch)]
            for domain in self.dataset.domains
        )


class ArrayPipeline(keras.utils.PyDataset):
    """Batches as NumPy arrays, decoded by Pillow in threads; needs no TensorFlow."""

    def __init__(self, order: BatchOrder, start_batch: int = 0, workers: int = 2) -> None:
        super().__init__(workers=workers, max_queue_size=_BATCHES_AHEAD)
        self.order = order
        self.start_batch = start_batch

    @property
    def num_batches(self) -> None:
        """Endless: `fit` is given its steps per epoch, and the index never starts again."""
        return

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        jpegs_of_domains = self.order.encoded(self.start_batch + index)
        pixels = tuple(np.stack(list(map(decode_rgb, jpegs))) for jpegs in jpegs_of_domains)
        if not self.order.dataset.classes:
            return pixels
        return (*pixels, self.order.class_numbers(self.start_batch + index))


def tensorflow_pipeline(order: BatchOrder, start_batch: int = 0) -> Any:
    """Build an endless `tf.data.Dataset`, JPEGs decoded in TensorFlow's own threads."""
    import tensorflow as tf

    def jpegs() -> Iterator[tuple[bytes, ...]]:
        batch = start_batch
        while True:
            kinds = (order.class_numbers(batch),) if order.dataset.classes else ()
            yield from zip(*order.encoded(batch), *kinds, strict=True)
            batch += 1

    size_px = order.dataset.size_px

    def decode(jpeg: Any) -> Any:
        # The accurate transform is the one Pillow uses: both pipelines give equal pixels.
        image = tf.io.decode_jpeg(jpeg, channels=3, dct_method="INTEGER_ACCURATE")
        return tf.ensure_shape(image, (size_px, size_px, 3))

    count = len(order.dataset.domains)
    kinds = (tf.TensorSpec((), tf.int32),) if order.dataset.classes else ()
    signature = (*(tf.TensorSpec((), tf.string) for _ in range(count)), *kinds)
    return (
        tf.data.Dataset.from_generator(jpegs, output_signature=signature)
        .map(
            lambda *one: (*map(decode, one[:count]), *one[count:]),
            num_parallel_calls=tf.data.AUTOTUNE,
        )
        .batch(order.share_size, drop_remainder=True)
        .prefetch(_BATCHES_AHEAD)
    )


@contextmanager
def bad_pictures_named(dataset: Dataset) -> Iterator[None]:
    """Say which training picture could not be decoded, where that ended what was done.

    Raises:
        InputError: there is such a picture; every other error stays as it is.
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        from_pipeline = isinstance(error, OSError | ValueError) or _is_of_tensorflow(error)
        if from_pipeline and (problem := _first_undecodable(dataset)):
            raise InputError(problem) from error
        raise


def _is_of_tensorflow(error: Exception) -> bool:
    return type(error).__module__.startswith("tensorflow.")


def _first_undecodable(dataset: Dataset) -> str:
    for domain in dataset.domains:
        for place, name in enumerate(domain.train.names):
            try:
                shape = decode_rgb(domain.train[place]).shape
                why = "" if shape[:2] == (dataset.size_px,) * 2 else f"it has the shape {shape}"
            except Exception as error:  # damaged pictures make Pillow raise almost anything
                why = str(error) or type(error).__name__
            if why:
                return (
                    f"the picture {domain.name} {name} of {dataset.path} cannot be decoded "
                    f"({why}); artnb data check {dataset.path} names all of this kind; copy or "
                    "prepare them again, and go on with --resume"
                )
    return ""


def normalise(images: Any) -> Any:
    """Map uint8 [0, 255] to float32 [-1, 1] on the device; `to_float` is its NumPy twin."""
    return ops.cast(images, "float32") / 127.5 - 1.0


def batches(dataset: Dataset, batch_size: int, seed: int, start_batch: int = 0) -> Any:
    """Give the endless stream of batches that `fit` takes on the running backend.

    Args:
        dataset: what to train on.
        batch_size: pictures of each domain in a batch, over all hosts.
        seed: of the order.
        start_batch: how many batches have been seen already.

    Returns:
        A `tf.data.Dataset` on TensorFlow, else a `keras.utils.PyDataset`; elements are
        `(real_x, real_y)`, or `(real_y,)` of one domain, uint8 `(batch, size_px, size_px, 3)`, and
        with classes their numbers, int32 `(batch,)`; on one of several hosts its
        share of the batch.
    """
    order = BatchOrder(dataset, batch_size, seed, *this_host())
    if keras.backend.backend() == "tensorflow":
        return tensorflow_pipeline(order, start_batch)
    return ArrayPipeline(order, start_batch)
