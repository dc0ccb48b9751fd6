"""The same pictures in the same order, on every backend, and every photo of them."""

from collections import Counter
from itertools import islice

import keras
import numpy as np
import pytest

from artnb.data.dataset import Dataset, Domain, Images, open_dataset
from artnb.data.images import decode_rgb, encode_jpeg, to_float
from artnb.data.pipeline import (
    ArrayPipeline,
    BatchOrder,
    bad_pictures_named,
    batches,
    epoch_order,
    normalise,
    shuffled,
    tensorflow_pipeline,
)
from artnb.data.prepare import prepare
from artnb.errors import InputError

from .pictures import encoded, fill, picture, two_filled

SIZE_PX = 32


class Named:
    """A picture that is nothing but a name."""

    def __init__(self, name: str) -> None:
        self.name = name


def numbered(name: str, count: int) -> Domain:
    """A domain whose pictures' bytes are their numbers."""
    jpegs = [f"{name} {number}".encode() for number in range(count)]
    train = Images([Named(str(number)) for number in range(count)], SIZE_PX, jpegs)
    return Domain(name, train, Images([], SIZE_PX, []))


def order_of(photos: int, paintings: int, batch_size: int = 1, seed: int = 0) -> BatchOrder:
    x, y = numbered("photo", photos), numbered("monet", paintings)
    return BatchOrder(Dataset("", SIZE_PX, (x, y), ""), batch_size, seed)


def one_pass(order: BatchOrder, number: int = 0) -> tuple[list[bytes], list[bytes]]:
    """Everything that a pass over the data shows, photos and paintings."""
    start = number * order.batches_per_pass
    photos, paintings = [], []
    for batch in range(start, start + order.batches_per_pass):
        x, y = order.encoded(batch)
        photos += x
        paintings += y
    return photos, paintings


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("pipeline")
    prepare(two_filled(root, photos=12, paintings=5).with_test_share(0), root / "out", SIZE_PX)
    return root / "out"


@pytest.fixture(scope="module")
def dataset(folder):
    return open_dataset(folder)


# The order


def test_the_shares_of_several_hosts_make_up_the_batch():
    whole = order_of(7, 5, batch_size=6)
    for batch in (0, 1, 4):
        shares = [
            BatchOrder(whole.dataset, 6, 0, host, hosts=3).encoded(batch) for host in range(3)
        ]
        assert [len(x) for x, _ in shares] == [2, 2, 2]
        joined = tuple(
            [jpeg for part in parts for jpeg in part] for parts in zip(*shares, strict=True)
        )
        assert joined == whole.encoded(batch)


def test_the_order_is_what_it_always_was():
    """Pinned: with another order a Run could not be resumed in the middle of an epoch."""
    assert shuffled(10, 0, "photo", 0).tolist() == [4, 0, 9, 7, 5, 2, 3, 6, 1, 8]
    assert shuffled(10, 0, "photo", 1).tolist() == [8, 9, 6, 4, 5, 0, 2, 7, 3, 1]
    assert shuffled(10, 0, "monet", 0).tolist() == [1, 9, 4, 6, 7, 5, 8, 0, 2, 3]
    # ten places for four pictures are three rounds, so epoch 2 begins with round 6
    assert epoch_order(4, 10, 7, "monet", 2).tolist() == [0, 1, 3, 2, 3, 2, 0, 1, 2, 0]


def test_ten_places_are_filled_by_three_rounds():
    rounds = [shuffled(4, 7, "monet", number) for number in (6, 7, 8)]
    assert epoch_order(4, 10, 7, "monet", 2).tolist() == np.concatenate(rounds)[:10].tolist()


def test_the_order_depends_on_seed_epoch_and_domain_alone():
    def order(count=50, length=50, seed=0, domain="photo", epoch=0):
        return tuple(epoch_order(count, length, seed, domain, epoch))

    epoch_order.cache_clear()
    first = order()
    epoch_order.cache_clear()
    assert order() == first
    variants = {first, order(seed=1), order(epoch=1), order(domain="monet"), order(seed=2**31)}
    assert len(variants) == 5


def test_the_order_is_a_fair_shuffle():
    """Each of 10 pictures takes each of 10 places in about a tenth of 2,000 epochs."""
    orders = np.stack([shuffled(10, 3, "photo", number) for number in range(2000)])
    counts = np.stack([(orders == picture).sum(axis=0) for picture in range(10)])
    assert counts.sum() == 20_000
    # standard deviation 13.4: five of them either way
    assert counts.min() > 133
    assert counts.max() < 267


def test_the_domains_are_shuffled_apart():
    order = order_of(20, 20)
    x = [int(order.indices(order.dataset.x, batch)[0]) for batch in range(20)]
    y = [int(order.indices(order.dataset.y, batch)[0]) for batch in range(20)]
    assert sorted(x) == sorted(y) == list(range(20))
    assert x != y


@pytest.mark.parametrize("number", [0, 1, 5])
def test_every_photo_comes_once_in_a_pass(number):
    photos, _ = one_pass(order_of(23, 5), number)
    assert Counter(photos) == Counter(f"photo {n}".encode() for n in range(23))


def test_every_photo_comes_at_least_once_in_larger_batches():
    order = order_of(23, 5, batch_size=3)
    assert order.batches_per_pass == 8
    for number in range(3):
        photos, paintings = one_pass(order, number)
        counts = Counter(photos)
        assert len(photos) == len(paintings) == 24
        assert set(counts) == {f"photo {n}".encode() for n in range(23)}
        assert sorted(counts.values()) == [1] * 22 + [2]


def test_paintings_repeat_evenly():
    """Trap 1 of SPECS.md: `zip` of both would stop at the fifth photo."""
    _, paintings = one_pass(order_of(23, 5))
    assert sorted(Counter(paintings).values()) == [4, 4, 5, 5, 5]


def test_paintings_are_shuffled_anew_each_time_round():
    _, paintings = one_pass(order_of(100, 10))
    rounds = {tuple(paintings[start : start + 10]) for start in range(0, 100, 10)}
    assert len(rounds) == 10


def first_batches(stream, count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(np.asarray(x), np.asarray(y)) for x, y in islice(iter(stream), count)]


def arrays(order: BatchOrder, count: int, start_batch: int = 0):
    pipeline = ArrayPipeline(order, start_batch)
    return [pipeline[number] for number in range(count)]


def assert_same(first, second):
    assert len(first) == len(second)
    for batch, other in zip(first, second, strict=True):
        for images, others in zip(batch, other, strict=True):
            np.testing.assert_array_equal(images, others)


def test_batches_are_the_pictures_of_the_order(dataset):
    order = BatchOrder(dataset, 3, seed=1)
    for batch, (x, y) in enumerate(arrays(order, 9)):
        for images, domain in ((x, dataset.x), (y, dataset.y)):
            expected = [decode_rgb(domain.train[i]) for i in order.indices(domain, batch)]
            np.testing.assert_array_equal(images, np.stack(expected))


@pytest.mark.parametrize("batch_size", [1, 3])
def test_batches_are_uint8_of_the_right_shape(dataset, batch_size):
    for x, y in first_batches(batches(dataset, batch_size, seed=0), 5):
        assert x.dtype == y.dtype == np.uint8
        assert x.shape == y.shape == (batch_size, SIZE_PX, SIZE_PX, 3)


def test_the_backend_gets_its_own_kind_of_stream(dataset, monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    stream = batches(dataset, 2, seed=3, start_batch=5)
    assert isinstance(stream, ArrayPipeline)
    assert_same([stream[0]], arrays(BatchOrder(dataset, 2, seed=3), 1, start_batch=5))
    tf = pytest.importorskip("tensorflow")
    monkeypatch.setattr(keras.backend, "backend", lambda: "tensorflow")
    stream = batches(dataset, 2, seed=3, start_batch=5)
    assert isinstance(stream, tf.data.Dataset)
    assert_same(first_batches(stream, 1), arrays(BatchOrder(dataset, 2, seed=3), 1, start_batch=5))


@pytest.mark.parametrize("batch_size", [1, 3])
def test_both_pipelines_give_the_same(dataset, batch_size):
    pytest.importorskip("tensorflow")
    order = BatchOrder(dataset, batch_size, seed=4)
    count = 2 * order.batches_per_pass + 1
    assert_same(first_batches(tensorflow_pipeline(order), count), arrays(order, count))


@pytest.mark.parametrize("limit_gb", [0, 1])
def test_streamed_batches_are_those_from_memory(folder, dataset, limit_gb):
    pytest.importorskip("tensorflow")
    opened = open_dataset(folder, memory_limit_gb=limit_gb)
    assert opened.x.train.in_memory == (limit_gb == 1)
    order, expected = BatchOrder(opened, 2, seed=4), arrays(BatchOrder(dataset, 2, seed=4), 8)
    assert_same(arrays(order, 8), expected)
    assert_same(first_batches(tensorflow_pipeline(order), 8), expected)


def test_unprepared_pictures_stream_the_same(tmp_path):
    """What is no JPEG of the right size yet is prepared on the way, every time alike."""
    pytest.importorskip("tensorflow")
    fill(tmp_path / "photo_jpg", 6)
    fill(tmp_path / "monet_jpg", 3, first_seed=1000, suffix=".jpg")
    expected = arrays(BatchOrder(open_dataset(tmp_path, SIZE_PX), 2, seed=0), 6)
    order = BatchOrder(open_dataset(tmp_path, SIZE_PX, memory_limit_gb=0), 2, seed=0)
    assert not order.dataset.x.train.in_memory
    assert_same(arrays(order, 6), expected)
    assert_same(first_batches(tensorflow_pipeline(order), 6), expected)


@pytest.mark.parametrize("sampling", [0, 1, 2])
def test_both_decoders_give_equal_pixels_at_any_chroma_sampling(sampling):
    """Ready JPEGs keep their bytes, so what cameras write (4:2:0, progressive) is met too."""
    tf = pytest.importorskip("tensorflow")
    for progressive in (False, True):
        jpeg = encoded(
            picture(5, 64, 64), "JPEG", quality=80, subsampling=sampling, progressive=progressive
        )
        train = Images([Named("a")] * 2, 64, [jpeg] * 2)
        domains = [Domain(name, train, Images([], 64, [])) for name in ("photo", "monet")]
        order = BatchOrder(Dataset("", 64, tuple(domains), ""), 1, seed=0)
        ((x, _),) = first_batches(tensorflow_pipeline(order), 1)
        np.testing.assert_array_equal(x[0], decode_rgb(jpeg))
        assert tf.io.decode_jpeg(jpeg).shape == (64, 64, 3)


@pytest.mark.slow
def test_both_pipelines_give_the_same_real_pictures(competition_dataset):
    pytest.importorskip("tensorflow")
    order = BatchOrder(competition_dataset, 4, seed=0)
    assert_same(first_batches(tensorflow_pipeline(order), 25), arrays(order, 25))


@pytest.mark.parametrize("start_batch", [1, 7, 12, 30])
def test_a_later_start_continues_exactly(dataset, start_batch):
    order = BatchOrder(dataset, 1, seed=2)
    expected = arrays(order, start_batch + 6)[start_batch:]
    assert_same(arrays(order, 6, start_batch), expected)
    assert_same(first_batches(batches(dataset, 1, 2, start_batch), 6), expected)


def test_the_stream_has_no_end(dataset):
    order = BatchOrder(dataset, 3, seed=0)
    assert ArrayPipeline(order).num_batches is None
    count = 5 * order.batches_per_pass + 1
    assert len(first_batches(batches(dataset, 3, seed=0), count)) == count


class Recorder(keras.Model):
    """A model that learns nothing and remembers what it was shown."""

    def __init__(self):
        super().__init__()
        self.shown = []
        # Else Keras on JAX takes a batch to build it with, and never trains on that one.
        self.built = True

    def train_step(self, *arguments):
        *state, batch = arguments
        self.shown.append(tuple(np.asarray(images) for images in batch))
        logs = {"shown": len(self.shown)}
        return (logs, state[0]) if state else logs


def test_fit_sees_every_batch_in_order_over_epochs(dataset):
    """Keras' worker threads neither reorder, drop nor repeat a batch where an epoch ends."""
    order = BatchOrder(dataset, 2, seed=6)
    model = Recorder()
    model.compile(run_eagerly=True)
    model.fit(ArrayPipeline(order), steps_per_epoch=4, epochs=3, shuffle=False, verbose=0)
    assert_same(model.shown, arrays(order, 12))


def test_nothing_is_frozen_between_epochs(dataset):
    """Trap 2 of SPECS.md, as far as it is the pipeline's: no augmentation, hence nothing cached."""
    order = BatchOrder(dataset, 1, seed=0)
    passed = first_batches(batches(dataset, 1, seed=0), 2 * order.batches_per_pass)
    expected = {decode_rgb(jpeg).tobytes() for jpeg in dataset.x.train}
    assert {x.tobytes() for x, _ in passed} == expected


def test_a_picture_of_another_size_is_an_error():
    pytest.importorskip("tensorflow")
    jpegs = [encode_jpeg(np.zeros((size, size, 3), np.uint8)) for size in (32, 36)]
    train = Images([Named("a"), Named("b")], SIZE_PX, jpegs)
    domains = [Domain(name, train, Images([], SIZE_PX, [])) for name in ("photo", "monet")]
    order = BatchOrder(Dataset("", SIZE_PX, tuple(domains), ""), 2, seed=0)
    with pytest.raises(ValueError, match="same shape"):
        arrays(order, 1)
    with pytest.raises(Exception, match="shape"):  # TensorFlow's own kind
        first_batches(tensorflow_pipeline(order), 1)


# Numbers


def test_the_device_normalises_as_numpy_does():
    values = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    on_device = keras.ops.convert_to_numpy(normalise(values))
    assert on_device.dtype == np.float32
    np.testing.assert_allclose(on_device, to_float(values), atol=1e-7)
    assert on_device.min() == -1
    assert on_device.max() == 1


def first_batch(dataset: Dataset):
    stream = batches(dataset, 2, seed=0)
    return next(iter(stream)) if keras.backend.backend() == "tensorflow" else stream[0]


@pytest.mark.parametrize("photos", [5, 3])
def test_more_paintings_than_photos_are_all_shown(photos):
    order = order_of(photos, 12)
    x, y = one_pass(order)
    assert order.batches_per_pass == 12
    assert Counter(y) == Counter(f"monet {n}".encode() for n in range(12))
    assert set(Counter(x).values()) <= {12 // photos, 12 // photos + 1}


def test_a_batch_may_be_larger_than_a_domain():
    photos, paintings = order_of(3, 2, batch_size=8).encoded(0)
    assert sorted(Counter(photos).values()) == [2, 3, 3]
    assert Counter(paintings) == {b"monet 0": 4, b"monet 1": 4}


def test_passes_differ():
    order = order_of(23, 5)
    assert one_pass(order, 0)[0] != one_pass(order, 1)[0]


def test_the_competition_s_photos_are_all_shown(competition_dataset):
    order = BatchOrder(competition_dataset, 1, seed=0)
    assert order.batches_per_pass == 6738
    x, y = competition_dataset.x, competition_dataset.y
    photos = np.concatenate([order.indices(x, batch) for batch in range(6738)])
    paintings = np.concatenate([order.indices(y, batch) for batch in range(6738)])
    assert sorted(photos) == list(range(6738))
    assert set(np.bincount(paintings, minlength=300)) == {22, 23}


def test_nothing_grows_from_epoch_to_epoch():
    order = order_of(23, 5)
    for number in range(40):
        one_pass(order, number)
    assert epoch_order.cache_info().currsize <= 8


# Batches


@pytest.mark.parametrize(
    "damaged", [b"no picture", encoded(picture(0, SIZE_PX, SIZE_PX), "JPEG")[:-40]]
)
def test_a_picture_that_goes_bad_while_training_is_named(damaged):
    """In memory, so that it was whole when the Dataset was opened."""
    good = encode_jpeg(picture(0, SIZE_PX, SIZE_PX))
    names = ["first.jpg", "second.jpg"]
    train = Images([Named(name) for name in names], SIZE_PX, [good, damaged])
    domains = [Domain(name, train, Images([], SIZE_PX, [])) for name in ("photo", "monet")]
    dataset = Dataset("some/folder", SIZE_PX, tuple(domains), "")
    said = r"photo second\.jpg of some/folder cannot be decoded.+artnb data check some/folder"
    with pytest.raises(InputError, match=said), bad_pictures_named(dataset):
        first_batch(dataset)


def test_other_errors_stay_as_they_are():
    dataset = Dataset("", SIZE_PX, (numbered("photo", 0), numbered("monet", 0)), "")
    with pytest.raises(ValueError, match="something else"), bad_pictures_named(dataset):
        raise ValueError("something else")
