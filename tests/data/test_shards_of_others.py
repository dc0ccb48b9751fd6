"""TFRecord files that other programs wrote: compressed, under other names, with other features."""

import gzip
import struct
import zlib

import pytest

from artnb.data.records import Record, encode_example, read_shard, write_shard
from artnb.data.scan import scan
from artnb.data.sources import find_source, two_folders
from artnb.errors import InputError
from tests.data.pictures import encoded, fill, picture
from tests.data.test_records import bytes_list, masked

JPEGS = [encoded(picture(number), "JPEG") for number in range(3)]
RECORDS = [Record(f"{number}.jpg", jpeg, "monet") for number, jpeg in enumerate(JPEGS)]
UNPACKED_LIMIT = "artnb.data.compressed.LARGEST_UNPACKED_BYTES"


def framed(payload: bytes) -> bytes:
    length = struct.pack("<Q", len(payload))
    crcs = (struct.pack("<I", masked(part)) for part in (length, payload))
    return length + next(crcs) + payload + next(crcs)


def field(number: int, data: bytes) -> bytes:
    """A length-delimited protobuf field of any length."""
    length, rest = b"", len(data)
    while rest > 127:
        length, rest = length + bytes([rest % 128 | 128]), rest >> 7
    return bytes([number << 3 | 2]) + length + bytes([rest]) + data


def example(**features: bytes) -> bytes:
    """An Example of byte features; `__` in a name stands for a slash."""
    entries = (
        field(1, field(1, name.replace("__", "/").encode()) + field(2, field(1, field(1, value))))
        for name, value in features.items()
    )
    return field(1, b"".join(entries))


PACKED = {
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "stored zlib": lambda data: zlib.compress(data, 0),
    "gzip in parts": lambda data: gzip.compress(data[:500]) + gzip.compress(data[500:]),
}


@pytest.fixture
def plain(tmp_path):
    write_shard(tmp_path / "plain", RECORDS)
    return (tmp_path / "plain").read_bytes()


@pytest.mark.parametrize("how", PACKED)
def test_compressed_shards_are_read(tmp_path, plain, how):
    path = tmp_path / "monet.tfrec"
    path.write_bytes(PACKED[how](plain))
    assert [record for _, record in read_shard(path)] == RECORDS


@pytest.mark.parametrize("option", ["GZIP", "ZLIB"])
def test_what_tensorflow_compresses_is_read(tmp_path, option):
    tf = pytest.importorskip("tensorflow")
    path = tmp_path / "monet.tfrec"
    with tf.io.TFRecordWriter(str(path), option) as writer:
        for record in RECORDS:
            writer.write(encode_example(record))
    assert [record for _, record in read_shard(path)] == RECORDS


@pytest.mark.parametrize("how", PACKED)
def test_pictures_of_compressed_shards_are_read_by_their_place(tmp_path, plain, how):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "monet.tfrec").write_bytes(PACKED[how](plain))
    fill(tmp_path / "photos", 2)
    pictures = two_folders(tmp_path / "photos", tmp_path / "theirs").y.pictures
    assert [each.read() for each in reversed(pictures)] == JPEGS[::-1]


def test_a_length_that_looks_like_zlib_is_a_length(tmp_path):
    """A record of 0x049C78 bytes begins as a ZLIB stream does."""
    path = tmp_path / "plain.tfrec"
    around = len(encode_example(Record("", b"\xff" * 300_000, ""))) - 300_000
    record = Record("", b"\xff" * (0x049C78 - around), "")
    write_shard(path, [record])
    assert path.read_bytes()[:3] == b"\x78\x9c\x04"
    assert [read for _, read in read_shard(path)] == [record]


@pytest.mark.parametrize("how", ["gzip", "zlib"])
@pytest.mark.parametrize("lost", [1, 5, 300])
def test_a_compressed_shard_that_is_cut_off_is_damaged(tmp_path, plain, how, lost):
    path = tmp_path / "monet.tfrec"
    path.write_bytes(PACKED[how](plain)[:-lost])
    with pytest.raises(InputError, match=r"of .*monet\.tfrec is truncated; copy or download"):
        list(read_shard(path))


def test_a_compressed_shard_that_was_altered_is_damaged(tmp_path, plain):
    path = tmp_path / "monet.tfrec"
    packed = bytearray(gzip.compress(plain))
    packed[len(packed) // 2] ^= 0xFF
    path.write_bytes(packed)
    with pytest.raises(InputError, match=r"of .*monet\.tfrec .*copy or download this shard again"):
        list(read_shard(path))


def test_a_shard_that_unpacks_to_too_much_is_refused(tmp_path, plain, monkeypatch):
    monkeypatch.setattr(UNPACKED_LIMIT, len(plain) - 1, raising=False)
    path = tmp_path / "monet.tfrec"
    path.write_bytes(gzip.compress(plain))
    with pytest.raises(InputError, match=r"unpacks to more than .*unpack it first, with gunzip"):
        list(read_shard(path))


# Names of files and of features


@pytest.mark.parametrize(
    "name",
    [
        "monet.tfrec",
        "a.tfrecord",
        "A.TFRecords",
        "a.tfrecord.gz",
        "m-train.tfrecord-00000-of-00001",
    ],
)
def test_shards_have_many_suffixes(tmp_path, name):
    fill(tmp_path / "photo_jpg", 2)
    (tmp_path / "monet_tfrec").mkdir()
    write_shard(tmp_path / "monet_tfrec" / name, RECORDS)
    assert [each.read() for each in find_source(tmp_path).y.pictures] == JPEGS


@pytest.mark.parametrize(
    ("features", "name"),
    [
        ({"image__encoded": JPEGS[0], "image__filename": b"a.jpg"}, "a.jpg"),
        ({"image__encoded": JPEGS[0], "image__class__text": b"monet"}, ""),
        ({"image_raw": JPEGS[0]}, ""),
        ({"picture": JPEGS[0], "filename": b"b.jpg"}, "b.jpg"),
    ],
)
def test_other_features_hold_pictures_too(tmp_path, features, name):
    (tmp_path / "a.tfrecord").write_bytes(framed(example(**features)))
    ((_, record),) = read_shard(tmp_path / "a.tfrecord")
    assert (record.image, record.image_name) == (JPEGS[0], name)


def test_one_record_without_a_picture_is_left_out_and_named(tmp_path):
    fill(tmp_path / "photos", 2)
    payloads = [encode_example(record) for record in RECORDS]
    payloads.insert(1, example(target=b"monet"))
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "a.tfrec").write_bytes(b"".join(map(framed, payloads)))
    _, monet = scan(two_folders(tmp_path / "photos", tmp_path / "theirs").domains, 32)
    assert len(monet.split("train")) + len(monet.split("test")) == 3
    (bad,) = monet.split("unreadable")
    assert bad.problem == 'it has no byte feature "image" (its features: target)'


def test_shards_without_any_picture_are_refused_with_the_cause(tmp_path):
    fill(tmp_path / "photos", 2)
    (tmp_path / "theirs").mkdir()
    payload = field(1, field(1, field(1, b"pixels") + field(2, bytes_list(b"raw"))))
    (tmp_path / "theirs" / "a.tfrec").write_bytes(framed(payload) * 2)
    with pytest.raises(InputError) as caught:
        two_folders(tmp_path / "photos", tmp_path / "theirs")
    text = str(caught.value)
    assert 'no byte feature "image" (its features: pixels)' in text
    assert "again" not in text  # a new copy would be the same


def test_names_of_records_stay_unique(tmp_path):
    fill(tmp_path / "photos", 2)
    (tmp_path / "theirs").mkdir()
    for number in range(2):
        write_shard(tmp_path / "theirs" / f"{number}.tfrec", RECORDS[:1])
    names = [p.name for p in two_folders(tmp_path / "photos", tmp_path / "theirs").y.pictures]
    assert names == ["0.jpg", "1-0"]
