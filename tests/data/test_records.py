"""TFRecords: what TensorFlow writes and reads, and every kind of damage named."""

import csv
import hashlib
import struct

import pytest

from artnb.data.records import (
    Frame,
    Record,
    decode_example,
    encode_example,
    read_frames,
    read_record_at,
    read_shard,
    write_shard,
)
from artnb.errors import InputError

RECORDS = [
    Record("0001.jpg", b"\xff\xd8 first", "photo"),
    Record("Été à Étretat.jpg", bytes(range(256)) * 40, "monet"),
    Record("", b"\x00", ""),
]
FRAMING_BYTES = 12 + 4  # length and its checksum before the payload, its checksum after


@pytest.fixture
def shard(tmp_path):
    path = tmp_path / "photo-00.tfrec"
    assert write_shard(path, RECORDS) == 3
    return path


@pytest.fixture
def second(shard) -> Frame:
    """The place of the shard's second record."""
    return [frame for frame, _ in read_shard(shard)][1]


def records_of(path) -> list[Record]:
    return [record for _, record in read_shard(path)]


def test_what_is_written_is_read(shard):
    assert records_of(shard) == RECORDS


def test_frames_lie_one_after_the_other(shard):
    lengths = [len(encode_example(record)) for record in RECORDS]
    second_offset = 12 + lengths[0] + FRAMING_BYTES
    expected = [
        Frame(12, lengths[0]),
        Frame(second_offset, lengths[1]),
        Frame(second_offset + lengths[1] + FRAMING_BYTES, lengths[2]),
    ]
    assert [frame for frame, _ in read_frames(shard)] == expected
    assert shard.stat().st_size == sum(lengths) + 3 * FRAMING_BYTES


def test_a_record_can_be_read_by_its_place(shard, second):
    assert read_record_at(shard, second) == RECORDS[1]


def test_equal_records_give_equal_bytes(shard, tmp_path):
    again = tmp_path / "again.tfrec"
    write_shard(again, iter(RECORDS))
    assert again.read_bytes() == shard.read_bytes()


def bitwise_crc32c(data: bytes) -> int:
    """The checksum from its definition: reflected polynomial 0x82F63B78."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data: bytes) -> int:
    crc = bitwise_crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) % 2**32


def test_checksums_are_masked_crc32c(shard):
    assert bitwise_crc32c(b"123456789") == 0xE3069283  # the check value of RFC 3720
    payload = encode_example(RECORDS[0])
    length = struct.pack("<Q", len(payload))
    framed = length + struct.pack("<I", masked(length)) + payload
    framed += struct.pack("<I", masked(payload))
    assert shard.read_bytes().startswith(framed)


# Beside TensorFlow


def spec(tf):
    names = ("image_name", "image", "target")
    return {name: tf.io.FixedLenFeature((), tf.string) for name in names}


def read_by_tensorflow(tf, path) -> list[Record]:
    parsed = (
        tf.io.parse_single_example(payload, spec(tf))
        for payload in tf.data.TFRecordDataset(str(path))
    )
    return [
        Record(
            example["image_name"].numpy().decode(),
            example["image"].numpy(),
            example["target"].numpy().decode(),
        )
        for example in parsed
    ]


def test_tensorflow_reads_our_shards(shard):
    tf = pytest.importorskip("tensorflow")
    assert read_by_tensorflow(tf, shard) == RECORDS


def test_we_read_tensorflow_shards(tmp_path):
    tf = pytest.importorskip("tensorflow")
    path = tmp_path / "theirs.tfrec"

    def bytes_feature(value: bytes):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))

    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in RECORDS:
            feature = {
                "image_name": bytes_feature(record.image_name.encode()),
                "image": bytes_feature(record.image),
                "target": bytes_feature(record.target.encode()),
                "height": tf.train.Feature(int64_list=tf.train.Int64List(value=[256, 3])),
                "score": tf.train.Feature(float_list=tf.train.FloatList(value=[0.5])),
            }
            example = tf.train.Example(features=tf.train.Features(feature=feature))
            writer.write(example.SerializeToString())
    assert records_of(path) == RECORDS


def test_the_official_shard_is_the_one_that_kaggle_gives(competition):
    shard = competition / "monet_tfrec" / "monet00-60.tfrec"
    with (competition / "TFREC_SHA256_SIZES.csv").open(newline="") as file:
        rows = {row["path"]: row for row in csv.DictReader(file)}
    row = rows["monet_tfrec/monet00-60.tfrec"]
    data = shard.read_bytes()
    assert hashlib.sha256(data).hexdigest() == row["sha256"]
    assert len(data) == int(row["bytes"])


def test_the_official_shard_holds_60_paintings(competition):
    records = records_of(competition / "monet_tfrec" / "monet00-60.tfrec")
    assert len(records) == len({record.image_name for record in records}) == 60
    assert {record.target for record in records} == {"monet"}
    assert all(record.image.startswith(b"\xff\xd8\xff") for record in records)


def test_the_official_shard_reads_the_same_through_tensorflow(competition):
    tf = pytest.importorskip("tensorflow")
    shard = competition / "monet_tfrec" / "monet00-60.tfrec"
    assert records_of(shard) == read_by_tensorflow(tf, shard)


# The message on the wire


def part(number: int, data: bytes) -> bytes:
    """A length-delimited protobuf field."""
    assert len(data) < 128
    return bytes([number << 3 | 2, len(data)]) + data


def example_of(features: dict[str, bytes]) -> bytes:
    entries = (part(1, part(1, name.encode()) + part(2, f)) for name, f in features.items())
    return part(1, b"".join(entries))


def bytes_list(value: bytes) -> bytes:
    return part(1, part(1, value))


INT64_LIST = part(3, part(1, b"\x80\x02"))
FLOAT_LIST = part(2, part(1, struct.pack("<f", 0.5)))


def test_features_are_written_in_a_fixed_order():
    """Whichever implementation of protobuf: a Dataset's fingerprint hangs on these bytes."""
    features = {"image_name": b"a.jpg", "image": b"jpeg", "target": b"monet"}
    expected = example_of({name: bytes_list(value) for name, value in features.items()})
    assert encode_example(Record("a.jpg", b"jpeg", "monet")) == expected


def test_numbers_beside_the_three_features_are_passed_over():
    payload = example_of({
        "height": INT64_LIST,
        "image": bytes_list(b"jpeg"),
        "score": FLOAT_LIST,
        "image_name": bytes_list(b"a.jpg"),
        "empty": b"",
    })  # fmt: skip
    assert decode_example(payload) == Record("a.jpg", b"jpeg", "")


@pytest.mark.parametrize(
    ("features", "found"),
    [
        ({}, "none"),
        ({"target": bytes_list(b"monet"), "picture": bytes_list(b"x")}, "picture, target"),
        ({"image": INT64_LIST}, "image"),
        ({"image": bytes_list(b"")}, "image"),
    ],
)
def test_an_example_without_image_names_what_it_has(features, found):
    with pytest.raises(ValueError, match=rf'no byte feature "image" \(its features: {found}\)'):
        decode_example(example_of(features))


def test_what_is_no_example_is_named_with_file_and_number(tmp_path):
    path = tmp_path / "odd.tfrec"
    payload = b"\xff\xff not protobuf"
    length = struct.pack("<Q", len(payload))
    header = length + struct.pack("<I", masked(length))
    path.write_bytes(header + payload + struct.pack("<I", masked(payload)))
    with pytest.raises(InputError, match=r"record 1 of .*odd\.tfrec cannot be read: it is no tf\."):
        records_of(path)


# Damage


@pytest.mark.parametrize(
    ("place", "what"),
    [
        (-12, "has a length that does not match its checksum"),
        (-5, "has a length that does not match its checksum"),
        (-4, "has a length that does not match its checksum"),
        (-1, "has a length that does not match its checksum"),
        (0, "does not match its checksum"),
        (5000, "does not match its checksum"),
    ],
)
@pytest.mark.parametrize("bit", [0, 7])
def test_a_flipped_bit_is_found(shard, second, place, what, bit):
    data = bytearray(shard.read_bytes())
    data[second.offset + place] ^= 1 << bit
    shard.write_bytes(data)
    with pytest.raises(InputError, match=rf"record 2 of .*photo-00\.tfrec {what}; copy or"):
        records_of(shard)


@pytest.mark.parametrize("bit", [0, 7])
def test_a_flipped_bit_in_the_last_checksum_is_found(shard, bit):
    data = bytearray(shard.read_bytes())
    data[-1] ^= 1 << bit
    shard.write_bytes(data)
    with pytest.raises(InputError, match=r"record 3 of .* does not match its checksum"):
        records_of(shard)


@pytest.mark.parametrize("bytes_kept", [-11, -1, 0, 1, 4000])
def test_a_truncated_shard_is_found(shard, second, bytes_kept):
    shard.write_bytes(shard.read_bytes()[: second.offset + bytes_kept])
    with pytest.raises(InputError, match=r"record 2 of .*photo-00\.tfrec is truncated; copy or"):
        records_of(shard)


def test_a_missing_last_byte_is_found(shard):
    shard.write_bytes(shard.read_bytes()[:-1])
    with pytest.raises(InputError, match=r"record 3 of .* is truncated"):
        records_of(shard)


def test_the_records_before_the_damage_are_given(shard, second):
    shard.write_bytes(shard.read_bytes()[: second.offset])
    records = read_shard(shard)
    assert next(records)[1] == RECORDS[0]
    with pytest.raises(InputError, match="record 2"):
        next(records)


def test_a_length_beyond_the_file_allocates_nothing(tmp_path):
    path = tmp_path / "vast.tfrec"
    length = struct.pack("<Q", 1 << 60)
    path.write_bytes(length + struct.pack("<I", masked(length)) + b"little")
    with pytest.raises(InputError, match=r"record 1 of .*vast\.tfrec is truncated"):
        records_of(path)


def test_a_text_file_is_no_shard(tmp_path):
    path = tmp_path / "notes.tfrec"
    path.write_text("These are notes, not records.")
    with pytest.raises(InputError, match=r"record 1 of .*notes\.tfrec has a length"):
        records_of(path)


def test_an_empty_file_holds_no_records(tmp_path):
    (tmp_path / "empty.tfrec").touch()
    assert records_of(tmp_path / "empty.tfrec") == []


# Writing


def failing_records():
    yield RECORDS[0]
    raise OSError("no space left on device")


def test_a_shard_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "photo.tfrec"
    seen_while_writing = []

    def watched():
        for record in RECORDS:
            seen_while_writing.append(path.exists())
            yield record

    write_shard(path, watched())
    assert seen_while_writing == [False] * 3
    assert [file.name for file in tmp_path.iterdir()] == ["photo.tfrec"]


def test_a_failed_write_leaves_nothing(tmp_path):
    with pytest.raises(OSError, match="no space left"):
        write_shard(tmp_path / "photo.tfrec", failing_records())
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_shard_that_was_there(shard):
    before = shard.read_bytes()
    with pytest.raises(OSError, match="no space left"):
        write_shard(shard, failing_records())
    assert shard.read_bytes() == before
